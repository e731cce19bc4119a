"""Who is ahead, and when? Mean ranks of the strategies over the course of a search."""

import numpy as np
import pandas as pd

from tuner_trials.analysis.random_statistics import best_of_n_distribution
from tuner_trials.analysis.significance import ENOUGH_REPEATS
from tuner_trials.tables import RANDOM

COLUMNS = ["epochs", "strategy", "mean_rank", "standard_error"]


def ranks_table(trials: pd.DataFrame, budget: int, epochs: int) -> pd.DataFrame:
    """A row a full training's worth of epochs and a strategy, random search among them.

    Within a repeat the strategies are ranked by their incumbents, 1 is the best, and those that
    are equal share the mean of their ranks. Random search takes part with what it is worth
    exactly: instead of one search of n trials, all draws of n from the pool are ranked at once.

    Parameters
    ----------
    trials
        See `tuner_trials.tables.trials_table`.
    budget, epochs
        Full trainings a repeat, and epochs of one.

    Returns
    -------
    pandas.DataFrame
        ``epochs, strategy, mean_rank`` (1 to the number of strategies) and the ``standard_error``
        of that mean, over the repeats. Empty with fewer than eight repeats: their order would be
        luck.
    """
    searched = trials[trials["strategy"] != RANDOM]
    if searched.groupby("strategy")["repeat"].nunique().min() < ENOUGH_REPEATS:
        return pd.DataFrame(columns=COLUMNS)
    pool = np.sort(trials.loc[trials["strategy"] == RANDOM, "score"].to_numpy())
    tables = []
    for n in range(1, budget + 1):
        so_far = searched[searched["epochs_cumulative"] <= n * epochs]
        incumbents = so_far.pivot_table(
            index="repeat", columns="strategy", values="score", aggfunc="max", sort=False
        )
        ranks = mean_ranks(incumbents, pool, best_of_n_distribution(len(pool), n))
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


def mean_ranks(
    incumbents: pd.DataFrame, random_scores: np.ndarray, probabilities: np.ndarray
) -> pd.DataFrame:
    """The rank of every strategy in every repeat, expected over what random search may find.

    Parameters
    ----------
    incumbents
        A row a repeat, a column a strategy.
    random_scores, probabilities
        ``(N,)`` each: what random search finds, and how probable that is.

    Returns
    -------
    pandas.DataFrame
        Like ``incumbents``, with a first column for random search.
    """
    # A rank is 1, plus 1 for everybody ahead and 1/2 for everybody level.
    found = incumbents.to_numpy()[:, :, np.newaxis]
    behind_random = _places_lost(random_scores, found) @ probabilities  # (repeats, strategies)
    ranks = incumbents.rank(axis=1, ascending=False) + behind_random
    ranks.insert(0, RANDOM, 1 + (1 - behind_random).sum(axis=1))
    return ranks


def _places_lost(opponent: np.ndarray, own: np.ndarray) -> np.ndarray:
    """1 where the opponent is ahead, 1/2 where both are level, 0 elsewhere."""
    return (opponent > own) + (opponent == own) / 2
