"""The cheapest guess at what a training will come to: its first epoch."""

from typing import Literal

import numpy as np
from pydantic import Field

from tuner_trials.search_space import SearchSpace
from tuner_trials.strategies.base import Search, Strategy, Suggestion


class OneEpoch(Strategy):
    """One epoch for all, then the best are finished (Egele et al., 2023, arXiv:2307.15422).

    As many random configurations get their one epoch as the budget allows beside the trainings
    that are finished.
    """

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
        return OneEpochSearch(space, beginnings, epochs, np.random.default_rng(seed))


class OneEpochSearch:
    """A `OneEpoch` search in progress."""

    def __init__(self, space: SearchSpace, beginnings: int, epochs: int, rng: np.random.Generator):
        self.space, self.beginnings, self.epochs, self.rng = space, beginnings, epochs, rng
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
        seen = [suggestion.configuration for suggestion in self.asked]
        try:
            [configuration] = self.space.sample_distinct(1, self.rng, seen)
        except ValueError:
            self.beginnings = len(self.asked)  # The space is used up.
            return None
        return Suggestion(configuration, 1)

    def _end(self) -> Suggestion | None:
        """The next best trial in full; there is no end of them but that of the budget."""
        if len(self.scores) < self.beginnings:
            return None  # Some still have their first epoch before them.
        ranking = sorted(range(self.beginnings), key=lambda trial: (-self.scores[trial], trial))
        ended = len(self.asked) - self.beginnings
        if ended == len(ranking):
            return None
        best = ranking[ended]
        return Suggestion(self.asked[best].configuration, self.epochs, continues=best)
