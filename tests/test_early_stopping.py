"""Would early stopping have known? Worked by hand."""

import numpy as np
import pandas as pd
import pytest

from tuner_trials.analysis.early_stopping import COLUMNS, early_stopping_table

# One row per trial. Trial 0 starts best and is overtaken; trial 3 starts last but one and wins,
# though its best epoch is not the last one.
CURVES = [[0.50, 0.45, 0.61], [0.40, 0.55, 0.70], [0.20, 0.48, 0.65], [0.30, 0.80, 0.60]]


def experiment(curves=CURVES, strategy="random"):
    trials = pd.DataFrame(
        {
            "strategy": strategy,
            "repeat": 0,
            "trial": range(len(curves)),
            "status": "completed",
            "score": [max(curve) for curve in curves],
        }
    )
    epochs = pd.DataFrame(
        [
            (strategy, 0, trial, epoch, accuracy)
            for trial, curve in enumerate(curves)
            for epoch, accuracy in enumerate(curve, 1)
        ],
        columns=["strategy", "repeat", "trial", "epoch", "validation_score"],
    )
    return trials, epochs


def test_worked_example():
    table = early_stopping_table(*experiment())
    assert list(table["epoch"]) == [1, 2, 3]
    assert list(table["rank_of_best"]) == [3, 1, 1]
    assert list(table["trials"]) == [4, 4, 4]
    assert list(table["best_third"]) == [2, 2, 2]
    # Final order 0 < 2 < 1 < 3. After the first epoch 2 < 3 < 1 < 0: 2 of 6 pairs agree.
    # After the second, by the best so far, 2 (0.48) < 0 (0.50) < 1 < 3: 5 of 6 agree.
    assert table["kendall"].tolist() == pytest.approx([(2 - 4) / 6, (5 - 1) / 6, 1])
    assert table["spearman"].tolist() == pytest.approx(
        [1 - 6 * (9 + 0 + 1 + 4) / 60, 1 - 6 * (1 + 0 + 1 + 0) / 60, 1]
    )
    # The single epochs: 2 < 3 < 1 < 0, then 0 < 2 < 1 < 3, and in the end 3 < 0 < 2 < 1.
    assert table["single_epoch_spearman"].tolist() == pytest.approx(
        [1 - 6 * (4 + 1 + 4 + 1) / 60, 1 - 6 * (1 + 1 + 1 + 9) / 60, 1]
    )


def test_failed_trials_and_other_strategies_do_not_count():
    trials, epochs = experiment([[0.9], *CURVES])
    trials.loc[0, ["status", "score"]] = ["diverged", 0.1]
    others = experiment([[0.1, 0.9, 0.2]] * 4, "tuner")
    together = [pd.concat(both) for both in zip((trials, epochs), others, strict=True)]
    table = early_stopping_table(*together)
    pd.testing.assert_frame_equal(table, early_stopping_table(*experiment()))


def test_of_equally_good_trials_the_earliest_is_followed_and_equals_are_not_ahead():
    table = early_stopping_table(*experiment([[0.3, 0.8], [0.3, 0.8], [0.5, 0.6]]))
    assert list(table["rank_of_best"]) == [2, 1]


def test_constant_accuracies_have_no_order():
    table = early_stopping_table(*experiment([[0.1, 0.5], [0.1, 0.6]]))
    assert np.isnan(table["spearman"][0])
    assert table["spearman"][1] == pytest.approx(1)


def test_a_pool_without_a_completed_trial_gives_an_empty_table():
    trials, epochs = experiment()
    table = early_stopping_table(trials.assign(status="failed"), epochs.iloc[:0])
    assert table.empty
    assert list(table) == COLUMNS
