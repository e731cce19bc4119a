"""The pool's scores by the values of each hyperparameter."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from tuner_trials.results.tables import those_with
from tuner_trials.search.random_search import RANDOM

COLUMNS = [
    "hyperparameter",
    "group",
    "low",
    "high",
    "trials",
    "median_score",
    "median_leaky_score",
]
FEW = 8  # up to this number of values form one group each; more are grouped in thirds


def hyperparameter_groups_table(
    trials: pd.DataFrame, space: dict[str, dict[str, Any]]
) -> pd.DataFrame:
    """One row per group of the pool's trials, by the value that they have of a hyperparameter.

    Trials that diverged or failed are left out, and of each hyperparameter those in which it is not
    active.

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`.
    space
        See `tuner_trials.space.search_space.SearchSpace.tuned`.

    Returns
    -------
    pandas.DataFrame
        ``hyperparameter``; the ``group``, a value or, of numbers that can have more than eight, the
        range of a third of the values, whose ends are ``low`` and ``high`` (of numbers alone); the
        number of ``trials`` in it; and the medians of their ``score`` and ``leaky_score``.
    """
    pool = trials[(trials["strategy"] == RANDOM) & (trials["status"] == "completed")]
    rows = []
    for name, definition in space.items():
        own, values = those_with(pool, name)
        for group, members in _groups(values, definition):
            numbers = definition["type"] in ("int", "float")
            rows.append(
                {
                    "hyperparameter": name,
                    "group": group,
                    "low": members.min() if numbers else np.nan,
                    "high": members.max() if numbers else np.nan,
                    "trials": len(members),
                    "median_score": own.loc[members.index, "score"].median(),
                    "median_leaky_score": own.loc[members.index, "leaky_score"].median(),
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def few_values(definition: dict[str, Any]) -> list[Any] | None:
    """The values that form a group each; None where numbers are grouped in thirds."""
    match definition:
        case {"type": "choice", "values": values}:
            return list(values)
        case {"type": "boolean"}:
            return [False, True]
        case {"type": "int", "low": low, "high": high, "step": step}:
            numbers = range(low, high + 1, step or 1)
            return list(numbers) if len(numbers) <= FEW else None
    return None


def _groups(values: pd.Series, definition: dict[str, Any]) -> Iterator[tuple[str, pd.Series]]:
    """The name of each group, and the values in it."""
    if few_values(definition) is not None or values.nunique() <= 3:
        for value, members in values.groupby(values):
            yield str(value), members
        return
    for _, members in values.groupby(pd.qcut(values, 3, labels=False, duplicates="drop")):
        yield f"{members.min():.3g} to {members.max():.3g}", members
