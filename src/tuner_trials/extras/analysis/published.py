"""A published result beside what several repeats of it give.

A publication usually reports one search by each strategy, and one trained network tested for each
winner. Repeated, the same searches end a little differently. Where the published difference falls
among those of the repeats says how much of it one may believe.
"""

from typing import Any

import numpy as np
import pandas as pd

Published = dict[str, dict[str, Any]]

VALIDATION, TEST = "validation", "test"
DIGITS = 4  # decimals of a score in print: what differs beyond them counts as equal
BESIDE = ["published", "reproduced", "mean", "lowest", "highest", "lower", "equal", "higher"]


def published_table(
    trials: pd.DataFrame, test_scores: pd.DataFrame, published: Published
) -> pd.DataFrame:
    """One row per strategy and part of the data: the published score beside the reproduced ones.

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`.
    test_scores
        One row per retraining of an incumbent.
    published
        Strategy -> ``best_validation`` and ``test`` (scores) and ``configuration``.

    Returns
    -------
    pandas.DataFrame
        ``strategy, measure`` (``validation``: the best of a search; ``test``: that of a retraining
        of its winner), and what `beside` gives.
    """
    reproduced = reproduced_scores(trials, test_scores)
    return pd.DataFrame(
        [
            {"strategy": strategy, "measure": measure}
            | beside(in_print(result, measure), scores[strategy].dropna())
            for strategy, result in published.items()
            for measure, scores in reproduced.items()
        ]
    )


def beside(published: float, reproduced: pd.Series) -> dict[str, float]:
    """Where a published number falls among reproduced ones.

    Parameters
    ----------
    published
        A score, or a difference of two.
    reproduced
        Any number of them, without missing values; may be empty.

    Returns
    -------
    dict
        ``published``; how many were ``reproduced``; their ``mean``, ``lowest`` and ``highest``,
        missing where there are none; and how many are ``lower`` than the published one, ``equal``
        to it and ``higher``, to four decimals.

    >>> beside(0.89, pd.Series([0.88, 0.89004, 0.9]))["equal"]
    1
    """
    printed, values = to_print(published), to_print(reproduced)
    return {
        "published": printed,
        "reproduced": len(values),
        "mean": reproduced.mean(),
        "lowest": reproduced.min(),
        "highest": reproduced.max(),
        "lower": int((values < printed).sum()),
        "equal": int((values == printed).sum()),
        "higher": int((values > printed).sum()),
    }


def reproduced_scores(trials: pd.DataFrame, test_scores: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """For each part of the data, one column per strategy, one row per number in a publication."""
    best = trials.pivot_table(index="repeat", columns="strategy", values="score", aggfunc="max")
    tested = test_scores.pivot(
        index=["repeat", "retraining"], columns="strategy", values="test_score"
    )
    return {VALIDATION: best, TEST: tested}


def in_print(result: dict[str, Any], measure: str) -> float:
    """The score that was published for a part of the data."""
    return result["best_validation" if measure == VALIDATION else measure]


def to_print(values: Any) -> Any:
    """As many digits as are printed, of a number or an array."""
    return np.round(values, DIGITS) + 0.0  # no minus before a zero
