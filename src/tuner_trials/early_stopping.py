"""Would early stopping have known? How early the pool's learning curves show how they will end.

Hyperband and its kin bet on it: they drop the trials that are behind after a few epochs.
"""

import math

import pandas as pd

from tuner_trials.rank_correlation import kendall, spearman
from tuner_trials.tables import RANDOM

COLUMNS = ["epoch", "trials", "spearman", "kendall", "rank_of_best", "best_third"]


def early_stopping_table(trials: pd.DataFrame, epochs: pd.DataFrame) -> pd.DataFrame:
    """A row an epoch: how the pool's ranking after it goes along with the one at the end.

    Parameters
    ----------
    trials
        See `tuner_trials.tables.trials_table`; the completed ones of random search count.
    epochs
        See `tuner_trials.tables.epochs_table`.

    Returns
    -------
    pandas.DataFrame
        ``epoch`` (from 1), the number of ``trials``; ``spearman`` and ``kendall``, rank
        correlations between the validation accuracy of this epoch and the score of the trial;
        ``rank_of_best``, the rank in this epoch of the trial with the highest score (1: nobody is
        ahead; of equal scores, the earliest trial); and ``best_third``, the last rank that
        belongs to the best third, which Hyperband with factor 3 lets go on.
    """
    pool = trials[(trials["strategy"] == RANDOM) & (trials["status"] == "completed")]
    if pool.empty:
        return pd.DataFrame(columns=COLUMNS)
    scores = pool.set_index("trial")["score"]
    curves = epochs[epochs["strategy"] == RANDOM].pivot(
        index="trial", columns="epoch", values="val_accuracy"
    )
    best = scores.idxmax()
    rows = [
        (
            epoch,
            len(scores),
            spearman(accuracy, scores),
            kendall(accuracy, scores),
            1 + int((accuracy > accuracy[best]).sum()),
            math.ceil(len(scores) / 3),
        )
        for epoch, accuracy in curves.loc[scores.index].items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
