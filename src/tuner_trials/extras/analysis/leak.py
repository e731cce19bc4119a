"""What the leak of the original course code would have done to this experiment.

That code held the last fifth of the rows out (``fit(..., validation_split=0.2)``) and then ranked
the configurations by their accuracy on ``X_train[:10000]``: rows that the network had been fitted
on. Every trial keeps this score as ``leaky_score``, beside the honest one on validation.

The leaky score is taken after the last epoch, as it was there. The honest one is that of the best
epoch, so part of what sets the two apart is the epoch. Held against the validation score of the
last epoch, too, the leaky score shows what the rows alone do.
"""

from typing import Any

import pandas as pd

from tuner_trials.analysis.rank_correlation import kendall, spearman
from tuner_trials.results.tables import WHO

COLUMNS = [
    "strategy",
    "repeat",
    "trials",
    "flattery",
    "spearman",
    "kendall",
    "same_epoch_flattery",
    "same_epoch_spearman",
    "selected",
    "selected_score",
    "leaky_selected",
    "leaky_selected_reported",
    "leaky_selected_score",
    "cost",
]


def leak_table(trials: pd.DataFrame, epochs: pd.DataFrame) -> pd.DataFrame:
    """One row per search: what its trials look like under the leaky score.

    The trials are those that the search made with the honest score; only the choice among them is
    made again. Trials that diverged or failed are left out: nobody scored them.

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`.
    epochs
        See `tuner_trials.results.tables.epochs_table`.

    Returns
    -------
    pandas.DataFrame
        ``strategy, repeat, trials`` and what `measure_leak` gives; searches without a completed
        trial have no row.
    """
    ends = epochs.sort_values("epoch").drop_duplicates(WHO, keep="last")
    ends = ends[[*WHO, "validation_score"]].rename(columns={"validation_score": "last_epoch_score"})
    completed = trials[trials["status"] == "completed"].merge(ends, on=WHO, validate="1:1")
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
        At least one, with ``trial``, ``score``, ``last_epoch_score`` (that on validation
        after the last epoch) and ``leaky_score``.

    Returns
    -------
    dict
        ``flattery``
            Mean of leaky minus honest score, as a difference of scores.
        ``spearman``, ``kendall``
            Rank correlations between the two scores; missing where one is constant.
        ``same_epoch_flattery``, ``same_epoch_spearman``
            The same with the honest score of the last epoch, where only the rows differ.
        ``selected``, ``selected_score``
            The trial with the highest honest score, and that score.
        ``leaky_selected``, ``leaky_selected_reported``, ``leaky_selected_score``
            The trial with the highest leaky score, that score, and the trial's honest one.
        ``cost``
            Honest score of the one minus that of the other. It is measured on the rows on which
            the honest choice won, so it is never negative, and on average too high.

    Of equal trials, the earliest is selected.
    """
    honest, leaky, last = (trials[name] for name in ("score", "leaky_score", "last_epoch_score"))
    winner, leaky_winner = trials.loc[honest.idxmax()], trials.loc[leaky.idxmax()]
    return {
        "flattery": (leaky - honest).mean(),
        "spearman": spearman(leaky, honest),
        "kendall": kendall(leaky, honest),
        "same_epoch_flattery": (leaky - last).mean(),
        "same_epoch_spearman": spearman(leaky, last),
        "selected": winner["trial"],
        "selected_score": winner["score"],
        "leaky_selected": leaky_winner["trial"],
        "leaky_selected_reported": leaky_winner["leaky_score"],
        "leaky_selected_score": leaky_winner["score"],
        "cost": winner["score"] - leaky_winner["score"],
    }
