"""The verdict: tested by brute force, against worked examples, and for every outcome."""

import re
import time
from itertools import combinations, product
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tuner_trials.analysis.bootstrap import bootstrap_interval
from tuner_trials.analysis.comparisons import (
    against_each_other,
    against_random,
    comparisons_table,
    superiority,
)
from tuner_trials.analysis.intervals import difference_to_random, paired_difference, verdict
from tuner_trials.analysis.random_equivalents import random_equivalents_table
from tuner_trials.analysis.random_statistics import (
    best_of_n,
    best_of_n_distribution,
    best_of_n_variances,
    random_statistics_table,
)
from tuner_trials.analysis.significance import holm, repeats_for_significance, smallest_p_values
from tuner_trials.random_search import SAME_BUDGET, WHOLE_POOL
from tuner_trials.report.answer import answer

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
        [("random", 0, score, 1) for score in scores] + [("ours", 0, 0.999, 1)] * 3,
        columns=["strategy", "repeat", "score", "epochs_charged"],
    )
    started = time.process_time()
    assert len(random_statistics_table(trials)) == 10_000
    assert random_equivalents_table(trials, 100)["random_equivalent"].between(500, 2000).all()
    assert time.process_time() - started < 10


def test_probability_of_improvement_is_that_of_all_subsets():
    scores, n = np.array([0.80, 0.84, 0.86]), 3
    best = np.array([max(subset) for subset in combinations(POOL, n)])
    wins = np.mean([np.mean(best < score) for score in scores])
    ties = np.mean([np.mean(best == score) for score in scores])
    result = against_random(scores, POOL, n, n)
    assert result["probability_of_improvement"] == pytest.approx(wins)
    assert result["a12"] == pytest.approx(wins + ties / 2)


def test_expected_best_varies_no_more_than_its_bound():
    """Exact: all pools of five that three equally likely scores can make, from search to search."""
    pools = np.array(list(product([0.7, 0.8, 0.9], repeat=5)))
    for n in (1, 2):
        searches = np.array(list(product([0.7, 0.8, 0.9], repeat=n))).max(axis=1)
        search, expectation, freedom = best_of_n_variances(pools, n)
        expected = [best_of_n(pool)["expected"].iloc[n - 1] for pool in pools]
        assert search.mean() >= searches.var() - 1e-12
        assert expectation.mean() >= np.var(expected) - 1e-12
        assert freedom == 10 / n
    # With n = 1 nothing is bounded: it is the sample variance, and that of the mean.
    search, expectation, _ = best_of_n_variances(POOL, 1)
    assert search == pytest.approx(POOL.var(ddof=1))
    assert expectation == pytest.approx(POOL.var(ddof=1) / len(POOL))


def test_interval_against_random_search_is_that_of_all_subsets():
    scores, n, size = np.array([0.80, 0.84, 0.86]), 3, len(POOL)
    searches = np.array([max(subset) for subset in combinations(POOL, n)])
    search = searches.var() / (1 - n / size)
    # Random search varies more than these three repeats, and so raises their variance.
    own = (search + 2 * scores.var(ddof=1)) / 3 / 3
    pool = n / size * search
    freedom = (own + pool) ** 2 / (own**2 / 2 + pool**2 / (2 * size / n))
    half = stats.t.ppf(0.975, freedom) * np.sqrt(own + pool)
    result = against_random(scores, POOL, n, n)
    assert search > scores.var(ddof=1)
    assert result["difference"] == pytest.approx(scores.mean() - searches.mean())
    assert result["upper"] - result["difference"] == pytest.approx(half)
    assert result["difference"] - result["lower"] == pytest.approx(half)


def test_many_comparisons_at_once_are_those_one_by_one():
    rng = np.random.default_rng(1)
    scores, pools = 0.8 + 0.1 * rng.random((4, 5)), 0.8 + 0.1 * rng.random((4, 30))
    each = [difference_to_random(a, pool, 6, 10) for a, pool in zip(scores, pools, strict=True)]
    np.testing.assert_allclose(difference_to_random(scores, pools, 6, 10), np.transpose(each))
    paired = [paired_difference(a, b) for a, b in zip(scores, scores[::-1], strict=True)]
    np.testing.assert_allclose(paired_difference(scores, scores[::-1]), np.transpose(paired))


