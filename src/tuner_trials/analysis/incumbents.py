"""The incumbent of each search, and what the test says of it."""

import pandas as pd

COLUMNS = [
    *("strategy", "repeat", "trial", "status"),
    *("epochs_cumulative", "score", "best_epoch", "leaky_accuracy"),
]


def incumbents_table(trials: pd.DataFrame, test_scores: pd.DataFrame) -> pd.DataFrame:
    """A row a search: its best trial.

    Parameters
    ----------
    trials
        See `tuner_trials.tables.trials_table`.
    test_scores
        See `tuner_trials.tables.test_scores_table`.

    Returns
    -------
    pandas.DataFrame
        The columns of ``trials`` that say when it was found and how good it is; the means of its
        retrainings, ``val_accuracy, test_accuracy`` (missing where all diverged); and its
        configuration.
    """
    best = best_trials(trials)
    by_search = test_scores.groupby(["strategy", "repeat"], sort=False)
    tested = by_search[["val_accuracy", "test_accuracy"]].mean()
    hyperparameters = [name for name in trials if name.startswith("hp_")]
    table = best.join(tested, on=["strategy", "repeat"])
    return table[[*COLUMNS, *tested, *hyperparameters]].reset_index(drop=True)


def best_trials(trials: pd.DataFrame) -> pd.DataFrame:
    """The best trial of each search, as rows of ``trials``: see `tuner_trials.incumbents`."""
    merit = trials["score"] - (trials["status"] != "completed")
    best = merit.groupby([trials["strategy"], trials["repeat"]], sort=False).idxmax()
    return trials.loc[best]
