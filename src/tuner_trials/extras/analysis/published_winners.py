"""The published winners beside those of the repeats."""

import pandas as pd

from tuner_trials.extras.analysis.published import Published
from tuner_trials.results.tables import hyperparameter_column


def published_winners_table(incumbents: pd.DataFrame, published: Published) -> pd.DataFrame:
    """One row per search: for each published strategy what was printed, then its repeats here.

    Parameters
    ----------
    incumbents
        See `tuner_trials.analysis.incumbents.incumbents_table`.
    published
        See `tuner_trials.extras.analysis.published.published_table`.

    Returns
    -------
    pandas.DataFrame
        ``strategy, repeat`` (missing for the published search), ``best_validation``, ``test`` (the
        mean over the retrainings, missing where all diverged) and the winner's ``hp_<name>``,
        missing where it is not active.
    """
    winners = incumbents.set_index(["strategy", "repeat"])
    rows = []
    for strategy, result in published.items():
        configuration = {f"hp_{name}": value for name, value in result["configuration"].items()}
        scores = {name: result[name] for name in ("best_validation", "test")}
        rows.append({"strategy": strategy, "repeat": None} | scores | configuration)
        for repeat, winner in winners.loc[strategy].to_dict("index").items():
            scores = {"best_validation": winner["score"], "test": winner["test_score"]}
            found = {name: value for name, value in winner.items() if name.startswith("hp_")}
            rows.append({"strategy": strategy, "repeat": repeat} | scores | found)
    table = pd.DataFrame(rows).astype({"repeat": "Int64"})
    for name in table.filter(like="hp_"):
        # What is not active is missing, and must not make whole numbers real ones.
        values = [row.get(name) for row in rows]
        table[name] = hyperparameter_column([None if pd.isna(v) else v for v in values])
    return table
