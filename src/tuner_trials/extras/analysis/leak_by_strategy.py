"""What the leak does to a strategy, in the mean over its searches."""

import pandas as pd

from tuner_trials.extras.analysis.leak import COLUMNS

WITHOUT_MEAN = {"strategy", "repeat", "selected", "leaky_selected"}
MEANS = [name for name in COLUMNS if name not in WITHOUT_MEAN]


def leak_by_strategy_table(leak: pd.DataFrame) -> pd.DataFrame:
    """One row per strategy.

    Parameters
    ----------
    leak
        See `tuner_trials.extras.analysis.leak.leak_table`.

    Returns
    -------
    pandas.DataFrame
        ``strategy``, the number of its ``searches``, in how many the leaky score makes
        ``other_choices``, and the means of the columns of ``leak``.
    """
    other = leak["selected"] != leak["leaky_selected"]
    by_strategy = leak.assign(other_choices=other).groupby("strategy", sort=False)
    table = by_strategy[MEANS].mean()
    table.insert(0, "searches", by_strategy.size())
    table.insert(1, "other_choices", by_strategy["other_choices"].sum().astype(int))
    return table.reset_index()