def test_interval_between_strategies_is_the_paired_t_interval():
    """Student's sleep data (1908): mean difference 1.58, 95 % interval 0.70 to 2.46."""
    drug_2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    drug_1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    result = against_each_other(drug_2, drug_1)
    assert result["difference"] == pytest.approx(1.58)
    assert (result["lower"], result["upper"]) == pytest.approx((0.7001, 2.4599), abs=1e-4)


def test_differences_that_agree_by_luck_are_not_certain():
    """Four that are all but equal, between searches that spread by half a point each."""
    a, b = np.array([0.8930, 0.8930, 0.8931, 0.8931]), np.array([0.8902, 0.8902, 0.8902, 0.8903])
    search = 0.005**2
    _, lower, upper = paired_difference(a, b)
    assert verdict(lower, upper, 0.0) == "better"
    difference, lower, upper = paired_difference(a, b, search)
    assert verdict(lower, upper, 0.0) == "undecided"
    own = (search + 3 * (a - b).var(ddof=1)) / 4 / 4
    assert upper - difference == pytest.approx(stats.t.ppf(0.975, 3) * np.sqrt(own))


def test_a12_is_that_of_published_data():
    """Hogarty and Kromrey (1999), as in R's effsize: Cliff's delta is -0.25, which is 2 A12 - 1."""
    treatment = np.array([10, 10, 20, 20, 20, 30, 30, 30, 40, 50])
    control = np.array([10, 20, 30, 40, 40, 50])
    improvement, a12 = superiority(treatment, control)
    assert a12 == 0.375
    other, reverse = superiority(control, treatment)
    assert improvement - other == pytest.approx(-0.25)
    assert a12 + reverse == 1


def test_signed_ranks_are_those_of_published_data():
    """Depression before and after a therapy (Hollander and Wolfe, 1973), as in R's wilcox.test.

    R gives V = 40 and p = 0.01953 on one side, which is 5 of 256 doubled here.
    """
    before = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
    after = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
    assert against_each_other(before, after)["p_value"] == pytest.approx(2 * 0.01953, abs=1e-5)


def test_rank_sums_are_those_of_published_data():
    """Permeability of a membrane (Hollander and Wolfe, 1973), as in R's wilcox.test.

    R gives W = 35 and p = 0.1272 on one side. Each of the five is a random search of one trial.
    """
    term = np.array([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46])
    early = np.array([1.15, 0.88, 0.90, 0.74, 1.21])
    p_value = against_random(term, early, 1, 1)["p_value"]
    assert p_value == pytest.approx(2 * 0.1272, abs=1e-4)


def test_rank_sums_with_ties_are_those_of_all_orders():
    """Eight equal scores above two equal ones: one of 45 orders, or its mirror image."""
    p_value = against_random(np.full(8, 0.9), np.full(2, 0.8), 1, 1)["p_value"]
    assert p_value == pytest.approx(2 / 45)


@pytest.mark.parametrize(
    ("p_values", "corrected"),
    [
        # R's p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")
        ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
        # Worked by hand: 4 x 0.005, 3 x 0.01, 2 x 0.03, and never less than the one before.
        ([0.01, np.nan, 0.04, 0.03, 0.005], [0.03, np.nan, 0.06, 0.06, 0.02]),
        ([0.5, 0.9], [1.0, 1.0]),
    ],
)
def test_holm_steps_down(p_values, corrected):
    np.testing.assert_allclose(holm(np.array(p_values)), corrected)


