"""Is the difference real? Strategies against random search, and against each other."""

from itertools import combinations

import numpy as np
import pandas as pd

from tuner_trials.analysis.bootstrap import bootstrap_interval
from tuner_trials.analysis.intervals import (
    difference_to_random,
    paired_difference,
    resolution,
    verdict,
)
from tuner_trials.analysis.random_statistics import best_of_n_distribution, best_of_n_variances
from tuner_trials.analysis.significance import holm, rank_sum, signed_rank
from tuner_trials.incumbents import SAME_BUDGET, WHOLE_POOL
from tuner_trials.tables import RANDOM


def comparisons_table(trials: pd.DataFrame, budget: int, equivalence: float) -> pd.DataFrame:
    """Compare every strategy with random search and with every other strategy.

    Parameters
    ----------
    trials
        See `tuner_trials.tables.trials_table`.
    budget
        Full trainings a repeat.
    equivalence
        Half width of the region of practical equivalence, as a difference in accuracy (0..1).

    Returns
    -------
    pandas.DataFrame
        A row a comparison: ``strategy, opponent, repeats``; ``difference`` of the mean best scores
        (positive: the strategy is better) with its interval ``lower, upper`` and the bootstrap's
        ``bootstrap_lower, bootstrap_upper``; ``probability_of_improvement``, that a repeat of the
        strategy beats one of the opponent, and ``a12``, which counts a tie as half; ``p_value`` of
        Wilcoxon's test with Holm's correction, missing below eight repeats: between strategies the
        signed-rank test, since repeats are paired, and against random search of the same budget the
        rank-sum test; and the ``verdict``: better, worse, equivalent, undecided.
    """
    best = best_scores(trials)
    step = resolution(trials["score"].to_numpy())
    pool = trials.loc[trials["strategy"] == RANDOM, "score"].to_numpy()
    search, _, _ = best_of_n_variances(pool, budget)
    rows = []
    for strategy, scores in best.items():
        for opponent, n in ((SAME_BUDGET, budget), (WHOLE_POOL, len(pool))):
            rows.append(
                {"strategy": strategy, "opponent": opponent, "repeats": len(scores)}
                | against_random(scores, pool, budget, n, step)
            )
    for (strategy, scores), (opponent, others) in combinations(best.items(), 2):
        rows.append(
            {"strategy": strategy, "opponent": opponent, "repeats": len(scores)}
            | against_each_other(scores, others, search, step)
        )
    table = pd.DataFrame(rows)
    # The whole pool is another budget: shown for scale, not one of the hypotheses.
    table.loc[table["opponent"] == WHOLE_POOL, "p_value"] = np.nan
    table["p_value"] = holm(table["p_value"].to_numpy())
    table["verdict"] = verdict(table["lower"].to_numpy(), table["upper"].to_numpy(), equivalence)
    return table


def best_scores(trials: pd.DataFrame) -> dict[str, np.ndarray]:
    """The best score of each repeat, ``(repeats,)``, for every strategy but random search."""
    searched = trials[trials["strategy"] != RANDOM]
    best = searched.groupby(["strategy", "repeat"], sort=False)["score"].max()
    return {
        strategy: best[strategy].sort_index().to_numpy()
        for strategy in searched["strategy"].unique()
    }


def against_random(
    scores: np.ndarray,
    pool: np.ndarray,
    budget: int,
    n: int,
    step: float = 0.0,
) -> dict[str, float]:
    """Compare a strategy's repeats with random search of n trials, known through the pool.

    See `difference_to_random` for the parameters and the interval, `comparisons_table` for what is
    returned.
    """
    difference, lower, upper = difference_to_random(scores, pool, budget, n, step)
    probabilities, ranked = best_of_n_distribution(len(pool), n), np.sort(pool)
    expected = float(probabilities @ ranked)
    beaten = np.array([probabilities[ranked < score].sum() for score in scores])
    tied = np.array([probabilities[ranked == score].sum() for score in scores])
    low, high = bootstrap_interval(scores)
    return {
        "difference": float(difference),
        "lower": float(lower),
        "upper": float(upper),
        "bootstrap_lower": low - expected,
        "bootstrap_upper": high - expected,
        "probability_of_improvement": float(beaten.mean()),
        "a12": float((beaten + tied / 2).mean()),
        "p_value": rank_sum(scores, pool, n),
    }


def against_each_other(
    a: np.ndarray,
    b: np.ndarray,
    search: float = 0.0,
    step: float = 0.0,
) -> dict[str, float]:
    """Compare two strategies repeat by repeat: a repeat's searches share their seeds.

    See `paired_difference` for the parameters and the interval, `comparisons_table` for what is
    returned.
    """
    difference, lower, upper = paired_difference(a, b, search, step)
    improvement, a12 = superiority(a, b)
    low, high = bootstrap_interval(a - b)
    return {
        "difference": float(difference),
        "lower": float(lower),
        "upper": float(upper),
        "bootstrap_lower": low,
        "bootstrap_upper": high,
        "probability_of_improvement": improvement,
        "a12": a12,
        "p_value": signed_rank(a - b),
    }


def superiority(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """How often one of a exceeds one of b, and A12, which counts a tie as half.

    A. Vargha and H. D. Delaney, Journal of Educational and Behavioral Statistics 25, 2000,
    doi:10.3102/10769986025002101.
    """
    wins, ties = (a[:, None] > b).mean(), (a[:, None] == b).mean()
    return float(wins), float(wins + ties / 2)
