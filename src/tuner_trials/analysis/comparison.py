"""Is the difference real? Strategies against random search, and against each other.

An interval here is Student's, not the bootstrap's percentile interval: with three repeats a
resampled mean cannot leave the range of the three, which holds the truth in 75 % of cases and not
in 95 %. The bootstrap's stands beside it. How often the verdicts are right was simulated: see
docs/verdict_calibration.md.
"""

from itertools import combinations, count
from math import comb

import numpy as np
import pandas as pd
from scipy import stats

from tuner_trials.analysis.bootstrap import LEVEL, bootstrap_interval
from tuner_trials.analysis.random_statistics import (
    best_of_n_distribution,
    best_of_n_variances,
    every_best_of_n,
)
from tuner_trials.incumbents import SAME_BUDGET, WHOLE_POOL
from tuner_trials.tables import RANDOM

ENOUGH_REPEATS = 8  # p-values are shown from here on; what they can be: `smallest_p_values`
SIGNIFICANT = 0.05
ORDERS = 10_000  # of ranks: as many are gone through one by one


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
        signed-rank test, since repeats are paired, and against random search of the same budget the
        rank-sum test; and the ``verdict``: better, worse, equivalent, undecided.
    """
    best = best_scores(trials)
    step = _resolution(trials["score"].to_numpy())
    pool = trials.loc[trials["strategy"] == RANDOM, "score"].to_numpy()
    search, _, _ = best_of_n_variances(pool, budget)
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
            | against_each_other(scores, others, search, step, level)
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
    a: np.ndarray,
    b: np.ndarray,
    search: float = 0.0,
    step: float = 0.0,
    level: float = LEVEL,
) -> dict[str, float]:
    """Compare two strategies repeat by repeat: a repeat's searches share their seeds.

    See `paired_difference` for the parameters and the interval, `compare` for what is returned.
    """
    difference, lower, upper = paired_difference(a, b, search, step, level)
    improvement, a12 = superiority(a, b)
    low, high = bootstrap_interval(a - b, level)
    return {
        "difference": float(difference),
        "lower": float(lower),
        "upper": float(upper),
        "bootstrap_lower": low,
        "bootstrap_upper": high,
        "probability_of_improvement": improvement,
        "a12": a12,
        "p_value": _signed_rank(a - b),
    }


def superiority(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """How often one of a exceeds one of b, and A12, which counts a tie as half.

    A. Vargha and H. D. Delaney, Journal of Educational and Behavioral Statistics 25, 2000,
    doi:10.3102/10769986025002101.
    """
    wins, ties = (a[:, None] > b).mean(), (a[:, None] == b).mean()
    return float(wins), float(wins + ties / 2)


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
    level
        Of the interval, 0..1.

    Returns
    -------
    tuple of numpy.ndarray
        ``(...)`` each: the difference (positive: the strategy is better), and the lower and the
        upper end of its interval, infinite for a single repeat.
    """
    expected = np.sort(pool) @ best_of_n_distribution(pool.shape[-1], n)
    search, _, _ = best_of_n_variances(pool, budget)
    _, pools, freedom = best_of_n_variances(pool, n)
    return _difference_to_best(scores, expected, search, pools, freedom, step, level)


