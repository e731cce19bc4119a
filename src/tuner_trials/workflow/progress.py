"""Report the progress of a long job."""

import math
import time
from typing import TYPE_CHECKING, Protocol

from tuner_trials.objectives import Objective
from tuner_trials.workflow.job_log import Say

if TYPE_CHECKING:
    from tuner_trials.trials.trial import Trial


class CountingTrainer(Protocol):
    """A trainer; ``trained`` counts the trainings that were not in its store."""

    trained: int


class Progress:
    """One line per trial: its score, the best so far, and the time left.

    Parameters
    ----------
    say
        Called with each line.
    label
        What the job does; every line begins with it.
    epochs
        Number of epochs that the job will train at most.
    trainer
        The trainer. A trial from its store is marked, and not used to estimate the time left.
    objective
        The objective of the scores.
    """

    def __init__(
        self, say: Say, label: str, epochs: int, trainer: CountingTrainer, objective: Objective
    ):
        self.objective = objective
        self.say, self.label, self.epochs, self.trainer = say, label, epochs, trainer
        self.started, self.best = time.monotonic(), -math.inf
        self.done, self.trained, self.trainings = 0, 0, trainer.trained

    def __call__(self, trial: "Trial") -> None:
        stored, self.trainings = self.trainings == self.trainer.trained, self.trainer.trained
        self.done += trial.epochs_charged
        self.trained += 0 if stored else trial.epochs_charged
        outcome = trial.outcome
        if outcome.status == "completed":
            self.best = max(self.best, outcome.score)
        elapsed = time.monotonic() - self.started
        left = elapsed / (self.trained or self.done) * (self.epochs - self.done)
        result = (
            self.objective.cell(outcome.score)
            if outcome.status == "completed"
            else f"{outcome.status} {outcome.message}".strip().splitlines()[0]
        )
        self.say(
            f"{self.label}  trial {trial.trial:4d}  epochs {trial.epochs:3d}"
            f"  {self.objective.name} {result}  best {self.objective.cell(self.best)}"
            f"  {_minutes(left)} left{'  (stored)' if stored else ''}"
        )


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
