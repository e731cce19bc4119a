"""What a score on training rows would have chosen: worked by hand."""

import numpy as np
import pandas as pd
import pytest

from tuner_trials.analysis.hyperparameter_effects import hyperparameter_effects_table
from tuner_trials.analysis.hyperparameter_groups import hyperparameter_groups_table
from tuner_trials.analysis.rank_correlation import kendall, spearman
from tuner_trials.extras.analysis.leak import COLUMNS, leak_table

# By honest score 0 < 1 < 2 < 3, by the leaky one 0 < 2 < 3 < 1: of six pairs, two change places.
HONEST = [0.80, 0.82, 0.84, 0.86]
LEAKY = [0.90, 0.96, 0.92, 0.95]
# The accuracies after the last epoch, which is not the best one: 1 < 0 < 2 < 3.
LAST = [0.79, 0.78, 0.80, 0.85]


def search(honest=HONEST, leaky=LEAKY, strategy="random", **more):
    count = len(honest)
    columns = {
        "strategy": strategy,
        "repeat": 0,
        "trial": range(count),
        "status": "completed",
        "score": honest,
        "leaky_score": leaky,
    }
    return pd.DataFrame(columns | more)


def measure(trials, last=LAST):
    """The leak's table, of curves that reach their score and then end as given."""
    who = trials[["strategy", "repeat", "trial"]]
    ends = who.groupby(["strategy", "repeat"]).cumcount().map(dict(enumerate(last)))
    epochs = [
        who.assign(epoch=1, validation_score=trials["score"]),
        who.assign(epoch=2, validation_score=ends),
    ]
    return leak_table(trials, pd.concat(epochs))


def test_worked_example():
    [row] = measure(search()).to_dict("records")
    assert row == {
        "strategy": "random",
        "repeat": 0,
        "trials": 4,
        "flattery": pytest.approx((0.10 + 0.14 + 0.08 + 0.09) / 4),
        "spearman": pytest.approx(1 - 6 * (0 + 4 + 1 + 1) / (4 * 15)),
        "kendall": pytest.approx((4 - 2) / 6),
        # By the last epoch 1 < 0 < 2 < 3: the ranks differ by 1, 3, 1 and 1.
        "same_epoch_flattery": pytest.approx((0.11 + 0.18 + 0.12 + 0.10) / 4),
        "same_epoch_spearman": pytest.approx(1 - 6 * (1 + 9 + 1 + 1) / (4 * 15)),
        "selected": 3,
        "selected_score": 0.86,
        "leaky_selected": 1,
        "leaky_selected_reported": 0.96,
        "leaky_selected_score": 0.82,
        "cost": pytest.approx(0.04),
    }


def test_every_search_has_its_own_row_and_its_own_choice():
    trials = pd.concat(
        [search(), search(strategy="tuner"), search(HONEST[::-1], strategy="tuner", repeat=1)],
        ignore_index=True,
    )
    table = measure(trials)
    assert list(zip(table["strategy"], table["repeat"], strict=True)) == [
        ("random", 0),
        ("tuner", 0),
        ("tuner", 1),
    ]
    assert list(table["selected"]) == [3, 3, 0]
    assert list(table["leaky_selected"]) == [1, 1, 1]


def test_the_share_of_the_epochs_is_seen_apart():
    """The leaky score correlates with the last epoch: nothing but the epoch reorders the trials."""
    [row] = measure(search(), [accuracy - 0.1 for accuracy in LEAKY]).to_dict("records")
    assert row["same_epoch_spearman"] == pytest.approx(1)
    assert row["same_epoch_flattery"] == pytest.approx(0.1)
    assert row["spearman"] < 0.5


def test_trials_without_a_score_are_left_out():
    failed = search([0.1, *HONEST], [None, *LEAKY], status=["failed", *["completed"] * 4])
    [row] = measure(failed, [0.1, *LAST]).to_dict("records")
    assert (row["trials"], row["selected"], row["leaky_selected"]) == (4, 4, 2)
    assert row["same_epoch_flattery"] == pytest.approx((0.11 + 0.18 + 0.12 + 0.10) / 4)
    none = measure(search(status="diverged"))
    assert none.empty
    assert list(none) == COLUMNS


def test_of_equal_trials_the_earliest_is_chosen_and_has_no_rank_correlation():
    [row] = measure(search([0.5] * 4, LEAKY)).to_dict("records")
    assert row["selected"] == 0
    assert row["leaky_selected"] == 1
    assert row["cost"] == 0
    assert np.isnan(row["spearman"]) and np.isnan(row["kendall"])


def test_rank_correlations_with_ties():
    """Kendall's tau-b: 4 pairs agree, 1 does not, 1 is tied in a: 3 / sqrt(5 * 6)."""
    a, b = pd.Series([1, 2, 2, 3]), pd.Series([1, 2, 4, 3])
    assert kendall(a, b) == pytest.approx(3 / np.sqrt(5 * 6))
    # Pearson's correlation of the ranks 1, 2.5, 2.5, 4 and 1, 2, 4, 3.
    assert spearman(a, b) == pytest.approx(np.corrcoef([1, 2.5, 2.5, 4], [1, 2, 4, 3])[0, 1])


UNITS = {"type": "int", "low": 16, "high": 128, "step": None, "scale": "linear"}


def test_effects_show_what_the_leaky_score_favours():
    space = {
        "units": UNITS,
        "activation": {"type": "choice", "values": ["relu", "tanh", "None"]},
        "normalised": {"type": "boolean"},
    }
    trials = search(
        hp_units=[16, 64, 32, 32],
        hp_activation=["tanh", "relu", "None", "None"],
        hp_normalised=[False, True, False, True],
    )
    groups = hyperparameter_groups_table(trials, space)
    effects = hyperparameter_effects_table(trials, groups, space).set_index("hyperparameter")
    units = effects.loc["units"]
    assert units["rank_correlation"] == pytest.approx(spearman(trials["hp_units"], trials["score"]))
    assert units["leaky_rank_correlation"] > units["rank_correlation"]
    assert effects.loc["activation", "best_value"] == "None"
    assert effects.loc["activation", "leaky_best_value"] == "relu"
    assert np.isnan(effects.loc["activation", "leaky_rank_correlation"])
    assert effects.loc["normalised", "rank_correlation"] == pytest.approx(1 / np.sqrt(5))


def test_effects_of_a_pool_without_a_completed_trial_are_missing():
    trials = search(status="failed", hp_units=[16, 32, 64, 128])
    groups = hyperparameter_groups_table(trials, {"units": UNITS})
    assert groups.empty
    [row] = hyperparameter_effects_table(trials, groups, {"units": UNITS}).to_dict("records")
    assert row["hyperparameter"] == "units"
    assert np.isnan(row["difference"])
