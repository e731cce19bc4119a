"""What the training scripts have in common: a rule's files and settings, turned into a trainer."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from tuner_trials.contract import STORE_VARIABLE
from tuner_trials.data.arrays import load_arrays
from tuner_trials.errors import UserError
from tuner_trials.evaluation import Retrainer
from tuner_trials.fingerprints import hash_file
from tuner_trials.model_check import check_files, check_model
from tuner_trials.opened_files import noted_files
from tuner_trials.origin import commit
from tuner_trials.random_search import RANDOM, pool
from tuner_trials.search_space import Configuration, SearchSpace
from tuner_trials.store import Store, StoringTrainer, circumstances
from tuner_trials.training import Part, Task, load_model_builder, use_one_thread
from tuner_trials.trials import Trial, trial_seed


def load_task(inputs: Any, settings: dict[str, Any]) -> Task:
    """Read the parts and the model builder, in a process that has not used TensorFlow yet.

    Parameters
    ----------
    inputs
        With the paths ``train``, ``validation`` (of `tuner_trials.data.split`), ``model`` (a Python
        file with ``build_model``) and ``model_files`` (what that imports or reads).
    settings
        With ``batch_size`` and ``precision``, see `tuner_trials.training.Task`; and
        ``class_weight``: None, or ``balanced``, which gives the classes equal weight in the loss.
    """
    commit()  # that of the code which is loaded now
    use_one_thread()
    arrays = load_arrays(inputs.train)
    if settings["class_weight"] == "balanced":
        if "weights" in arrays:
            raise UserError("class_weight: the data bring weights of samples; choose one of them")
        counts = np.bincount(arrays["y"])
        arrays["weights"] = (len(arrays["y"]) / (len(counts) * counts))[arrays["y"]]
    train = Part(**arrays)
    del arrays
    with noted_files() as opened:
        build_model = load_model_builder(inputs.model)
    check_files(inputs.model, opened, inputs.model_files)
    return Task(
        build_model,
        train,
        Part(**load_arrays(inputs.validation)),
        # Labels are 0..k-1, and stratification leaves no class out of the training part.
        classes=int(np.asarray(train.y).max()) + 1,
        batch_size=settings["batch_size"],
        precision=settings["precision"],
    )


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
    before = [hash_file(file) for file in model_files(inputs)]
    task = load_task(inputs, settings)
    # In every job, though the rule `check_model` says more: waiting for it would cost each run a
    # start of TensorFlow, and here it costs the first of ten trials some tenths of a second.
    space = SearchSpace(settings["search_space"])
    configurations = pool(space, settings["seed"], int(min(10, space.size())))
    x = np.asarray(task.train.x)
    largest = max(-float(x.min()), float(x.max())) / (255 if x.dtype == np.uint8 else 1)
    files = inputs.model_files
    check_model(inputs.model, configurations, (), x.shape[1:], task.classes, files, largest)
    about = _still(before, circumstances(task, model_files(inputs)))
    return StoringTrainer(task, about, store, settings["epochs"])


def _still(before: list[str], about: dict[str, Any]) -> dict[str, Any]:
    """The circumstances, unless the model's files have changed since they were loaded."""
    if about["model"] != before:
        raise UserError("model: its files changed while they were loaded; start the run again")
    return about


def train_pool_trial(
    trainer: StoringTrainer, configuration: Configuration, number: int, epochs: int, seed: int
) -> Trial:
    """Train a configuration of the pool in full; ``seed`` is the experiment's."""
    own_seed = trial_seed(seed, 0, configuration)
    return Trial(
        strategy=RANDOM,
        repeat=0,
        trial=number,
        configuration=configuration,
        seed=own_seed,
        epochs=epochs,
        epochs_charged=epochs,
        outcome=trainer(configuration, epochs, own_seed),
    )


def load_retrainer(inputs: Any, settings: dict[str, Any], say: Callable[[str], None]) -> Retrainer:
    """A retrainer for the same task, with the part ``test`` of the inputs."""
    before = [hash_file(file) for file in model_files(inputs)]
    task = load_task(inputs, settings)
    test = Part(**load_arrays(inputs.test))
    about = _still(before, circumstances(task, model_files(inputs)))
    return Retrainer(task, test, about, open_store(say), settings["epochs"], settings["seed"])


def open_store(say: Callable[[str], None]) -> Store:
    """The store that the workflow names, or one for this job alone."""
    return Store(os.environ.get(STORE_VARIABLE) or None, say)
