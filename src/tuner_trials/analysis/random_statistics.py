"""What random search with n trials finds, exactly, from a pool of N >= n scores.

A random search of n distinct trials is a draw of n of the pool's scores without replacement, so its
best score is the largest of them. No simulation is needed: of the ``C(N, n)`` draws, ``C(i, n)``
consist of the i lowest scores. That is exact for the pool, which is a sample itself.

This is the expected validation performance of Dodge et al. (EMNLP 2019) in the unbiased form of
Tang et al. (ACL 2020), who draw without replacement.
"""

import math
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.special import gammaln

from tuner_trials.search.random_search import RANDOM


def best_of_n_distribution(pool_size: int, n: int) -> np.ndarray:
    """The probability of each rank (lowest score first) to be the best of n.

    Parameters
    ----------
    pool_size
        Number N of scores in the pool.
    n
        Trials of the random search, 1 <= n <= N.

    Returns
    -------
    numpy.ndarray
        ``(N,)``, sums to 1. Rank i (from 1) has ``C(i - 1, n - 1) / C(N, n)``, so the first n - 1
        have 0.

    >>> (best_of_n_distribution(4, 2) * 6).round(9)
    array([0., 1., 2., 3.])
    """
    if not 1 <= n <= pool_size:
        raise ValueError(f"n is {n}, but must be 1..{pool_size}, the size of the pool")
    possible = _possible_ranks(pool_size, n)
    return np.concatenate([np.zeros(pool_size - len(possible)), possible])


def random_statistics_table(trials: pd.DataFrame) -> pd.DataFrame:
    """What random search with n trials finds: see `best_of_n`; ``epochs`` is what n trials cost."""
    pool = trials[trials["strategy"] == RANDOM]
    table = best_of_n(pool["score"].to_numpy())
    table.insert(1, "epochs", table["n"] * int(pool["epochs_charged"].iloc[0]))
    return table


def best_of_n(scores: np.ndarray) -> pd.DataFrame:
    """Expected best score, its median and its quartiles for every n up to the pool's size.

    Parameters
    ----------
    scores
        ``(N,)``: the scores of the pool, higher is better.

    Returns
    -------
    pandas.DataFrame
        N rows: ``n, expected, median, lower_quartile, upper_quartile``. A quantile is the lowest
        score that the best of n does not exceed with at least that probability.
    """
    ranked = np.sort(np.asarray(scores, float))
    rows = []
    for n in range(1, len(ranked) + 1):
        probabilities = _possible_ranks(len(ranked), n)
        highest = ranked[-len(probabilities) :]
        # The margin keeps a cumulative sum of 0.4999... from missing the median.
        lower, median, upper = np.searchsorted(
            np.cumsum(probabilities), np.array([0.25, 0.5, 0.75]) - 1e-12
        )
        rows.append((n, probabilities @ highest, highest[median], highest[lower], highest[upper]))
    return pd.DataFrame(
        rows, columns=["n", "expected", "median", "lower_quartile", "upper_quartile"]
    )


def best_of_n_variance(scores: np.ndarray, n: int) -> np.ndarray:
    """How far the best of n random trials varies from search to search.

    Searches within one pool vary less than searches anywhere, by at most the share n/N: the
    expected best of n is a U-statistic of the pool (Hoeffding, 1948, section 5,
    doi:10.1214/aoms/1177730196). Dividing by 1 - n/N makes up for it. Beyond half of the pool, the
    variance of half of it stands in: on a scale that ends at 1, a larger search varies less.

    Parameters
    ----------
    scores
        ``(..., N)``, N >= 2: the scores of the pool. Leading axes are pools.
    n
        Trials of the random search, n >= 1.

    Returns
    -------
    numpy.ndarray
        ``(...)``: the variance of one search's best score.
    """
    size = scores.shape[-1]
    n = min(n, size // 2)
    probabilities = _possible_ranks(size, n)
    highest = np.sort(scores)[..., -len(probabilities) :]
    expected = highest @ probabilities
    variance = (highest - expected[..., np.newaxis]) ** 2 @ probabilities
    return variance / (1 - n / size)


def _possible_ranks(pool_size: int, n: int) -> np.ndarray:
    """The end of `best_of_n_distribution`; all ranks before it have 0.

    The best of many is one of the highest: in a large pool, work on the others would be in vain.
    """
    # Rank i has at most (i / N)^(n - 1), and no float is below exp(-746). In blocks: sums of up to
    # 1,024 numbers are rounded as ever.
    impossible = math.floor(pool_size * math.exp(-746 / (n - 1))) if n > 1 else 0
    start = impossible // 1024 * 1024
    first = max(start, n - 1)
    factorials = _log_factorials(pool_size)
    with_best = (factorials[first:-1] - factorials[n - 1]) - factorials[first - n + 1 : -n]
    all_draws = (factorials[-1] - factorials[n]) - factorials[pool_size - n]
    probabilities = np.zeros(pool_size - start)
    probabilities[first - start :] = np.exp(with_best - all_draws)
    return probabilities / probabilities.sum()


@lru_cache(maxsize=1)
def _log_factorials(largest: int) -> np.ndarray:
    return gammaln(np.arange(largest + 1) + 1.0)
