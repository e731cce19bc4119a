"""The verdict: tested by brute force, against worked examples, and for every outcome."""

import time
from itertools import combinations, product
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tuner_trials.analysis.bootstrap import bootstrap_interval
from tuner_trials.analysis.comparisons import comparisons_table, superiority
from tuner_trials.analysis.intervals import (
    ERROR,
    Intervals,
    errors_at,
    interval,
    repeated_intervals,
)
from tuner_trials.analysis.looks import looks_table
from tuner_trials.analysis.random_statistics import (
    best_of_n,
    best_of_n_distribution,
    best_of_n_variance,
    random_statistics_table,
)
from tuner_trials.analysis.repeats_needed import repeats_needed_table
from tuner_trials.objectives import OBJECTIVES
from tuner_trials.report.answer import answer
from tuner_trials.search.random_search import SAME_BUDGET

POOL = np.array([0.71, 0.84, 0.80, 0.84, 0.65, 0.88, 0.79])


@pytest.mark.parametrize("n", range(1, len(POOL) + 1))
def test_best_of_n_is_that_of_all_subsets(n):
    best = [max(subset) for subset in combinations(POOL, n)]
    row = best_of_n(POOL).iloc[n - 1]
    assert row["expected"] == pytest.approx(np.mean(best))
    for name, share in (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75)):
        assert row[name] == np.quantile(best, share, method="inverted_cdf")


def test_best_of_n_draws_without_replacement():
    """Worked by hand for the scores 1, 2, 3 and searches of two.

    With replacement (Dodge et al., EMNLP 2019), the nine pairs have the maxima 1, 2, 2, 2, 3, 3, 3,
    3, 3, which is 22/9 on average. Without (Tang et al., ACL 2020), the three pairs have 2, 3, 3.
    """
    scores = np.array([3.0, 1.0, 2.0])
    with_replacement = np.diff((np.arange(4) / 3) ** 2) @ np.sort(scores)
    assert with_replacement == pytest.approx(22 / 9)
    row = best_of_n(scores).iloc[1]
    assert row["expected"] == pytest.approx(8 / 3)
    assert (row["lower_quartile"], row["median"], row["upper_quartile"]) == (2, 3, 3)


def test_best_of_n_is_unbiased_and_drawing_with_replacement_is_not():
    """Tang et al. (ACL 2020), by brute force: all pools of three that three scores can make."""
    pools = np.array(list(product([1.0, 2.0, 3.0], repeat=3)))
    truth = 22 / 9  # of the best of two independent draws
    unbiased = [best_of_n(pool)["expected"].iloc[1] for pool in pools]
    biased = np.sort(pools) @ np.diff((np.arange(4) / 3) ** 2)
    assert np.mean(unbiased) == pytest.approx(truth)
    assert np.mean(biased) < truth - 0.05


def test_sixty_random_trials_reach_the_best_twentieth_of_a_large_pool():
    """The arithmetic of Bergstra and Bengio (2012): 1 - 0.95^60 is 0.954."""
    assert best_of_n_distribution(100_000, 60)[95_000:].sum() == pytest.approx(0.954, abs=1e-3)


@pytest.mark.parametrize("n", [1, 2, 50, 1500, 4000])
def test_ranks_of_a_large_pool_are_counted_as_those_of_a_small_one(n):
    counted = [comb(rank - 1, n - 1) / comb(4000, n) for rank in range(1, 4001)]
    assert best_of_n_distribution(4000, n) == pytest.approx(counted, rel=1e-8, abs=1e-15)


def test_a_pool_of_ten_thousand_is_analysed_in_seconds():
    """Of 100,000 it takes ten; when each n looked at all of the pool, more than an hour."""
    scores = np.random.default_rng(1).random(10_000)
    trials = pd.DataFrame(
        [("random", 0, score, 1) for score in scores],
        columns=["strategy", "repeat", "score", "epochs_charged"],
    )
    started = time.process_time()
    assert len(random_statistics_table(trials)) == 10_000
    assert time.process_time() - started < 10


def test_a_search_varies_no_more_than_its_bound():
    """Exact: all pools of five that three equally likely scores can make, from search to search."""
    pools = np.array(list(product([0.7, 0.8, 0.9], repeat=5)))
    for n in (1, 2):
        searches = np.array(list(product([0.7, 0.8, 0.9], repeat=n))).max(axis=1)
        assert best_of_n_variance(pools, n).mean() >= searches.var() - 1e-12
    # With n = 1 nothing is bounded: it is the sample variance.
    assert best_of_n_variance(POOL, 1) == pytest.approx(POOL.var(ddof=1))


