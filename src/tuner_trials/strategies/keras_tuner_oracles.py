"""keras-tuner's search algorithms, driven by ask and tell.

Only its oracles are used, the part that suggests configurations: training, files on disk and
retries are ours. Its known faults are caught here; each is described where it is caught.

keras-tuner imports TensorFlow (seconds), so it is imported when a search starts: checking a
configuration file must not pay for it.
"""

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from tuner_trials.search_space import (
    Boolean,
    Choice,
    Fixed,
    Float,
    Hyperparameter,
    Int,
    SearchSpace,
)
from tuner_trials.strategies.base import Search, Strategy, Suggestion

if TYPE_CHECKING:
    import keras_tuner

PACKAGES = ("keras-tuner", "scikit-learn", "scipy")


class RandomSearch(Strategy):
    """Random search (Bergstra and Bengio, JMLR 13, 2012)."""

    packages = PACKAGES

    algorithm: Literal["RandomSearch"]

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        import keras_tuner

        oracle = keras_tuner.oracles.RandomSearchOracle(**_common(space, seed), max_trials=None)
        return OracleSearch(oracle, space, epochs)


class GridSearch(Strategy):
    """Grid search, in the order of keras-tuner's grid until the budget is spent."""

    packages = PACKAGES

    algorithm: Literal["GridSearch"]

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        import keras_tuner

        oracle = keras_tuner.oracles.GridSearchOracle(**_common(space, seed), max_trials=None)
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
        import keras_tuner

        oracle = keras_tuner.oracles.BayesianOptimizationOracle(
            **_common(space, seed),
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
        import keras_tuner

        oracle = keras_tuner.oracles.HyperbandOracle(
            **_common(space, seed),
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


class OracleSearch:
    """A search by a keras-tuner oracle."""

    def __init__(self, oracle: "keras_tuner.Oracle", space: SearchSpace, epochs: int):
        # The oracle prints a table a trial and writes its state in place after each. Nothing of
        # that is needed: a search is repeated by asking the same questions again.
        oracle.verbose = 0
        oracle.save = lambda: None
        oracle._save_trial = lambda trial: None
        self.oracle, self.space, self.epochs = oracle, space, epochs
        self.trials: list[keras_tuner.engine.trial.Trial] = []

    def ask(self) -> Suggestion | None:
        # A tuner of its own for each trial: one that asks again would get its open trial again.
        trial = self.oracle.create_trial(f"tuner {len(self.trials)}")
        if trial.status != "RUNNING":
            return None
        self.trials.append(trial)
        values = {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in trial.hyperparameters.values.items()
        }
        plan = {key: values.pop(key) for key in list(values) if key.startswith("tuner/")}
        parent = plan.get("tuner/trial_id")
        return Suggestion(
            # A whole number on a log scale can come back as high + 1: train inside the range.
            self.space.clip(values),
            plan.get("tuner/epochs", self.epochs),
            # keras-tuner numbers its trials as we do, in words.
            continues=None if parent is None else int(parent),
        )

    def tell(self, trial: int, score: float) -> None:
        # A failed trial would be invisible to the Gaussian process, cost Hyperband a promotion, and
        # three in a row would end the search: every trial is told as completed, with its score.
        told = self.trials[trial]
        self.oracle.update_trial(told.trial_id, {"score": score})
        told.status = "COMPLETED"
        self.oracle.end_trial(told)


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
    """Bayesian optimization, which takes open trials for what its model expects of them."""

    def ask(self) -> Suggestion | None:
        # keras-tuner believes of an open trial its model's prediction, worsened by a standard
        # deviation. Of a model that was never fitted that is an accuracy of -1, so the first fit
        # waits until no trial is open.
        oracle = self.oracle
        initial = len(oracle.end_order) < oracle.num_initial_points
        fitted = hasattr(oracle.gpr, "X_train_")
        if oracle.ongoing_trials and not initial and not fitted:
            return None
        return super().ask()


def _common(space: SearchSpace, seed: int) -> dict[str, Any]:
    import keras_tuner

    return {
        "objective": keras_tuner.Objective("score", direction="max"),
        "hyperparameters": to_keras_tuner(space),
        "seed": seed,
        "allow_new_entries": False,
    }


def to_keras_tuner(space: SearchSpace) -> "keras_tuner.HyperParameters":
    """The same space in keras-tuner's words."""
    import keras_tuner
    from keras_tuner.engine import hyperparameters as theirs

    # Its public conditional_scope knows no child of two parents that do not depend on each other.
    from keras_tuner.src.engine.conditions import Parent

    hyperparameters = keras_tuner.HyperParameters()
    for name, hyperparameter in space.items():
        about = {
            "name": name,
            "conditions": [
                Parent(parent, _met_by(space[parent], values))
                for parent, values in hyperparameter.active_if.items()
            ],
        }
        match hyperparameter:
            case Int(low=low, high=high, step=step, scale="linear"):
                said = theirs.Int(min_value=low, max_value=high, step=step or 1, **about)
            case Float(low=low, high=high, step=step, scale="linear"):
                # keras-tuner counts the steps with //, by which 0.5 is 4 steps of 0.1: half a step
                # more makes it 5, and the last value one that is tried.
                top = high if step is None else hyperparameter.last() + step / 2
                said = theirs.Float(min_value=low, max_value=top, step=step, **about)
            case Int(low=low, high=high):
                said = theirs.Int(min_value=low, max_value=high, sampling="log", **about)
            case Float(low=low, high=high):
                said = theirs.Float(min_value=low, max_value=high, sampling="log", **about)
            case Choice(values=values):
                said = theirs.Choice(values=values, **about)
            case Boolean():
                said = theirs.Boolean(**about)
            case Fixed(value=value):
                said = theirs.Fixed(value=value, **about)
        hyperparameters.merge([said])
    return hyperparameters


def _met_by(parent: Hyperparameter, values: list[Any]) -> list[Any]:
    """The values of a parent that meet a condition, as keras-tuner may have them."""
    met = [parent.clip(value) for value in values]
    # Clipped to high when it leaves the oracle: the child must be there by then.
    if parent.type == "int" and parent.scale == "log" and parent.high in met:
        met.append(parent.high + 1)
    return met