@pytest.mark.parametrize(("strategies", "repeats", "searches"), [(1, 8, 5), (2, 8, 1), (3, 9, 2)])
def test_no_p_value_is_smaller_than_the_smallest(strategies, repeats, searches):
    """Strategies whose every repeat beats all of random search, and all of the one before."""
    rng = np.random.default_rng(2)
    rows = [("random", 0, trial, score) for trial, score in enumerate(rng.random(10 * searches))]
    for number in range(strategies):
        rows += [
            (f"tuner {number}", repeat, 0, 2.0 + number + repeat * (number + 1) / 100)
            for repeat in range(repeats)
        ]
    trials = pd.DataFrame(rows, columns=["strategy", "repeat", "trial", "score"])
    table = comparisons_table(trials, 10, 0.003)
    between = ~table["opponent"].isin([SAME_BUDGET, WHOLE_POOL])
    found = {
        "against_random": table.loc[table["opponent"] == SAME_BUDGET, "p_value"].min(),
        "between": table.loc[between, "p_value"].min(),
    }
    smallest = smallest_p_values(strategies, repeats, searches)
    assert smallest.keys() == ({"against_random"} if strategies == 1 else found.keys())
    for kind, p_value in smallest.items():
        assert p_value == pytest.approx(found[kind])


def test_repeats_for_significance_are_the_fewest():
    for strategies, searches in ((1, 1), (3, 5), (4, 1), (1, 50)):
        enough = repeats_for_significance(strategies, searches)
        assert min(smallest_p_values(strategies, enough, searches).values()) < 0.05
        assert enough == 1 or (
            min(smallest_p_values(strategies, enough - 1, searches).values()) >= 0.05
        )
    assert repeats_for_significance(1, 1) == 40  # 2/41 is the first below 0.05


def test_bootstrap_interval_is_that_of_all_resamples():
    """Of two values: both, one of each twice as often. A quarter lies at each end."""
    assert bootstrap_interval(np.array([0.2, 0.4])) == (0.2, 0.4)
    assert bootstrap_interval(np.array([0.2, 0.4]), level=0.4) == pytest.approx((0.3, 0.3))
    assert np.isnan(bootstrap_interval(np.array([0.2]))).all()


@pytest.mark.parametrize(
    ("lower", "upper", "outcome"),
    [
        (0.001, 0.009, "better"),
        (-0.009, -0.001, "worse"),
        (-0.002, 0.0029, "equivalent"),
        (0.0005, 0.002, "equivalent"),
        (-0.001, 0.008, "undecided"),
        (-np.inf, np.inf, "undecided"),
    ],
)
def test_each_outcome_follows_from_the_interval(lower, upper, outcome):
    assert verdict(lower, upper, 0.003) == outcome


def made_up_trials(shift, repeats, spread=0.0004):
    """A pool around 0.85, and a strategy whose best scores are shifted from random search's."""
    rng = np.random.default_rng(5)
    pool = (0.85 + 0.02 * rng.beta(5, 2, 100)).round(5)
    expected = best_of_n(pool)["expected"].iloc[39]
    rows = [("random", 0, trial, score) for trial, score in enumerate(pool)]
    wobble = np.linspace(-spread, spread, repeats) if repeats > 1 else [0.0]
    for repeat, offset in enumerate(wobble):
        rows += [("tuner", repeat, 0, 0.8), ("tuner", repeat, 1, expected + shift + offset)]
    return pd.DataFrame(rows, columns=["strategy", "repeat", "trial", "score"])


def answer_to(trials, budget=40, manual=None):
    """All paragraphs: those that answer, and the details."""
    short, details = answer(
        comparisons_table(trials, budget, 0.003),
        random_equivalents_table(trials, budget),
        budget=budget,
        pool=int((trials["strategy"] == "random").sum()),
        equivalence=0.003,
        manual=manual,
    )
    assert len(short) <= 2
    return short + details


