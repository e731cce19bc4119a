"""From trial records to tables: everything that a figure or the report shows stands in one."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tuner_trials.files import write_text
from tuner_trials.random_statistics import best_of_n
from tuner_trials.rank_correlation import spearman

Records = Iterable[dict[str, Any]]

WHO = ["strategy", "repeat", "trial"]
RANDOM = "random"
EFFECTS = [
    "hyperparameter",
    "type",
    "rank_correlation",
    "leaky_rank_correlation",
    "best_value",
    "worst_value",
    "leaky_best_value",
    "difference",
]


def read_records(paths: Iterable[str | Path]) -> list[dict[str, Any]]:
    """Read the records of all files; a file holds one, or a list of them."""
    records = []
    for path in paths:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        records += content if isinstance(content, list) else [content]
    return records


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table of `write_table`; only empty cells are missing values, not the word "None".

    Whole numbers and booleans of a hyperparameter that some trials lack stay what they are.
    """
    how = {"keep_default_na": False, "na_values": [""]}
    table = pd.read_csv(path, **how)
    gaps = [name for name in table if name.startswith("hp_") and table[name].isna().any()]
    if gaps:
        nullable = pd.read_csv(path, usecols=gaps, dtype_backend="numpy_nullable", **how)
        for name in gaps:
            if nullable[name].dtype in ("Int64", "boolean") and nullable[name].notna().any():
                table[name] = nullable[name]
    return table


def write_table(path: str | Path, table: pd.DataFrame) -> None:
    """Write a table as CSV, atomically; numbers with all their digits."""
    write_text(path, table.to_csv(index=False, lineterminator="\n"))


def trials_table(records: Records, hyperparameters: Iterable[str]) -> pd.DataFrame:
    """A row a trial: its cost, its score and its configuration.

    Each of the ``hyperparameters`` has a column ``hp_<name>``, which is empty in the trials in
    which it is not active. ``epochs_cumulative`` is what its search had spent once it was done.
    """
    records = list(records)
    rows = [
        {
            **{name: record[name] for name in WHO},
            "status": record["status"],
            "epochs": record["epochs"],
            "epochs_charged": record["epochs_charged"],
            "epochs_cumulative": 0,
            "score": record["score"],
            "best_epoch": record["best_epoch"],
            "leaky_accuracy": record["leaky_accuracy"],
            "seed": record["seed"],
            "message": record["message"],
        }
        for record in records
    ]
    table = pd.DataFrame(rows)
    table["epochs_cumulative"] = table.groupby(["strategy", "repeat"])["epochs_charged"].cumsum()
    return table.assign(
        **{
            f"hp_{name}": hyperparameter_column(
                [record["configuration"].get(name) for record in records]
            )
            for name in hyperparameters
        }
    )


def hyperparameter_column(values: list[Any]) -> pd.Series:
    """A column of values, None where one is missing.

    pandas would turn whole numbers and booleans beside a missing one into real numbers.
    """
    kinds = {type(value) for value in values}
    dtypes = {int: "Int64", bool: "boolean"}
    if type(None) in kinds and len(kinds) == 2:
        [kind] = kinds - {type(None)}
        return pd.Series(values, dtype=dtypes.get(kind))
    return pd.Series(values)


def those_with(trials: pd.DataFrame, hyperparameter: str) -> tuple[pd.DataFrame, pd.Series]:
    """The trials in which a hyperparameter is active, and its values in them."""
    values = trials[f"hp_{hyperparameter}"].dropna()
    if isinstance(values.dtype, pd.Int64Dtype | pd.BooleanDtype):
        values = values.astype(values.dtype.numpy_dtype)
    return trials.loc[values.index], values


