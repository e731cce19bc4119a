"""The verdicts, judged by comparisons whose truth is known: see docs/verdict_calibration.md."""

import runpy
from itertools import pairwise

import numpy as np
import pytest
from conftest import PROJECT

from tuner_trials.analysis.intervals import BETTER, WORSE

CALIBRATION = runpy.run_path(str(PROJECT / "benchmarks/verdict_calibration.py"))
SHAPES = CALIBRATION["shapes"]()
MARGIN, GAIN = CALIBRATION["EQUIVALENCE"], CALIBRATION["GAIN"]
LOOKS = CALIBRATION["LOOKS"]
SIMULATIONS = 2_000
RULES = ("first decision", "all decided", "last look")

any_different, any_equivalent = CALIBRATION["any_different"], CALIBRATION["any_equivalent"]
coverage, share, stopped = (CALIBRATION[name] for name in ("coverage", "share", "stopped"))
verdicts = CALIBRATION["verdicts"]


def simulate(shape, looks=LOOKS, **options):
    return CALIBRATION["simulate"](SHAPES[shape], looks, simulations=SIMULATIONS, **options)


def luck(share: float) -> float:
    """By how much so many simulations may miss a share: three standard errors."""
    return 3 * np.sqrt(share * (1 - share) / SIMULATIONS)


def assert_honest(*looked, error=0.05):
    """No wrong verdict in more than so many runs, whatever stops them."""
    none, margin = (verdicts(intervals) for intervals in looked)
    for rule in RULES:
        assert any_different(stopped(none, rule)) <= error + luck(error)
        assert any_equivalent(stopped(margin, rule)) <= error + luck(error)
    assert coverage(looked[0]) >= 1 - error - luck(error)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_rule_of_stopping_makes_a_family_wrong_too_often(shape):
    error = 0.06 if shape == "crowded below a ceiling" else 0.05
    assert_honest(simulate(shape), simulate(shape, shift=MARGIN), error=error)


@pytest.mark.parametrize(
    "options", [{"shared": False}, {"spread": 0.5}, {"spread": 2.0}, {"deviation": 0.0028}], ids=str
)
def test_nor_do_other_starts_spreads_or_winners_trained_again(options):
    assert_honest(simulate("pool A", **options), simulate("pool A", shift=MARGIN, **options))


@pytest.mark.parametrize("repeats", [2, 3, 10])
@pytest.mark.parametrize("strategies", [1, 3])
def test_a_single_look_is_as_honest(repeats, strategies):
    options = {"looks": [repeats], "strategies": strategies}
    assert_honest(simulate("pool A", **options), simulate("pool A", shift=MARGIN, **options))


@pytest.mark.parametrize("pool", ["pool A", "pool B"])
def test_what_is_there_is_found(pool):
    none, gain = (verdicts(simulate(pool, shift=shift)) for shift in (0.0, GAIN))
    assert share(none[-1], "equivalent") >= 0.8 - luck(0.8)
    assert share(gain[LOOKS.index(20)], *BETTER) >= 0.9 - luck(0.9)


def test_a_decision_is_kept_at_every_later_look():
    found = verdicts(simulate("pool A", shift=0.003))
    for now, later in pairwise(found):
        for words in (BETTER, WORSE, ["equivalent"]):
            decided = np.isin(now, words)
            # Only looks that contradict each other, which are rare, take it back; a difference may
            # turn out to lie within the margin as well.
            kept = np.isin(later, [*words, "equivalent"])[decided]
            assert kept.sum() >= 0.99 * decided.sum()
    assert np.isin(found[-1], BETTER).mean() > 0.5


def test_expected_best_is_known_where_it_can_be_calculated():
    uniform = SHAPES["uniform"]  # from 0.84 to 0.89: the best of 20 is 20/21 up, in expectation
    expected = CALIBRATION["expected_best"](uniform, 20)
    assert expected == pytest.approx(0.84 + 0.05 * 20 / 21, abs=1e-6)
