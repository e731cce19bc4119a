"""Does the difference survive retraining, on validation and on test?"""

from collections.abc import Sequence

import pandas as pd

from tuner_trials.analysis.comparisons import pairs
from tuner_trials.analysis.intervals import repeated_intervals, resolution
from tuner_trials.search.random_search import RANDOM

PARTS = ("validation", "test")
COLUMNS = [
    *("part", "strategy", "opponent", "repeats", "mean", "difference", "lower", "upper"),
    *("equivalence_lower", "equivalence_upper", "verdict", "error"),
]


def retrained_comparisons_table(
    test_scores: pd.DataFrame, equivalence: float, looks: Sequence[int]
) -> pd.DataFrame:
    """Compare the retrained winners of all searches, repeat by repeat.

    That is what a user ends up with: the configuration that a search chose, trained again. A
    search's own best score is the highest of many, and partly luck. A search counts as one number,
    the mean over its retrainings.

    Parameters
    ----------
    test_scores
        See `tuner_trials.results.tables.test_scores_table`.
    equivalence, looks
        As for `tuner_trials.analysis.comparisons.comparisons_table`.

    Returns
    -------
    pandas.DataFrame
        One row per part (``validation``, ``test``) and comparison: ``part, strategy, opponent,
        repeats``, the strategy's ``mean``, and ``difference`` to ``error`` as in the comparisons of
        searches. On each part the comparisons with random search are a family of their own. Repeats
        in which a winner of the two has no score, since it failed again, are left out.
    """
    searches = test_scores[test_scores["strategy"] != RANDOM]
    rows = []
    for part in PARTS:
        scores = searches.pivot_table(
            index="repeat", columns="strategy", values=f"{part}_score", sort=False, dropna=False
        ).sort_index()
        step = resolution(searches[f"{part}_score"].dropna().to_numpy())
        for (strategy, opponent), error in pairs(dict.fromkeys(scores)):
            both = scores[[strategy, opponent]].dropna()
            if both.empty:
                continue
            own, other = both[strategy].to_numpy(), both[opponent].to_numpy()
            planned = sorted({len(own), *looks})
            intervals = repeated_intervals(own, other, planned, error, step=step)[-1]
            rows.append(
                {
                    "part": part,
                    "strategy": strategy,
                    "opponent": opponent,
                    "repeats": len(own),
                    "mean": own.mean(),
                    "error": error,
                }
                | intervals.row(equivalence)
            )
    return pd.DataFrame(rows, columns=COLUMNS)
