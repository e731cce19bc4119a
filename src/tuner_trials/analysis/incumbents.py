"""The incumbent of each search and its test score."""

import numpy as np
import pandas as pd

COLUMNS = [
    *("strategy", "repeat", "trial", "status"),
    *("epochs_cumulative", "score", "best_epoch", "leaky_score"),
]


def incumbents_table(trials: pd.DataFrame, test_scores: pd.DataFrame) -> pd.DataFrame:
    """One row per search: its best trial.

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`.
    test_scores
        See `tuner_trials.results.tables.test_scores_table`.

    Returns
    -------
    pandas.DataFrame
        The columns of ``trials`` that say when it was found and how good it is; the means of its
        retrainings, ``validation_score, test_score`` (missing where all diverged); and its
        configuration.
    """
    best = best_trials(trials)
    by_search = test_scores.groupby(["strategy", "repeat"], sort=False)
    tested = by_search[["validation_score", "test_score"]].mean()
    hyperparameters = [name for name in trials if name.startswith("hp_")]
    table = best.join(tested, on=["strategy", "repeat"])
    return table[[*COLUMNS, *tested, *hyperparameters]].reset_index(drop=True)


def best_trials(trials: pd.DataFrame) -> pd.DataFrame:
    """The best trial of each search, as `tuner_trials.results.best_trials` defines it."""
    merit = trials["score"].where(trials["status"] == "completed", -np.inf)
    best = merit.groupby([trials["strategy"], trials["repeat"]], sort=False).idxmax()
    return trials.loc[best]
