"""The findings in words: true for every outcome of the tables."""

import numpy as np
import pandas as pd
import pytest

from tuner_trials.analysis.rank_correlation import spearman
from tuner_trials.objectives import OBJECTIVES
from tuner_trials.report.summaries import (
    notable_change,
    on_early_stopping,
    on_importance,
    on_leak,
    on_published_scores,
    on_ranks,
)

ACCURACY = OBJECTIVES["accuracy"]


def importance(*shares, spread=0.0):
    names = [f"hp_{number}" for number in range(len(shares))]
    table = pd.DataFrame({"hyperparameter": names, "importance": shares})
    lowest, highest = table["importance"] - spread, table["importance"] + spread
    return table.assign(lowest=lowest, highest=highest)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ((0.0, 0.0), "there is nothing to explain"),
        ((0.9,), "hp_0 (90%; 90% to 90% over the forests) matters most. The shares are those of"),
        ((0.9,), "of the variance that the forests predict, of each on its own. The remaining 10%"),
        ((0.6, 0.3), "Next comes hp_1 (30%). The remaining 10% are"),
        ((0.6, 0.2, 0.1), "Next come hp_1 (20%) and hp_2 (10%). The remaining 10% are"),
        ((0.5, 0.2, 0.1, 0.1), "; the last one explains 10%. The remaining 10% are"),
        ((0.5, 0.3, 0.1, 0.06, 0.04), "; the other 2 explain 10%. The remaining 0% are"),
    ],
)
def test_importance(shares, words):
    assert words in on_importance(importance(*shares))


@pytest.mark.parametrize(
    ("shares", "spread", "words"),
    [
        ((0.40, 0.30), 0.04, "hp_0 (40%; 36% to 44% over the forests) matters most. The"),
        (
            (0.40, 0.30),
            0.06,
            "and hp_1 (30%; 24% to 36% over the forests) matter most, not distinguishable",
        ),
        ((0.40, 0.30, 0.1), 0.06, "matter most, not distinguishable. The shares are those of the"),
        ((0.40, 0.30, 0.1), 0.06, "on its own. Next comes hp_2 (10%). The remaining 20% are"),
        ((0.30, 0.30, 0.3), 0.01, "on its own. The remaining 10% are"),
    ],
)
def test_the_most_important_are_distinguished_only_where_their_ranges_are(shares, spread, words):
    text = on_importance(importance(*shares, spread=spread))
    assert words in text
    assert text.endswith("The ranges say nothing of other pools.")


def early(*ranks, spearman=0.5, single=0.7):
    columns = {"epoch": range(1, len(ranks) + 1), "trials": 12, "spearman": spearman}
    columns |= {"single_epoch_spearman": single}
    return pd.DataFrame(columns | {"rank_of_best": ranks, "best_third": 4})


@pytest.mark.parametrize(
    ("ranks", "words"),
    [
        ((4, 2, 1), "is on rank 4 then, and it never leaves the best third"),
        ((5, 1, 1), "is on rank 5 then, and only from epoch 2 on is it among the best third"),
        ((1, 5, 1), "is on rank 1 then, and only from epoch 3 on is it among the best third"),
    ],
)
def test_early_stopping(ranks, words):
    text = on_early_stopping(early(*ranks))
    assert words in text
    assert "After the first of 3 epochs, the ranking of the pool's 12 completed trials" in text
    assert "by score, their best epoch so far, agrees with the final one at +0.50" in text
    assert "By the objective of a single epoch, the rankings after the last two epochs" in text


def test_early_stopping_without_an_order_or_without_trials():
    constant = on_early_stopping(early(1, 1, spearman=float("nan"), single=float("nan")))
    assert "says nothing" in constant and "last two" not in constant
    assert "have a single epoch" in on_early_stopping(early(1))
    assert "nothing to predict" in on_early_stopping(early().iloc[:0])


