"""How the scores of the pool correlate with each hyperparameter, the honest and the leaky ones."""

from typing import Any

import numpy as np
import pandas as pd

from tuner_trials.analysis.rank_correlation import spearman
from tuner_trials.results.tables import those_with
from tuner_trials.search.random_search import RANDOM

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
    trials: pd.DataFrame, groups: pd.DataFrame, space: dict[str, dict[str, Any]]
) -> pd.DataFrame:
    """One row per hyperparameter: how the pool's honest and leaky scores correlate with it.

    Trials that diverged or failed are left out, and of each hyperparameter those in which it is not
    active.

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`.
    groups
        See `tuner_trials.analysis.hyperparameter_groups.hyperparameter_groups_table`.
    space
        See `tuner_trials.space.search_space.SearchSpace.tuned`.

    Columns
    -------
    hyperparameter, type
        As in the search space.
    rank_correlation, leaky_rank_correlation
        Spearman's, -1..1, with the score and with ``leaky_score``, where the values have an
        order; false comes before true.
    best_value, worst_value, leaky_best_value
        The groups with the highest and the lowest median score, and that with the highest median
        of ``leaky_score``.
    difference
        Between the medians of the best and the worst group.
    """
    pool = trials[(trials["strategy"] == RANDOM) & (trials["status"] == "completed")]
    rows = []
    for name, definition in space.items():
        row = {"hyperparameter": name, "type": definition["type"]}
        rows.append(row)
        own, values = those_with(pool, name)
        if own.empty:
            continue
        ordered = pd.api.types.is_numeric_dtype(values)  # pandas counts true and false among them
        by_group = groups[groups["hyperparameter"] == name].set_index("group")
        medians, leaky = by_group["median_score"], by_group["median_leaky_score"]
        row |= {
            "rank_correlation": spearman(values, own["score"]) if ordered else np.nan,
            "leaky_rank_correlation": spearman(values, own["leaky_score"]) if ordered else np.nan,
            "best_value": medians.idxmax(),
            "worst_value": medians.idxmin(),
            "leaky_best_value": leaky.idxmax() if leaky.notna().any() else None,
            "difference": medians.max() - medians.min(),
        }
    return pd.DataFrame(rows, columns=COLUMNS)
