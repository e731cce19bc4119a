"""Say where a long job is, on the terminal and in its log."""

import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuner_trials.trials import Trial

Say = Callable[[str], None]


@contextmanager
def job_log(path: str | Path) -> Iterator[Say]:
    """Open a job's log and yield a function that writes a line to it and to the terminal.

    An exception is written to the log as well, before it goes on.
    """
    with Path(path).open("w", encoding="utf-8") as log:

        def say(line: str) -> None:
            print(line, file=sys.stderr, flush=True)
            print(line, file=log, flush=True)

        try:
            yield say
        except BaseException:
            traceback.print_exc(file=log)
            raise


class Progress:
    """A line a trial: its score, the best so far, and the time left.

    Parameters
    ----------
    say
        Where the lines go.
    label
        What the job does, the same for all of its lines.
    epochs
        Epochs that the job will train, or at most so many.
    """

    def __init__(self, say: Say, label: str, epochs: int):
        self.say, self.label, self.epochs = say, label, epochs
        self.started, self.trained, self.best = time.monotonic(), 0, 0.0

    def __call__(self, trial: "Trial") -> None:
        self.trained += trial.epochs_charged
        outcome = trial.outcome
        self.best = max(self.best, outcome.score)
        elapsed = time.monotonic() - self.started
        left = elapsed / self.trained * (self.epochs - self.trained)
        result = (
            f"{outcome.score:.4f}"
            if outcome.status == "completed"
            else f"{outcome.status} {outcome.message}".strip().splitlines()[0]
        )
        self.say(
            f"{self.label}  trial {trial.trial:4d}  epochs {trial.epochs:3d}  score {result}"
            f"  best {self.best:.4f}  {_minutes(left)} left"
        )


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
