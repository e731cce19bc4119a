"""Mean ranks over time, against brute force."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from tuner_trials.analysis.ranks import COLUMNS, ranks_table

POOL = [0.71, 0.84, 0.80, 0.84, 0.65, 0.88, 0.79]
BUDGET, EPOCHS = 4, 6


def experiment(repeats=8):
    """Two strategies with scores of two digits, so that many are equal."""
    rng = np.random.default_rng(2)
    rows = [("random", 0, 6 * (i + 1), score) for i, score in enumerate(POOL)]
    for repeat in range(repeats):
        for cost, strategy in ((6, "plain"), (3, "halving")):
            spent = range(cost, BUDGET * EPOCHS + 1, cost)
            rows += [(strategy, repeat, at, 0.7 + rng.integers(20) / 100) for at in spent]
    return pd.DataFrame(rows, columns=["strategy", "repeat", "epochs_cumulative", "score"])


def brute_force(trials, n):
    """Rank every repeat among every draw of n random trials; the mean over the draws."""
    so_far = trials[(trials["strategy"] != "random") & (trials["epochs_cumulative"] <= n * EPOCHS)]
    best = so_far.groupby(["repeat", "strategy"])["score"].max().unstack()
    ranks = [
        rankdata([-max(draw), -row["plain"], -row["halving"]])
        for _, row in best.iterrows()
        for draw in combinations(POOL, n)
    ]
    return np.reshape(ranks, (len(best), -1, 3)).mean(axis=1)


@pytest.mark.parametrize("n", range(1, BUDGET + 1))
def test_ranks_are_those_of_all_draws_of_random_search(n):
    trials = experiment()
    table = ranks_table(trials, BUDGET, EPOCHS).query("epochs == @n * @EPOCHS")
    expected = brute_force(trials, n)
    table = table.set_index("strategy").loc[["random", "plain", "halving"]]
    np.testing.assert_allclose(table["mean_rank"], expected.mean(axis=0))
    error = expected.std(axis=0, ddof=1) / np.sqrt(len(expected))
    np.testing.assert_allclose(table["standard_error"], error)
    assert table["mean_rank"].sum() == pytest.approx(1 + 2 + 3)


def test_there_is_a_row_for_every_full_training_and_strategy():
    table = ranks_table(experiment(), BUDGET, EPOCHS)
    assert list(table) == COLUMNS
    assert list(table["epochs"].unique()) == [6, 12, 18, 24]
    assert len(table) == BUDGET * 3


def test_a_better_incumbent_has_a_better_rank():
    trials = experiment()
    trials.loc[trials["strategy"] == "plain", "score"] = 0.99
    table = ranks_table(trials, BUDGET, EPOCHS)
    assert (table[table["strategy"] == "plain"]["mean_rank"] == 1).all()


def test_fewer_than_eight_repeats_have_no_ranks():
    table = ranks_table(experiment(repeats=7), BUDGET, EPOCHS)
    assert table.empty
    assert list(table) == COLUMNS
