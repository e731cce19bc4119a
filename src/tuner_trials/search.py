"""One loop for every strategy: ask, train, tell, until the budget is spent."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tuner_trials.search_space import SearchSpace
from tuner_trials.seeds import derive_seed
from tuner_trials.strategies import Strategy
from tuner_trials.training import State, Task
from tuner_trials.trials import Trial, run_trial, trial_seed


@dataclass
class Ledger:
    """Epochs that a search may spend, and those that it has spent."""

    granted: int
    spent: int = 0

    def affords(self, epochs: int) -> bool:
        return self.spent + epochs <= self.granted

    def charge(self, epochs: int) -> None:
        if not self.affords(epochs):
            raise ValueError(f"{epochs} epochs charged, but {self.granted - self.spent} are left")
        self.spent += epochs


class States:
    """The states of unfinished trainings, in files of a folder that goes with the search.

    A net's weights and its optimizer's moments are megabytes, and Hyperband leaves dozens waiting.
    """

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)

    def save(self, trial: int, state: State) -> None:
        np.savez(self.folder / f"{trial}.npz", *state)

    def load(self, trial: int) -> State | None:
        """The state after a trial; None if that trial did not complete."""
        path = self.folder / f"{trial}.npz"
        if not path.exists():
            return None
        with np.load(path) as arrays:
            return [arrays[name] for name in arrays.files]


def search_seed(experiment_seed: int, repeat: int) -> int:
    """The seed of a repeat's search.

    It is shared by the strategies: keras-tuner's draw their first, random configurations from it
    alike, so that a repeat compares what they make of the same start.
    """
    return derive_seed(experiment_seed, "search", repeat)


def run_search(
    task: Task,
    space: SearchSpace,
    strategy: Strategy,
    name: str,
    repeat: int,
    *,
    budget: int,
    epochs: int,
    seed: int,
    report: Callable[[Trial], None],
) -> list[Trial]:
    """Run one search and return its trials, in their order.

    Parameters
    ----------
    name, repeat
        Of the strategy in the experiment; of the search, from 0.
    budget, epochs
        The ledger grants ``budget * epochs`` epochs; the search ends with the first suggestion
        that it cannot afford, so nobody overspends.
    seed
        The experiment's.
    report
        Called after every trial.
    """
    ledger = Ledger(budget * epochs)
    search = strategy.start(space, budget, epochs, search_seed(seed, repeat))
    trials: list[Trial] = []
    with TemporaryDirectory(prefix="tuner-trials-") as folder:
        states = States(folder)
        while ledger.spent < ledger.granted:
            started = time.perf_counter()
            suggestion = search.ask()
            suggest_seconds = time.perf_counter() - started
            if suggestion is None:
                break
            number = len(trials)
            continues = None
            if suggestion.continues is not None:
                state = states.load(suggestion.continues)
                if state is not None:
                    continues = (state, trials[suggestion.continues])
            cost = suggestion.epochs - (continues[1].epochs if continues else 0)
            if not ledger.affords(cost):
                break
            trial = run_trial(
                task,
                name,
                repeat,
                number,
                suggestion.configuration,
                suggestion.epochs,
                trial_seed(seed, repeat, suggestion.configuration),
                suggest_seconds=suggest_seconds,
                continues=continues,
                # A full training is never continued.
                keep_state=(
                    (lambda state, number=number: states.save(number, state))
                    if suggestion.epochs < epochs
                    else None
                ),
            )
            ledger.charge(trial.epochs_charged)
            search.tell(trial.score)
            trials.append(trial)
            report(trial)
    return trials