def leak(**changes):
    row = {
        "strategy": "random",
        "trials": 201,
        "flattery": 0.0192,
        "spearman": 0.9,
        "kendall": 0.8,
        "same_epoch_flattery": 0.0211,
        "same_epoch_spearman": 0.95,
        "selected": 3,
        "selected_score": 0.89,
        "leaky_selected": 1,
        "leaky_selected_reported": 0.95,
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
    text = on_leak(leak(), EFFECTS, ACCURACY)
    for words in (
        "flatters a random trial by 1.92 points on average",
        "at +0.90 (Spearman): of all pairs of trials, about 10% change places",
        "It would have chosen trial 1 and reported 95.00%. On validation that trial has 88.00%",
        "where only the rows differ, the leaky one is 2.11 points better, and the rankings agree at"
        " +0.95. It",
        "trial 3, the honest choice, 89.00%: there the leak costs 1.00 points. That is on the rows"
        " on which the honest choice won, so it is never negative, and on average too high",
        "most how the score correlates with dropout_rate (from -0.10 to -0.60) and units",
        "luck alone hardly changes a rank correlation by more than 0.09, three standard errors",
    ):
        assert words in text


def test_leak_with_the_same_choice():
    text = on_leak(
        leak(leaky_selected=3, leaky_selected_score=0.89, cost=0.0), EFFECTS.iloc[3:], ACCURACY
    )
    assert "It would have chosen trial 3, as the honest score does" in text
    assert "95.00% would have been reported, where validation says 89.00%." in text
    assert "costs" not in text and "goes along" not in text


def test_leak_that_favours_nothing():
    assert "favours no values" in on_leak(leak(), EFFECTS.iloc[2:], ACCURACY)
    text = on_leak(
        leak(trials=11), EFFECTS.iloc[:1], ACCURACY
    )  # of so few, a change of 0.2 says nothing
    assert "changes by more than 0.42, three standard errors." in text


def test_a_notable_change_is_three_standard_errors_of_luck():
    """Two scores that agree in part, and many hyperparameters that have to do with neither."""
    rng = np.random.default_rng(5)
    honest = pd.Series(rng.normal(size=60))
    leaky = honest + 0.6 * rng.normal(size=60)
    changes = [
        spearman(values, leaky) - spearman(values, honest)
        for values in (pd.Series(rng.random(60)) for _ in range(1500))
    ]
    assert 3 * np.std(changes) == pytest.approx(
        notable_change(60, spearman(leaky, honest)), rel=0.08
    )
    assert notable_change(60, 1.0) == 0


def test_leak_that_does_not_flatter_or_has_no_order():
    lower = on_leak(leak(flattery=-0.005, same_epoch_flattery=-0.001), EFFECTS, ACCURACY)
    assert "is 0.50 points worse than the honest one on average" in lower
    assert "the leaky one is 0.10 points worse, and" in lower
    none = leak(spearman=None, kendall=None, same_epoch_spearman=None)
    text = on_leak(none.assign(trials=1), EFFECTS.iloc[3:], ACCURACY)
    assert "Spearman" not in text and "rankings agree" not in text
    assert "No trial of the pool completed" in on_leak(leak(strategy="tuner"), EFFECTS, ACCURACY)


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


def accuracies(*rows):
    names = ["strategy", "measure", "published", "reproduced", "lowest", "highest"]
    return pd.DataFrame(rows, columns=[*names, "lower", "equal", "higher"])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ((4, 0.894, 0.897, 0, 0, 4), "is lower than all 4 here (0.8940 to 0.8970)."),
        ((4, 0.881, 0.885, 4, 0, 0), "is higher than all 4 here (0.8810 to 0.8850)."),
        ((4, 0.881, 0.897, 2, 0, 2), "lies within the range of the 4 here (0.8810 to 0.8970)."),
        ((2, 0.89, 0.895, 0, 1, 1), "lies within the range of the 2 here"),
        ((1, 0.895, 0.895, 0, 0, 1), "stands beside a single 0.8950 here."),
        ((0, None, None, 0, 0, 0), "has nothing to be set beside."),
    ],
)
def test_published_accuracies(row, words):
    text = on_published_scores(accuracies(("a", "test", 0.89, *row)))
    assert text.startswith(f"a: on test, the published 0.8900 {words}")


def test_published_accuracies_of_each_strategy():
    row = ("test", 0.89, 1, 0.88, 0.88, 1, 0, 0)
    text = on_published_scores(accuracies(("a", *row), ("a", *row), ("b", *row)))
    assert text.count("a: on test") == text.count("b: on test") == 1
    assert text.count("; on test") == 1
