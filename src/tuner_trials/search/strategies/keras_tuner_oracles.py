"""keras-tuner's search algorithms, driven by ask and tell: see `keras_tuner_search`."""

import math
from typing import Literal

from pydantic import Field

from tuner_trials.search.strategies.base import Search, Strategy, Suggestion
from tuner_trials.search.strategies.keras_tuner_search import OracleSearch, common
from tuner_trials.search.strategies.without_keras import import_keras_tuner
from tuner_trials.space.search_space import SearchSpace

PACKAGES = ("keras-tuner", "scikit-learn", "scipy")


class RandomSearch(Strategy):
    """Random search (Bergstra and Bengio, JMLR 13, 2012)."""

    packages = PACKAGES

    algorithm: Literal["RandomSearch"]

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        keras_tuner = import_keras_tuner()

        oracle = keras_tuner.oracles.RandomSearchOracle(**common(space, seed), max_trials=None)
        return OracleSearch(oracle, space, epochs)


class GridSearch(Strategy):
    """Grid search, in the order of keras-tuner's grid until the budget is spent."""

    packages = PACKAGES

    algorithm: Literal["GridSearch"]

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        keras_tuner = import_keras_tuner()

        oracle = keras_tuner.oracles.GridSearchOracle(**common(space, seed), max_trials=None)
        return GridOracleSearch(oracle, space, epochs)


class BayesianOptimization(Strategy):
    """A Gaussian process with a lower confidence bound (Garnett, Bayesian Optimization, 2023)."""

    packages = PACKAGES

    algorithm: Literal["BayesianOptimization"]
    num_initial_points: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="Random trials before the model guides the search.\n\n"
        "null is keras-tuner's default, three for each hyperparameter: with many of them that is"
        " more than the whole budget.",
    )
    alpha: float = Field(1e-4, gt=0, description="Noise variance assumed for (scaled) scores.")
    beta: float = Field(2.6, ge=0, description="Weight of the uncertainty: higher explores more.")

    def check_budget(self, budget: int, epochs: int, dimensions: int) -> None:
        initial = self._initial_points(dimensions)
        if budget <= initial:
            raise ValueError(
                f"a budget of {budget} trainings never leaves the {initial} random initial points;"
                f" raise budget above {initial} or lower num_initial_points"
            )

    def _initial_points(self, dimensions: int) -> int:
        # keras-tuner's own default, which would count fixed hyperparameters.
        return self.num_initial_points or max(3 * dimensions, 3)

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        keras_tuner = import_keras_tuner()

        oracle = keras_tuner.oracles.BayesianOptimizationOracle(
            **common(space, seed),
            max_trials=None,
            num_initial_points=self._initial_points(len(space.tuned())),
            alpha=self.alpha,
            beta=self.beta,
        )
        return BayesianOracleSearch(oracle, space, epochs)


class Hyperband(Strategy):
    """Successive halving at several degrees of boldness (Li et al., JMLR 18:185, 2018).

    It starts anew until the budget is spent; a full training's epochs are its largest resource.
    """

    packages = PACKAGES

    algorithm: Literal["Hyperband"]
    factor: int = Field(
        3, ge=2, le=10_000, description="One in so many configurations is promoted."
    )

    def check_budget(self, budget: int, epochs: int, dimensions: int) -> None:
        needed = epochs_of_one_iteration(epochs, self.factor)
        if budget * epochs < needed:
            raise ValueError(
                f"one iteration of Hyperband costs {needed} epochs, but budget x epochs is"
                f" {budget} x {epochs} = {budget * epochs}; raise budget to {-(-needed // epochs)}"
            )

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        keras_tuner = import_keras_tuner()

        oracle = keras_tuner.oracles.HyperbandOracle(
            **common(space, seed),
            max_epochs=epochs,
            factor=self.factor,
            hyperband_iterations=None,  # as many as the budget allows
        )
        return OracleSearch(oracle, space, epochs)


def epochs_of_one_iteration(max_epochs: int, factor: int) -> int:
    """Epochs that one iteration of keras-tuner's Hyperband trains, with promoted trials continued.

    keras-tuner's own estimate in its docstring is 1.4 to 2.7 times too low; these are the sizes
    that its code uses (``HyperbandOracle._get_size`` and ``_get_epochs``).

    >>> [epochs_of_one_iteration(max_epochs, factor=3) for max_epochs in (10, 27, 81)]
    [120, 375, 1767]
    """
    brackets, resource = 0, float(max_epochs)
    while resource >= 1:
        resource, brackets = resource / factor, brackets + 1
    last_size = math.ceil(1 + math.log(max_epochs, factor))

    total = 0
    for bracket in range(brackets):
        trained = 0
        for rung in range(bracket + 1):
            size = math.ceil(last_size / (bracket + 1) * factor ** (bracket - rung))
            epochs = math.ceil(max_epochs / factor ** (bracket - rung))
            total += size * (epochs - trained)
            trained = epochs
    return total


class GridOracleSearch(OracleSearch):
    """A grid search, which need not wait for any trial."""

    def ask(self) -> Suggestion | None:
        suggestion = super().ask()
        if suggestion is not None:
            # keras-tuner goes on from a trial that has ended, since it may have brought new
            # hyperparameters. Ours bring none.
            self.oracle._populate_next.append(self.trials[-1].trial_id)
        return suggestion


class BayesianOracleSearch(OracleSearch):
    """Bayesian optimization, which imputes open trials with the predictions of its model."""

    def ask(self) -> Suggestion | None:
        # keras-tuner scores an open trial with its model's prediction, worsened by a standard
        # deviation. For a model that was never fitted that is an accuracy of -1, so the first fit
        # waits until no trial is open.
        oracle = self.oracle
        initial = len(oracle.end_order) < oracle.num_initial_points
        fitted = hasattr(oracle.gpr, "X_train_")
        if oracle.ongoing_trials and not initial and not fitted:
            return None
        return super().ask()
