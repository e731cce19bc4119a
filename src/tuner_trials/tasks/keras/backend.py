"""The kind of training that Keras does: see `tuner_trials.tasks.kinds`."""

import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np

from tuner_trials.objectives import Objective
from tuner_trials.space.pool import pool
from tuner_trials.space.search_space import Configuration, SearchSpace
from tuner_trials.tasks.check import run_declared
from tuner_trials.tasks.keras import engine
from tuner_trials.tasks.keras.model_check import check_model
from tuner_trials.tasks.loading import load_part


def load_task(
    inputs: Any,
    settings: dict[str, Any],
    arrays: dict[str, Any],
    outputs: int,
    objective: Objective,
) -> engine.Task:
    """Run the model's file, and hold the data for the engine."""
    engine.use_one_thread()
    train = engine.Part(**arrays)
    arrays.clear()  # for the memory
    return engine.Task(
        run_declared(engine.load_model_builder, inputs),
        train,
        load_part(inputs.validation, train),
        outputs,
        batch_size=settings["batch_size"],
        precision=settings["precision"],
        objective=objective,
    )


def check(
    inputs: Any,
    settings: dict[str, Any],
    configurations: list[Configuration],
    names: Collection[str],
    load: Callable[[], Any],
) -> dict[str, Any]:
    """Build the model, without the data: their description will do."""
    split = json.loads(Path(inputs.split).read_text(encoding="utf-8"))
    shape = tuple(split["parts"]["train"]["shape"])
    outputs = len(split["classes"]) if split["classes"] else 1
    engine.use_one_thread()
    largest = max(abs(end) for line in split["inputs"] for end in line["after"])
    files = inputs.model_files
    return check_model(inputs.model, configurations, names, shape, outputs, files, largest)


def check_again(task: engine.Task, inputs: Any, settings: dict[str, Any]) -> None:
    """Build the model for one to ten configurations.

    In every job, though the rule's check says more: waiting for that would cost each run a start of
    TensorFlow, and here it costs the first of ten trials some tenths of a second.
    """
    space = SearchSpace(settings["search_space"])
    configurations = pool(space, settings["seed"], space.size(10))
    x = np.asarray(task.train.x)
    largest = max(-float(x.min()), float(x.max())) / (255 if x.dtype == np.uint8 else 1)
    files = inputs.model_files
    check_model(inputs.model, configurations, (), x.shape[1:], task.outputs, files, largest)
