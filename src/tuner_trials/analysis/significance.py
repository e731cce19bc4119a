"""Tests of ranks, corrected for their number, and what they can show at all."""

from itertools import combinations, count
from math import comb

import numpy as np
from scipy import stats

ENOUGH_REPEATS = 8  # p-values are shown from here on; what they can be: `smallest_p_values`
SIGNIFICANT = 0.05
ORDERS = 10_000  # of ranks: as many are gone through one by one


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's step-down correction; missing values stay missing and are not counted."""
    corrected = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    running = 0.0
    for rank, index in enumerate(known[np.argsort(p_values[known], kind="stable")]):
        running = max(running, (len(known) - rank) * p_values[index])
        corrected[index] = min(running, 1.0)
    return corrected


def smallest_p_values(strategies: int, repeats: int, searches: int) -> dict[str, float]:
    """The smallest p-values that an experiment's tests can give, Holm's correction included.

    Exact tests of ranks know a limit: the probability of the most extreme of all orders. Here
    every test has reached its own, and still Holm's correction multiplies them.

    Parameters
    ----------
    strategies, repeats
        Besides random search; of each.
    searches
        Random searches of the same budget that the pool holds side by side.

    Returns
    -------
    dict
        ``against_random`` (the rank-sum test) and, with two strategies or more, ``between`` (the
        signed-rank test).

    >>> smallest_p_values(1, 8, 5)["against_random"] == 2 / 1287
    True
    """
    rank_sum = min(1.0, 2 / comb(repeats + searches, repeats))
    pairs = comb(strategies, 2)
    corrected = holm(np.array([rank_sum] * strategies + [2 / 2**repeats] * pairs))
    smallest = {"against_random": float(corrected[:strategies].min())}
    return smallest | ({"between": float(corrected[strategies:].min())} if pairs else {})


def repeats_for_significance(strategies: int, searches: int) -> int:
    """The fewest repeats with which any test can be significant: see `smallest_p_values`."""
    return next(
        repeats
        for repeats in count(1)
        if min(smallest_p_values(strategies, repeats, searches).values()) < SIGNIFICANT
    )


def signed_rank(differences: np.ndarray) -> float:
    if len(differences) < ENOUGH_REPEATS:
        return np.nan
    if not differences.any():
        return 1.0
    return float(stats.wilcoxon(differences).pvalue)


def rank_sum(scores: np.ndarray, pool: np.ndarray, n: int) -> float:
    """Against the random searches of n trials that the pool holds side by side: also a sample.

    Signed ranks of differences to the pool's expectation, as if that were the truth, would find one
    in 12 % of the cases where there is none.
    """
    if len(scores) < ENOUGH_REPEATS:
        return np.nan
    searches = pool[: len(pool) // n * n].reshape(-1, n).max(axis=1)
    if comb(len(scores) + len(searches), len(searches)) > ORDERS:
        return float(stats.mannwhitneyu(scores, searches).pvalue)
    # SciPy's exact test knows no ties, and its approximation is none for a few searches.
    ranks = stats.rankdata(np.concatenate([searches, scores]))
    draws = np.array(list(combinations(ranks, len(searches)))).sum(axis=1)
    found = ranks[: len(searches)].sum()
    return min(1.0, 2 * float(min((draws <= found).mean(), (draws >= found).mean())))
