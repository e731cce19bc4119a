"""Random search followed by manual refinement, automated.

Half of the budget goes to random search over the whole space. A person would then look at the best
results and search again around them: here, in the smallest box that contains the best fifth.
"""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tuner_trials.search.strategies.base import Search, Strategy, Suggestion
from tuner_trials.search.strategies.random_start import PACKAGES, RandomStart
from tuner_trials.space.search_space import Configuration, SearchSpace

if TYPE_CHECKING:
    import numpy as np


class RefinedRandom(Strategy):
    """Random search over the whole space, then over the space around its best configurations."""

    packages = PACKAGES

    algorithm: Literal["RefinedRandom"]
    exploration_share: float = Field(
        0.5,
        gt=0,
        lt=1,
        description="Share of the budget for the whole space; the rest goes to a box in it.",
    )
    kept_share: float = Field(
        0.2, gt=0, lt=1, description="Share of these trials, the best ones, that the box holds."
    )

    def check_budget(self, budget: int, epochs: int, dimensions: int) -> None:
        explored = round(budget * self.exploration_share)
        if round(explored * self.kept_share) < 2:
            raise ValueError(
                f"the best {self.kept_share:g} of {explored} explored configurations are fewer than"
                " two, which span no space; raise budget, exploration_share or kept_share"
            )

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        import numpy as np

        explored = round(budget * self.exploration_share)
        return RefinedRandomSearch(
            space,
            RandomStart(space, seed),
            explored,
            round(explored * self.kept_share),
            epochs,
            np.random.default_rng(seed),
        )


class RefinedRandomSearch:
    """A `RefinedRandom` search in progress."""

    def __init__(
        self,
        space: SearchSpace,
        start: RandomStart,
        explored: int,
        kept: int,
        epochs: int,
        rng: "np.random.Generator",
    ):
        self.whole, self.start = space, start
        self.box: SearchSpace | None = None
        self.explored, self.kept = explored, kept
        self.epochs, self.rng = epochs, rng
        self.configurations: list[Configuration] = []
        self.scores: list[float] = []

    def ask(self) -> Suggestion | None:
        if len(self.configurations) < self.explored:
            configuration = self.start.next()
            if configuration is None:
                return None  # The space is used up.
        else:
            if self.box is None:
                if len(self.scores) < self.explored:
                    return None
                self.box = self.whole.narrowed(self._best())
            try:
                [configuration] = self.box.sample_distinct(1, self.rng, self.configurations)
            except ValueError:
                return None  # The box is used up.
            # A narrowed space counts its steps from another place, and rounds them otherwise.
            configuration = self.whole.clip(configuration)
        self.configurations.append(configuration)
        return Suggestion(configuration, self.epochs)

    def tell(self, trial: int, score: float) -> None:
        self.scores.append(score)

    def _best(self) -> list[Configuration]:
        import numpy as np

        ranked = np.argsort(-np.array(self.scores), kind="stable")
        return [self.configurations[index] for index in ranked[: self.kept]]
