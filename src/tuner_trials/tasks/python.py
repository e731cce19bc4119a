"""Train any learner: a Python file of the user's with a generator, ``train``.

It is called as ``train(configuration, data, seed)`` and yields a fitted predictor after every epoch
(or round of boosting, or whatever one unit of its training is):

- an object with ``predict_proba(x)`` (classes) or ``predict(x)`` (targets), as in scikit-learn,
- or a function of ``x`` that gives the same.

A file that also has ``save(predictor) -> bytes`` and ``load(state, configuration, data, seed)``, a
generator that goes on after the epoch whose predictor was saved, can continue a trial. Without them
a continuation trains again from the start, with the same outcome and at the same charge.
"""

import math
import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tuner_trials.objectives import Objective
from tuner_trials.space.search_space import Configuration
from tuner_trials.tasks.base import CURVES, History, State
from tuner_trials.tasks.check import run_declared, try_configurations
from tuner_trials.tasks.hyperparameters_argument import Hyperparameters
from tuner_trials.tasks.loading import load_part
from tuner_trials.user_code.causes import blamed_on_the_model
from tuner_trials.user_code.python_file import run_python_file

ENDED = object()


class Part:
    """Samples and labels as NumPy arrays: see `tuner_trials.tasks.base.Part`."""

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        weights: np.ndarray | None = None,
        centre: float = 0.0,
        spread: float = 1.0,
    ):
        # As every learner sees samples: bytes reach it as 0 to 1.
        self.x = x.astype(np.float32) / np.float32(255) if x.dtype == np.uint8 else x
        self.labels, self.weights = y, weights
        self.centre, self.spread = centre, spread
        self.y = (y - centre) / spread if y.dtype.kind == "f" else y

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Data:
    """What a learner may fit: the training part, and nothing of the others.

    Attributes
    ----------
    x
        ``(n, ...)``, float32.
    y
        ``(n,)``: class numbers 0..k-1, or targets with mean 0 and standard deviation 1.
    weights
        ``(n,)``, what each row counts for, or None.
    classes
        Their number, or None for a target.
    """

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None
    classes: int | None


@dataclass(frozen=True)
class Task:
    """A task whose learner is Python: see `tuner_trials.tasks.base.Task`."""

    learner: ModuleType
    train: Part
    validation: Part
    outputs: int
    objective: Objective
    precision: str = "float32"

    @property
    def data(self) -> Data:
        """The training part, as the learner gets it."""
        part = self.train
        return Data(part.x, part.y, part.weights, self.outputs if self.outputs > 1 else None)

    def start(self, configuration: Configuration, seed: int) -> "Training":
        """Begin to train a configuration."""
        return Training(self, configuration, seed)

    def key(self) -> dict[str, Any]:
        """Nothing besides what all tasks depend on."""
        return {}


def load_learner(path: str | Path) -> ModuleType:
    """Run the user's file.

    Raises
    ------
    AttributeError
        If it has ``save`` without ``load``, or the reverse.
    Exception
        See `tuner_trials.user_code.python_file.run_python_file`.
    """
    learner = run_python_file(path)
    if hasattr(learner, "save") != hasattr(learner, "load"):
        raise AttributeError(f"{path} needs both of save and load, or neither")
    return learner


