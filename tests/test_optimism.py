"""How far scores fall once nobody chooses by them: worked by hand."""

import pandas as pd
import pytest

from tuner_trials.analysis.incumbents import incumbents_table
from tuner_trials.analysis.optimism import optimism_table
from tuner_trials.extras.analysis.leak_by_strategy import MEANS, leak_by_strategy_table

TRIALS = pd.DataFrame(
    [
        ("ours", 0, 0, "completed", 10, 0.90, 3, 0.97, 16),
        ("ours", 0, 1, "completed", 20, 0.92, 5, 0.95, 32),
        ("ours", 1, 0, "completed", 10, 0.94, 4, 0.99, 64),
        ("ours", 1, 1, "failed", 20, 0.10, 0, None, 8),
    ],
    columns=[
        *("strategy", "repeat", "trial", "status", "epochs_cumulative", "score", "best_epoch"),
        *("leaky_score", "hp_units"),
    ],
)
TESTS = pd.DataFrame(
    [
        ("ours", 0, 0, 0.91, 0.88),
        ("ours", 0, 1, 0.89, 0.86),
        ("ours", 1, 0, 0.93, 0.90),
        ("ours", 1, 1, None, None),  # diverged
        ("random, same budget", 0, 0, 0.80, 0.79),
    ],
    columns=["strategy", "repeat", "retraining", "validation_score", "test_score"],
)


def test_incumbents_bring_their_tests_and_their_configuration():
    first, second = incumbents_table(TRIALS, TESTS).to_dict("records")
    assert (first["trial"], first["score"], first["hp_units"]) == (1, 0.92, 32)
    assert first["test_score"] == pytest.approx(0.87)
    assert (second["trial"], second["hp_units"]) == (0, 64)
    assert second["test_score"] == pytest.approx(0.90)


def test_optimism_is_what_is_lost_on_the_way_to_the_test():
    [row] = optimism_table(incumbents_table(TRIALS, TESTS)).to_dict("records")
    assert row == {
        "strategy": "ours",
        "leaky_score": pytest.approx(0.97),
        "score": pytest.approx(0.93),
        # A search counts once, however many of its retrainings ended.
        "validation_score": pytest.approx(0.915),
        "test_score": pytest.approx(0.885),
        "won_minus_retrained": pytest.approx(0.015),
        "retrained_minus_test": pytest.approx(0.03),
    }


def test_the_leak_of_a_strategy_is_the_mean_over_its_searches():
    searches = pd.DataFrame(
        [
            {"strategy": "ours", "repeat": repeat, "selected": 3, "leaky_selected": leaky}
            | dict.fromkeys(MEANS, value)
            for repeat, (leaky, value) in enumerate([(3, 0.1), (4, 0.2), (5, 0.6)])
        ]
    )
    [row] = leak_by_strategy_table(searches).to_dict("records")
    assert (row["searches"], row["other_choices"]) == (3, 2)
    assert [row[name] for name in MEANS] == pytest.approx([0.3] * len(MEANS))
