"""What the test says: winners against those of random searches with the same budget."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tuner_trials.analysis.test_comparisons import test_comparisons_table as compare_on_test
from tuner_trials.incumbents import SAME_BUDGET
from tuner_trials.report.findings import on_test


def scores(**searches):
    """Test scores: for each strategy a list a search, with an accuracy a retraining."""
    names = {"same_budget": SAME_BUDGET}
    return pd.DataFrame(
        [
            {"strategy": names.get(name, name), "repeat": repeat, "test_accuracy": accuracy}
            for name, accuracies in searches.items()
            for repeat, search in enumerate(accuracies)
            for accuracy in search
        ]
    )


OURS = [[0.88, 0.886], [0.884, 0.884], [0.889, 0.881]]
RANDOM_SEARCHES = [[0.871, 0.873], [0.88, 0.87], [0.868, 0.876], [0.874, 0.874]]


def test_a_search_counts_once_and_the_interval_is_welchs():
    table = compare_on_test(scores(ours=OURS, same_budget=RANDOM_SEARCHES), 0.003)
    row = table.iloc[0]
    ours, base = np.mean(OURS, axis=1), np.mean(RANDOM_SEARCHES, axis=1)
    welch = stats.ttest_ind(ours, base, equal_var=False).confidence_interval()
    assert row["difference"] == pytest.approx(ours.mean() - base.mean())
    assert (row["lower"], row["upper"]) == pytest.approx((welch.low, welch.high))
    assert (row["searches"], row["verdict"]) == (3, "better")
    assert table.iloc[-1]["strategy"] == SAME_BUDGET
    assert table.iloc[-1]["test_mean"] == pytest.approx(base.mean())


def test_a_single_search_has_no_interval_and_decides_nothing():
    for one in (
        compare_on_test(scores(ours=OURS[:1], same_budget=RANDOM_SEARCHES), 0.003),
        compare_on_test(scores(ours=OURS, same_budget=RANDOM_SEARCHES[:1]), 0.003),
    ):
        assert np.isinf(one["lower"].iloc[0]) and one["verdict"].iloc[0] == "undecided"
        text = on_test(one)
        assert "interval" not in text and "points" in text


def test_the_words_hold_the_numbers_of_the_table():
    table = compare_on_test(
        scores(random=[[0.885]], ours=OURS, theirs=RANDOM_SEARCHES, same_budget=RANDOM_SEARCHES),
        0.003,
    )
    text = on_test(table)
    assert "reaches 87.33% there (4 searches cut from the pool)" in text
    assert "ours is +1.0" in text and ": better)" in text
    assert "theirs is +0.00 points" in text and ": equivalent)" in text
    assert text.endswith("The winner of the whole pool reaches 88.50%.")


def test_without_a_retraining_that_ended_there_is_nothing_to_compare():
    nothing = scores(ours=OURS, same_budget=RANDOM_SEARCHES).assign(test_accuracy=np.nan)
    for table in (
        compare_on_test(nothing, 0.003),
        compare_on_test(nothing[nothing["strategy"] == SAME_BUDGET], 0.003),
    ):
        assert on_test(table).startswith("On test there is nothing to compare")
