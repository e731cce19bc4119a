"""What random search with n trials finds, exactly, from a pool of N >= n scores.

A random search of n distinct trials is a draw of n of the pool's scores without replacement, so its
best score is the largest of them. No simulation is needed: of the ``C(N, n)`` draws, ``C(i, n)``
consist of the i lowest scores. This is the expected validation performance of Dodge et al. (EMNLP
2019) in the unbiased form of Tang et al. (ACL 2020), who draw without replacement.
"""

import numpy as np
import pandas as pd
from scipy.special import gammaln


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
    below = np.arange(n - 1, pool_size)  # scores below the best one
    with_best = _log_binomial(below, n - 1)
    probabilities = np.zeros(pool_size)
    probabilities[n - 1 :] = np.exp(with_best - _log_binomial(pool_size, n))
    return probabilities / probabilities.sum()


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
        probabilities = best_of_n_distribution(len(ranked), n)
        # The margin keeps a cumulative sum of 0.4999... from missing the median.
        lower, median, upper = np.searchsorted(
            np.cumsum(probabilities), np.array([0.25, 0.5, 0.75]) - 1e-12
        )
        rows.append((n, probabilities @ ranked, ranked[median], ranked[lower], ranked[upper]))
    return pd.DataFrame(
        rows, columns=["n", "expected", "median", "lower_quartile", "upper_quartile"]
    )


def _log_binomial(n, k):
    return gammaln(np.asarray(n) + 1.0) - gammaln(k + 1.0) - gammaln(np.asarray(n) - k + 1.0)
