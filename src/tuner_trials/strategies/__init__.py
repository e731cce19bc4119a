"""The search algorithms that can be compared with random search; a file each."""

from typing import Annotated

from pydantic import Field

from tuner_trials.strategies.base import Search, Strategy, Suggestion
from tuner_trials.strategies.keras_tuner_oracles import (
    BayesianOptimization,
    GridSearch,
    Hyperband,
    RandomSearch,
)
from tuner_trials.strategies.refined_random import RefinedRandom

AnyStrategy = Annotated[
    BayesianOptimization | GridSearch | Hyperband | RandomSearch | RefinedRandom,
    Field(discriminator="algorithm"),
]

__all__ = ["AnyStrategy", "Search", "Strategy", "Suggestion"]
