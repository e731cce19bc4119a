"""A trial: one configuration trained for a number of epochs on behalf of a strategy."""

import math
import time
from dataclasses import asdict, dataclass
from typing import Any

from tuner_trials.foundation.origin import commit, processor
from tuner_trials.foundation.seeds import derive_seed
from tuner_trials.space.search_space import Configuration
from tuner_trials.tasks.base import LOSSES, History, State, Task, Training, baseline
from tuner_trials.user_code.causes import cause, is_ours

LEAKY_ROWS = 10_000  # the original course code scored configurations on X_train[:10000]


@dataclass(frozen=True)
class Outcome:
    """The outcome of a training: determined by configuration, epochs, seed, data and model alone.

    Attributes
    ----------
    status
        ``completed``, ``diverged`` (a loss was not finite) or ``failed`` (an exception).
    message
        The cause of the exception, or when the loss was no number, in a line; empty if all went
        well.
    score
        The objective on the validation part in the best epoch, higher is better; unless
        ``completed``, what the predictor has that knows nothing.
    best_epoch
        The first epoch that reached the score, from 1; 0 unless ``completed``.
    leaky_score
        The score of the trained model on the first 10,000 rows that it was trained on, as the
        original course code scored it; None unless ``completed``.
    history
        By the names in `tuner_trials.tasks.base.CURVES`: one number per epoch, from the first.
    precision
        Arithmetic of the training: ``float32`` or ``mixed_bfloat16``.
    epoch_seconds, train_seconds
        Wall-clock time of every epoch, and of this training as a whole: never the same.
    commit, processor
        By which code, and on which machine, it was trained; see `tuner_trials.foundation.origin`.
    """

    status: str
    message: str
    score: float
    best_epoch: int
    leaky_score: float | None
    history: History
    precision: str
    epoch_seconds: list[float]
    train_seconds: float
    commit: str
    processor: str


@dataclass(frozen=True)
class Trial:
    """An outcome, together with the search that requested it and its cost.

    Attributes
    ----------
    strategy, repeat, trial
        The strategy, which of its searches, and the trial's number in that search, from 0.
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
        """The trial as written to a file; JSON cannot represent losses that are not finite."""
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
    history: History | None = None,
    state: State | None = None,
    seconds: list[float] | None = None,
) -> tuple[Outcome, State]:
    """Train a configuration and return the outcome, even if the model fails.

    Parameters
    ----------
    epochs
        Length of the whole training.
    seed
        In 1..2^31 - 1.
    history, state, seconds
        Of a shorter training with the same arguments, to go on from. The outcome is the same, bit
        for bit, as without them (but for the seconds).

    Returns
    -------
    The outcome, and the state after the last epoch (empty unless the training completed).
    """
    started = time.perf_counter()
    status, message, leaky_score, end = "completed", "", None, State()
    history, seconds = history or {}, list(seconds or [])
    try:
        training = task.start(configuration, seed)
        if state:
            training.restore(state, history)
        history = training.history
        while training.epochs < epochs and not training.diverged:
            training.advance()
        if training.diverged:
            status, message = "diverged", _what_diverged(training)
        else:
            end = training.state
            training.finish()
            leaky = training.evaluate(task.train, LEAKY_ROWS)
            leaky_score = None if leaky is None else task.objective.sign * leaky
        seconds += training.seconds
    # A model may fail in any way, and running out of memory is one: it must not end the search.
    except Exception as error:
        if is_ours(error):
            raise
        status, message = "failed", cause(error)
    completed = status == "completed"
    scores = [task.objective.sign * value for value in history.get("validation", [])]
    score = max(scores) if completed else baseline(task, task.validation)
    outcome = Outcome(
        status=status,
        message=message,
        score=score,
        best_epoch=scores.index(score) + 1 if completed else 0,
        leaky_score=leaky_score,
        history=history,
        precision=task.precision,
        epoch_seconds=seconds,
        train_seconds=time.perf_counter() - started,
        commit=commit(),
        processor=processor(),
    )
    return outcome, end


def _what_diverged(training: Training) -> str:
    losses = (training.history[name][-1:] for name in LOSSES)
    finite = all(math.isfinite(loss) for values in losses for loss in values)
    what = "an output or the objective" if finite else "a loss"
    return f"{what} was not finite in epoch {training.epochs}"
