"""Check a model before anything is trained: can it be trained here, and what does it never read?

A model that fails for one configuration is a failed trial, which a search has to live with. One
that cannot work for any would waste the whole run, and is refused here, in words.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import keras

from tuner_trials.space.search_space import Configuration
from tuner_trials.tasks.check import ModelError, check_files, try_configurations
from tuner_trials.tasks.hyperparameters_argument import Recorder
from tuner_trials.tasks.keras.engine import (
    call_builder,
    changed_keras_settings,
    load_model_builder,
    overridden_hooks,
    pin_keras_settings,
)
from tuner_trials.tasks.keras.input_check import complaint_about_inputs
from tuner_trials.tasks.keras.loss_check import complaint_about_loss
from tuner_trials.user_code.causes import cause
from tuner_trials.user_code.opened_files import noted_files


def check_model(
    model: str | Path,
    configurations: Iterable[Configuration],
    hyperparameters: Collection[str],
    input_shape: tuple[int, ...],
    outputs: int,
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
    outputs
        Number of classes, or 1 for a target.
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
                model, configurations, hyperparameters, input_shape, outputs, largest
            )
    except ModelError as error:
        raise ModelError(f"model: {model}: {error}") from None
    check_files(model, opened, model_files)
    return result


def _check_builds(
    model: str | Path,
    configurations: Iterable[Configuration],
    hyperparameters: Collection[str],
    input_shape: tuple[int, ...],
    outputs: int,
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

    def build(configuration: Recorder) -> None:
        keras.backend.clear_session()
        pin_keras_settings()
        built = call_builder(build_model, configuration, input_shape, outputs)
        _check_built(built, input_shape, outputs, largest)

    return try_configurations("build_model", build, configurations, hyperparameters)


def _check_built(
    model: Any, input_shape: tuple[int, ...], outputs: int, largest: float = 1.0
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
    given = model(keras.KerasTensor((None, *input_shape), "float32"))
    if not hasattr(given, "shape"):
        raise ModelError(
            f"the model gives {len(given)} outputs in a {type(given).__name__}; it needs a"
            " single one, by itself"
        )
    if len(given.shape) != 2 or given.shape[1] != outputs:
        remedy = (
            '; in place of a single one for both, write Dense(2, activation="softmax") and'
            " sparse_categorical_crossentropy"
            if tuple(given.shape) == (None, 1) and outputs == 2
            else ""
        )
        each = f"a number for each of the {outputs} classes"
        needed = "one number, the target" if outputs == 1 else each
        raise ModelError(
            f"the output has shape {tuple(given.shape)}; it needs {needed},"
            f" (None, {outputs}){remedy}"
        )
    complaint = complaint_about_inputs(model, largest)
    if complaint := complaint or complaint_about_loss(model, input_shape, outputs):
        raise ModelError(complaint)
