"""Would early stopping have known? How early the pool's learning curves show how they will end.

Hyperband and its kin bet on it: they drop the trials that are behind after a few epochs.
"""

import math

import pandas as pd

from tuner_trials.analysis.rank_correlation import kendall, spearman
from tuner_trials.search.random_search import RANDOM

COLUMNS = [
    "epoch",
    "trials",
    "spearman",
    "kendall",
    "single_epoch_spearman",
    "rank_of_best",
    "best_third",
]


def early_stopping_table(trials: pd.DataFrame, epochs: pd.DataFrame) -> pd.DataFrame:
    """One row per epoch: how the pool's ranking after it correlates with the one at the end.

    A trial's score is that of its best epoch, and so its score after some epochs
    is that of the best one so far: this is what a halving compares, and what is ranked here.

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`; the completed ones of random search count.
    epochs
        See `tuner_trials.results.tables.epochs_table`.

    Returns
    -------
    pandas.DataFrame
        ``epoch`` (from 1), the number of ``trials``; ``spearman`` and ``kendall``, rank
        correlations between the score after this epoch and the final one (1 after the last);
        ``single_epoch_spearman``, that between the validation scores of this epoch alone and
        of the last alone; ``rank_of_best``, the rank after this epoch of the trial with the highest
        final score (1: nobody is ahead; of equal scores, the earliest trial); and ``best_third``,
        the last rank that belongs to the best third, which Hyperband with factor 3 lets go on.
    """
    pool = trials[(trials["strategy"] == RANDOM) & (trials["status"] == "completed")]
    if pool.empty:
        return pd.DataFrame(columns=COLUMNS)
    scores = pool.set_index("trial")["score"]
    curves = epochs[epochs["strategy"] == RANDOM].pivot(
        index="trial", columns="epoch", values="validation_score"
    )
    curves = curves.loc[scores.index]
    scores_so_far, last = curves.cummax(axis=1), curves.iloc[:, -1]
    best = scores.idxmax()
    rows = [
        (
            epoch,
            len(scores),
            spearman(so_far, scores),
            kendall(so_far, scores),
            spearman(curves[epoch], last),
            1 + int((so_far > so_far[best]).sum()),
            math.ceil(len(scores) / 3),
        )
        for epoch, so_far in scores_so_far.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
