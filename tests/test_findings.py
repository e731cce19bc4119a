"""The findings in words: true for every outcome of the tables."""

import pandas as pd
import pytest

from tuner_trials.findings import on_early_stopping, on_importance, on_leak, on_ranks


def importance(*shares):
    names = [f"hp_{number}" for number in range(len(shares))]
    columns = {"hyperparameter": names, "importance": shares, "lowest": shares, "highest": shares}
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ((0.0, 0.0), "there is nothing to explain"),
        ((0.9,), "hp_0 matters most: on its own it explains 90% of the variance of the pool's"),
        ((0.9,), "(90% to 90% over the forests). The remaining 10% are what"),
        ((0.6, 0.3), "Next comes hp_1 (30%). The remaining 10% are"),
        ((0.6, 0.2, 0.1), "Next come hp_1 (20%) and hp_2 (10%). The remaining 10% are"),
        ((0.5, 0.2, 0.1, 0.1), "; the last one explains 10%. The remaining 10% are"),
        ((0.5, 0.3, 0.1, 0.06, 0.04), "; the other 2 explain 10%. The remaining 0% are"),
    ],
)
def test_importance(shares, words):
    assert words in on_importance(importance(*shares))


def early(*ranks, spearman=0.5):
    columns = {"epoch": range(1, len(ranks) + 1), "trials": 12, "spearman": spearman}
    return pd.DataFrame(columns | {"rank_of_best": ranks, "best_third": 4})


@pytest.mark.parametrize(
    ("ranks", "words"),
    [
        ((4, 2, 1), "is on rank 4 then, and it never leaves the best third"),
        ((5, 1, 1), "is on rank 5 then, and only from epoch 2 on is it among the best third"),
        ((1, 5, 1), "is on rank 1 then, and only from epoch 3 on is it among the best third"),
        ((1, 5, 6), "and even in the last epoch it is not among the best third"),
    ],
)
def test_early_stopping(ranks, words):
    text = on_early_stopping(early(*ranks))
    assert words in text
    assert "After the first of 3 epochs, the ranking of the pool's 12 completed trials" in text
    assert "agrees with the final one at +0.50" in text


def test_early_stopping_without_an_order_or_without_trials():
    assert "says nothing" in on_early_stopping(early(1, 1, spearman=float("nan")))
    assert "nothing to foretell" in on_early_stopping(early().iloc[:0])


def leak(**changes):
    row = {
        "strategy": "random",
        "flattery": 0.0192,
        "spearman": 0.9,
        "kendall": 0.8,
        "selected": 3,
        "selected_score": 0.89,
        "leaky_selected": 1,
        "leaky_selected_accuracy": 0.95,
        "leaky_selected_score": 0.88,
        "cost": 0.01,
    }
    return pd.DataFrame([row | changes])


EFFECTS = pd.DataFrame(
    {
        "hyperparameter": ["units", "dropout_rate", "l2", "activation"],
        "rank_correlation": [0.5, -0.1, 0.2, None],
        "leaky_rank_correlation": [0.7, -0.6, 0.2, None],
    }
)


def test_leak_with_another_choice():
    text = on_leak(leak(), EFFECTS)
    for words in (
        "flatters a random trial by 1.92 points on average",
        "at +0.90 (Spearman): of all pairs of trials, about 10% change places",
        "It would have chosen trial 1 and reported 95.00%. On validation that trial has 88.00%",
        "trial 3, the honest choice, 89.00%: the leak costs 1.00 points",
        "most how the score goes along with dropout_rate (from -0.10 to -0.60) and units",
    ):
        assert words in text


def test_leak_with_the_same_choice():
    text = on_leak(leak(leaky_selected=3, leaky_selected_score=0.89, cost=0.0), EFFECTS.iloc[3:])
    assert "It would have chosen trial 3, as the honest score does" in text
    assert "95.00% would have been reported, where validation says 89.00%." in text
    assert "costs" not in text and "goes along" not in text


def test_leak_that_favours_nothing():
    assert "favours no values" in on_leak(leak(), EFFECTS.iloc[2:])


def test_leak_that_does_not_flatter_or_has_no_order():
    assert "is 0.50 points lower than the honest one" in on_leak(leak(flattery=-0.005), EFFECTS)
    assert "Spearman" not in on_leak(leak(spearman=None, kendall=None), EFFECTS)
    assert "No trial of the pool completed" in on_leak(leak(strategy="tuner"), EFFECTS)


def test_ranks():
    table = pd.DataFrame(
        {
            "epochs": [6, 6, 12, 12],
            "strategy": ["random", "tuner"] * 2,
            "mean_rank": [1.0, 2.0, 1.75, 1.25],
            "standard_error": 0.1,
        }
    )
    assert "over 8 repeats: tuner (1.25 ± 0.10), random (1.75 ± 0.10)." in on_ranks(table, 8)
    assert "with 3 repeats they would be mostly luck" in on_ranks(table.iloc[:0], 3)
    assert "with 1 repeat they" in on_ranks(table.iloc[:0], 1)
