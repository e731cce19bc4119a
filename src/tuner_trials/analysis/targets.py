"""How soon does a search reach a fixed target?"""

import numpy as np
import pandas as pd

from tuner_trials.search.random_search import RANDOM

TRIALS = (5, 10, 20, 50)  # the median best score of random search with n trials is a target


def targets_table(
    trials: pd.DataFrame, random_statistics: pd.DataFrame, budget: int
) -> pd.DataFrame:
    """Report how often, and after how many epochs, the searches reach random search's scores.

    The expected running time is that of a search which is restarted until one reaches the
    target: the epochs of all searches until they reached it or ended, divided by the number of
    those that reached it (N. Hansen et al., COCO, Optimization Methods and Software 36, 2021,
    doi:10.1080/10556788.2020.1808977).

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`.
    random_statistics
        See `tuner_trials.analysis.random_statistics.random_statistics_table`.
    budget
        Full trainings per repeat: the longest random search whose median is a target, beside those
        of `TRIALS`.

    Returns
    -------
    pandas.DataFrame
        One row per target and strategy, the random searches of the same budget among them:
        ``random_trials``, whose median best score is the ``target`` (higher is better);
        ``strategy``; the ``searches``; how many ``reached`` it; and ``expected_epochs``, infinite
        if none did.
    """
    searched = trials[trials["strategy"] != RANDOM]
    medians = random_statistics.set_index("n")["median"]
    rows = []
    for n in sorted({*TRIALS, budget} & set(medians.index)):
        target = float(medians.loc[n])
        for strategy, own in searched.groupby("strategy", sort=False):
            spent = own.groupby("repeat")["epochs_cumulative"].max()
            there = own[own["score"] >= target].groupby("repeat")["epochs_cumulative"].min()
            epochs = there.reindex(spent.index).fillna(spent).sum()
            rows.append(
                {
                    "random_trials": n,
                    "target": target,
                    "strategy": strategy,
                    "searches": len(spent),
                    "reached": len(there),
                    "expected_epochs": epochs / len(there) if len(there) else np.inf,
                }
            )
    return pd.DataFrame(rows)
