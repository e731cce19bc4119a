"""One row per strategy: how much of its budget bought something new."""

import pandas as pd

from tuner_trials.analysis.incumbents import best_trials
from tuner_trials.search.random_search import RANDOM_SEARCHES

LATE = 0.8  # a winner found after this share of what its search spent was found late

COLUMNS = ["strategy", "searches", "trials", "distinct", "repeated", "unspent", "late_winners"]


def use_of_budget_table(trials: pd.DataFrame, budget: int) -> pd.DataFrame:
    """Say which searches repeated themselves, stopped early, or were still improving at the end.

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`.
    budget
        Full trainings per repeat.

    Returns
    -------
    pandas.DataFrame
        One row per strategy, without random search: ``strategy``, its ``searches``; means over them
        of the ``trials``, of the ``distinct`` configurations among them, of the trials that
        ``repeated`` a configuration from its start, and of the full trainings left ``unspent``; and
        in how many searches the winner was found in the last fifth of what was spent
        (``late_winners``).
    """
    full = int(trials["epochs"].max())
    searched = trials[~trials["strategy"].isin(RANDOM_SEARCHES)]
    again = repeats_itself(searched)
    best = best_trials(searched)
    spent = searched.groupby(["strategy", "repeat"])["epochs_cumulative"].max()
    rows = []
    for strategy, own in searched.groupby("strategy", sort=False):
        winners = best[best["strategy"] == strategy].set_index("repeat")
        share = winners["epochs_cumulative"] / spent[strategy]
        searches = len(winners)
        distinct = sum(
            len(search.drop_duplicates(configuration_columns(search)))
            for _, search in own.groupby("repeat")
        )
        rows.append(
            {
                "strategy": strategy,
                "searches": searches,
                "trials": len(own) / searches,
                "distinct": distinct / searches,
                "repeated": again[own.index].sum() / searches,
                "unspent": budget - spent[strategy].mean() / full,
                "late_winners": int((share > LATE).sum()),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def configuration_columns(trials: pd.DataFrame) -> list[str]:
    """The columns that together are a trial's configuration."""
    return [name for name in trials if name.startswith("hp_")]


def repeats_itself(trials: pd.DataFrame) -> pd.Series:
    """Whether a trial's configuration had been tried by its search before.

    A Hyperband promotion, which continues a trial, is no repetition.
    """
    begun = trials[trials["epochs_charged"] == trials["epochs"]]
    columns = ["strategy", "repeat", *configuration_columns(trials)]
    return begun.duplicated(columns).reindex(trials.index, fill_value=False)
