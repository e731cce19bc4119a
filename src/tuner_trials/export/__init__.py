"""The results in the formats of tools that people already use.

Everything comes from the tables; nothing is computed here that they lack. What the formats share is
prepared in this module: searches with their trials, and each trial with its configuration, its
curves and its times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tuner_trials.analysis.incumbent_curves import incumbent_curves
from tuner_trials.analysis.incumbents import best_trials
from tuner_trials.foundation.errors import UserError
from tuner_trials.results.tables import WHO
from tuner_trials.search.random_search import RANDOM
from tuner_trials.space.search_space import (
    Boolean,
    Choice,
    Configuration,
    Fixed,
    Hyperparameter,
)

INSTALL = (
    "Exporting needs packages that are not installed here (the first: {}). Install them with\n"
    "    uv sync --extra export\n"
    "or, without uv, with `pip install -r requirements.lock`; then type the same command again."
)


class ExportError(UserError):
    """What keeps results from being exported."""


@dataclass(frozen=True)
class ExportedTrial:
    """A trial as other tools want it.

    Attributes
    ----------
    number
        Its number in its search, from 0.
    configuration
        Its hyperparameters, with the types of the search space; those that are absent are left out.
    facts
        The other cells of its rows in ``trials.csv`` and ``timings.csv``; empty ones are left out.
    curves
        One row per epoch: ``epoch`` (from 1), ``train_loss``, ``validation_loss``, ``validation``.
    started, ended
        Seconds since its search began, on one core: the tables know no other time.
    test_values
        Of its retrainings, if it is the incumbent that was tested; in their order.
    """

    number: int
    configuration: Configuration
    facts: dict[str, Any]
    curves: pd.DataFrame
    started: float
    ended: float
    test_values: list[float]


def searches(tables: Mapping[str, pd.DataFrame]) -> dict[str, list[ExportedTrial]]:
    """The trials of each search, by the folder in which a run keeps them (``bayesian/repeat-0``).

    Parameters
    ----------
    tables
        ``trials``, ``epochs``, ``timings`` and ``test_scores``.
    """
    trials, timings = tables["trials"], tables["timings"]
    table = trials.merge(timings, on=WHO).merge(
        incumbent_curves(trials, timings)[[*WHO, "seconds"]], on=WHO
    )
    curves = dict(list(tables["epochs"].groupby(WHO)))
    no_curves = tables["epochs"].iloc[:0]
    tested = dict(list(tables["test_scores"].dropna().groupby(WHO[:2])["test"]))
    best = set(best_trials(trials)[WHO].itertuples(index=False, name=None))

    found: dict[str, list[ExportedTrial]] = {}
    for row in table.to_dict("records"):
        who = tuple(row[name] for name in WHO)
        strategy, repeat, number = who
        cells = {name: value for name, value in row.items() if not pd.isna(value)}
        ended = cells.pop("seconds")
        trial = ExportedTrial(
            number=number,
            configuration={
                name.removeprefix("hp_"): cells.pop(name)
                for name in list(cells)
                if name.startswith("hp_")
            },
            facts=cells,
            curves=curves.get(who, no_curves).drop(columns=WHO),
            started=ended - cells["train_seconds"],
            ended=ended,
            test_values=list(tested.get(who[:2], [])) if who in best else [],
        )
        name = RANDOM if strategy == RANDOM else f"{strategy}/repeat-{repeat}"
        found.setdefault(name, []).append(trial)
    return found


def discrete_values(hyperparameter: Hyperparameter) -> list[Any]:
    """The values to choose from; none where there are a lowest and a highest instead."""
    match hyperparameter:
        case Choice(values=values):
            return values
        case Fixed(value=value):  # and no other
            return [value]
        case Boolean():
            return [False, True]
    return []