@pytest.mark.parametrize(
    ("shift", "repeats", "spread", "words"),
    [
        (0.01, 3, 4e-4, "is better than random search"),
        (-0.01, 3, 4e-4, "is worse than random search"),
        (0.0002, 5, 4e-4, "is as good as random search for all practical purposes"),
        (0.003, 2, 3e-3, "is not told apart from random search"),
        (0.01, 1, 4e-4, "is not told apart from random search"),
        (0.01, 10, 4e-4, "is better than random search"),
    ],
)
def test_answer_says_what_the_table_holds(shift, repeats, spread, words):
    trials = made_up_trials(shift, repeats, spread)
    comparisons = comparisons_table(trials, 40, 0.003)
    row = comparisons[comparisons["opponent"] == SAME_BUDGET].iloc[0]
    first, strategy, last = answer_to(trials)
    lower, upper = f"{100 * row['lower']:+.2f}", f"{100 * row['upper']:+.2f}"
    interval = "no interval" if repeats == 1 else f"{lower} to {upper}"
    assert f"tuner ({100 * row['difference']:+.2f} points, {interval}) {words}. " in first
    assert ("holds the budget itself" in strategy) == (row["lower"] <= 0 <= row["upper"])
    assert ("One repeat gives no interval" in last) == (repeats == 1)
    assert row["p_value"] < 0.05 if repeats == 10 else np.isnan(row["p_value"])


def several(shifts, repeats=3, names=None, spread=4e-4):
    """Strategies with the outcomes that their shifts from random search give."""
    tables = [made_up_trials(shift, repeats, spread) for shift in shifts]
    names = names or [f"tuner_{number}" for number in range(len(shifts))]
    return pd.concat(
        [
            tables[0].query("strategy == 'random'"),
            *(
                table.query("strategy == 'tuner'").assign(strategy=name)
                for name, table in zip(names, tables, strict=True)
            ),
        ],
        ignore_index=True,
    )


def test_answer_sorts_strategies_by_their_outcome():
    first, *_, pairs, last = answer_to(several([-0.01, 0.01, 0.0, 0.012, 0.0], repeats=5))
    plain = re.sub(r" \([^)]*\)", "", first)
    assert plain == (
        "With a budget of 40 full trainings, tuner_1 and tuner_3 are better than random search;"
        " tuner_0 is worse than random search; tuner_2 and tuner_4 are as good as random search for"
        " all practical purposes. In brackets: the difference in validation accuracy, and its 95 %"
        " interval."
    )
    assert pairs.count(" is ") == 10  # all pairs of five
    assert "tuner_0 is worse than tuner_1 (-2.00 points, " in pairs
    assert "tuner_1 is better than tuner_2 (+1.00 points, " in pairs
    assert "any of 15 verdicts" in last and "up to 75 %" in last


@pytest.mark.parametrize("names", [["by_hand", "clever"], ["clever", "by_hand"]])
def test_answer_names_the_verdict_on_random_search_with_manual_tuning(names):
    shifts = [0.0 if name == "by_hand" else 0.01 for name in names]
    paragraphs = answer_to(several(shifts, repeats=5, names=names), manual="by_hand")
    question = "Against random search with manual tuning, which by_hand stands for, "
    assert paragraphs[1].startswith(f"{question}clever (+1.00 points, +")
    assert paragraphs[1].endswith(") is better than it.")
    assert not any("Against each other" in paragraph for paragraph in paragraphs)


def test_answer_without_rivals_compares_no_pairs():
    assert not any(
        "gainst each other" in text or "manual" in text
        for text in answer_to(made_up_trials(0.0, 3), manual="tuner")
    )


