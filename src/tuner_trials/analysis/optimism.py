"""How far a winner's score falls when nobody chooses by it any more."""

import pandas as pd

ON_THE_WAY = ["leaky_accuracy", "score", "val_accuracy", "test_accuracy"]


def optimism_table(incumbents: pd.DataFrame) -> pd.DataFrame:
    """A row a strategy: the mean scores of its winners, from where they won to the test.

    Parameters
    ----------
    incumbents
        See `tuner_trials.analysis.incumbents.incumbents_table`.

    Returns
    -------
    pandas.DataFrame
        ``strategy``; ``leaky_accuracy``, on rows that the winners were trained on; ``score``, with
        which they won; ``val_accuracy`` and ``test_accuracy`` after retraining; and of these the
        falls ``won_minus_retrained`` and ``retrained_minus_test``, all in accuracy.
    """
    table = incumbents.groupby("strategy", sort=False)[ON_THE_WAY].mean()
    table["won_minus_retrained"] = table["score"] - table["val_accuracy"]
    table["retrained_minus_test"] = table["val_accuracy"] - table["test_accuracy"]
    return table.reset_index()
