"""How far a winner's score falls once it is no longer used for selection."""

import pandas as pd

ON_THE_WAY = ["leaky_score", "score", "validation_score", "test_score"]


def optimism_table(incumbents: pd.DataFrame) -> pd.DataFrame:
    """One row per strategy: the mean scores of its winners, from where they won to the test.

    Parameters
    ----------
    incumbents
        See `tuner_trials.analysis.incumbents.incumbents_table`.

    Returns
    -------
    pandas.DataFrame
        ``strategy``; ``leaky_score``, on rows that the winners were trained on; ``score``, with
        which they won; ``validation_score`` and ``test_score`` after retraining; and of these the
        falls ``won_minus_retrained`` and ``retrained_minus_test``.
    """
    table = incumbents.groupby("strategy", sort=False)[ON_THE_WAY].mean()
    table["won_minus_retrained"] = table["score"] - table["validation_score"]
    table["retrained_minus_test"] = table["validation_score"] - table["test_score"]
    return table.reset_index()
