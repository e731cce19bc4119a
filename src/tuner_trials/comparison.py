"""Is the difference real? Strategies against random search, and against each other.

An interval here is Student's, not the bootstrap's percentile interval: with three repeats a
resampled mean cannot leave the range of the three, which holds the truth in 75 % of cases and not
in 95 %. The bootstrap's stands beside it. How often the verdicts are right was simulated: see
docs/verdict_calibration.md.
"""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from tuner_trials.incumbents import SAME_BUDGET, WHOLE_POOL
from tuner_trials.random_statistics import (
    best_of_n,
    best_of_n_distribution,
    best_of_n_variances,
)
from tuner_trials.tables import RANDOM

LEVEL = 0.95
ENOUGH_REPEATS = 8  # Wilcoxon's smallest p is 2 / 2^n; six comparisons with Holm need n = 8
RESAMPLES = 2_000


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
        Wilcoxon's test with Holm's correction, missing below eight repeats: between strategies the
        signed-rank test, since repeats are paired, and against random search the rank-sum test; and
        the ``verdict``: better, worse, equivalent, undecided.
    """
    best = best_scores(trials)
    step = _resolution(trials["score"].to_numpy())
    pool = trials.loc[trials["strategy"] == RANDOM, "score"].to_numpy()
    rows = []
    for strategy, scores in best.items():
        for opponent, n in ((SAME_BUDGET, budget), (WHOLE_POOL, len(pool))):
            rows.append(
                {"strategy": strategy, "opponent": opponent, "repeats": len(scores)}
                | against_random(scores, pool, budget, n, step, level)
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
    table["verdict"] = verdict(table["lower"].to_numpy(), table["upper"].to_numpy(), equivalence)
    return table


def compare_on_test(
    test_scores: pd.DataFrame, equivalence: float, level: float = LEVEL
) -> pd.DataFrame:
    """Compare the retrained winners on test with those of random searches with the same budget.

    Validation says which search found more; only the test says whether that is more than luck on
    the rows that chose. A search counts as one number, the mean over its retrainings.

    Parameters
    ----------
    test_scores
        See `tuner_trials.tables.test_scores_table`.
    equivalence, level
        As for `compare`.

    Returns
    -------
    pandas.DataFrame
        A row a strategy, the whole pool's winner (``random``) first, and the random searches with
        the same budget last: ``strategy, searches, test_mean``; ``difference`` to the latter, its
        Welch interval ``lower, upper`` (infinite where one side has a single search), and the
        ``verdict``.
    """
    by_search = test_scores.groupby(["strategy", "repeat"], sort=False)["test_accuracy"]
    by_strategy = by_search.mean().dropna().groupby("strategy", sort=False)
    searches = {strategy: own.to_numpy() for strategy, own in by_strategy}
    base = searches.pop(SAME_BUDGET, np.array([]))
    step = _resolution(test_scores["test_accuracy"].dropna().to_numpy())
    rows = []
    for strategy, own in [*searches.items(), (SAME_BUDGET, base)]:
        row = {"strategy": strategy, "searches": len(own)}
        row["test_mean"] = own.mean() if len(own) else np.nan
        if strategy != SAME_BUDGET and len(base):
            row["difference"] = own.mean() - base.mean()
            half = np.inf
            if min(len(own), len(base)) > 1:
                variances = _variance(own, step) / len(own), _variance(base, step) / len(base)
                half = _half_width(variances[0], len(own) - 1, variances[1], len(base) - 1, level)
            row["lower"], row["upper"] = row["difference"] - half, row["difference"] + half
            row["verdict"] = str(verdict(row["lower"], row["upper"], equivalence))
        rows.append(row)
    columns = ["strategy", "searches", "test_mean", "difference", "lower", "upper", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def best_scores(trials: pd.DataFrame) -> dict[str, np.ndarray]:
    """The best score of each repeat, ``(repeats,)``, for every strategy but random search."""
    searched = trials[trials["strategy"] != RANDOM]
    best = searched.groupby(["strategy", "repeat"], sort=False)["score"].max()
    return {
        strategy: best[strategy].sort_index().to_numpy()
        for strategy in searched["strategy"].unique()
    }


def verdict(lower: np.ndarray, upper: np.ndarray, equivalence: float) -> np.ndarray:
    """What intervals of the difference say, one or an array of them.

    ``equivalent`` if it lies within +-``equivalence``: whatever the sign, the difference is too
    small to matter. Else ``better`` or ``worse`` if it lies on one side of 0, else ``undecided``.
    """
    within = (-equivalence <= lower) & (upper <= equivalence)
    return np.select([within, lower > 0, upper < 0], ["equivalent", "better", "worse"], "undecided")


def against_random(
    scores: np.ndarray,
    pool: np.ndarray,
    budget: int,
    n: int,
    step: float = 0.0,
    level: float = LEVEL,
) -> dict[str, float]:
    """Compare a strategy's repeats with random search of n trials, known through the pool.

    See `difference_to_random` for the parameters and the interval, `compare` for what is returned.
    """
    difference, lower, upper = difference_to_random(scores, pool, budget, n, step, level)
    probabilities, ranked = best_of_n_distribution(len(pool), n), np.sort(pool)
    expected = float(probabilities @ ranked)
    beaten = np.array([probabilities[ranked < score].sum() for score in scores])
    tied = np.array([probabilities[ranked == score].sum() for score in scores])
    low, high = bootstrap_interval(scores, level)
    return {
        "difference": float(difference),
        "lower": float(lower),
        "upper": float(upper),
        "bootstrap_lower": low - expected,
        "bootstrap_upper": high - expected,
        "probability_of_improvement": float(beaten.mean()),
        "a12": float((beaten + tied / 2).mean()),
        "p_value": _rank_sum(scores, pool, n),
    }


def against_each_other(
    a: np.ndarray, b: np.ndarray, step: float = 0.0, level: float = LEVEL
) -> dict[str, float]:
    """Compare two strategies repeat by repeat: a repeat's searches share their seeds."""
    difference, lower, upper = paired_difference(a, b, step, level)
    wins = (a[:, None] > b[None, :]).mean()
    ties = (a[:, None] == b[None, :]).mean()
    low, high = bootstrap_interval(a - b, level)
    return {
        "difference": float(difference),
        "lower": float(lower),
        "upper": float(upper),
        "bootstrap_lower": low,
        "bootstrap_upper": high,
        "probability_of_improvement": float(wins),
        "a12": float(wins + ties / 2),
        "p_value": _signed_rank(a - b),
    }


