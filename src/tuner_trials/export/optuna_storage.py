"""An Optuna storage: a study a search, for `optuna-dashboard` and `optuna.load_study`."""

import warnings
from contextlib import closing
from datetime import datetime
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.exceptions import ExperimentalWarning
from optuna.trial import FrozenTrial, TrialState

from tuner_trials.export import ExportedTrial, discrete_values
from tuner_trials.objectives import Objective
from tuner_trials.space.search_space import Float, Hyperparameter, Int, SearchSpace


def optuna_storage(
    searches: dict[str, list[ExportedTrial]], space: SearchSpace, objective: Objective
) -> bytes:
    """The content of an SQLite file with a study a search, of the search's name.

    A trial's value is that of the objective, its intermediate values are the same by epoch, and its
    user attributes are what else the tables hold of it. A trial that diverged or failed has the
    state ``FAIL`` and no value, as Optuna itself does with an objective that is not a number.

    Optuna wants dates, which the tables do not know: every study begins on 1 January 1970, so that
    dates tell the seconds since the search began. The content follows from the tables.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)  # it would announce every study
    # In memory: on disk it would be flushed once a trial.
    storage = optuna.storages.RDBStorage("sqlite://")
    distributions = {name: _distribution(hyperparameter) for name, hyperparameter in space.items()}
    direction: Any = "maximize" if objective.greater_is_better else "minimize"
    for name, trials in searches.items():
        study = optuna.create_study(storage=storage, study_name=name, direction=direction)
        with warnings.catch_warnings(action="ignore", category=ExperimentalWarning):
            study.set_metric_names([objective.name])  # the dashboard would say "Objective 0"
        for trial in trials:
            study.add_trial(_trial(trial, distributions))
    with closing(storage.engine.raw_connection()) as connection:
        sqlite: Any = connection.driver_connection
        return sqlite.serialize()


def _trial(trial: ExportedTrial, distributions: dict[str, BaseDistribution]) -> FrozenTrial:
    completed = trial.facts["status"] == "completed"
    curve = trial.curves.dropna(subset="validation")
    attributes = trial.facts
    if trial.test_values:
        attributes = attributes | {"test": trial.test_values}
    frozen = optuna.trial.create_trial(
        state=TrialState.COMPLETE if completed else TrialState.FAIL,
        value=trial.facts["validation"] if completed else None,
        params=trial.configuration,
        distributions={name: distributions[name] for name in trial.configuration},
        user_attrs=attributes,
        intermediate_values=dict(
            zip(curve["epoch"].tolist(), curve["validation"].tolist(), strict=True)
        ),
    )
    frozen.datetime_start = datetime.fromtimestamp(trial.started)
    frozen.datetime_complete = datetime.fromtimestamp(trial.ended)
    return frozen


def _distribution(hyperparameter: Hyperparameter) -> BaseDistribution:
    """A hyperparameter in Optuna's words; where there is a step, ``high`` is the last one."""
    match hyperparameter:
        case Int(low=low, step=step, scale=scale):
            high = hyperparameter.last()
            return IntDistribution(low, high, log=scale == "log", step=step or 1)
        case Float(low=low, step=step, scale=scale):
            return FloatDistribution(low, hyperparameter.last(), log=scale == "log", step=step)
    return CategoricalDistribution(discrete_values(hyperparameter))