def only(a, b, least=0.0, error=ERROR):
    """The intervals of a single look."""
    return repeated_intervals(a, b, [a.shape[-1]], error, least)[0]


def test_many_comparisons_at_once_are_those_one_by_one():
    rng = np.random.default_rng(1)
    a, b = 0.8 + 0.1 * rng.random((2, 4, 8))
    together = repeated_intervals(a, b, [3, 8, 12], ERROR, 1e-3, 1e-4)
    each = [
        repeated_intervals(*pair, [3, 8, 12], ERROR, 1e-3, 1e-4) for pair in zip(a, b, strict=True)
    ]
    assert len(together) == 2  # the third look is still to come
    for look, found in enumerate(together):
        np.testing.assert_allclose(found.lower, [own[look].lower for own in each])
        np.testing.assert_allclose(
            found.equivalence_upper, [own[look].equivalence_upper for own in each]
        )


SLEEP = (
    np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]),
    np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]),
)


def test_interval_of_a_single_look_is_the_paired_t_interval():
    """Student's sleep data (1908): mean difference 1.58, 95 % interval 0.70 to 2.46."""
    found = only(*SLEEP)
    assert found.difference == pytest.approx(1.58)
    assert (found.lower, found.upper) == pytest.approx((0.7001, 2.4599), abs=1e-4)
    half = stats.t.ppf(0.95, 9) * stats.sem(SLEEP[0] - SLEEP[1])
    assert found.equivalence_upper - found.difference == pytest.approx(half)


def test_errors_of_the_looks_are_those_of_published_boundaries():
    """Constants for t-tests at 5, 8, 12, 20 and 30, by another simulation: c is 5.79 ... 2.34."""
    looks = (5, 8, 12, 20, 30)
    critical = [
        stats.t.isf(error / 2, look - 1)
        for error, look in zip(errors_at(looks, 0.05), looks, strict=True)
    ]
    assert critical == pytest.approx([5.79, 3.76, 3.07, 2.60, 2.34], rel=0.01)


def test_later_looks_keep_what_earlier_ones_decided():
    """A difference that is clear after five repeats, then drowns in noise."""
    a = np.array([1.0, 1.1, 0.9, 1.0, 1.05, 9.0, -9.0, 9.0, -9.0, 1.0])
    first, last = repeated_intervals(a, np.zeros(10), [5, 10], ERROR)
    alone = only(a, np.zeros(10))
    assert first.verdict(0.1) == last.verdict(0.1) == "better by at least the margin"
    assert alone.verdict(0.1) == "undecided"
    assert last.lower == first.lower and last.difference == alone.difference


def test_looks_that_contradict_each_other_leave_the_last_one():
    early, late = interval(np.array(0.0), np.array(0.0), 5, 0.05, 0.1), only(*SLEEP)
    assert late.within(early) == late


def test_differences_that_agree_by_luck_are_not_certain():
    """Four that are all but equal, between searches that spread by half a point each."""
    a, b = np.array([0.8930, 0.8930, 0.8931, 0.8931]), np.array([0.8902, 0.8902, 0.8902, 0.8903])
    search = 0.005**2
    assert only(a, b).verdict(0.0) == "better"
    found = only(a, b, search)
    assert found.verdict(0.0) == "undecided"
    own = (search + 3 * (a - b).var(ddof=1)) / 4 / 4
    half = stats.t.ppf(0.975, 3) * np.sqrt(own)
    assert found.upper - found.difference == pytest.approx(half)


def test_a12_is_that_of_published_data():
    """Hogarty and Kromrey (1999), as in R's effsize: Cliff's delta is -0.25, which is 2 A12 - 1."""
    treatment = np.array([10, 10, 20, 20, 20, 30, 30, 30, 40, 50])
    control = np.array([10, 20, 30, 40, 40, 50])
    assert superiority(treatment, control) == 0.375
    assert superiority(control, treatment) == 0.625


def test_bootstrap_interval_is_that_of_all_resamples():
    """Of two values: both, one of each twice as often. A quarter lies at each end."""
    two = np.array([0.2, 0.4])
    assert bootstrap_interval(two, least=2) == (0.2, 0.4)
    assert bootstrap_interval(two, level=0.4, least=2) == pytest.approx((0.3, 0.3))


def test_there_is_no_bootstrap_of_a_few_repeats():
    """Of three, it would be their range, whatever the level."""
    assert np.isnan(bootstrap_interval(np.arange(7))).all()
    assert np.isfinite(bootstrap_interval(np.arange(8))).all()