def epochs_table(records: Records) -> pd.DataFrame:
    """A row an epoch of a trial's learning curve, from 1.

    A trial that continues an earlier one shows the whole curve that it stands for.
    """
    rows = [
        {
            **{name: record[name] for name in WHO},
            "epoch": epoch,
            **{metric: values[epoch - 1] for metric, values in record["history"].items()},
        }
        for record in records
        for epoch in range(1, len(record["history"].get("val_loss", [])) + 1)
    ]
    columns = [*WHO, "epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    return pd.DataFrame(rows, columns=columns)


def timings_table(records: Records) -> pd.DataFrame:
    """A row a trial: seconds of suggestion and of training. Not the same in two runs."""
    columns = [*WHO, "suggest_seconds", "train_seconds"]
    return pd.DataFrame([{name: record[name] for name in columns} for record in records])


def random_statistics_table(trials: pd.DataFrame) -> pd.DataFrame:
    """What random search with n trials finds: see `best_of_n`; ``epochs`` is what n trials cost."""
    pool = trials[trials["strategy"] == RANDOM]
    table = best_of_n(pool["score"].to_numpy())
    table.insert(1, "epochs", table["n"] * int(pool["epochs_charged"].iloc[0]))
    return table


def incumbent_curves(trials: pd.DataFrame, timings: pd.DataFrame) -> pd.DataFrame:
    """A row a trial: the best score of its search so far, after so many epochs and seconds.

    Seconds are those of one core: the tuner's own suggestions and the trials, one after another.
    """
    table = trials[[*WHO, "epochs_cumulative", "score"]].merge(timings, on=WHO)
    search = table.groupby(["strategy", "repeat"])
    table["best_score"] = search["score"].cummax()
    table["seconds"] = table["suggest_seconds"] + table["train_seconds"]
    table["seconds"] = search["seconds"].cumsum()
    return table[[*WHO, "epochs_cumulative", "seconds", "best_score"]]


def summary_table(
    trials: pd.DataFrame,
    test_scores: pd.DataFrame,
    random_statistics: pd.DataFrame,
    budget: int,
) -> pd.DataFrame:
    """A row a strategy: what it spent, what it found, and what the test says.

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
        Best validation accuracy of a repeat, over the repeats.
    random_same_budget, difference_to_random
        What random search is expected to find with the same budget (exact, from the pool), and how
        much more ``best_mean`` is.
    test_mean, test_lowest, test_highest
        Test accuracy of the repeats' incumbents, retrained with fresh seeds.
    """
    full = int(trials["epochs"].max())
    rows = []
    for strategy, own in trials.groupby("strategy", sort=False):
        best = own.groupby("repeat")["score"].max()
        tested = test_scores[test_scores["strategy"] == strategy]
        granted = int(random_statistics["n"].max()) if strategy == RANDOM else budget
        expected = float(random_statistics["expected"].iloc[granted - 1])
        status = own["status"].value_counts()
        rows.append(
            {
                "strategy": strategy,
                "repeats": len(best),
                "trials": len(own),
                "completed": int(status.get("completed", 0)),
                "diverged": int(status.get("diverged", 0)),
                "failed": int(status.get("failed", 0)),
                "duplicates": _duplicates(own),
                "epochs_granted": granted * full,
                "epochs_spent": own.groupby("repeat")["epochs_charged"].sum().mean(),
                "best_mean": best.mean(),
                "best_lowest": best.min(),
                "best_highest": best.max(),
                "random_same_budget": expected,
                "difference_to_random": best.mean() - expected,
                "test_mean": tested["test_accuracy"].mean(),
                "test_lowest": tested["test_accuracy"].min(),
                "test_highest": tested["test_accuracy"].max(),
            }
        )
    return pd.DataFrame(rows)


def _duplicates(trials: pd.DataFrame) -> int:
    continued = trials["epochs_charged"] < trials["epochs"]
    hyperparameters = [name for name in trials if name.startswith("hp_")]
    return int(trials[~continued].duplicated(["repeat", *hyperparameters]).sum())


def hyperparameter_effects_table(
    trials: pd.DataFrame, space: dict[str, dict[str, Any]]
) -> pd.DataFrame:
    """A row a hyperparameter: how the pool's scores go along with it, honest ones and leaky ones.

    Trials that diverged or failed are left out, and of each hyperparameter those in which it is not
    active.

    Parameters
    ----------
    trials
        See `trials_table`.
    space
        See `tuner_trials.search_space.SearchSpace.tuned`.

    Columns
    -------
    hyperparameter, type
        As in the search space.
    rank_correlation, leaky_rank_correlation
        Spearman's, -1..1, with the score and with ``leaky_accuracy`` (see `tuner_trials.leak`),
        where the values have an order; false comes before true.
    best_value, worst_value, leaky_best_value
        The groups with the highest and the lowest median score, and that with the highest median
        of ``leaky_accuracy``. Numbers are grouped in terciles.
    difference
        Between the medians of the best and the worst group, in accuracy.
    """
    pool = trials[(trials["strategy"] == RANDOM) & (trials["status"] == "completed")]
    rows = []
    for name, definition in space.items():
        row = {"hyperparameter": name, "type": definition["type"]}
        rows.append(row)
        own, values = those_with(pool, name)
        if own.empty:
            continue
        scores, leaky = own["score"], own["leaky_accuracy"]
        ordered = pd.api.types.is_numeric_dtype(values)  # pandas counts true and false among them
        groups = _groups(values)
        medians = scores.groupby(groups).median()
        leaky_medians = leaky.groupby(groups).median()
        row |= {
            "rank_correlation": spearman(values, scores) if ordered else np.nan,
            "leaky_rank_correlation": spearman(values, leaky) if ordered else np.nan,
            "best_value": medians.idxmax(),
            "worst_value": medians.idxmin(),
            "leaky_best_value": leaky_medians.idxmax(),
            "difference": medians.max() - medians.min(),
        }
    return pd.DataFrame(rows, columns=EFFECTS)


def _groups(values: pd.Series) -> pd.Series:
    """The name of each value's group: its tercile for numbers, else itself."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not numeric or values.nunique() <= 5:
        return values.astype(str)
    terciles = pd.qcut(values, 3, labels=False, duplicates="drop")
    return values.groupby(terciles).transform(
        lambda group: f"{group.min():.3g} to {group.max():.3g}"
    )
