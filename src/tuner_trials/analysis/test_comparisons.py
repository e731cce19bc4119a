"""Is the difference real on test, too?"""

import numpy as np
import pandas as pd

from tuner_trials.analysis.intervals import half_width, resolution, variance, verdict
from tuner_trials.incumbents import SAME_BUDGET


def test_comparisons_table(test_scores: pd.DataFrame, equivalence: float) -> pd.DataFrame:
    """Compare the retrained winners on test with those of random searches with the same budget.

    Validation says which search found more; only the test says whether that is more than luck on
    the rows that chose. A search counts as one number, the mean over its retrainings.

    Parameters
    ----------
    test_scores
        See `tuner_trials.tables.test_scores_table`.
    equivalence
        As for `tuner_trials.analysis.comparisons.comparisons_table`.

    Returns
    -------
    pandas.DataFrame
        A row a strategy, the whole pool's winner (``random``) first, and the random searches with
        the same budget last: ``strategy, searches, test_mean``; ``difference`` to the latter, its
        Welch interval ``lower, upper`` (infinite where one side has a single search), and the
        ``verdict``.
    """
    by_search = test_scores.groupby(["strategy", "repeat"], sort=False)["test_accuracy"]
    by_strategy = by_search.mean().dropna().groupby("strategy", sort=False)
    searches = {strategy: own.to_numpy() for strategy, own in by_strategy}
    base = searches.pop(SAME_BUDGET, np.array([]))
    step = resolution(test_scores["test_accuracy"].dropna().to_numpy())
    rows = []
    for strategy, own in [*searches.items(), (SAME_BUDGET, base)]:
        row = {"strategy": strategy, "searches": len(own)}
        row["test_mean"] = own.mean() if len(own) else np.nan
        if strategy != SAME_BUDGET and len(base):
            row["difference"] = own.mean() - base.mean()
            half = np.inf
            if min(len(own), len(base)) > 1:
                variances = variance(own, step) / len(own), variance(base, step) / len(base)
                half = half_width(variances[0], len(own) - 1, variances[1], len(base) - 1)
            row["lower"], row["upper"] = row["difference"] - half, row["difference"] + half
            row["verdict"] = str(verdict(row["lower"], row["upper"], equivalence))
        rows.append(row)
    columns = ["strategy", "searches", "test_mean", "difference", "lower", "upper", "verdict"]
    return pd.DataFrame(rows, columns=columns)