@pytest.mark.parametrize("strategies", [1, 2, 4])
@pytest.mark.parametrize("budget", [20, 40, 100])
@pytest.mark.parametrize("repeats", [1, 3, 7, 8, 9])
def test_what_the_answer_says_about_p_values_is_true(strategies, budget, repeats):
    trials = several([0.01 * number for number in range(strategies)], repeats)
    last = answer_to(trials, budget)[-1]
    searches = 100 // budget
    smallest = smallest_p_values(strategies, repeats, searches)
    least, shown = (
        min(smallest.values()),
        comparisons_table(trials, budget, 0.003)["p_value"].dropna(),
    )
    assert len(shown) == (strategies * (strategies + 1) // 2 if repeats >= 8 else 0)
    assert ("no test of Wilcoxon's can be significant" in last) == (least >= 0.05)
    assert ("p-values are shown from 8" in last) == (repeats < 8)
    if least >= 0.05:
        enough = repeats_for_significance(strategies, searches)
        assert f"p would still be {least:.2g}. That takes {enough} repeats" in last
        assert not (shown < 0.05).any()
    elif repeats >= 8:
        assert ("Against random search none" in last) == (smallest["against_random"] >= 0.05)
        assert ("In pairs none" in last) == (smallest.get("between", 0) >= 0.05)
        assert ("corrected for all" in last) == (strategies > 1)


@pytest.mark.parametrize("repeats", [2, 3, 10])
@pytest.mark.parametrize("shift", [-0.01, 0.0, 0.002, 0.006])
def test_random_equivalents_are_those_of_all_subsets(shift, repeats):
    """On a pool of eight: expected best scores from all subsets, and the range from its meaning."""
    rng = np.random.default_rng(6)
    pool, budget = 0.85 + 0.03 * rng.random(8), 3
    expected = [np.mean([max(s) for s in combinations(pool, n)]) for n in range(1, 9)]
    scores = expected[budget - 1] + shift + 0.001 * rng.standard_normal(repeats)
    rows = [("random", 0, trial, score) for trial, score in enumerate(pool)]
    rows += [("tuner", repeat, 0, score) for repeat, score in enumerate(scores)]
    trials = pd.DataFrame(rows, columns=["strategy", "repeat", "trial", "score"])
    row = random_equivalents_table(trials, budget).iloc[0]
    number = row["random_equivalent"]
    if scores.mean() < expected[0]:
        assert number == 0
    elif scores.mean() > expected[-1]:
        assert np.isinf(number)
    else:
        assert np.interp(number, range(1, 9), expected) == pytest.approx(scores.mean())
    lower, upper = row["random_equivalent_lower"], row["random_equivalent_upper"]
    assert lower <= number <= upper
    step = np.diff(np.sort(trials["score"])).min().round(12)
    for n in range(1, 9):
        _, low, high = difference_to_random(scores, pool, budget, n, step)
        if low <= 0 <= high:  # not told apart
            assert lower <= n <= upper
    for name in ("", "_lower", "_upper"):
        assert row[f"speed_up{name}"] == row[f"random_equivalent{name}"] / budget


def test_random_equivalent_of_what_random_search_expects_is_the_budget():
    row = random_equivalents_table(made_up_trials(0.0, 3), 40).iloc[0]
    assert row["random_equivalent"] == pytest.approx(40)
    assert row["speed_up"] == pytest.approx(1)
    assert row["random_equivalent_lower"] < 40 < row["random_equivalent_upper"]


def test_what_lies_beyond_the_pool_is_said_so():
    trials = made_up_trials(0.05, 3)
    row = random_equivalents_table(trials, 40).iloc[0]
    assert (row[["random_equivalent", "random_equivalent_lower", "speed_up"]] == np.inf).all()
    text = answer_to(trials)[1]
    assert "That lies beyond the pool. It takes random search more than 100 trainings" in text
    assert "more than 2.50 times the budget (at both ends of its interval too)." in text


def test_what_lies_below_a_single_training_is_said_so():
    trials = made_up_trials(-0.05, 3)
    row = random_equivalents_table(trials, 40).iloc[0]
    assert (row[["random_equivalent", "random_equivalent_upper", "speed_up"]] == 0).all()
    text = answer_to(trials)[1]
    assert "It takes random search less than 1 training (at both ends" in text
    assert "less than 0.03 times the budget" in text


def test_one_repeat_leaves_the_range_open():
    row = random_equivalents_table(made_up_trials(0.0, 1), 40).iloc[0]
    assert row["random_equivalent"] == pytest.approx(40)
    assert row["random_equivalent_lower"] == 0 and np.isinf(row["random_equivalent_upper"])


def test_equal_scores_of_two_repeats_are_no_certainty():
    trials = made_up_trials(0.0, 2, spread=0.0)
    row = comparisons_table(trials, 40, 0.0).iloc[0]
    assert row["upper"] - row["lower"] > 0