class Training:
    """One configuration of a Python learner: see `tuner_trials.tasks.base.Training`."""

    def __init__(self, task: Task, configuration: Configuration, seed: int):
        self.task, self.seed = task, seed
        # A learner that a test hands over may note what it reads; all others get a plain copy.
        if not isinstance(configuration, Hyperparameters):
            configuration = dict(configuration)
        self.configuration = configuration
        # For learners that draw from the global generators.
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        self.history: History = {name: [] for name in CURVES}
        self.seconds: list[float] = []
        self._predictor: Any = None
        self._steps = self._begun(lambda: task.learner.train(configuration, task.data, seed))

    @property
    def epochs(self) -> int:
        """Epochs trained so far."""
        return len(self.history["validation"])

    @property
    def diverged(self) -> bool:
        """Whether a prediction, or the objective, was not finite in the last epoch."""
        return not all(map(math.isfinite, self.history["validation"][-1:]))

    def advance(self) -> None:
        """Train one epoch, and evaluate it on the validation part."""
        started = time.perf_counter()
        with blamed_on_the_model():
            self._predictor = next(self._steps, ENDED)
            if self._predictor is ENDED:
                raise ValueError(f"train ended after {self.epochs} epochs; it must yield in each")
        self.history["validation"].append(self.evaluate(self.task.validation))
        self.seconds.append(time.perf_counter() - started)

    def predict(self, part: Part, rows: int | None = None) -> np.ndarray:
        """Outputs ``(n, classes)``, or ``(n,)`` in the unit of the targets."""
        x, train = part.x[:rows], self.task.train
        classes = self.task.outputs if self.task.outputs > 1 else None
        with blamed_on_the_model():
            outputs = np.asarray(_predictions(self._predictor, x, classes))
            needed = (len(x), classes) if classes else (len(x),)
            if not classes and outputs.shape == (len(x), 1):
                outputs = outputs[:, 0]
            if outputs.shape != needed:
                raise ValueError(f"the predictor gives shape {outputs.shape}; it needs {needed}")
        return outputs if classes else outputs.astype(np.float64) * train.spread + train.centre

    def evaluate(self, part: Part, rows: int | None = None) -> float:
        """The objective on a part, or on its first rows."""
        return self.task.objective.value(part.labels[:rows], self.predict(part, rows))

    def finish(self) -> None:
        """Nothing: every epoch ends with a predictor that can be used."""

    @property
    def state(self) -> State:
        """What the file's ``save`` gives; empty without it."""
        if not hasattr(self.task.learner, "save"):
            return []
        with blamed_on_the_model():
            return [np.frombuffer(self.task.learner.save(self._predictor), np.uint8)]

    def restore(self, state: State, history: History) -> None:
        """Go on from a ``state`` with the file's ``load``."""
        [saved] = state
        load, data = self.task.learner.load, self.task.data
        self._steps = self._begun(
            lambda: load(saved.tobytes(), self.configuration, data, self.seed)
        )
        self.history = {name: list(values) for name, values in history.items()}

    def remember(self, part: Part) -> Callable[[], float]:
        """The objective on a part now, in a function that gives it later."""
        value = self.evaluate(part)  # the predictor may change while it is trained on
        return lambda: value

    def _begun(self, begin: Any) -> Iterator[Any]:
        with blamed_on_the_model():
            return iter(begin())


def _predictions(predictor: Any, x: np.ndarray, classes: int | None) -> Any:
    method = getattr(predictor, "predict_proba" if classes else "predict", predictor)
    if not callable(method):
        needed = "predict_proba(x)" if classes else "predict(x)"
        raise TypeError(f"train yielded {type(predictor).__name__}, which has no {needed}")
    return method(x)


def load_task(
    inputs: Any,
    settings: dict[str, Any],
    arrays: dict[str, Any],
    outputs: int,
    objective: Objective,
) -> Task:
    """Run the learner's file: see `tuner_trials.tasks.kinds`."""
    train = Part(**arrays)
    learner = run_declared(load_learner, inputs)
    return Task(learner, train, load_part(inputs.validation, train), outputs, objective)


def check(
    inputs: Any,
    settings: dict[str, Any],
    configurations: Iterable[Configuration],
    names: Collection[str],
    load: Callable[[], Task],
) -> dict[str, Any]:
    """Train for one epoch, on the data: see `tuner_trials.tasks.check.try_configurations`.

    ``continued`` says whether the learner can continue a trial.
    """
    task = load()

    def train(configuration: Configuration) -> None:
        task.start(configuration, seed=1).advance()

    found = try_configurations("train", train, configurations, names)
    return found | {"continued": hasattr(task.learner, "save")}


def check_again(task: Task, inputs: Any, settings: dict[str, Any]) -> None:
    """Nothing: a learner that fails at once has its cause in the first trial."""
