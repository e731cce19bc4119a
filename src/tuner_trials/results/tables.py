"""From trial records to tables: everything that a figure or the report shows stands in one."""

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from tuner_trials.foundation.files import write_text
from tuner_trials.tasks.base import CURVES

Records = Iterable[dict[str, Any]]

WHO = ["strategy", "repeat", "trial"]
ORIGIN = ["commit", "processor"]
# Of values that may be missing, and of those that are all there.
COLUMN_TYPES = {bool: "boolean", int: "Int64", float: "float64", str: "str"}
GAPLESS = {"boolean": "bool", "Int64": "int64"}
# Columns of words, even if each of them looks like a number.
WORDS = ("group", "best_value", "worst_value", "leaky_best_value")


def read_records(paths: Iterable[str | Path]) -> list[dict[str, Any]]:
    """Read the records of all files; a file holds one, or a list of them."""
    records = []
    for path in paths:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        records += content if isinstance(content, list) else [content]
    return records


def column_types(space: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """The types of the columns ``hp_<name>``, as pandas calls them: the schema of the tables.

    A CSV file does not keep them: "01" may be a word.

    Parameters
    ----------
    space
        The definitions of hyperparameters, see `tuner_trials.space.search_space.SearchSpace`.
    """
    return {f"hp_{name}": _column_type(definition) for name, definition in space.items()}


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table of `write_table`; only empty cells are missing values, not the word "None".

    Hyperparameters have the types of `column_types`, if these are in ``columns.json`` next to it.
    """
    types = dict.fromkeys(WORDS, COLUMN_TYPES[str])
    schema = Path(path).with_name("columns.json")
    if schema.exists():
        types |= json.loads(schema.read_text(encoding="utf-8"))
    table = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=types)
    for name in set(types).intersection(table):
        if types[name] in GAPLESS and not table[name].isna().any():
            table[name] = table[name].astype(GAPLESS[types[name]])
    return table


def _column_type(definition: dict[str, Any]) -> str:
    match definition:
        case {"type": "choice", "values": [value, *_]} | {"type": "fixed", "value": value}:
            return COLUMN_TYPES[type(value)]
        case {"type": "boolean"}:
            return COLUMN_TYPES[bool]
    return COLUMN_TYPES[int] if definition["type"] == "int" else COLUMN_TYPES[float]


def write_table(path: str | Path, table: pd.DataFrame) -> None:
    """Write a table as CSV, atomically; numbers with all their digits."""
    write_text(path, table.to_csv(index=False, lineterminator="\n"))


def trials_table(records: Records, hyperparameters: Iterable[str], sign: int = 1) -> pd.DataFrame:
    """One row per trial: its cost, its score and its configuration.

    Each of the ``hyperparameters`` has a column ``hp_<name>``, which is empty in the trials in
    which it is not active. ``epochs_cumulative`` is what its search had spent once it was done.

    ``score`` is higher-is-better, ``validation`` the same in the objective's own direction.

    A trial that did not complete gets the score of the predictor that knows nothing, or that of the
    worst completed trial if this is lower. So it is never the best of a search in which another
    completed: the highest score is that of the incumbent, see `tuner_trials.results.best_trials`.
    """
    records = list(records)
    scores = [record["score"] for record in records if record["status"] == "completed"]
    worst = min(scores, default=math.inf)
    rows = [
        {
            **{name: record[name] for name in WHO},
            "status": record["status"],
            "epochs": record["epochs"],
            "epochs_charged": record["epochs_charged"],
            "epochs_cumulative": 0,
            "score": (
                record["score"] if record["status"] == "completed" else min(record["score"], worst)
            ),
            "validation": 0.0,
            "best_epoch": record["best_epoch"],
            "leaky_score": record["leaky_score"],
            "seed": record["seed"],
            "message": record["message"],
        }
        for record in records
    ]
    table = pd.DataFrame(rows)
    table["validation"] = table["score"] * sign
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
    if type(None) in kinds and len(kinds) == 2:
        [kind] = kinds - {type(None)}
        return pd.Series(values, dtype=COLUMN_TYPES[kind])
    return pd.Series(values)


def those_with(trials: pd.DataFrame, hyperparameter: str) -> tuple[pd.DataFrame, pd.Series]:
    """The trials in which a hyperparameter is active, and its values in them."""
    values = trials[f"hp_{hyperparameter}"].dropna()
    if isinstance(values.dtype, pd.Int64Dtype | pd.BooleanDtype):
        values = values.astype(values.dtype.numpy_dtype)
    return trials.loc[values.index], values


def epochs_table(records: Records) -> pd.DataFrame:
    """One row per epoch of a trial's learning curve, from 1.

    ``train_loss`` and ``validation_loss`` are empty for a learner that has none; ``validation`` is
    the objective. A trial that continues an earlier one shows the whole curve that it stands for.
    """
    rows = [
        {
            **{name: record[name] for name in WHO},
            "epoch": epoch,
            **{name: values[epoch - 1] for name, values in record["history"].items() if values},
        }
        for record in records
        for epoch in range(1, len(record["history"].get("validation", [])) + 1)
    ]
    return pd.DataFrame(rows, columns=[*WHO, "epoch", *CURVES])


def epoch_seconds_table(records: Records) -> pd.DataFrame:
    """One row per epoch of a trial: how long it took."""
    rows = [
        {**{name: record[name] for name in WHO}, "epoch": epoch, "seconds": seconds}
        for record in records
        for epoch, seconds in enumerate(record["epoch_seconds"], 1)
    ]
    return pd.DataFrame(rows, columns=[*WHO, "epoch", "seconds"])


def timings_table(records: Records) -> pd.DataFrame:
    """One row per trial: its durations in seconds, and the commit and processor that trained it."""
    columns = [*WHO, "suggest_seconds", "train_seconds", *ORIGIN]
    return pd.DataFrame([{name: record[name] for name in columns} for record in records])


def test_scores_table(records: Records) -> pd.DataFrame:
    """One row per retraining of an incumbent; see `tuner_trials.trials.retraining.Retrainer`."""
    columns = ["strategy", "repeat", "retraining", "seed", "validation", "test"]
    return pd.DataFrame(records, columns=columns)


def with_scores(table: pd.DataFrame, sign: int) -> pd.DataFrame:
    """Add ``validation_score`` and ``test_score``, higher-is-better, to a table without scores.

    Parameters
    ----------
    sign
        Of the objective: see `tuner_trials.objectives.Objective.sign`.
    """
    values = [name for name in ("validation", "test") if name in table and "score" not in table]
    return table.assign(**{f"{name}_score": sign * table[name] for name in values})
