"""Turn the files and settings of a rule into a trainer or a retrainer."""

from typing import Any

from tuner_trials.foundation.errors import UserError
from tuner_trials.foundation.fingerprints import hash_file
from tuner_trials.tasks.base import Task
from tuner_trials.tasks.kinds import backend
from tuner_trials.tasks.loading import load_part, load_task
from tuner_trials.trials.retraining import Retrainer
from tuner_trials.trials.store import Store, StoringTrainer, circumstances


def model_files(inputs: Any) -> list[str]:
    """The model's own file, and all that it imports or reads."""
    return [inputs.model, *inputs.model_files]


def load_trainer(inputs: Any, settings: dict[str, Any], store: Store) -> StoringTrainer:
    """A trainer for the task of `load_task`.

    Raises
    ------
    ModelError
        If the model can be trained with none of ten configurations.
    """
    task, about = _task_and_circumstances(inputs, settings)
    backend(inputs.model).check_again(task, inputs, settings)
    return StoringTrainer(task, about, store, settings["epochs"])


def _task_and_circumstances(inputs: Any, settings: dict[str, Any]) -> tuple[Task, dict[str, Any]]:
    before = [hash_file(file) for file in model_files(inputs)]
    task = load_task(inputs, settings)
    about = circumstances(task, model_files(inputs), settings["versions"])
    if about["model"] != before:
        raise UserError("model: its files changed while they were loaded; start the run again")
    return task, about


def load_retrainer(inputs: Any, settings: dict[str, Any], store: Store) -> Retrainer:
    """A retrainer for the same task, with the part ``test`` of the inputs."""
    task, about = _task_and_circumstances(inputs, settings)
    test = load_part(inputs.test, task.train)
    return Retrainer(task, test, about, store, settings["epochs"], settings["seed"])
