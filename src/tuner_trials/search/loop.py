"""One loop for every strategy: ask, train, tell, until the budget is spent."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from tuner_trials.foundation.errors import UserError
from tuner_trials.foundation.seeds import derive_seed
from tuner_trials.search.strategies import Strategy, Suggestion
from tuner_trials.space.search_space import Configuration, SearchSpace
from tuner_trials.trials.trial import Outcome, Trial, trial_seed


class SuggestionError(UserError):
    """A suggestion that cannot be trained; the tuner may be the user's own."""


class Begin(Protocol):
    """Begins to train a configuration, and gives a function that waits for the outcome.

    ``continues`` is the length of an earlier training of the same configuration with the same seed,
    which this one may go on from.
    """

    def __call__(
        self, configuration: Configuration, epochs: int, seed: int, continues: int = 0
    ) -> Callable[[], Outcome]: ...


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


def search_seed(experiment_seed: int, repeat: int) -> int:
    """The seed of a repeat's search.

    It is shared by the strategies: keras-tuner's draw their first, random configurations from it
    alike, so that a repeat compares what they make of the same start.
    """
    return derive_seed(experiment_seed, "search", repeat)


def run_search(
    begin: Begin,
    space: SearchSpace,
    strategy: Strategy,
    name: str,
    repeat: int,
    *,
    budget: int,
    epochs: int,
    seed: int,
    on_trial: Callable[[Trial], None],
    parallel_trials: int = 1,
) -> list[Trial]:
    """Run one search and return its trials in order.

    Scores are reported in the order of the trials, whichever ends first, and each suggestion is
    requested as soon as there is room for it. So what a strategy knows when it makes a suggestion,
    and with it the outcome, depends on ``parallel_trials`` but never on timing.

    Parameters
    ----------
    name, repeat
        Of the strategy in the experiment; of the search, from 0.
    budget, epochs
        The ledger grants ``budget * epochs`` epochs; the search ends with the first suggestion
        that it cannot afford, so nobody overspends.
    seed
        The experiment's.
    on_trial
        Called after every trial.
    parallel_trials
        The number of trials that are open at a time, at least 1: trial n + ``parallel_trials`` is
        requested once the scores of the trials up to n have been reported.

    Raises
    ------
    SuggestionError
        With the strategy, the suggestion, what is wrong with it, and what is allowed.
    """
    ledger = Ledger(budget * epochs)
    search = strategy.start(space, budget, epochs, search_seed(seed, repeat))
    trials: list[Trial] = []
    begun: deque[tuple[Callable[..., Trial], Callable[[], Outcome]]] = deque()
    affordable = True
    while True:
        while affordable and len(begun) < parallel_trials:
            started = time.perf_counter()
            suggestion = search.ask()
            suggest_seconds = time.perf_counter() - started
            if suggestion is None:
                break
            try:
                check_suggestion(suggestion, space, trials, epochs)
            except ValueError as error:
                number = len(trials) + len(begun)
                raise SuggestionError(
                    f"strategies.{name}: suggestion {number} of repeat {repeat} cannot be trained:"
                    f" {error}\n  {suggestion}"
                ) from None
            parent = suggestion.continues
            continues = 0 if parent is None else trials[parent].epochs
            cost = suggestion.epochs - continues
            affordable = ledger.affords(cost)
            if not affordable:
                break
            ledger.charge(cost)
            configuration = suggestion.configuration
            own_seed = trial_seed(seed, repeat, configuration)
            trial = partial(
                Trial,
                strategy=name,
                repeat=repeat,
                trial=len(trials) + len(begun),
                configuration=configuration,
                seed=own_seed,
                epochs=suggestion.epochs,
                epochs_charged=cost,
                suggest_seconds=suggest_seconds,
            )
            begun.append((trial, begin(configuration, suggestion.epochs, own_seed, continues)))
        if not begun:
            return trials
        finished, outcome = begun.popleft()
        trials.append(finished(outcome=outcome()))
        search.tell(len(trials) - 1, trials[-1].outcome.score)
        on_trial(trials[-1])


def check_suggestion(
    suggestion: Suggestion, space: SearchSpace, trials: list[Trial], epochs: int
) -> None:
    """Refuse a suggestion that would break the ledger or a file, or make comparisons unfair.

    Parameters
    ----------
    trials
        Those whose scores were reported to the search: only they can be continued.
    epochs
        Of a full training.

    Raises
    ------
    ValueError
        With what is wrong, and what is allowed.
    """
    if not isinstance(suggestion, Suggestion):
        raise ValueError("ask() must return a Suggestion, or None")  # noqa: TRY004 (one kind)
    space.check(suggestion.configuration)
    shortest, parent = 1, suggestion.continues
    if parent is not None:
        if type(parent) is not int or not 0 <= parent < len(trials):
            told = f"0 to {len(trials) - 1} were" if trials else "none was"
            raise ValueError(f"continues must be a trial that it was told of; {told}")
        if suggestion.configuration != trials[parent].configuration:
            raise ValueError(
                f"the configuration must be that of trial {parent}, which it continues"
            )
        shortest = trials[parent].epochs + 1
        if shortest > epochs:
            raise ValueError(f"trial {parent} is a full training, which nothing can continue")
    if type(suggestion.epochs) is not int or not shortest <= suggestion.epochs <= epochs:
        raise ValueError(f"epochs must be a whole number, {shortest} to {epochs}")
