"""Check a model before anything is trained: can it be trained here, and what does it never read?

A model that fails for one configuration is a failed trial, which a search has to live with. One
that cannot work for any would waste the whole run, and is refused here, in words.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import keras

from tuner_trials.causes import cause, is_ours
from tuner_trials.errors import UserError
from tuner_trials.hyperparameters_argument import Hyperparameters
from tuner_trials.input_check import complaint_about_inputs
from tuner_trials.loss_check import complaint_about_loss
from tuner_trials.opened_files import noted_files, unknown_files
from tuner_trials.search_space import Configuration
from tuner_trials.training import (
    call_builder,
    changed_keras_settings,
    load_model_builder,
    overridden_hooks,
    pin_keras_settings,
)

BUILDS = 3  # configurations that are tried at least
READ_BY_THE_ENGINE = {"batch_size"}


class ModelError(UserError):
    """A model that cannot be trained here."""


class Recorder(Hyperparameters):
    """A configuration that remembers which hyperparameters were looked at.

    Whoever copies it, walks through it or unpacks it has looked at all of them: what is never read
    is then not known, and nothing is said.
    """

    def __init__(self, configuration: Configuration):
        super().__init__(configuration)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)

    def pop(self, name: str, *default: Any) -> Any:
        self.read.add(name)
        return super().pop(name, *default)

    def setdefault(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().setdefault(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def keys(self) -> Any:
        return self._whole().keys()

    def values(self) -> Any:
        return self._whole().values()

    def items(self) -> Any:
        return self._whole().items()

    def copy(self) -> Configuration:
        return self._whole()

    def __or__(self, other: Any) -> Any:
        return self._whole() | other

    def __ror__(self, other: Any) -> Any:
        return other | self._whole()

    def _whole(self) -> Configuration:
        self.read.update(dict.keys(self))
        return dict(dict.items(self))


def check_model(
    model: str | Path,
    configurations: Iterable[Configuration],
    hyperparameters: Collection[str],
    input_shape: tuple[int, ...],
    classes: int,
    model_files: Collection[str] = (),
    largest: float = 1.0,
) -> dict[str, Any]:
    """Build the model for some configurations, and say what is wrong with it.

    Parameters
    ----------
    model
        The user's file, with ``build_model(configuration, input_shape, classes)``.
    configurations
        Built one after the other: at least three, and further ones until one succeeded and every
        hyperparameter was read.
    hyperparameters
        The names of all.
    input_shape
        Shape of one sample.
    classes
        Number of classes, at least 2.
    model_files
        What the model is known to import or read, besides its own file.
    largest
        The largest absolute value of a sample as the model sees it; bytes reach it as 0 to 1.

    Returns
    -------
    ``builds``, the number of configurations that were tried; ``failed``, of how many of them an
    exception was raised; ``ignored``, the hyperparameters that were in some of them and that no
    build has read.

    Raises
    ------
    ModelError
        If the file cannot be used, if no build succeeds, if one gives something that cannot be
        trained here, or if the model reads a file that is not known.
    """
    try:
        with noted_files() as opened:
            result = _check_builds(
                model, configurations, hyperparameters, input_shape, classes, largest
            )
    except ModelError as error:
        raise ModelError(f"model: {model}: {error}") from None
    check_files(model, opened, model_files)
    return result


def check_files(model: str | Path, opened: Collection[Path], model_files: Collection[str]) -> None:
    """Refuse files that the model has opened, but that the experiment does not declare."""
    if unknown := unknown_files(opened, {str(model), *model_files}):
        files = ", ".join(unknown)
        raise ModelError(
            f"model: {model}: reads {files}, which is not declared: a change would go unnoticed."
            f" Add `model_files: [{files}]` to the configuration"
        )


def _check_builds(
    model: str | Path,
    configurations: Iterable[Configuration],
    hyperparameters: Collection[str],
    input_shape: tuple[int, ...],
    classes: int,
    largest: float,
) -> dict[str, Any]:
    # The user's code may fail in any way: here, and below, there for some configurations only.
    pin_keras_settings()
    try:
        build_model = load_model_builder(model)
    except Exception as error:  # noqa: BLE001
        raise ModelError(f"cannot be used: {cause(error)}") from None
    if changed := changed_keras_settings():
        raise ModelError(
            f"sets Keras' {', '.join(changed)} when it is loaded, which each trial sets back;"
            " set it in build_model, or say it to the layers"
        )
    offered: set[str] = set()
    failures: list[str] = []
    read, builds = set(READ_BY_THE_ENGINE), 0
    for configuration in configurations:
        if builds >= BUILDS and len(failures) < builds and read.issuperset(hyperparameters):
            break
        builds += 1
        recorder = Recorder(configuration)
        keras.backend.clear_session()
        pin_keras_settings()
        try:
            built = call_builder(build_model, recorder, input_shape, classes)
            _check_built(built, input_shape, classes, largest)
        except ModelError:
            raise
        except Exception as error:
            if is_ours(error):
                raise
            failures.append(cause(error))
        offered |= set(configuration)
        read |= recorder.read
    if len(failures) == builds:
        raise ModelError(
            f"build_model failed for each of {builds} configurations, first with {failures[0]}"
        )
    ignored = [name for name in hyperparameters if name in offered - read]
    return {"builds": builds, "failed": len(failures), "ignored": ignored}


def _check_built(
    model: Any, input_shape: tuple[int, ...], classes: int, largest: float = 1.0
) -> None:
    if model is None:
        raise ModelError("build_model gave None; does it end with `return model`?")
    if not isinstance(model, keras.Model):
        kind = type(model)
        remedy = (
            "; write `import keras`, whose layers have the same names"
            if kind.__module__.startswith("tf_keras")
            else ""
        )
        raise ModelError(
            f"build_model gave {kind.__name__} of {kind.__module__.partition('.')[0]}, not a model"
            f" of Keras {keras.__version__}{remedy}"
        )
    if not model.compiled or model.optimizer is None:
        raise ModelError("build_model gave a model that is not compiled; call model.compile(...)")
    if hooks := overridden_hooks(model):
        raise ModelError(
            f"{type(model).__name__} overrides {', '.join(hooks)}, which is not called here: the"
            " optimizer and the loss of compile() are used, as by Keras' own"
        )
    if model.run_eagerly:
        raise ModelError(
            "the model asks for run_eagerly, but epochs are compiled here; leave it out"
        )
    if model._distribute_strategy is not None:
        raise ModelError(
            "the model was built under a tf.distribute strategy; a trial has one device"
        )
    inputs = getattr(model, "inputs", None)  # not known beforehand of a subclassed model
    if inputs and len(inputs) != 1:
        raise ModelError(f"the model has {len(inputs)} inputs; it needs one, {input_shape}")
    outputs = model(keras.KerasTensor((None, *input_shape), "float32"))
    if not hasattr(outputs, "shape"):
        raise ModelError(
            f"the model gives {len(outputs)} outputs in a {type(outputs).__name__}; it needs a"
            " single one, by itself"
        )
    if len(outputs.shape) != 2 or outputs.shape[1] != classes:
        remedy = (
            '; in place of a single one for both, write Dense(2, activation="softmax") and'
            " sparse_categorical_crossentropy"
            if tuple(outputs.shape) == (None, 1) and classes == 2
            else ""
        )
        raise ModelError(
            f"the output has shape {tuple(outputs.shape)}; it needs a number for each of the"
            f" {classes} classes, (None, {classes}){remedy}"
        )
    complaint = complaint_about_inputs(model, largest)
    if complaint := complaint or complaint_about_loss(model, input_shape, classes):
        raise ModelError(complaint)
