"""Optuna's search algorithms, asked and told through a study in memory.

Optuna is imported when a search starts: checking a configuration file must not pay for it, nor for
PyTorch. Options have Optuna's names and defaults.
"""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tuner_trials.search.strategies.base import Search, Strategy, Suggestion
from tuner_trials.search.strategies.optuna_space import suggest
from tuner_trials.search.strategies.random_start import PACKAGES, RandomStart
from tuner_trials.space.search_space import Configuration, Float, Int, SearchSpace

if TYPE_CHECKING:
    import optuna


class _ModelBased(Strategy):
    """A strategy that begins with random trials, for its model to learn from."""

    n_startup_trials: int = Field(
        10, ge=1, le=10_000, description="Random trials before the model guides the search."
    )

    def check_budget(self, budget: int, epochs: int, dimensions: int) -> None:
        startup = self.n_startup_trials
        if budget <= startup:
            raise ValueError(
                f"a budget of {budget} trainings never leaves the {startup} random startup trials;"
                f" raise budget above {startup} or lower n_startup_trials"
            )

    def _start(self, space: SearchSpace, seed: int) -> list[Configuration]:
        """The random trials; fewer if the space is used up before."""
        start = RandomStart(space, seed)
        first = (start.next() for _ in range(self.n_startup_trials))
        return [configuration for configuration in first if configuration is not None]


class TPE(_ModelBased):
    """The tree-structured Parzen estimator (Bergstra et al., NeurIPS 24, 2011), multivariate."""

    packages = ("optuna", "scipy", *PACKAGES)

    algorithm: Literal["TPE"]

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        from optuna.samplers import TPESampler

        sampler = TPESampler(n_startup_trials=self.n_startup_trials, seed=seed)
        return StudySearch(sampler, space, epochs, self._start(space, seed))


class GaussianProcess(_ModelBased):
    """A Gaussian process with one length scale per hyperparameter, and log expected improvement.

    Optuna computes it with PyTorch, which is large and therefore no requirement of this project:
    run it with `uv run --extra gp snakemake ...`.
    """

    packages = ("optuna", "scipy", "torch", *PACKAGES)

    algorithm: Literal["GaussianProcess"]

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        from optuna.samplers import GPSampler

        sampler = GPSampler(n_startup_trials=self.n_startup_trials, seed=seed)
        return StudySearch(sampler, space, epochs, self._start(space, seed))


class CMAES(Strategy):
    """The covariance matrix adaptation evolution strategy (Hansen, arXiv:1604.00772).

    It takes a search space of numbers that every configuration has, beside fixed values.
    """

    packages = ("optuna", "cmaes")

    algorithm: Literal["CMAES"]
    popsize: int | None = Field(
        None,
        ge=4,
        le=10_000,
        description="Trials per generation; null: 4 + 3 ln(number of hyperparameters).",
    )

    def check_space(self, space: SearchSpace) -> None:
        others = [
            name
            for name, hyperparameter in space.items()
            if hyperparameter.active_if
            or not (isinstance(hyperparameter, Int | Float) or hyperparameter.size() == 1)
        ]
        if others:
            raise ValueError(
                "CMAES searches numbers that every configuration has, and would draw"
                f" {', '.join(others)} at random; use another algorithm, or another space"
            )

    def check_budget(self, budget: int, epochs: int, dimensions: int) -> None:
        first = 1 + (self.popsize or _usual_popsize(dimensions))
        if budget <= first:
            raise ValueError(
                f"a budget of {budget} trainings never leaves the first generation, which ends"
                f" with trial {first}; raise budget above {first} or lower popsize"
            )

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        from optuna.samplers import CmaEsSampler

        sampler = CmaEsSampler(popsize=self.popsize, seed=seed)
        return StudySearch(sampler, space, epochs)


class StudySearch:
    """A search by one of Optuna's samplers, with several open trials if need be."""

    def __init__(
        self,
        sampler: "optuna.samplers.BaseSampler",
        space: SearchSpace,
        epochs: int,
        start: Iterable[Configuration] = (),
    ):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)  # It greets every study.
        self.study = optuna.create_study(direction="maximize", sampler=sampler)
        self.space, self.epochs = space, epochs
        for configuration in start:
            self.study.enqueue_trial(configuration)

    def ask(self) -> Suggestion:
        trial = self.study.ask()
        configuration = self.space.configure(lambda name, hp: suggest(trial, name, hp))
        return Suggestion(configuration, self.epochs)

    def tell(self, trial: int, score: float) -> None:
        # Optuna numbers its trials as we do.
        self.study.tell(trial, score)


def _usual_popsize(dimensions: int) -> int:
    """The default of Hansen's tutorial and of the package cmaes."""
    return 4 + math.floor(3 * math.log(max(dimensions, 1)))
