"""What an experiment can find, before its searches are made."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from tuner_trials.analysis.intervals import ERROR, errors_at
from tuner_trials.analysis.random_statistics import best_of_n_variance

# Of two searches that share half of their trials, by simulation on the pools of
# docs/verdict_calibration.md: 0.3 to 0.5.
CORRELATION = 0.4
POWER = 0.8


def plan_table(
    scores: np.ndarray, budget: int, strategies: int, looks: Sequence[int]
) -> pd.DataFrame:
    """Say which differences to random search each look probably finds.

    Parameters
    ----------
    scores
        ``(N,)``, N >= 2: of random trials. With fewer than two searches' worth of them, the best of
        half of them stands in for a search, which varies more.
    budget
        Full trainings per repeat.
    strategies, looks
        Their number, and the numbers of repeats at which verdicts are looked at.

    Returns
    -------
    pandas.DataFrame
        One row per look: ``repeats``; the ``difference`` that is found in 80 % of runs, if all
        spread as random search does; and ``equivalence``, the smallest margin within which a true
        difference of 0 is found to be equivalent in 80 %. Infinite for a single repeat.
    """
    deviation = np.sqrt(2 * (1 - CORRELATION) * best_of_n_variance(scores, budget))
    error, planned = ERROR / strategies, tuple(looks)
    rows = []
    for look, outer, inner in zip(
        looks, errors_at(planned, error), errors_at(planned, 2 * error), strict=True
    ):
        if look == 1:
            rows.append((look, np.inf, np.inf))
            continue
        freedom, scale = look - 1, deviation / np.sqrt(look)
        found = (stats.t.isf(outer / 2, freedom) + stats.t.ppf(POWER, freedom)) * scale
        # Both ends of the interval must lie within the margin.
        equal = (stats.t.isf(inner / 2, freedom) + stats.t.ppf((1 + POWER) / 2, freedom)) * scale
        rows.append((look, found, equal))
    return pd.DataFrame(rows, columns=["repeats", "difference", "equivalence"])