def difference_to_random(
    scores: np.ndarray,
    pool: np.ndarray,
    budget: int,
    n: int,
    step: float = 0.0,
    level: float = LEVEL,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By how much a strategy is better than random search of n trials, with its interval.

    What random search finds is an expectation over the pool's subsets, exact for this pool. Two
    things are uncertain, and both go into the interval, with the degrees of freedom of Welch and
    Satterthwaite:

    - The pool is a sample itself: see `tuner_trials.random_statistics.best_of_n_variances`.
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
    level
        Of the interval, 0..1.

    Returns
    -------
    tuple of numpy.ndarray
        ``(...)`` each: the difference (positive: the strategy is better), and the lower and the
        upper end of its interval, infinite for a single repeat.
    """
    repeats = scores.shape[-1]
    expected = np.sort(pool) @ best_of_n_distribution(pool.shape[-1], n)
    difference = scores.mean(axis=-1) - expected
    search, _, _ = best_of_n_variances(pool, budget)
    own = _variance(scores, step)
    own = np.maximum(own, (search + (repeats - 1) * own) / repeats) / repeats
    _, pools, freedom = best_of_n_variances(pool, n)
    half = _half_width(own, repeats - 1, pools, freedom, level)
    return difference, difference - half, difference + half


def paired_difference(
    a: np.ndarray, b: np.ndarray, step: float = 0.0, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By how much strategy a is better than b, with Student's interval of the paired differences.

    ``a`` and ``b`` are ``(..., repeats)``; see `difference_to_random` for the rest.
    """
    differences = a - b
    repeats = differences.shape[-1]
    difference = differences.mean(axis=-1)
    own = _variance(differences, step) / repeats
    half = _half_width(own, repeats - 1, np.zeros_like(own), 1, level)
    return difference, difference - half, difference + half


def bootstrap_interval(values: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """The percentile interval of the mean of ``(repeats,)`` values."""
    rng = np.random.default_rng(0)
    means = rng.choice(values, (RESAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


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


def _variance(values: np.ndarray, step: float) -> np.ndarray:
    """At least that of rounding to ``step``, which is all that a single repeat tells."""
    variance = values.var(axis=-1, ddof=1) if values.shape[-1] > 1 else np.zeros(values.shape[:-1])
    return np.maximum(variance, step**2 / 12)


def _half_width(
    own: np.ndarray, own_freedom: int, other: np.ndarray, other_freedom: float, level: float
) -> np.ndarray:
    """Of Student's interval for two independent variances of means, each ``(...)``."""
    variance = own + other
    if own_freedom == 0:
        return np.full_like(variance, np.inf)
    with np.errstate(invalid="ignore"):  # without any variance there are no degrees of freedom
        freedom = variance**2 / (own**2 / own_freedom + other**2 / other_freedom)
    half = stats.t.ppf((1 + level) / 2, freedom) * np.sqrt(variance)
    return np.where(variance == 0, 0.0, half)


def _signed_rank(differences: np.ndarray) -> float:
    if len(differences) < ENOUGH_REPEATS:
        return np.nan
    if not differences.any():
        return 1.0
    return float(stats.wilcoxon(differences).pvalue)


def _rank_sum(scores: np.ndarray, pool: np.ndarray, n: int) -> float:
    """Against the random searches of n trials that the pool holds side by side: also a sample.

    Signed ranks of differences to the pool's expectation, as if that were the truth, would find one
    in 12 % of the cases where there is none.
    """
    if len(scores) < ENOUGH_REPEATS:
        return np.nan
    searches = pool[: len(pool) // n * n].reshape(-1, n).max(axis=1)
    return float(stats.mannwhitneyu(scores, searches).pvalue)
