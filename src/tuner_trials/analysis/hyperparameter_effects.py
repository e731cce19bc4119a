"""How the scores of the pool go along with each hyperparameter, the honest and the leaky ones."""

from typing import Any

import numpy as np
import pandas as pd

from tuner_trials.analysis.rank_correlation import spearman
from tuner_trials.tables import RANDOM, those_with

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
    """A row a hyperparameter: how the pool's scores go along with it, honest ones and leaky ones.

    Trials that diverged or failed are left out, and of each hyperparameter those in which it is not
    active.

    Parameters
    ----------
    trials
        See `tuner_trials.tables.trials_table`.
    groups
        See `tuner_trials.analysis.hyperparameter_groups.hyperparameter_groups_table`.
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
        of ``leaky_accuracy``.
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
        ordered = pd.api.types.is_numeric_dtype(values)  # pandas counts true and false among them
        by_group = groups[groups["hyperparameter"] == name].set_index("group")
        medians = by_group["median_score"]
        row |= {
            "rank_correlation": spearman(values, own["score"]) if ordered else np.nan,
            "leaky_rank_correlation": spearman(values, own["leaky_accuracy"])
            if ordered
            else np.nan,
            "best_value": medians.idxmax(),
            "worst_value": medians.idxmin(),
            "leaky_best_value": by_group["median_leaky_accuracy"].idxmax(),
            "difference": medians.max() - medians.min(),
        }
    return pd.DataFrame(rows, columns=COLUMNS)
