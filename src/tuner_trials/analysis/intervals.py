"""How sure a difference of mean best scores is: its interval, and what that says.

An interval here is Student's, not the bootstrap's percentile interval: with three repeats a
resampled mean cannot leave the range of the three, which holds the truth in 75 % of cases and not
in 95 %. The bootstrap's stands beside it. How often the verdicts are right was simulated: see
docs/verdict_calibration.md.
"""

import numpy as np
from scipy import stats

from tuner_trials.analysis.bootstrap import LEVEL
from tuner_trials.analysis.random_statistics import best_of_n_distribution, best_of_n_variances


def verdict(lower: np.ndarray, upper: np.ndarray, equivalence: float) -> np.ndarray:
    """What intervals of the difference say, one or an array of them.

    ``equivalent`` if it lies within +-``equivalence``: whatever the sign, the difference is too
    small to matter. Else ``better`` or ``worse`` if it lies on one side of 0, else ``undecided``.
    """
    within = (-equivalence <= lower) & (upper <= equivalence)
    return np.select([within, lower > 0, upper < 0], ["equivalent", "better", "worse"], "undecided")


def difference_to_random(
    scores: np.ndarray,
    pool: np.ndarray,
    budget: int,
    n: int,
    step: float = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By how much a strategy is better than random search of n trials, with its interval.

    What random search finds is an expectation over the pool's subsets, exact for this pool. Two
    things are uncertain, and both go into the interval, with the degrees of freedom of Welch and
    Satterthwaite:

    - The pool is a sample itself: see `best_of_n_variances`.
    - The repeats are few, and few that happen to agree look more certain than they are. So random
      search's variance is averaged into theirs with the weight of one degree of freedom, as a
      moderated t-test does (Smyth, 2004, doi:10.2202/1544-6115.1027), but only where that raises
      it, and without gaining the degree of freedom: a strategy may well spread more.

    Parameters
    ----------
    scores
        ``(..., repeats)``: the strategy's best scores. Leading axes are comparisons.
    pool
        ``(..., N)``: the scores of the pool.
    budget
        Trials that the strategy's searches were worth, 1 <= budget <= N.
    n
        Trials of the random search that it is compared with, 1 <= n <= N.
    step
        The smallest difference that scores can have: equal scores are equal only up to that.

    Returns
    -------
    tuple of numpy.ndarray
        ``(...)`` each: the difference (positive: the strategy is better), and the lower and the
        upper end of its interval, infinite for a single repeat.
    """
    expected = np.sort(pool) @ best_of_n_distribution(pool.shape[-1], n)
    search, _, _ = best_of_n_variances(pool, budget)
    _, pools, freedom = best_of_n_variances(pool, n)
    return difference_to_best(scores, expected, search, pools, freedom, step)


def difference_to_best(
    scores: np.ndarray,
    expected: np.ndarray,
    search: np.ndarray,
    pools: np.ndarray,
    freedom: np.ndarray | float,
    step: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """See `difference_to_random`; ``expected`` varies by ``pools`` with ``freedom``."""
    repeats = scores.shape[-1]
    difference = scores.mean(axis=-1) - expected
    own = _raised(variance(scores, step), search, repeats) / repeats
    half = half_width(own, repeats - 1, pools, freedom)
    return difference, difference - half, difference + half


def paired_difference(
    a: np.ndarray,
    b: np.ndarray,
    search: np.ndarray | float = 0.0,
    step: float = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By how much strategy a is better than b, with Student's interval of the paired differences.

    The variance of the differences is raised as in `difference_to_random`, since differences may
    agree by luck as well.

    Parameters
    ----------
    a, b
        ``(..., repeats)``: the best scores of each. Leading axes are comparisons.
    search
        ``(...)``: variance of a random search's best score, from `best_of_n_variances`; 0 raises
        nothing. It is that of one search and not of two: what starts alike varies less.
    step
        See `difference_to_random`, also for what is returned.
    """
    differences = a - b
    repeats = differences.shape[-1]
    difference = differences.mean(axis=-1)
    own = _raised(variance(differences, step), search, repeats) / repeats
    half = half_width(own, repeats - 1, np.zeros_like(own), 1)
    return difference, difference - half, difference + half


def resolution(scores: np.ndarray) -> float:
    """The smallest difference between scores: one sample of the validation part, or more."""
    gaps = np.diff(np.unique(scores.round(12)))
    return float(gaps.min()) if len(gaps) else 0.0


def variance(values: np.ndarray, step: float) -> np.ndarray:
    """At least that of rounding to ``step``, which is all that a single repeat tells."""
    variance = values.var(axis=-1, ddof=1) if values.shape[-1] > 1 else np.zeros(values.shape[:-1])
    return np.maximum(variance, step**2 / 12)


def _raised(own: np.ndarray, search: np.ndarray | float, repeats: int) -> np.ndarray:
    """A variance of few repeats, averaged with random search's where that is higher."""
    return np.maximum(own, (search + (repeats - 1) * own) / repeats)


def half_width(
    own: np.ndarray, own_freedom: int, other: np.ndarray, other_freedom: np.ndarray | float
) -> np.ndarray:
    """Of Student's interval for two independent variances of means, each ``(...)``."""
    variance = own + other
    if own_freedom == 0:
        return np.full_like(variance, np.inf)
    with np.errstate(invalid="ignore"):  # without any variance there are no degrees of freedom
        freedom = variance**2 / (own**2 / own_freedom + other**2 / other_freedom)
    half = stats.t.ppf((1 + LEVEL) / 2, freedom) * np.sqrt(variance)
    return np.where(variance == 0, 0.0, half)