@pytest.mark.parametrize(
    ("lower", "upper", "outcome"),
    [
        (0.001, 0.009, "better"),
        (-0.009, -0.001, "worse"),
        (0.0031, 0.009, "better by at least the margin"),
        (-0.009, -0.004, "worse by at least the margin"),
        (-0.002, 0.0029, "equivalent"),
        (0.0005, 0.002, "equivalent"),
        (-0.0032, 0.0032, "equivalent"),  # the interval of 90 % ends at 0.0027
        (-0.001, 0.008, "undecided"),
    ],
)
def test_each_outcome_follows_from_the_intervals(lower, upper, outcome):
    middle, half = (lower + upper) / 2, (upper - lower) / 2
    inner = half * stats.norm.ppf(0.95) / stats.norm.ppf(0.975)
    ends = np.array([lower, upper, middle - inner, middle + inner])
    assert Intervals(np.array(middle), *ends).verdict(0.003) == outcome


def test_a_single_repeat_decides_nothing():
    found = only(np.array([0.9]), np.array([0.1]))
    assert (found.lower, found.upper) == (-np.inf, np.inf)
    assert found.verdict(0.003) == "undecided"


def test_without_a_margin_better_is_better():
    assert interval(np.array(0.01), np.array(0.0), 4, 0.05, 0.1).verdict(0.0) == "better"


def made_up_trials(shifts, repeats, spread=0.0004):
    """A pool, random searches, and strategies whose best scores are shifted from theirs."""
    rng = np.random.default_rng(5)
    pool = (0.85 + 0.02 * rng.beta(5, 2, 100)).round(5)
    rows = [("random", 0, trial, score) for trial, score in enumerate(pool)]
    searches = rng.choice(np.sort(pool)[-20:], repeats)
    wobble = np.linspace(-spread, spread, repeats) if repeats > 1 else [0.0]
    for name, shift in ({SAME_BUDGET: None} | shifts).items():
        for repeat, (own, offset) in enumerate(zip(searches, wobble, strict=True)):
            best = own if shift is None else own + shift + offset
            rows += [(name, repeat, 0, 0.8), (name, repeat, 1, best)]
    return pd.DataFrame(rows, columns=["strategy", "repeat", "trial", "score"])


def answer_to(trials, looks, manual=None):
    """All paragraphs: those that answer, and the details; the test agrees with validation."""
    comparisons = comparisons_table(trials, 10, 0.003, looks)
    return answer(
        comparisons,
        comparisons.assign(part="test"),
        repeats_needed_table(trials, 10, 0.003, looks),
        budget=10,
        equivalence=0.003,
        objective=OBJECTIVES["accuracy"],
        hours=lambda trainings: f"{trainings:.0f} hours",
        manual=manual,
    )


@pytest.mark.parametrize(
    ("shift", "repeats", "spread", "verdict"),
    [
        (0.01, 5, 4e-4, "better by at least the margin"),
        (-0.01, 5, 4e-4, "worse by at least the margin"),
        (0.0002, 10, 4e-4, "equivalent"),
        (0.0032, 10, 4e-4, "better"),
        (0.003, 2, 3e-3, "undecided"),
        (0.01, 1, 4e-4, "undecided"),
    ],
)
def test_answer_says_what_the_table_holds(shift, repeats, spread, verdict):
    trials = made_up_trials({"tuner": shift}, repeats, spread)
    row = comparisons_table(trials, 10, 0.003, [repeats]).iloc[0]
    assert (row["opponent"], row["verdict"]) == (SAME_BUDGET, verdict)
    short, _ = answer_to(trials, [repeats])
    words = "not distinguishable" if verdict == "undecided" else verdict.split()[0]
    assert f"tuner is {words}" in short[0] and f"tuner is {words}" in short[1]
    difference = f"({100 * row['difference']:+.2f} points)"
    assert (difference in short[0]) == verdict.startswith(("better", "worse"))
    assert any("gives no interval" in text for text in short) == (repeats == 1)
    assert any("tuner is undecided" in text for text in short) == (repeats == 2)


def test_the_family_shares_the_error_and_pairs_do_not():
    trials = made_up_trials({"one": 0.01, "two": 0.0, "three": -0.01}, 8)
    table = comparisons_table(trials, 10, 0.003, [8])
    family = table["opponent"] == SAME_BUDGET
    assert table.loc[family, "error"].sum() == pytest.approx(ERROR)
    assert (table.loc[~family, "error"] == ERROR).all() and (~family).sum() == 3
    alone = comparisons_table(made_up_trials({"one": 0.01}, 8), 10, 0.003, [8])
    assert table["lower"].iloc[0] < alone["lower"].iloc[0]


