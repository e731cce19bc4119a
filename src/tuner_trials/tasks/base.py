"""The interface of every kind of training, as the loop, the store and the test use it."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from tuner_trials.objectives import Objective
from tuner_trials.space.search_space import Configuration

History = dict[str, list[float]]
State = list[np.ndarray]

# What a history has of every epoch: the losses (NaN-free; empty lists where a learner has none) and
# the value of the objective on the validation part.
LOSSES = ("train_loss", "validation_loss")
CURVES = (*LOSSES, "validation")


class Part(Protocol):
    """Samples and labels of one part of the data.

    ``x``, ``(n, ...)``; ``y``, as the learner sees it; ``labels``, ``(n,)``, class numbers or
    targets in their own unit; ``weights``, ``(n,)``, or None.
    """

    x: Any
    y: Any
    labels: np.ndarray
    weights: Any

    def __len__(self) -> int: ...


class Training(Protocol):
    """The training of one configuration.

    The same task, configuration and seed give the same history; ``seconds`` has the duration of
    every epoch, which is not reproducible.
    """

    history: History
    seconds: list[float]

    @property
    def epochs(self) -> int:
        """Epochs trained so far."""

    @property
    def diverged(self) -> bool:
        """Whether a loss, or the objective, was not a finite number in the last epoch."""

    def advance(self) -> None:
        """Train one epoch, and evaluate it on the validation part."""

    def evaluate(self, part: Any, rows: int | None = None) -> float | None:
        """The objective on a part, or on its first rows; None where that cannot be known."""

    def finish(self) -> None:
        """Bring the learner into the form in which it is used; after its ``state`` was taken."""

    @property
    def state(self) -> State:
        """All that the next epoch depends on; empty where a learner cannot be continued."""

    def restore(self, state: State, history: History) -> None:
        """Go on from a ``state`` that was taken after the epochs of ``history``."""

    def remember(self, part: Any) -> Callable[[], float | None]:
        """What `evaluate` gives for the learner as it is now, for when training is over."""


class Task(Protocol):
    """Dataset, model and objective of all trials of an experiment."""

    @property
    def train(self) -> Any:
        """The part that fits the learner."""

    @property
    def validation(self) -> Any:
        """The part that scores it."""

    @property
    def outputs(self) -> int:
        """The number of classes, or 1 for a target."""

    @property
    def objective(self) -> Objective:
        """What a trial is judged by."""

    @property
    def precision(self) -> str:
        """Arithmetic of the training."""

    def start(self, configuration: Configuration, seed: int) -> Training:
        """Begin to train a configuration; raises whatever the user's code raises."""

    def key(self) -> dict[str, Any]:
        """What a training depends on, besides the files and versions that the store adds."""


def baseline(task: Task, part: Any) -> float:
    """The score on a part of the predictor that has seen no samples of it."""
    return task.objective.know_nothing(task.train.labels, part.labels)
