"""Incumbent curves: the best score of each search over its epochs and seconds."""

import pandas as pd

from tuner_trials.results.tables import WHO


def incumbent_curves(trials: pd.DataFrame, timings: pd.DataFrame) -> pd.DataFrame:
    """One row per trial: the best score of its search so far, after so many epochs and seconds.

    Seconds are those of one core: the tuner's own suggestions and the trials, one after another.
    """
    table = trials[[*WHO, "epochs_cumulative", "score"]].merge(timings, on=WHO)
    search = table.groupby(["strategy", "repeat"])
    table["best_score"] = search["score"].cummax()
    table["seconds"] = table["suggest_seconds"] + table["train_seconds"]
    table["seconds"] = search["seconds"].cumsum()
    return table[[*WHO, "epochs_cumulative", "seconds", "best_score"]]


def median_over_repeats(curves: pd.DataFrame, along: str) -> pd.Series:
    """The median of several searches' step curves, itself a step curve.

    Parameters
    ----------
    curves
        Rows of `incumbent_curves` of one strategy.
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
