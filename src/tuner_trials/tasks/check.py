"""What every learner is checked for before its first trial, whatever trains it."""

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

from tuner_trials.foundation.errors import UserError
from tuner_trials.space.search_space import Configuration
from tuner_trials.tasks.hyperparameters_argument import Recorder
from tuner_trials.user_code.causes import cause, is_ours
from tuner_trials.user_code.opened_files import noted_files, unknown_files

BUILDS = 3  # configurations that are tried at least
READ_BY_THE_ENGINE = {"batch_size"}


class ModelError(UserError):
    """A model that cannot be trained here."""


def try_configurations(
    what: str,
    attempt: Callable[[Recorder], None],
    configurations: Iterable[Configuration],
    hyperparameters: Collection[str],
) -> dict[str, Any]:
    """Attempt at least three configurations, and more until one succeeded and all were read.

    Returns
    -------
    ``builds``, the number of configurations that were tried; ``failed``, of how many of them an
    exception was raised; ``ignored``, the hyperparameters that were in some of them and that no
    attempt has read.

    Raises
    ------
    ModelError
        From an attempt, or if all failed.
    """
    offered: set[str] = set()
    failures: list[str] = []
    read, builds = set(READ_BY_THE_ENGINE), 0
    for configuration in configurations:
        if builds >= BUILDS and len(failures) < builds and read.issuperset(hyperparameters):
            break
        builds += 1
        recorder = Recorder(configuration)
        try:
            attempt(recorder)
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
            f"{what} failed for each of {builds} configurations, first with {failures[0]}"
        )
    ignored = [name for name in hyperparameters if name in offered - read]
    return {"builds": builds, "failed": len(failures), "ignored": ignored}


def run_declared(load: Callable[[str], Any], inputs: Any) -> Any:
    """Run the file ``inputs.model``, and refuse what it reads without a declaration."""
    with noted_files() as opened:
        loaded = load(inputs.model)
    check_files(inputs.model, opened, inputs.model_files)
    return loaded


def check_files(model: str | Path, opened: Collection[Path], model_files: Collection[str]) -> None:
    """Refuse files that the model has opened, but that the experiment does not declare."""
    if unknown := unknown_files(opened, {str(model), *model_files}):
        files = ", ".join(unknown)
        raise ModelError(
            f"model: {model}: reads {files}, which is not declared: a change would go unnoticed."
            f" Add `model_files: [{files}]` to the configuration"
        )
