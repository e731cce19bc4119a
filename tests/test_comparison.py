"""The verdict: tested by brute force, against worked examples, and for every outcome."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tuner_trials.answer import answer
from tuner_trials.comparison import (
    SAME_BUDGET,
    against_each_other,
    against_random,
    compare,
    difference_to_random,
    holm,
    paired_difference,
    random_equivalents,
    verdict,
)
from tuner_trials.random_statistics import (
    best_of_n,
    best_of_n_distribution,
    best_of_n_variances,
)

POOL = np.array([0.71, 0.84, 0.80, 0.84, 0.65, 0.88, 0.79])


@pytest.mark.parametrize("n", range(1, len(POOL) + 1))
def test_best_of_n_is_that_of_all_subsets(n):
    best = [max(subset) for subset in combinations(POOL, n)]
    row = best_of_n(POOL).iloc[n - 1]
    assert row["expected"] == pytest.approx(np.mean(best))
    for name, share in (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75)):
        assert row[name] == np.quantile(best, share, method="inverted_cdf")


def test_best_of_n_differs_from_drawing_with_replacement():
    """Tang et al. (ACL 2020): the estimator of Dodge et al. is biased towards lower scores."""
    ranked = np.sort(POOL)
    share = np.arange(len(POOL) + 1) / len(POOL)
    with_replacement = np.diff(share**5) @ ranked
    assert with_replacement < best_of_n(POOL)["expected"].iloc[4]


def test_sixty_random_trials_reach_the_best_twentieth_of_a_large_pool():
    """The arithmetic of Bergstra and Bengio (2012): 1 - 0.95^60 is 0.954."""
    assert best_of_n_distribution(100_000, 60)[95_000:].sum() == pytest.approx(0.954, abs=1e-3)


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


def test_holm_corrects_as_in_his_example():
    p_values = np.array([0.01, np.nan, 0.04, 0.03, 0.005])
    np.testing.assert_allclose(holm(p_values), [0.03, np.nan, 0.06, 0.06, 0.02])


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


@pytest.mark.parametrize(
    ("shift", "repeats", "spread", "words"),
    [
        (0.01, 3, 4e-4, "tuner is better than random search"),
        (-0.01, 3, 4e-4, "tuner is worse than random search"),
        (0.0002, 5, 4e-4, "tuner is as good as random search for all practical purposes"),
        (0.003, 2, 3e-3, "tuner is not told apart from random search"),
        (0.01, 1, 4e-4, "tuner is not told apart from random search"),
        (0.01, 10, 4e-4, "tuner is better than random search"),
    ],
)
def test_answer_says_what_the_table_holds(shift, repeats, spread, words):
    trials = made_up_trials(shift, repeats, spread)
    comparisons = compare(trials, 40, 0.003)
    paragraphs = answer(comparisons, random_equivalents(trials, 40), 40, 0.003)
    assert words in paragraphs[0] and words in paragraphs[1]
    row = comparisons[comparisons["opponent"] == SAME_BUDGET].iloc[0]
    assert f"{100 * row['difference']:+.2f} points" in paragraphs[1]
    assert ("no test" in paragraphs[-1]) == (repeats < 8)
    assert row["p_value"] < 0.05 if repeats == 10 else np.isnan(row["p_value"])


def test_random_equivalent_of_what_random_search_expects_is_the_budget():
    equivalents = random_equivalents(made_up_trials(0.0, 3), 40)
    assert equivalents["random_equivalent"][0] == pytest.approx(40)
    assert equivalents["speed_up"][0] == pytest.approx(1)
    beyond = random_equivalents(made_up_trials(0.05, 3), 40)
    assert np.isinf(beyond["random_equivalent"][0])


def test_equal_scores_of_two_repeats_are_no_certainty():
    trials = made_up_trials(0.0, 2, spread=0.0)
    row = compare(trials, 40, 0.0).iloc[0]
    assert row["upper"] - row["lower"] > 0
