"""Mean ranks over time, against brute force."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from tuner_trials.analysis.ranks import COLUMNS, ranks_table
from tuner_trials.search.random_search import SAME_BUDGET

BUDGET, EPOCHS = 4, 6


def experiment(repeats=8):
    """Random search and two strategies with scores of two digits, so that many are equal."""
    rng = np.random.default_rng(2)
    rows = [("random", 0, 6 * (trial + 1), 0.99) for trial in range(7)]
    for repeat in range(repeats):
        for cost, strategy in ((6, SAME_BUDGET), (6, "plain"), (3, "halving")):
            spent = range(cost, BUDGET * EPOCHS + 1, cost)
            rows += [(strategy, repeat, at, 0.7 + rng.integers(20) / 100) for at in spent]
    return pd.DataFrame(rows, columns=["strategy", "repeat", "epochs_cumulative", "score"])


@pytest.mark.parametrize("n", range(1, BUDGET + 1))
def test_ranks_are_those_of_the_searches_of_a_repeat(n):
    trials = experiment()
    table = ranks_table(trials, BUDGET, EPOCHS).query("epochs == @n * @EPOCHS")
    so_far = trials[(trials["strategy"] != "random") & (trials["epochs_cumulative"] <= n * EPOCHS)]
    best = so_far.groupby(["repeat", "strategy"])["score"].max().unstack()
    names = [SAME_BUDGET, "plain", "halving"]
    ranks = np.array([rankdata(-row) for row in best[names].to_numpy()])
    table = table.set_index("strategy").loc[names]
    np.testing.assert_allclose(table["mean_rank"], ranks.mean(axis=0))
    np.testing.assert_allclose(table["standard_error"], ranks.std(axis=0, ddof=1) / np.sqrt(8))
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
