"""What several figures need to know of incumbents: reshaping of the tables, nothing more."""

import pandas as pd


def incumbents(trials: pd.DataFrame) -> pd.DataFrame:
    """The best trial of each search, as rows of ``trials``; of equals, the earliest."""
    best = trials.groupby(["strategy", "repeat"], sort=False)["score"].idxmax()
    return trials.loc[best]


def median_over_repeats(curves: pd.DataFrame, along: str) -> pd.Series:
    """The median of several searches' step curves, itself a step curve.

    Parameters
    ----------
    curves
        Rows of `tuner_trials.tables.incumbent_curves` of one strategy.
    along
        ``epochs_cumulative`` or ``seconds``.

    Returns
    -------
    pandas.Series
        Median best score (0..1) by position, from where every search has its first score. A search
        that is over keeps its incumbent.
    """
    by_repeat = curves.pivot_table(
        index=along, columns="repeat", values="best_score", aggfunc="max"
    )
    return by_repeat.ffill().dropna().median(axis=1)
