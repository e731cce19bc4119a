"""What the retrained winners say, on validation and on test."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tuner_trials.analysis.retrained_comparisons import retrained_comparisons_table
from tuner_trials.search.random_search import RANDOM, SAME_BUDGET

OURS = [[0.88, 0.886], [0.884, 0.884], [0.889, 0.881]]
RANDOM_SEARCHES = [[0.871, 0.873], [0.88, 0.87], [0.868, 0.876]]


def scores(**searches):
    """For each strategy a list a search, with a score a retraining: on both parts the same."""
    names = {"same_budget": SAME_BUDGET}
    rows = [
        (names.get(name, name), repeat, score, score)
        for name, found in searches.items()
        for repeat, search in enumerate(found)
        for score in search
    ]
    return pd.DataFrame(rows, columns=["strategy", "repeat", "validation_score", "test_score"])


def test_a_search_counts_once_and_is_paired_with_the_random_search_of_its_repeat():
    made = scores(random=[[0.9]], same_budget=RANDOM_SEARCHES, ours=OURS)
    table = retrained_comparisons_table(made, 0.003, [3])
    assert list(table["part"]) == ["validation", "test"]
    row = table.iloc[1]
    ours, base = np.mean(OURS, axis=1), np.mean(RANDOM_SEARCHES, axis=1)
    paired = stats.ttest_rel(ours, base).confidence_interval()
    assert row["difference"] == pytest.approx(ours.mean() - base.mean())
    assert (row["lower"], row["upper"]) == pytest.approx((paired.low, paired.high))
    assert (row["repeats"], row["verdict"]) == (3, "better by at least the margin")
    assert row["mean"] == pytest.approx(ours.mean())
    assert RANDOM not in set(table["strategy"]) | set(table["opponent"])


def test_a_repeat_with_a_winner_that_failed_again_is_left_out():
    ours = [[0.88, 0.886], [np.nan, np.nan], [0.889, 0.881]]
    table = retrained_comparisons_table(scores(same_budget=RANDOM_SEARCHES, ours=ours), 0.003, [3])
    assert list(table["repeats"]) == [2, 2]
    left = np.mean([ours[i] for i in (0, 2)]) - np.mean([RANDOM_SEARCHES[i] for i in (0, 2)])
    assert table["difference"].iloc[0] == pytest.approx(left)


def test_pairs_are_there_as_well_and_each_part_is_a_family():
    made = scores(same_budget=RANDOM_SEARCHES, ours=OURS, theirs=RANDOM_SEARCHES)
    table = retrained_comparisons_table(made, 0.003, [3])
    family = table[table["opponent"] == SAME_BUDGET]
    assert family.groupby("part")["error"].sum().to_dict() == {"test": 0.05, "validation": 0.05}
    assert table["strategy"].eq("ours").sum() == 4 and len(table) == 6


def test_without_a_retraining_that_ended_there_is_nothing_to_compare():
    nothing = scores(same_budget=RANDOM_SEARCHES, ours=OURS)
    nothing[["validation_score", "test_score"]] = np.nan
    assert retrained_comparisons_table(nothing, 0.003, [3]).empty
