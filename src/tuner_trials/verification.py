"""Compare a run's tables with a reference's, row by row.

On the same kind of processor with the same versions every row agrees to the bit. Elsewhere sums are
rounded differently, so a net learns a little differently, and a search that looks at its scores may
take another turn: then rows differ that are none of anybody's mistakes, and this says which.
"""

import csv
import math
from collections import Counter
from pathlib import Path

import pandas as pd

from tuner_trials.errors import UserError

TOLERANCE = 0.01
# Of columns that hold differences of accuracies, and so decide who is better: a third of the region
# of practical equivalence.
TOLERANCE_OF_DIFFERENCES = 0.001
DIFFERENCES = {
    "difference",
    "lower",
    "upper",
    "bootstrap_lower",
    "bootstrap_upper",
    "difference_to_random",
    "flattery",
    "same_epoch_flattery",
    "cost",
    "won_minus_retrained",
    "retrained_minus_test",
}
TIMINGS = "timings"  # never the same
# What a row is about, where a table has such columns.
SUBJECTS = (
    "strategy",
    "opponent",
    "measure",
    "repeat",
    "trial",
    "epoch",
    "retraining",
    "n",
    "hyperparameter",
    "group",
)

BIT = "to the bit"
CLOSE = "within the tolerance"
DIFFERENT = "not"
AGREEMENTS = (BIT, CLOSE, DIFFERENT)
COLUMNS = ["table", "row", "agreement", "column", "found", "expected"]

Cells = dict[str, str]


class VerificationError(UserError):
    """A run that does not agree with its reference, or has none."""


def verify(tables: str | Path, reference: str | Path) -> pd.DataFrame:
    """Compare all tables of a folder with those of another, timings left out.

    Returns
    -------
    pandas.DataFrame
        A line a row of a table: ``table, row, agreement`` (one of `AGREEMENTS`); unless it agrees
        to the bit, the ``column`` that speaks most against it, what was ``found`` there and what
        ``expected``. A row that is missing on either side does not agree.

    Raises
    ------
    VerificationError
        If the reference holds no tables.
    """
    ours, theirs = _tables(tables), _tables(reference)
    if not theirs:
        raise VerificationError(f"there is no reference to compare with: {reference} has no tables")
    lines = []
    for name in sorted(ours | theirs):
        found, expected = (_read(paths[name]) if name in paths else {} for paths in (ours, theirs))
        lines += [
            (name, row, *_agreement(name, found.get(row), expected.get(row)))
            for row in expected | found
        ]
    return pd.DataFrame(lines, columns=COLUMNS)


def _tables(folder: str | Path) -> dict[str, Path]:
    """The tables that can be compared, by name."""
    return {path.stem: path for path in Path(folder).glob("*.csv") if path.stem != TIMINGS}


def close(table: str, column: str, found: str, expected: str) -> bool:
    """Whether two cells agree within the tolerance.

    Numbers may differ by 0.01, which is a point of accuracy, or by 1 % of the larger; differences
    of accuracies by 0.001 or 1 %; values of hyperparameters only by 1 %. Words and whole numbers
    are to be equal; but which of two nearly equal epochs was the best one may change.

    >>> close("trials", "score", "0.881", "0.8795")
    True
    >>> close("comparisons", "difference", "0.0085", "0.0")
    False
    """
    if found == expected or column == "best_epoch":
        return True
    try:
        int(found), int(expected)
    except ValueError:
        pass
    else:
        return False
    try:
        numbers = float(found), float(expected)
    except ValueError:
        return False
    return math.isclose(*numbers, rel_tol=TOLERANCE, abs_tol=_absolute(table, column))


def _absolute(table: str, column: str) -> float:
    """How far apart two numbers may be that are small."""
    if column.startswith("hp_"):
        return 0.0
    if column in DIFFERENCES or table == "published_differences":
        return TOLERANCE_OF_DIFFERENCES
    return TOLERANCE


def summarise(lines: pd.DataFrame) -> str:
    """A line a table for the terminal: how many of its rows agree, and how well."""
    counts = lines.groupby("table")["agreement"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=list(AGREEMENTS), fill_value=0)
    return counts.rename_axis(index=None, columns="rows that agree").to_string()


def check_agreement(lines: pd.DataFrame, details: str | Path) -> None:
    """Refuse a run of which rows do not agree; ``details`` is the file in which they stand.

    Raises
    ------
    VerificationError
        With the number of these rows, the first of them, and where all are.
    """
    different = lines[lines["agreement"] == DIFFERENT]
    if different.empty:
        return
    first = different.iloc[0]
    where = f"{first['column']} is {first['found']}" if first["column"] else first["found"]
    raise VerificationError(
        f"{len(different)} of {len(lines)} rows do not agree with the reference. The first:"
        f" {first['table']}, {first['row']}: {where}, expected is {first['expected']}.\n"
        f"All are in {details}. On another kind of processor, or with other versions, a search may"
        " take other turns than the reference's: compare provenance.json."
    )


def _read(path: Path) -> dict[str, Cells]:
    """The rows of a table by what they are about."""
    rows: dict[str, Cells] = {}
    seen: Counter[str] = Counter()
    with path.open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            subject = " ".join(f"{name} {cells[name]}" for name in SUBJECTS if name in cells)
            seen[subject] += 1
            # Without these columns, or where they do not tell rows apart, their order does.
            number = f"row {seen[subject]}"
            rows[f"{subject}, {number}" if subject and seen[subject] > 1 else subject or number] = (
                cells
            )
    return rows


def _agreement(
    table: str, found: Cells | None, expected: Cells | None
) -> tuple[str, str, str, str]:
    """Agreement, column, found, expected."""
    if found is None or expected is None:
        here, there = ("no such row" if row is None else "a row" for row in (found, expected))
        return DIFFERENT, "", here, there
    if found == expected:
        return BIT, "", "", ""
    columns = [name for name in expected | found if found.get(name) != expected.get(name)]
    cells = [
        (name, found.get(name, "no such column"), expected.get(name, "no such column"))
        for name in columns
    ]
    far = [cell for cell in cells if not close(table, *cell)]
    return (DIFFERENT, *far[0]) if far else (CLOSE, *cells[0])
