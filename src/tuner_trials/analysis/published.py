"""A published result beside what several repeats of it give.

A publication usually reports one search by each strategy, and one trained network tested for each
winner. Repeated, the same searches end a little differently. Where the published difference falls
among those of the repeats says how much of it one may believe.
"""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from tuner_trials.analysis.incumbent_curves import incumbents
from tuner_trials.tables import hyperparameter_column

Published = dict[str, dict[str, Any]]

VALIDATION, TEST = "validation", "test"
DIGITS = 4  # decimals of an accuracy in print: what differs beyond them counts as equal
BESIDE = ["published", "reproduced", "mean", "lowest", "highest", "lower", "equal", "higher"]
DIFFERENCES = ["strategy", "opponent", "measure", *BESIDE, "ahead", "level", "behind"]


def winners_table(
    published: Published, trials: pd.DataFrame, test_scores: pd.DataFrame
) -> pd.DataFrame:
    """A row a search: for each published strategy what was printed, then its repeats here.

    Parameters
    ----------
    published
        Strategy -> ``best_validation`` and ``test`` (accuracies, 0..1) and ``configuration``.
    trials
        See `tuner_trials.tables.trials_table`.
    test_scores
        A row a retraining of an incumbent.

    Returns
    -------
    pandas.DataFrame
        ``strategy, repeat`` (missing for the published search), ``best_validation``, ``test`` (the
        mean over the retrainings, missing where all diverged) and the winner's ``hp_<name>``,
        missing where it is not active.
    """
    winners = incumbents(trials).set_index(["strategy", "repeat"])
    tests = test_scores.groupby(["strategy", "repeat"])["test_accuracy"].mean()
    rows = []
    for strategy, result in published.items():
        configuration = {f"hp_{name}": value for name, value in result["configuration"].items()}
        scores = {name: result[name] for name in ("best_validation", "test")}
        rows.append({"strategy": strategy, "repeat": None} | scores | configuration)
        for repeat, winner in winners.loc[strategy].to_dict("index").items():
            scores = {"best_validation": winner["score"], "test": tests[strategy, repeat]}
            found = {name: value for name, value in winner.items() if name.startswith("hp_")}
            rows.append({"strategy": strategy, "repeat": repeat} | scores | found)
    table = pd.DataFrame(rows).astype({"repeat": "Int64"})
    for name in table.filter(like="hp_"):
        # What is not active is missing, and must not make whole numbers real ones.
        values = [row.get(name) for row in rows]
        table[name] = hyperparameter_column([None if pd.isna(v) else v for v in values])
    return table


def published_table(
    published: Published, trials: pd.DataFrame, test_scores: pd.DataFrame
) -> pd.DataFrame:
    """A row a strategy and part of the data: the published accuracy beside the reproduced ones.

    Parameters are those of `winners_table`.

    Returns
    -------
    pandas.DataFrame
        ``strategy, measure`` (``validation``: the best of a search; ``test``: that of a retraining
        of its winner), and what `beside` gives.
    """
    reproduced = _accuracies(trials, test_scores)
    return pd.DataFrame(
        [
            {"strategy": strategy, "measure": measure}
            | beside(_printed(result, measure), accuracies[strategy].dropna())
            for strategy, result in published.items()
            for measure, accuracies in reproduced.items()
        ]
    )


def published_differences_table(
    published: Published, trials: pd.DataFrame, test_scores: pd.DataFrame
) -> pd.DataFrame:
    """A row a pair of strategies and part of the data: the published difference among ours.

    The searches of one repeat share their seeds, so that what both of them try is trained alike;
    published searches do not. So each search is held against those of the opponent's other
    repeats, and on test each retraining against theirs.

    Parameters are those of `winners_table`.

    Returns
    -------
    pandas.DataFrame
        ``strategy, opponent, measure``; what `beside` gives of strategy minus opponent; and in how
        many of the differences the strategy is ``ahead``, ``level`` or ``behind``. No rows if a
        single strategy was published.
    """
    reproduced = _accuracies(trials, test_scores)
    rows = []
    for strategy, opponent in combinations(published, 2):
        for measure, accuracies in reproduced.items():
            printed = [_printed(published[name], measure) for name in (strategy, opponent)]
            differences = _between_repeats(accuracies[strategy], accuracies[opponent])
            signs = np.sign(_rounded(differences))
            rows.append(
                {"strategy": strategy, "opponent": opponent, "measure": measure}
                | beside(printed[0] - printed[1], differences)
                | {
                    "ahead": int((signs > 0).sum()),
                    "level": int((signs == 0).sum()),
                    "behind": int((signs < 0).sum()),
                }
            )
    return pd.DataFrame(rows, columns=DIFFERENCES)


def beside(published: float, reproduced: pd.Series) -> dict[str, float]:
    """Where a published number falls among reproduced ones.

    Parameters
    ----------
    published
        An accuracy, or a difference of two.
    reproduced
        Any number of them, without missing values; may be empty.

    Returns
    -------
    dict
        ``published``; how many were ``reproduced``; their ``mean``, ``lowest`` and ``highest``,
        missing where there are none; and how many are ``lower`` than the published one, ``equal``
        to it and ``higher``, to four decimals.

    >>> beside(0.89, pd.Series([0.88, 0.89004, 0.9]))["equal"]
    1
    """
    printed, values = _rounded(published), _rounded(reproduced)
    return {
        "published": printed,
        "reproduced": len(values),
        "mean": reproduced.mean(),
        "lowest": reproduced.min(),
        "highest": reproduced.max(),
        "lower": int((values < printed).sum()),
        "equal": int((values == printed).sum()),
        "higher": int((values > printed).sum()),
    }


def _accuracies(trials: pd.DataFrame, test_scores: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """For each part of the data, a column a strategy, and a row a number that may be published."""
    best = trials.pivot_table(index="repeat", columns="strategy", values="score", aggfunc="max")
    tested = test_scores.pivot(
        index=["repeat", "retraining"], columns="strategy", values="test_accuracy"
    )
    return {VALIDATION: best, TEST: tested}


def _between_repeats(own: pd.Series, others: pd.Series) -> pd.Series:
    """All differences between an own value and one of another repeat."""
    own, others = own.dropna(), others.dropna()
    differences = own.to_numpy()[:, None] - others.to_numpy()[None, :]
    repeats = [values.index.get_level_values("repeat").to_numpy() for values in (own, others)]
    return pd.Series(differences[repeats[0][:, None] != repeats[1][None, :]], dtype=float)


def _printed(result: dict[str, Any], measure: str) -> float:
    return result["best_validation" if measure == VALIDATION else measure]


def _rounded(values: Any) -> Any:
    """A number or many, as they are printed."""
    return np.round(values, DIGITS) + 0.0  # no minus before a zero
