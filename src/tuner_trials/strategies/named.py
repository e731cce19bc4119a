"""The strategies by what `algorithm` says: a name of this package, or the path of a Python file."""

from collections.abc import Callable
from typing import Annotated, Any, Union

from pydantic import Field, SerializeAsAny, WrapValidator

from tuner_trials.strategies.base import Strategy
from tuner_trials.strategies.from_file import is_python_file, load_strategy
from tuner_trials.strategies.keras_tuner_oracles import (
    BayesianOptimization,
    GridSearch,
    Hyperband,
    RandomSearch,
)
from tuner_trials.strategies.one_epoch import OneEpoch
from tuner_trials.strategies.optuna_samplers import CMAES, TPE, GaussianProcess
from tuner_trials.strategies.refined_random import RefinedRandom
from tuner_trials.strategies.successive_halving import SuccessiveHalving

# Each under its own name, which is what `algorithm` says.
NAMED_STRATEGIES = (
    BayesianOptimization,
    CMAES,
    GaussianProcess,
    GridSearch,
    Hyperband,
    OneEpoch,
    RandomSearch,
    RefinedRandom,
    SuccessiveHalving,
    TPE,
)


def _read(section: Any, read_named: Callable[[Any], Strategy]) -> Strategy:
    algorithm = section.get("algorithm") if isinstance(section, dict) else None
    if is_python_file(algorithm):
        return load_strategy(algorithm).model_validate(section)
    return read_named(section)


AnyStrategy = Annotated[
    SerializeAsAny[
        Annotated[Union[NAMED_STRATEGIES], Field(discriminator="algorithm")]  # noqa: UP007 (a tuple)
    ],
    WrapValidator(_read),
]
