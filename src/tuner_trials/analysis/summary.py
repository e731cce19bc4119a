"""One row per strategy: what it spent and what it found."""

import pandas as pd

from tuner_trials.analysis.bootstrap import bootstrap_interval
from tuner_trials.analysis.use_of_budget import repeats_itself
from tuner_trials.search.random_search import RANDOM


def summary_table(
    trials: pd.DataFrame,
    incumbents: pd.DataFrame,
    test_scores: pd.DataFrame,
    budget: int,
) -> pd.DataFrame:
    """One row per strategy: what it spent, what it found, and what the test says.

    Columns
    -------
    strategy, repeats, trials
        ``trials`` counts all repeats together.
    completed, diverged, failed, duplicates
        Trials of each status; trials whose configuration their search had tried before (a Hyperband
        promotion, which continues a trial, is none).
    epochs_granted, epochs_spent
        A repeat's; ``epochs_spent`` is the mean over repeats.
    best_mean, best_lowest, best_highest
        Best score of a repeat, over the repeats.
    best_bootstrap_lower, best_bootstrap_upper
        The bootstrap's 95 % interval of ``best_mean``; missing below eight repeats.
    test_mean, test_lowest, test_highest
        Test score of the repeats' incumbents, retrained with fresh seeds: the mean over the
        repeats of the mean over retrainings, and the extremes of all retrainings.
    """
    full = int(trials["epochs"].max())
    rows = []
    for strategy, own in trials.groupby("strategy", sort=False):
        best = own.groupby("repeat")["score"].max()
        low, high = bootstrap_interval(best.to_numpy())
        winners = incumbents[incumbents["strategy"] == strategy]
        tested = test_scores[test_scores["strategy"] == strategy]
        granted = len(own) if strategy == RANDOM else budget
        status = own["status"].value_counts()
        rows.append(
            {
                "strategy": strategy,
                "repeats": len(best),
                "trials": len(own),
                "completed": int(status.get("completed", 0)),
                "diverged": int(status.get("diverged", 0)),
                "failed": int(status.get("failed", 0)),
                "duplicates": int(repeats_itself(own).sum()),
                "epochs_granted": granted * full,
                "epochs_spent": own.groupby("repeat")["epochs_charged"].sum().mean(),
                "best_mean": best.mean(),
                "best_lowest": best.min(),
                "best_highest": best.max(),
                "best_bootstrap_lower": low,
                "best_bootstrap_upper": high,
                "test_mean": winners["test_score"].mean(),
                "test_lowest": tested["test_score"].min(),
                "test_highest": tested["test_score"].max(),
            }
        )
    return pd.DataFrame(rows)
