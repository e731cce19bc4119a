"""Is the difference real? Strategies against random search, and against each other."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from tuner_trials.analysis.intervals import ERROR, Intervals, repeated_intervals, resolution
from tuner_trials.analysis.random_statistics import best_of_n_variance
from tuner_trials.search.random_search import RANDOM, SAME_BUDGET


def comparisons_table(
    trials: pd.DataFrame, budget: int, equivalence: float, looks: Sequence[int]
) -> pd.DataFrame:
    """Compare every strategy with random search and with every other strategy.

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`.
    budget
        Full trainings per repeat.
    equivalence
        Half width of the region of practical equivalence, as a difference of scores.
    looks
        The numbers of repeats at which verdicts are looked at, those to come included.

    Returns
    -------
    pandas.DataFrame
        One row per comparison: ``strategy, opponent, repeats``; ``difference`` of the mean best
        scores (positive: the strategy is better) with its interval ``lower, upper`` and the
        narrower one that decides on equivalence, ``equivalence_lower, equivalence_upper``; the
        ``error``, the probability that ``lower, upper`` miss the truth at any look (the narrower
        one has twice that); the ``verdict``, one of `tuner_trials.analysis.intervals.VERDICTS`; the
        ``margin`` of equivalence; and ``a12``: how often a repeat of the strategy beats one of its
        opponent, ties counting half.

        The comparisons with random search of the same budget are a family, whose ``error``s add up
        to `ERROR`. Those of two strategies are exploratory, and each has that error on its own.
    """
    best = best_scores(trials)
    return pd.DataFrame(
        {"strategy": strategy, "opponent": opponent, "repeats": len(best[strategy])}
        | intervals[-1].row(equivalence)
        | {"margin": equivalence, "error": error}
        | {"a12": superiority(best[strategy], best[opponent])}
        for (strategy, opponent), error, intervals in compare_searches(trials, budget, looks)
    )


def compare_searches(
    trials: pd.DataFrame, budget: int, looks: Sequence[int]
) -> Iterator[tuple[tuple[str, str], float, list[Intervals]]]:
    """Each pair of `pairs` with its error and its `repeated_intervals` at each look."""
    best, known = best_scores(trials), known_variation(trials, budget)
    for (strategy, opponent), error in pairs(best):
        own, other = best[strategy], best[opponent]
        yield (strategy, opponent), error, repeated_intervals(own, other, looks, error, *known)


def known_variation(trials: pd.DataFrame, budget: int) -> tuple[float, float]:
    """The minimum variance of differences, and their step size: see `variance`.

    They vary at least as much as the best scores of random search, which the pool provides: a
    shared start removes less than half of the variance of the difference of two searches.
    """
    pool = trials.loc[trials["strategy"] == RANDOM, "score"].to_numpy()
    return float(best_of_n_variance(pool, budget)), resolution(trials["score"].to_numpy())


def best_scores(trials: pd.DataFrame) -> dict[str, np.ndarray]:
    """The best score of each repeat, ``(repeats,)``: of random search and of the strategies."""
    best = trials[trials["strategy"] != RANDOM].groupby(["strategy", "repeat"], sort=False)
    scores = best["score"].max()
    return {
        strategy: scores[strategy].sort_index().to_numpy()
        for strategy in scores.index.unique("strategy")
    }


def pairs(searches: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], float]]:
    """The pairs to compare, and the permitted error probability of each comparison."""
    strategies = [name for name in searches if name != SAME_BUDGET]
    yield from (((name, SAME_BUDGET), ERROR / len(strategies)) for name in strategies)
    yield from ((pair, ERROR) for pair in combinations(strategies, 2))


def superiority(a: np.ndarray, b: np.ndarray) -> float:
    """A12: how often one of a exceeds one of b, ties counting half.

    A. Vargha and H. D. Delaney, Journal of Educational and Behavioral Statistics 25, 2000,
    doi:10.3102/10769986025002101.
    """
    return float((a[:, None] > b).mean() + (a[:, None] == b).mean() / 2)
