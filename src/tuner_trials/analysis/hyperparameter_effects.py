"""How the scores of the pool go along with each hyperparameter, the honest and the leaky ones."""

from typing import Any

import numpy as np
import pandas as pd

from tuner_trials.analysis.rank_correlation import spearman
from tuner_trials.random_search import RANDOM
from tuner_trials.tables import those_with

COLUMNS = [
    "hyperparameter",
    "type",
    "rank_correlation",
    "leaky_rank_correlation",
    "best_value",
    "worst_value",
    "leaky_best_value",
    "difference",
]


def hyperparameter_effects_table(
    trials: pd.DataFrame, space: dict[str, dict[str, Any]]
) -> pd.DataFrame:
    """A row a hyperparameter: how the pool's scores go along with it, honest ones and leaky ones.

    Trials that diverged or failed are left out, and of each hyperparameter those in which it is not
    active.

    Parameters
    ----------
    trials
        See `tuner_trials.tables.trials_table`.
    space
        See `tuner_trials.search_space.SearchSpace.tuned`.

    Columns
    -------
    hyperparameter, type
        As in the search space.
    rank_correlation, leaky_rank_correlation
        Spearman's, -1..1, with the score and with ``leaky_accuracy``, where the values have an
        order; false comes before true.
    best_value, worst_value, leaky_best_value
        The groups with the highest and the lowest median score, and that with the highest median
        of ``leaky_accuracy``. Numbers are grouped in terciles.
    difference
        Between the medians of the best and the worst group, in accuracy.
    """
    pool = trials[(trials["strategy"] == RANDOM) & (trials["status"] == "completed")]
    rows = []
    for name, definition in space.items():
        row = {"hyperparameter": name, "type": definition["type"]}
        rows.append(row)
        own, values = those_with(pool, name)
        if own.empty:
            continue
        scores, leaky = own["score"], own["leaky_accuracy"]
        ordered = pd.api.types.is_numeric_dtype(values)  # pandas counts true and false among them
        groups = _groups(values)
        medians = scores.groupby(groups).median()
        leaky_medians = leaky.groupby(groups).median()
        row |= {
            "rank_correlation": spearman(values, scores) if ordered else np.nan,
            "leaky_rank_correlation": spearman(values, leaky) if ordered else np.nan,
            "best_value": medians.idxmax(),
            "worst_value": medians.idxmin(),
            "leaky_best_value": leaky_medians.idxmax(),
            "difference": medians.max() - medians.min(),
        }
    return pd.DataFrame(rows, columns=COLUMNS)


def _groups(values: pd.Series) -> pd.Series:
    """The name of each value's group: its tercile for numbers, else itself."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not numeric or values.nunique() <= 5:
        return values.astype(str)
    terciles = pd.qcut(values, 3, labels=False, duplicates="drop")
    return values.groupby(terciles).transform(
        lambda group: f"{group.min():.3g} to {group.max():.3g}"
    )
