"""The strategies by what `algorithm` says: a name of this package, or the path of a Python file."""

from collections.abc import Callable
from typing import Annotated, Any, get_args

from pydantic import Field, SerializeAsAny, TypeAdapter, ValidationInfo, WrapValidator

from tuner_trials.foundation.errors import UserError
from tuner_trials.foundation.paths import find
from tuner_trials.search.strategies.base import Strategy
from tuner_trials.search.strategies.from_file import is_python_file, load_strategy
from tuner_trials.search.strategies.keras_tuner_oracles import (
    BayesianOptimization,
    GridSearch,
    Hyperband,
    RandomSearch,
)
from tuner_trials.search.strategies.one_epoch import OneEpoch
from tuner_trials.search.strategies.optuna_samplers import CMAES, TPE, GaussianProcess
from tuner_trials.search.strategies.refined_random import RefinedRandom
from tuner_trials.search.strategies.successive_halving import SuccessiveHalving

# Each under its own name, which is what `algorithm` says.
NamedStrategy = (
    BayesianOptimization
    | CMAES
    | GaussianProcess
    | GridSearch
    | Hyperband
    | OneEpoch
    | RandomSearch
    | RefinedRandom
    | SuccessiveHalving
    | TPE
)
NAMED_STRATEGIES: tuple[type[Strategy], ...] = get_args(NamedStrategy)


def _read(section: Any, read_named: Callable[[Any], Strategy], info: ValidationInfo) -> Strategy:
    algorithm = section.get("algorithm") if isinstance(section, dict) else None
    if is_python_file(algorithm):
        if info.context:  # the folders in which a configuration's files are looked for
            algorithm = find(algorithm, info.context)
        return load_strategy(algorithm).model_validate(section | {"algorithm": algorithm})
    return read_named(section)


def _or_a_file(schema: dict[str, Any]) -> None:
    """Let the JSON schema allow a file, whose options it cannot know."""
    file = {"type": "string", "pattern": r"\.py$"}
    schema["oneOf"].append(
        {"type": "object", "properties": {"algorithm": file}, "required": ["algorithm"]}
    )


AnyStrategy = Annotated[
    SerializeAsAny[
        Annotated[NamedStrategy, Field(discriminator="algorithm", json_schema_extra=_or_a_file)]
    ],
    WrapValidator(_read),
]


def read_strategy(options: dict[str, Any]) -> Strategy:
    """The strategy of a section of the configuration, ``algorithm`` and its options.

    Raises
    ------
    UserError
        If a package that it needs is not installed.
    """
    strategy = TypeAdapter(AnyStrategy).validate_python(options)
    try:
        strategy.check_packages()
    except UserError as error:
        raise UserError(f"{strategy.algorithm} {error}") from None
    return strategy
