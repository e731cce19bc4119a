"""A trial: one configuration trained for a number of epochs on behalf of a strategy."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from tuner_trials.search_space import Configuration
from tuner_trials.seeds import derive_seed
from tuner_trials.training import State, Task, Training

LEAKY_ROWS = 10_000  # the original course code scored configurations on X_train[:10000]


@dataclass(frozen=True)
class Trial:
    """What is kept of a trial.

    Attributes
    ----------
    strategy, repeat, trial
        Whose trial it is, in which of its searches, and its number there, from 0.
    configuration
        A value for each hyperparameter.
    seed
        In 1..2^31 - 1; see `trial_seed`.
    status
        ``completed``, ``diverged`` (a loss was not finite) or ``failed`` (an exception).
    message
        What the exception said; empty otherwise.
    epochs
        Length of the training that the trial stands for.
    epochs_charged
        What it cost: fewer than ``epochs`` where an earlier trial was continued. A trial that
        diverged or failed is charged in full, so failing saves nothing.
    score
        Best validation accuracy of an epoch, 0..1; chance level unless ``completed``.
    best_epoch
        The first epoch that reached the score, from 1; 0 unless ``completed``.
    leaky_accuracy
        Accuracy of the trained model on the first 10,000 rows that it was trained on, as the
        original course code scored it; None unless ``completed``.
    history
        ``loss``, ``accuracy``, ``val_loss``, ``val_accuracy``: a number an epoch, from the first.
    suggest_seconds, train_seconds
        Wall-clock time: of the strategy's choice of the configuration, and of the trial itself.
    """

    strategy: str
    repeat: int
    trial: int
    configuration: Configuration
    seed: int
    status: str
    message: str
    epochs: int
    epochs_charged: int
    score: float
    best_epoch: int
    leaky_accuracy: float | None
    history: dict[str, list[float]]
    suggest_seconds: float
    train_seconds: float

    def record(self) -> dict[str, Any]:
        """The trial as it is written to a file; JSON has no word for a loss that is not finite."""
        history = {
            name: [value if math.isfinite(value) else None for value in values]
            for name, values in self.history.items()
        }
        return asdict(self) | {"history": history}


def trial_seed(experiment_seed: int, repeat: int, configuration: Configuration) -> int:
    """The seed of a trial: the same wherever, whenever and for whomever it runs.

    Within a repeat, two strategies that try the same configuration see the same training.
    """
    return derive_seed(experiment_seed, "trial", repeat, configuration)


def run_trial(
    task: Task,
    strategy: str,
    repeat: int,
    trial: int,
    configuration: Configuration,
    epochs: int,
    seed: int,
    *,
    suggest_seconds: float = 0.0,
    continues: tuple[State, Trial] | None = None,
    keep_state: Callable[[State], None] | None = None,
) -> Trial:
    """Train a configuration and record it, whatever happens.

    Parameters
    ----------
    continues
        The state that an earlier trial of the same configuration ended in, and that trial.
    keep_state
        Called with the state after the last epoch, if the trial completes.
    """
    started = time.perf_counter()
    status, message, leaky_accuracy, history = "completed", "", None, {}
    try:
        training = Training(task, configuration, seed)
        history = training.history
        if continues is not None:
            training.restore(continues[0], continues[1].history)
            history = training.history
        while training.epochs < epochs and not training.diverged:
            training.train_epoch()
        if training.diverged:
            status = "diverged"
        else:
            leaky_accuracy = training.accuracy(task.train, LEAKY_ROWS)
            if keep_state is not None:
                keep_state(training.state)
    # A model may fail in any way, and running out of memory is one: it must not end the search.
    except Exception as error:
        status, message = "failed", f"{type(error).__name__}: {error}"
    completed = status == "completed"
    score = max(history["val_accuracy"]) if completed else 1 / task.classes
    return Trial(
        strategy=strategy,
        repeat=repeat,
        trial=trial,
        configuration=configuration,
        seed=seed,
        status=status,
        message=message,
        epochs=epochs,
        epochs_charged=epochs - (continues[1].epochs if continues else 0),
        score=score,
        best_epoch=history["val_accuracy"].index(score) + 1 if completed else 0,
        leaky_accuracy=leaky_accuracy,
        history=history,
        suggest_seconds=suggest_seconds,
        train_seconds=time.perf_counter() - started,
    )
