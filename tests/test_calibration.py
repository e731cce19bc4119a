"""The verdicts, judged by comparisons whose truth is known: see docs/verdict_calibration.md."""

import runpy

import numpy as np
import pytest
from conftest import PROJECT

from tuner_trials.analysis.comparisons import against_random

CALIBRATION = runpy.run_path(str(PROJECT / "benchmarks/verdict_calibration.py"))
BUDGET = CALIBRATION["BUDGET"]
SHAPES = CALIBRATION["shapes"]()
POOL = SHAPES["a real pool"]
SIMULATIONS = 2_000

expected_best = CALIBRATION["expected_best"]
with_random_search = CALIBRATION["with_random_search"]
with_each_other = CALIBRATION["with_each_other"]
called_different = CALIBRATION["called_different"]
found_better = CALIBRATION["found_better"]
coverage = CALIBRATION["coverage"]


def luck(share: float) -> float:
    """By how much so many simulations may miss a share: three standard errors."""
    return 3 * np.sqrt(share * (1 - share) / SIMULATIONS)


def assert_honest(intervals):
    assert intervals.shape == (2, SIMULATIONS)
    assert called_different(intervals) <= 0.05 + luck(0.05)
    assert coverage(intervals) >= 0.95 - luck(0.95)


@pytest.mark.parametrize("pool_size", [100, 1_000])
@pytest.mark.parametrize("repeats", [2, 3, 5, 10])
def test_random_search_is_not_called_different_from_itself(repeats, pool_size):
    assert_honest(with_random_search(POOL, repeats, pool_size, simulations=SIMULATIONS))


@pytest.mark.parametrize("repeats", [2, 3, 10])
def test_two_random_searches_are_not_called_different(repeats):
    assert_honest(with_each_other(POOL, repeats, simulations=SIMULATIONS))


@pytest.mark.parametrize("repeats", [2, 3, 10])
@pytest.mark.parametrize("relation", [{"shared": True}, {"spread": 2}])
def test_nor_if_they_start_alike_or_spread_differently(repeats, relation):
    """Five repeats of twice the spread are not among these: the page says how often they err."""
    assert_honest(with_each_other(POOL, repeats, simulations=SIMULATIONS, **relation))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("repeats", [3, 10])
def test_that_holds_for_other_distributions_of_the_scores(shape, repeats):
    assert_honest(with_random_search(SHAPES[shape], repeats, 100, simulations=SIMULATIONS))


@pytest.mark.parametrize(("spread", "repeats"), [(0.5, 3), (0.5, 10), (2, 10)])
def test_that_holds_for_strategies_of_another_spread(spread, repeats):
    """Three repeats of twice the spread are not among these: the page says how often they err."""
    assert_honest(with_random_search(POOL, repeats, 100, spread=spread, simulations=SIMULATIONS))


@pytest.mark.parametrize("pool_size", [100, 1_000])
def test_half_a_point_is_found_with_ten_repeats(pool_size):
    intervals = with_random_search(POOL, 10, pool_size, simulations=SIMULATIONS)
    assert found_better(intervals) >= 0.8 - luck(0.8)


def test_half_a_point_between_two_strategies_is_found_with_ten_repeats():
    intervals = with_each_other(POOL, 10, simulations=SIMULATIONS)
    assert found_better(intervals) >= 0.8 - luck(0.8)


@pytest.mark.parametrize("repeats", [3, 10])
def test_interval_against_the_whole_pool_holds_the_truth(repeats):
    intervals = with_random_search(POOL, repeats, 100, 100, simulations=SIMULATIONS)
    truth = expected_best(POOL, BUDGET) - expected_best(POOL, 100)
    assert coverage(intervals, truth) >= 0.95 - luck(0.95)


def test_bootstrap_of_three_repeats_misses_the_truth_too_often():
    """Why Student's interval stands first: the range of three holds the truth in 1 - 2/2^3."""
    student, bootstrap = (
        with_each_other(POOL, 3, bootstrap=bootstrap, simulations=SIMULATIONS)
        for bootstrap in (False, True)
    )
    assert coverage(bootstrap) < 0.85 < coverage(student)


def test_expected_best_is_known_where_it_can_be_calculated():
    uniform = SHAPES["uniform"]  # from 0.84 to 0.89: the best of 20 is 20/21 up, in expectation
    assert expected_best(uniform, 20) == pytest.approx(0.84 + 0.05 * 20 / 21, abs=1e-6)


def test_p_values_against_random_search_are_small_as_often_as_they_say():
    rng = np.random.default_rng(0)
    simulations = 300
    p_values = [
        against_random(POOL(rng.random(8) ** (1 / BUDGET)), POOL(rng.random(100)), BUDGET, BUDGET)
        for _ in range(simulations)
    ]
    small = np.mean([row["p_value"] <= 0.05 for row in p_values])
    assert small <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / simulations)
