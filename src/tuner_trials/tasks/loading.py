"""Load a task: from the files and settings of a rule to data and learner in one object."""

from typing import Any

import numpy as np

from tuner_trials.foundation.errors import UserError
from tuner_trials.foundation.origin import commit
from tuner_trials.objectives import Objective
from tuner_trials.tasks.base import Task, baseline
from tuner_trials.tasks.data.arrays import load_arrays
from tuner_trials.tasks.kinds import backend

Settings = dict[str, Any]


def load_task(inputs: Any, settings: Settings) -> Task:
    """Read the parts and the learner, in a process that has not used TensorFlow yet.

    Parameters
    ----------
    inputs
        With the paths ``train``, ``validation`` (see `tuner_trials.tasks.data.split`), ``model`` (a
        Python file with ``build_model`` or ``train``) and ``model_files`` (what that imports or
        reads).
    settings
        With ``objective`` (see `tuner_trials.objectives`), ``batch_size`` and ``precision``, and
        ``class_weight``: None, or ``balanced``, which gives the classes equal weight in the loss.
    """
    commit()  # that of the code which is loaded now
    arrays: dict[str, Any] = load_arrays(inputs.train)
    y = arrays["y"]
    if settings["class_weight"] == "balanced":
        if "weights" in arrays:
            raise UserError("class_weight: the data bring weights of samples; choose one of them")
        counts = np.bincount(y)
        arrays["weights"] = (len(y) / (len(counts) * counts))[y]
    if y.dtype.kind == "f":
        arrays |= {"centre": float(y.mean()), "spread": float(y.std())}
        outputs = 1
    else:
        # Labels are 0..k-1, and stratification leaves no class out of the training part.
        outputs = int(y.max()) + 1
    objective = Objective(**settings["objective"])
    task: Task = backend(inputs.model).load_task(inputs, settings, arrays, outputs, objective)
    baseline(task, task.validation)  # before anything is trained: the objective may be the user's
    return task


def load_part(path: str, train: Any) -> Any:
    """Another part of the data; its targets are standardised by what ``train`` alone says."""
    arrays = load_arrays(path)
    return type(train)(**arrays, centre=train.centre, spread=train.spread)
