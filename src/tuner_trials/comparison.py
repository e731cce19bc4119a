"""Is the difference real? Strategies against random search, and against each other.

An interval here is Student's, not the bootstrap's percentile interval: with three repeats a
resampled mean cannot leave the range of the three, which holds the truth in 75 % of cases and not
in 95 %. The bootstrap's stands beside it.
"""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from tuner_trials.random_statistics import best_of_n, best_of_n_distribution
from tuner_trials.tables import RANDOM

LEVEL = 0.95
ENOUGH_REPEATS = 8  # Wilcoxon's smallest p is 2 / 2^n; six comparisons with Holm need n = 8
RESAMPLES = 2_000
SAME_BUDGET, WHOLE_POOL = "random, same budget", "random, whole pool"


def compare(
    trials: pd.DataFrame, budget: int, equivalence: float, level: float = LEVEL
) -> pd.DataFrame:
    """Compare every strategy with random search and with every other strategy.

    Parameters
    ----------
    trials
        See `tuner_trials.tables.trials_table`.
    budget
        Full trainings a repeat.
    equivalence
        Half width of the region of practical equivalence, as a difference in accuracy (0..1).
    level
        Of the intervals, 0..1.

    Returns
    -------
    pandas.DataFrame
        A row a comparison: ``strategy, opponent, repeats``; ``difference`` of the mean best scores
        (positive: the strategy is better) with its interval ``lower, upper`` and the bootstrap's
        ``bootstrap_lower, bootstrap_upper``; ``probability_of_improvement``, that a repeat of the
        strategy beats one of the opponent, and ``a12``, which counts a tie as half; ``p_value`` of
        Wilcoxon's signed-rank test with Holm's correction (missing below eight repeats, when no
        comparison could be significant); and the ``verdict``: better, worse, equivalent, undecided.
    """
    best = best_scores(trials)
    step = _resolution(trials["score"].to_numpy())
    pool = trials.loc[trials["strategy"] == RANDOM, "score"].to_numpy()
    rows = []
    for strategy, scores in best.items():
        for opponent, n in ((SAME_BUDGET, budget), (WHOLE_POOL, len(pool))):
            rows.append(
                {"strategy": strategy, "opponent": opponent, "repeats": len(scores)}
                | against_random(scores, pool, n, step, level)
            )
        # The whole pool is another budget: shown for scale, not one of the hypotheses.
        rows[-1]["p_value"] = np.nan
    for (strategy, scores), (opponent, others) in combinations(best.items(), 2):
        rows.append(
            {"strategy": strategy, "opponent": opponent, "repeats": len(scores)}
            | against_each_other(scores, others, step, level)
        )
    table = pd.DataFrame(rows)
    table["p_value"] = holm(table["p_value"].to_numpy())
    table["verdict"] = [
        verdict(lower, upper, equivalence)
        for lower, upper in zip(table["lower"], table["upper"], strict=True)
    ]
    return table


def best_scores(trials: pd.DataFrame) -> dict[str, np.ndarray]:
    """The best score of each repeat, ``(repeats,)``, for every strategy but random search."""
    searched = trials[trials["strategy"] != RANDOM]
    best = searched.groupby(["strategy", "repeat"], sort=False)["score"].max()
    return {
        strategy: best[strategy].sort_index().to_numpy()
        for strategy in searched["strategy"].unique()
    }


def verdict(lower: float, upper: float, equivalence: float) -> str:
    """What an interval of the difference says.

    ``equivalent`` if it lies within +-``equivalence``: whatever the sign, the difference is too
    small to matter. Else ``better`` or ``worse`` if it lies on one side of 0, else ``undecided``.
    """
    if -equivalence <= lower and upper <= equivalence:
        return "equivalent"
    if lower > 0:
        return "better"
    if upper < 0:
        return "worse"
    return "undecided"


