"""What the leak of the original course code would have done to this experiment.

That code held the last fifth of the rows out (``fit(..., validation_split=0.2)``) and then ranked
the configurations by their accuracy on ``X_train[:10000]``: rows that the network had been fitted
on. Every trial keeps this score as ``leaky_accuracy``, beside the honest one on validation.
"""

from typing import Any

import pandas as pd

from tuner_trials.rank_correlation import kendall, spearman

COLUMNS = [
    "strategy",
    "repeat",
    "trials",
    "flattery",
    "spearman",
    "kendall",
    "selected",
    "selected_score",
    "leaky_selected",
    "leaky_selected_accuracy",
    "leaky_selected_score",
    "cost",
]


def leak_table(trials: pd.DataFrame) -> pd.DataFrame:
    """A row a search: what its trials look like under the leaky score.

    The trials are those that the search made with the honest score; only the choice among them is
    made again. Trials that diverged or failed are left out: nobody scored them.

    Parameters
    ----------
    trials
        See `tuner_trials.tables.trials_table`.

    Returns
    -------
    pandas.DataFrame
        ``strategy, repeat, trials`` and what `measure_leak` gives; searches without a completed
        trial have no row.
    """
    completed = trials[trials["status"] == "completed"]
    rows = [
        {"strategy": strategy, "repeat": repeat, "trials": len(search)} | measure_leak(search)
        for (strategy, repeat), search in completed.groupby(["strategy", "repeat"], sort=False)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def measure_leak(trials: pd.DataFrame) -> dict[str, Any]:
    """Hold the leaky score of a search's completed trials against the honest one.

    Parameters
    ----------
    trials
        At least one, with ``trial``, ``score`` and ``leaky_accuracy``.

    Returns
    -------
    dict
        ``flattery``
            Mean of leaky minus honest score, as a difference in accuracy. (The honest score is
            that of the best epoch, the leaky one of the last: it flatters in spite of that.)
        ``spearman``, ``kendall``
            Rank correlations between the two scores; missing where one is constant.
        ``selected``, ``selected_score``
            The trial with the highest honest score, and that score.
        ``leaky_selected``, ``leaky_selected_accuracy``, ``leaky_selected_score``
            The trial with the highest leaky score, that score, and the trial's honest one.
        ``cost``
            Honest score of the one minus that of the other, never negative.

    Of equal trials, the earliest is selected.
    """
    honest, leaky = trials["score"], trials["leaky_accuracy"]
    winner, leaky_winner = trials.loc[honest.idxmax()], trials.loc[leaky.idxmax()]
    return {
        "flattery": (leaky - honest).mean(),
        "spearman": spearman(leaky, honest),
        "kendall": kendall(leaky, honest),
        "selected": winner["trial"],
        "selected_score": winner["score"],
        "leaky_selected": leaky_winner["trial"],
        "leaky_selected_accuracy": leaky_winner["leaky_accuracy"],
        "leaky_selected_score": leaky_winner["score"],
        "cost": winner["score"] - leaky_winner["score"],
    }
