"""The cheapest prediction of a training's final score: its first epoch."""

from typing import Literal

from pydantic import Field

from tuner_trials.search.strategies.base import Search, Strategy, Suggestion
from tuner_trials.search.strategies.random_start import PACKAGES, RandomStart
from tuner_trials.space.search_space import SearchSpace


class OneEpoch(Strategy):
    """One epoch for all, then the best are finished (Egele et al., 2023, arXiv:2307.15422).

    As many random configurations get their one epoch as the budget allows beside the trainings
    that are finished.
    """

    packages = PACKAGES

    algorithm: Literal["OneEpoch"]
    finished: int = Field(
        3, ge=1, le=10_000, description="So many of the best after one epoch are trained in full."
    )

    def check_budget(self, budget: int, epochs: int, dimensions: int) -> None:
        if budget <= self.finished:
            raise ValueError(
                f"a budget of {budget} trainings leaves no choice of the {self.finished} that are"
                f" finished; raise budget above {self.finished} or lower finished"
            )

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        beginnings = budget * epochs - self.finished * (epochs - 1)
        return OneEpochSearch(RandomStart(space, seed), beginnings, epochs)


class OneEpochSearch:
    """A `OneEpoch` search in progress."""

    def __init__(self, start: RandomStart, beginnings: int, epochs: int):
        self.start, self.beginnings, self.epochs = start, beginnings, epochs
        self.asked: list[Suggestion] = []
        self.scores: dict[int, float] = {}

    def ask(self) -> Suggestion | None:
        suggestion = self._beginning() or self._end()
        if suggestion is not None:
            self.asked.append(suggestion)
        return suggestion

    def tell(self, trial: int, score: float) -> None:
        self.scores[trial] = score

    def _beginning(self) -> Suggestion | None:
        if len(self.asked) >= self.beginnings:
            return None
        configuration = self.start.next()
        if configuration is None:
            self.beginnings = len(self.asked)  # The space is used up.
            return None
        return Suggestion(configuration, 1)

    def _end(self) -> Suggestion | None:
        """The next best trial, trained in full; only the budget limits their number."""
        if len(self.scores) < self.beginnings:
            return None  # Some still have their first epoch before them.
        ranking = sorted(range(self.beginnings), key=lambda trial: (-self.scores[trial], trial))
        ended = len(self.asked) - self.beginnings
        if ended == len(ranking):
            return None
        best = ranking[ended]
        return Suggestion(self.asked[best].configuration, self.epochs, continues=best)
