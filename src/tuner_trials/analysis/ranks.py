"""Who is ahead, and when? Mean ranks of the strategies over the course of a search."""

import pandas as pd

from tuner_trials.analysis.bootstrap import ENOUGH_REPEATS
from tuner_trials.search.random_search import RANDOM

COLUMNS = ["epochs", "strategy", "mean_rank", "standard_error"]


def ranks_table(trials: pd.DataFrame, budget: int, epochs: int) -> pd.DataFrame:
    """One row per full training's worth of epochs and strategy, random search among them.

    Within a repeat the strategies and the random search of that repeat are ranked by their
    incumbents: 1 is the best, and those that are equal share the mean of their ranks.

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`.
    budget, epochs
        Full trainings per repeat, and epochs of one.

    Returns
    -------
    pandas.DataFrame
        ``epochs, strategy, mean_rank`` (1 to the number of strategies) and the ``standard_error``
        of that mean. Empty with fewer than eight repeats: their order would be chance.
    """
    searched = trials[trials["strategy"] != RANDOM]
    if searched.groupby("strategy")["repeat"].nunique().min() < ENOUGH_REPEATS:
        return pd.DataFrame(columns=COLUMNS)
    tables = []
    for n in range(1, budget + 1):
        so_far = searched[searched["epochs_cumulative"] <= n * epochs]
        incumbents = so_far.pivot_table(
            index="repeat", columns="strategy", values="score", aggfunc="max", sort=False
        )
        ranks = incumbents.rank(axis=1, ascending=False)
        tables.append(
            pd.DataFrame(
                {
                    "epochs": n * epochs,
                    "strategy": ranks.columns,
                    "mean_rank": ranks.mean().to_numpy(),
                    "standard_error": ranks.sem().to_numpy(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