def test_looks_are_paid_for():
    trials = made_up_trials({"tuner": 0.001}, 8, spread=0.004)
    once, thrice = (comparisons_table(trials, 10, 0.003, looks) for looks in ([8], [5, 8, 12]))
    assert thrice["lower"].iloc[0] < once["lower"].iloc[0]
    looks = looks_table(trials, 10, 0.003, [5, 8, 12])
    assert list(looks["repeats"]) == [5, 8]
    shown = ["difference", "lower", "upper", "verdict"]
    assert looks[shown].iloc[-1].equals(thrice[shown].iloc[0].rename(1))


def test_answer_sorts_strategies_by_their_outcome():
    shifts = {"a": -0.01, "b": 0.01, "c": 0.0, "d": 0.012, "e": 0.0}
    short, details = answer_to(made_up_trials(shifts, 10), [10])
    first = short[0]
    assert first.index("b and d are better than random search") < first.index("a is worse")
    assert first.index("a is worse") < first.index("c and e are equivalent to random search")
    pairs = details[-1]
    assert pairs.count(" is ") == 10 + 1  # all pairs of five, which is exploratory
    assert "a is worse than b by at least the margin (-2.00 points, " in pairs


@pytest.mark.parametrize("names", [["by_hand", "clever"], ["clever", "by_hand"]])
def test_answer_names_the_verdict_on_random_search_with_manual_tuning(names):
    shifts = {name: 0.0 if name == "by_hand" else 0.01 for name in names}
    short, _ = answer_to(made_up_trials(shifts, 8), [8], manual="by_hand")
    assert "which by_hand stands for, clever is better than it by at least" in short[-1]
    assert "+1.00 points" in short[-1]


def test_answer_without_rivals_compares_no_pairs():
    short, details = answer_to(made_up_trials({"tuner": 0.0}, 3), [3], manual="tuner")
    assert not any("each other" in text or "manual" in text for text in short + details)


def test_more_repeats_are_asked_for_where_they_would_decide():
    """A difference of a standard deviation and a half, of which five repeats are too few."""
    trials = made_up_trials({"near": 0.004, "far": 0.05}, 5, spread=0.004)
    table = repeats_needed_table(trials, 10, 0.001, [5]).set_index("strategy")
    assert table.loc["far", "verdict"] == "better by at least the margin"
    assert np.isnan(table.loc["far", "repeats_needed"])
    near = table.loc["near"]
    chances = [near[f"decided_by_{number}"] for number in (8, 12, 20, 30, 50)]
    assert np.isnan(near["decided_by_5"]) and chances == sorted(chances)
    needed = near["repeats_needed"]
    assert near[f"decided_by_{needed:.0f}"] >= 0.8
    assert near["better"] > 0.6 and near["trainings"] == (needed - 5) * 3 * 10


def test_prediction_of_a_decision_is_right_as_often_as_it_says():
    """Normal differences of a known kind: the share decided is the mean of what was predicted."""
    rng = np.random.default_rng(3)
    predicted, decided = [], []
    for _ in range(150):
        truth = rng.normal(0.002, 0.002)
        drawn = rng.normal(truth, 0.003, 12)
        tables = []
        for repeats in (5, 12):
            trials = made_up_trials({"tuner": 0.0}, repeats, spread=0.0)
            searches = trials["strategy"] == SAME_BUDGET
            best = trials.loc[searches & (trials["trial"] == 1), "score"].to_numpy()
            tuner = (trials["strategy"] == "tuner") & (trials["trial"] == 1)
            trials.loc[tuner, "score"] = best + drawn[:repeats]
            tables.append((trials, comparisons_table(trials, 10, 0.001, [5, 12]).iloc[0]))
        if tables[0][1]["verdict"] != "undecided":
            continue
        needed = repeats_needed_table(tables[0][0], 10, 0.001, [5, 12]).iloc[0]
        predicted.append(needed["decided_by_12"])
        decided.append(tables[1][1]["verdict"] != "undecided")
    assert len(decided) > 100
    assert np.mean(decided) == pytest.approx(np.mean(predicted), abs=0.15)


def test_equal_scores_of_two_repeats_are_no_certainty():
    row = comparisons_table(made_up_trials({"tuner": 0.0}, 2, spread=0.0), 10, 0.0, [2]).iloc[0]
    assert row["upper"] - row["lower"] > 0
