"""Searches that waste their budget, and winners at the ends of ranges: worked by hand."""

import pandas as pd
import pytest

from tuner_trials.analysis.bounds import bounds_table
from tuner_trials.analysis.use_of_budget import use_of_budget_table
from tuner_trials.objectives import OBJECTIVES
from tuner_trials.report.summaries import on_baseline, on_bounds, on_budget

SPACE = {
    "units": {"type": "int", "low": 8, "high": 256, "scale": "log"},
    "layers": {"type": "int", "low": 1, "high": 2},
    "dropout": {"type": "float", "low": 0.0, "high": 0.5},
    "activation": {"type": "choice", "values": ["relu", "tanh"]},
}


def trials(searches, epochs=5):
    """Trials of (strategy, repeat, [(score, units, layers, dropout), ...]), all trained in full."""
    rows = [
        {
            "strategy": strategy,
            "repeat": repeat,
            "trial": number,
            "status": "completed",
            "epochs": epochs,
            "epochs_charged": epochs,
            "epochs_cumulative": (number + 1) * epochs,
            "score": score,
            "hp_units": units,
            "hp_layers": layers,
            "hp_dropout": dropout,
            "hp_activation": "relu",
        }
        for strategy, repeat, search in searches
        for number, (score, units, layers, dropout) in enumerate(search)
    ]
    return pd.DataFrame(rows)


def climbing(best_units, length=10):
    """A search whose last trial wins."""
    return [(0.5 + n / 100, 20 + n, 1, 0.2) for n in range(length - 1)] + [
        (0.9, best_units, 1, 0.25)
    ]


def test_trials_that_repeat_a_configuration_are_counted_and_said():
    search = [(0.5, 8, 1, 0.1), (0.6, 16, 1, 0.1), *[(0.6, 16, 1, 0.1)] * 8]
    table = use_of_budget_table(trials([("ours", 0, search), ("ours", 1, search)]), budget=10)
    [row] = table.to_dict("records")
    assert (row["searches"], row["trials"], row["distinct"], row["repeated"]) == (2, 10, 2, 8)
    assert "a search by ours tried 2 distinct configurations in 10 trials." in on_budget(table)


def test_a_promotion_repeats_nothing():
    table = trials([("ours", 0, [(0.5, 8, 1, 0.1), (0.7, 8, 1, 0.1)])])
    table["epochs"] = [2, 5]
    table["epochs_charged"] = [2, 3]
    table["epochs_cumulative"] = [2, 5]
    [row] = use_of_budget_table(table, budget=1).to_dict("records")
    assert (row["distinct"], row["repeated"], row["unspent"]) == (1, 0, 0)


def test_a_search_that_stops_early_is_said():
    table = use_of_budget_table(trials([("ours", 0, climbing(64)[:4])]), budget=10)
    assert table["unspent"].tolist() == [6]
    assert "a search by ours left 6 full trainings unspent." in on_budget(table)


def test_a_budget_well_spent_needs_no_words():
    table = use_of_budget_table(trials([("ours", 0, climbing(64))]), budget=10)
    assert on_budget(table) == ""


def test_random_search_has_no_row():
    table = use_of_budget_table(trials([("random", 0, climbing(64))]), budget=10)
    assert table.empty and on_budget(table) == ""


def test_winners_at_an_end_advise_a_wider_range_and_a_longer_budget():
    table = trials([("ours", repeat, climbing(256)) for repeat in range(3)])
    bounds = bounds_table(table, SPACE).set_index(["hyperparameter", "end"])
    units = bounds.loc[("units", "high")]
    assert (units["bound"], units["winners"], units["at_bound"]) == (256, 3, 3)
    assert units["chance"] == pytest.approx(0.05, abs=0.005)
    assert bounds.loc[("layers", "low"), "chance"] == pytest.approx(0.5)
    words = on_bounds(bounds.reset_index(), use_of_budget_table(table, budget=10))
    assert words.startswith("3 of 3 winners lie at the high end of units (256), where a random one")
    # All have one layer, too, but of two values one is no surprise.
    assert "layers" not in words
    assert "Extend the range of units if" in words
    assert "by ours (3 of 3 searches): the budget ends while the search still improves" in words


def test_winners_in_the_middle_that_were_found_early_advise_nothing():
    search = climbing(64)[::-1]
    table = trials([("ours", repeat, search) for repeat in range(3)])
    used = use_of_budget_table(table, budget=10)
    assert used["late_winners"].tolist() == [0]
    assert on_bounds(bounds_table(table, SPACE), used) == ""


def test_a_winner_in_which_a_number_is_not_active_says_nothing_of_it():
    table = trials([("ours", 0, climbing(256)), ("ours", 1, climbing(256))])
    table.loc[table["repeat"] == 1, "hp_dropout"] = None
    bounds = bounds_table(table, SPACE).set_index(["hyperparameter", "end"])
    assert bounds.loc[("dropout", "low"), "winners"] == 1


def test_what_knowing_nothing_gives_is_told_and_whether_the_pool_beats_it():
    baseline = pd.DataFrame({"part": ["validation", "test"], "baseline": [0.97, 0.0]})

    def told(scores):
        pool = trials([("random", 0, [(score, 8, 1, 0) for score in scores])])
        return on_baseline(baseline, pool, OBJECTIVES["accuracy"])

    assert "97.00% on the validation part and 0.00% on the test part" in told([0.98, 0.99])
    assert "do no better" not in told([0.98, 0.99])
    assert "At least half of the random configurations do no better" in told([0.97, 0.97, 0.99])
