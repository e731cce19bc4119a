"""The bootstrap's percentile interval of a mean."""

import numpy as np

LEVEL = 0.95
RESAMPLES = 2_000
ENOUGH_REPEATS = 8  # below, it says no more than the range


def bootstrap_interval(
    values: np.ndarray, level: float = LEVEL, least: int = ENOUGH_REPEATS
) -> tuple[float, float]:
    """The percentile interval of the mean of ``(repeats,)`` values; missing below ``least`` values.

    A resampled mean cannot leave the range of the values: the interval of three of them is that
    range, and covers the truth in 75 % of cases at most. See docs/verdict_calibration.md.
    """
    if len(values) < least:
        return np.nan, np.nan
    rng = np.random.default_rng(0)
    means = rng.choice(values, (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
