"""Asynchronous successive halving: start many short trainings and continue the best ones."""

from itertools import pairwise
from typing import Literal

from pydantic import Field

from tuner_trials.search.strategies.base import Search, Strategy, Suggestion
from tuner_trials.search.strategies.random_start import PACKAGES, RandomStart
from tuner_trials.space.search_space import SearchSpace


class SuccessiveHalving(Strategy):
    """Asynchronous successive halving, ASHA (Li et al., MLSys 2020, algorithm 2).

    Random configurations start on the lowest rung. Whenever a configuration is among the best
    one in ``factor`` of those that are through with a rung, it goes on to the next one.
    """

    packages = PACKAGES

    algorithm: Literal["SuccessiveHalving"]
    factor: int = Field(
        3, ge=2, le=10_000, description="One in so many goes on, to so many times the epochs."
    )
    min_epochs: int = Field(
        1, ge=1, le=10_000, description="No training stops before so many epochs."
    )

    def rungs(self, epochs: int) -> list[int]:
        """After how many epochs a training is judged; the last rung is a full training.

        >>> SuccessiveHalving(algorithm="SuccessiveHalving").rungs(10)
        [1, 3, 10]
        """
        rungs = [epochs]
        while (shorter := rungs[0] // self.factor) >= self.min_epochs:
            rungs.insert(0, shorter)
        return rungs

    def check_budget(self, budget: int, epochs: int, dimensions: int) -> None:
        rungs = self.rungs(epochs)
        if len(rungs) == 1:
            shorter = epochs // self.factor
            remedy = f"min_epochs to {shorter}" if shorter else f"factor to {epochs}"
            raise ValueError(
                f"nothing shorter than {epochs} epochs is left to judge by; lower {remedy} or less"
            )
        climbs = [self.factor**height for height in range(len(rungs))]
        needed = sum(
            configurations * (longer - shorter)
            for configurations, (shorter, longer) in zip(
                reversed(climbs), pairwise([0, *rungs]), strict=True
            )
        )
        if budget * epochs < needed:
            raise ValueError(
                f"the way to one full training over the rungs {rungs} costs up to {needed} epochs,"
                f" but budget x epochs is {budget} x {epochs} = {budget * epochs}; raise budget to"
                f" {-(-needed // epochs)}"
            )

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        return SuccessiveHalvingSearch(RandomStart(space, seed), self.rungs(epochs), self.factor)


class SuccessiveHalvingSearch:
    """A `SuccessiveHalving` search in progress."""

    def __init__(self, start: RandomStart, rungs: list[int], factor: int):
        self.start, self.rungs, self.factor = start, rungs, factor
        self.asked: list[Suggestion] = []
        self.scores: dict[int, float] = {}

    def ask(self) -> Suggestion | None:
        suggestion = self._promotion() or self._beginning()
        if suggestion is not None:
            self.asked.append(suggestion)
        return suggestion

    def tell(self, trial: int, score: float) -> None:
        self.scores[trial] = score

    def _promotion(self) -> Suggestion | None:
        """The best trial that may go on and has not yet, from the highest rung possible."""
        promoted = {suggestion.continues for suggestion in self.asked}
        for rung, next_rung in reversed(list(pairwise(self.rungs))):
            told = [trial for trial in self.scores if self.asked[trial].epochs == rung]
            best = sorted(told, key=lambda trial: (-self.scores[trial], trial))
            for trial in best[: len(told) // self.factor]:
                if trial not in promoted:
                    return Suggestion(self.asked[trial].configuration, next_rung, continues=trial)
        return None

    def _beginning(self) -> Suggestion | None:
        configuration = self.start.next()
        return None if configuration is None else Suggestion(configuration, self.rungs[0])