def against_random(
    scores: np.ndarray, pool: np.ndarray, n: int, step: float = 0.0, level: float = LEVEL
) -> dict[str, float]:
    """Compare a strategy's repeats with random search of n trials, known through the pool.

    What random search finds is an expectation over the pool's subsets, exact for this pool; the
    pool itself is a sample, whose uncertainty the jackknife gives. Both go into the interval, with
    the degrees of freedom of Welch and Satterthwaite. ``step`` is the smallest difference that
    scores can have: equal scores of few repeats are equal only up to that.
    """
    probabilities = best_of_n_distribution(len(pool), n)
    ranked = np.sort(pool)
    expected = float(probabilities @ ranked)
    difference = float(scores.mean() - expected)
    own, pools = _variance_of_mean(scores, step), _pool_variance(pool, n)
    half = _half_width(own, len(scores) - 1, pools, len(pool) - 1, level)
    beaten = np.array([probabilities[ranked < score].sum() for score in scores])
    tied = np.array([probabilities[ranked == score].sum() for score in scores])
    low, high = _bootstrap(scores, level)
    return {
        "difference": difference,
        "lower": difference - half,
        "upper": difference + half,
        "bootstrap_lower": low - expected,
        "bootstrap_upper": high - expected,
        "probability_of_improvement": float(beaten.mean()),
        "a12": float((beaten + tied / 2).mean()),
        "p_value": _wilcoxon(scores - expected),
    }


def against_each_other(
    a: np.ndarray, b: np.ndarray, step: float = 0.0, level: float = LEVEL
) -> dict[str, float]:
    """Compare two strategies repeat by repeat: a repeat's searches share their seeds."""
    differences = a - b
    difference = float(differences.mean())
    half = _half_width(_variance_of_mean(differences, step), len(differences) - 1, 0.0, 1, level)
    wins = (a[:, None] > b[None, :]).mean()
    ties = (a[:, None] == b[None, :]).mean()
    low, high = _bootstrap(differences, level)
    return {
        "difference": difference,
        "lower": difference - half,
        "upper": difference + half,
        "bootstrap_lower": low,
        "bootstrap_upper": high,
        "probability_of_improvement": float(wins),
        "a12": float(wins + ties / 2),
        "p_value": _wilcoxon(differences),
    }


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's step-down correction; missing values stay missing and are not counted."""
    corrected = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    running = 0.0
    for rank, index in enumerate(known[np.argsort(p_values[known], kind="stable")]):
        running = max(running, (len(known) - rank) * p_values[index])
        corrected[index] = min(running, 1.0)
    return corrected


def random_equivalents(trials: pd.DataFrame, budget: int) -> pd.DataFrame:
    """How many random trainings reach a strategy's mean score in expectation?

    Returns
    -------
    pandas.DataFrame
        A row a strategy: ``strategy, mean_best, random_equivalent`` (trainings, between whole
        numbers by linear interpolation; infinite beyond the pool's best) and ``speed_up``, that
        number divided by the budget.
    """
    expected = best_of_n(trials.loc[trials["strategy"] == RANDOM, "score"].to_numpy())
    rows = []
    for strategy, scores in best_scores(trials).items():
        mean = float(scores.mean())
        beyond = mean > expected["expected"].iloc[-1]
        equivalent = np.inf if beyond else np.interp(mean, expected["expected"], expected["n"])
        rows.append((strategy, mean, float(equivalent), float(equivalent) / budget))
    return pd.DataFrame(rows, columns=["strategy", "mean_best", "random_equivalent", "speed_up"])


def _resolution(scores: np.ndarray) -> float:
    """The smallest difference between scores: one sample of the validation part, or more."""
    gaps = np.diff(np.unique(scores.round(12)))
    return float(gaps.min()) if len(gaps) else 0.0


def _variance_of_mean(values: np.ndarray, step: float) -> float:
    """At least the variance of rounding to ``step``; infinite for a single repeat."""
    if len(values) == 1:
        return np.inf
    return float(max(values.var(ddof=1), step**2 / 12) / len(values))


def _pool_variance(pool: np.ndarray, n: int) -> float:
    """Variance of the expected best of n, over pools of this size: the jackknife's estimate."""
    size = len(pool)
    n = min(n, size - 1)  # a pool without one of its scores holds no best of all
    weights = best_of_n_distribution(size - 1, n)
    ranked = np.sort(pool)
    left_out = np.array([weights @ np.delete(ranked, i) for i in range(size)])
    return float((size - 1) / size * ((left_out - left_out.mean()) ** 2).sum())


def _half_width(own: float, own_freedom: int, other: float, other_freedom: int, level: float):
    variance = own + other
    if np.isinf(variance):
        return np.inf
    if variance == 0:
        return 0.0
    freedom = variance**2 / (own**2 / own_freedom + other**2 / other_freedom)
    return float(stats.t.ppf((1 + level) / 2, freedom) * np.sqrt(variance))


def _bootstrap(values: np.ndarray, level: float) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    means = rng.choice(values, (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _wilcoxon(differences: np.ndarray) -> float:
    if len(differences) < ENOUGH_REPEATS:
        return np.nan
    if not differences.any():
        return 1.0
    return float(stats.wilcoxon(differences).pvalue)
