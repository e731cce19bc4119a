"""How far a winner's score falls when nobody chooses by it any more."""

import pandas as pd


def optimism_table(incumbents: pd.DataFrame, test_scores: pd.DataFrame) -> pd.DataFrame:
    """A row a strategy: the mean scores of its winners, from where they won to the test.

    Parameters
    ----------
    incumbents
        See `tuner_trials.analysis.incumbents.incumbents_table`.
    test_scores
        See `tuner_trials.tables.test_scores_table`.

    Returns
    -------
    pandas.DataFrame
        ``strategy``; ``leaky_accuracy``, on rows that the winners were trained on; ``score``, with
        which they won; ``val_accuracy`` and ``test_accuracy`` after retraining; and of these the
        falls ``won_minus_retrained`` and ``retrained_minus_test``, all in accuracy.
    """
    won = incumbents.groupby("strategy", sort=False)[["leaky_accuracy", "score"]].mean()
    tested = test_scores.groupby("strategy", sort=False)[["val_accuracy", "test_accuracy"]].mean()
    table = won.join(tested)
    table["won_minus_retrained"] = table["score"] - table["val_accuracy"]
    table["retrained_minus_test"] = table["val_accuracy"] - table["test_accuracy"]
    return table.reset_index()