def _difference_to_best(
    scores: np.ndarray,
    expected: np.ndarray,
    search: np.ndarray,
    pools: np.ndarray,
    freedom: np.ndarray | float,
    step: float,
    level: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """See `difference_to_random`; ``expected`` varies by ``pools`` with ``freedom``."""
    repeats = scores.shape[-1]
    difference = scores.mean(axis=-1) - expected
    own = _raised(_variance(scores, step), search, repeats) / repeats
    half = _half_width(own, repeats - 1, pools, freedom, level)
    return difference, difference - half, difference + half


def paired_difference(
    a: np.ndarray,
    b: np.ndarray,
    search: np.ndarray | float = 0.0,
    step: float = 0.0,
    level: float = LEVEL,
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
    step, level
        See `difference_to_random`, also for what is returned.
    """
    differences = a - b
    repeats = differences.shape[-1]
    difference = differences.mean(axis=-1)
    own = _raised(_variance(differences, step), search, repeats) / repeats
    half = _half_width(own, repeats - 1, np.zeros_like(own), 1, level)
    return difference, difference - half, difference + half


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


def random_equivalents(trials: pd.DataFrame, budget: int, level: float = LEVEL) -> pd.DataFrame:
    """How many random trainings reach a strategy's mean best score in expectation?

    The range holds the numbers of trainings whose random search is not told apart from the
    strategy: those for which the interval of `difference_to_random` holds 0. So it knows the luck
    of the repeats and that of the pool, and agrees with the verdict: it holds the budget where that
    interval does.

    Returns
    -------
    pandas.DataFrame
        A row a strategy: ``strategy, mean_best, random_equivalent`` (trainings, between whole
        numbers by linear interpolation), ``speed_up``, that number divided by the budget, and of
        both the range, ``random_equivalent_lower, random_equivalent_upper, speed_up_lower,
        speed_up_upper``. A number is 0 if a single random training does better already, and
        infinite beyond the pool: if not even a search of that size does as well.
    """
    pool = trials.loc[trials["strategy"] == RANDOM, "score"].to_numpy()
    step = _resolution(trials["score"].to_numpy())
    search, _, _ = best_of_n_variances(pool, budget)
    expected, pools, freedom = every_best_of_n(pool)
    rows = []
    for strategy, scores in best_scores(trials).items():
        differences, lower, upper = _difference_to_best(
            scores, expected, search, pools, freedom, step, level
        )
        equivalent, low, high = (
            _crossing(differences),
            _crossing(np.minimum.accumulate(lower)),  # the first number that is not too small
            _crossing(np.maximum.accumulate(upper[::-1])[::-1]),  # the last that is not too large
        )
        rows.append(
            {
                "strategy": strategy,
                "mean_best": float(scores.mean()),
                "random_equivalent": equivalent,
                "speed_up": equivalent / budget,
                "random_equivalent_lower": low,
                "random_equivalent_upper": high,
                "speed_up_lower": low / budget,
                "speed_up_upper": high / budget,
            }
        )
    return pd.DataFrame(rows)


def _crossing(differences: np.ndarray) -> float:
    """For which n do differences to the best of n, ``(N,)`` and falling, become 0?"""
    if differences[0] < 0:
        return 0.0
    if differences[-1] > 0:
        return np.inf
    return float(np.interp(0, -differences, np.arange(1, len(differences) + 1)))


def _resolution(scores: np.ndarray) -> float:
    """The smallest difference between scores: one sample of the validation part, or more."""
    gaps = np.diff(np.unique(scores.round(12)))
    return float(gaps.min()) if len(gaps) else 0.0


def _variance(values: np.ndarray, step: float) -> np.ndarray:
    """At least that of rounding to ``step``, which is all that a single repeat tells."""
    variance = values.var(axis=-1, ddof=1) if values.shape[-1] > 1 else np.zeros(values.shape[:-1])
    return np.maximum(variance, step**2 / 12)


def _raised(own: np.ndarray, search: np.ndarray | float, repeats: int) -> np.ndarray:
    """A variance of few repeats, averaged with random search's where that is higher."""
    return np.maximum(own, (search + (repeats - 1) * own) / repeats)


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
    if comb(len(scores) + len(searches), len(searches)) > ORDERS:
        return float(stats.mannwhitneyu(scores, searches).pvalue)
    # SciPy's exact test knows no ties, and its approximation is none for a few searches.
    ranks = stats.rankdata(np.concatenate([searches, scores]))
    draws = np.array(list(combinations(ranks, len(searches)))).sum(axis=1)
    found = ranks[: len(searches)].sum()
    return min(1.0, 2 * float(min((draws <= found).mean(), (draws >= found).mean())))
