"""A trial: one configuration trained for a number of epochs on behalf of a strategy."""

import math
import time
from dataclasses import asdict, dataclass
from typing import Any

from tuner_trials.causes import cause, is_ours
from tuner_trials.origin import commit, processor
from tuner_trials.search_space import Configuration
from tuner_trials.seeds import derive_seed
from tuner_trials.training import State, Task, Training

LEAKY_ROWS = 10_000  # the original course code scored configurations on X_train[:10000]


@dataclass(frozen=True)
class Outcome:
    """What a training gave: it follows from configuration, epochs, seed, data and model alone.

    Attributes
    ----------
    status
        ``completed``, ``diverged`` (a loss was not finite) or ``failed`` (an exception).
    message
        The cause of the exception, or when the loss was no number, in a line; empty if all went
        well.
    score
        Best validation accuracy of an epoch, 0..1; chance level unless ``completed``.
    best_epoch
        The first epoch that reached the score, from 1; 0 unless ``completed``.
    leaky_accuracy
        Accuracy of the trained model on the first 10,000 rows that it was trained on, as the
        original course code scored it; None unless ``completed``.
    history
        ``loss``, ``accuracy``, ``val_loss``, ``val_accuracy``: a number an epoch, from the first.
    precision
        Arithmetic of the training: ``float32`` or ``mixed_bfloat16``.
    train_seconds
        Wall-clock time that it took, which is never the same.
    commit, processor
        By which code, and on which machine, it was trained; see `tuner_trials.origin`.
    """

    status: str
    message: str
    score: float
    best_epoch: int
    leaky_accuracy: float | None
    history: dict[str, list[float]]
    precision: str
    train_seconds: float
    commit: str
    processor: str


@dataclass(frozen=True)
class Trial:
    """An outcome, and for whom it was obtained at which cost.

    Attributes
    ----------
    strategy, repeat, trial
        Whose trial it is, in which of its searches, and its number there, from 0.
    configuration, seed
        What was trained; see `trial_seed`.
    epochs
        Length of the training that the trial stands for.
    epochs_charged
        What it cost: fewer than ``epochs`` where an earlier trial was continued. A trial that
        diverged or failed is charged in full, so failing saves nothing.
    suggest_seconds
        Wall-clock time of the strategy's choice of the configuration.
    """

    strategy: str
    repeat: int
    trial: int
    configuration: Configuration
    seed: int
    epochs: int
    epochs_charged: int
    outcome: Outcome
    suggest_seconds: float = 0.0

    def record(self) -> dict[str, Any]:
        """The trial as it is written to a file; JSON has no word for a loss that is not finite."""
        record = asdict(self)
        record |= record.pop("outcome")
        record["history"] = {
            name: [value if math.isfinite(value) else None for value in values]
            for name, values in self.outcome.history.items()
        }
        return record


def trial_seed(experiment_seed: int, repeat: int, configuration: Configuration) -> int:
    """The seed of a trial: the same wherever, whenever and for whomever it runs.

    Within a repeat, two strategies that try the same configuration see the same training.
    """
    return derive_seed(experiment_seed, "trial", repeat, configuration)


def train(
    task: Task,
    configuration: Configuration,
    epochs: int,
    seed: int,
    history: dict[str, list[float]] | None = None,
    state: State | None = None,
) -> tuple[Outcome, State]:
    """Train a configuration, whatever happens, and say what came of it.

    Parameters
    ----------
    epochs
        Length of the whole training.
    seed
        In 1..2^31 - 1.
    history, state
        Of a shorter training with the same arguments, to go on from. The outcome is the same, bit
        for bit, as without them.

    Returns
    -------
    The outcome, and the state after the last epoch (empty unless the training completed).
    """
    started = time.perf_counter()
    status, message, leaky_accuracy, end = "completed", "", None, []
    history = history or {}
    try:
        training = Training(task, configuration, seed)
        if state:
            training.restore(state, history)
        history = training.history
        while training.epochs < epochs and not training.diverged:
            training.train_epoch()
        if training.diverged:
            status, message = "diverged", f"a loss was not finite in epoch {training.epochs}"
        else:
            end = training.state
            training.finish()
            leaky_accuracy = training.accuracy(task.train, LEAKY_ROWS)
    # A model may fail in any way, and running out of memory is one: it must not end the search.
    except Exception as error:
        if is_ours(error):
            raise
        status, message = "failed", cause(error)
    completed = status == "completed"
    score = max(history["val_accuracy"]) if completed else 1 / task.classes
    outcome = Outcome(
        status=status,
        message=message,
        score=score,
        best_epoch=history["val_accuracy"].index(score) + 1 if completed else 0,
        leaky_accuracy=leaky_accuracy,
        history=history,
        precision=task.precision,
        train_seconds=time.perf_counter() - started,
        commit=commit(),
        processor=processor(),
    )
    return outcome, end
