"""Compare a run's tables with a reference's, row by row.

On the same kind of processor with the same versions every row agrees to the bit. Elsewhere sums are
rounded differently, so a net learns a little differently, and a search that looks at its scores may
take another turn: then rows differ that are none of anybody's mistakes, and this says which.
"""

import csv
import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from tuner_trials.foundation.errors import UserError

# How far apart two numbers of a column may be: absolutely, or as a share of the larger one.
# Columns that are not listed here must be equal: counts, seeds, strings, and what users add.
Tolerance = tuple[float, float]
POINT: Tolerance = (0.01, 0.01)  # of accuracy, of a correlation, of a probability; and of a loss
# Differences of accuracies decide who is better: a third of the region of practical equivalence.
DIFFERENCE: Tolerance = (0.001, 0.01)
SHARE: Tolerance = (0.0, 0.01)  # of its own size
TOLERANCES: dict[str, Tolerance] = {
    **dict.fromkeys(
        (
            *("score", "leaky_score", "validation", "validation_score", "test", "test_score"),
            *("train_loss", "validation_loss", "baseline"),
            *("best_mean", "best_lowest", "best_highest", "target"),
            *("best_bootstrap_lower", "best_bootstrap_upper"),
            *("test_mean", "test_lowest", "test_highest", "best_validation"),
            *("expected", "median", "lower_quartile", "upper_quartile"),
            *("median_score", "median_leaky_score", "mean", "lowest", "highest"),
            *("selected_score", "leaky_selected_reported", "leaky_selected_score"),
            *("spearman", "kendall", "single_epoch_spearman", "same_epoch_spearman"),
            *("rank_correlation", "leaky_rank_correlation"),
            *("a12", "importance", "mean_rank", "standard_error"),
            *(f"decided_by_{number}" for number in (5, 8, 12, 20, 30, 50, 100)),
            *("better", "equivalent", "worse"),
        ),
        POINT,
    ),
    **dict.fromkeys(
        (
            *("difference", "lower", "upper", "equivalence_lower", "equivalence_upper"),
            *("deviation", "flattery", "same_epoch_flattery", "cost"),
            *("won_minus_retrained", "retrained_minus_test"),
        ),
        DIFFERENCE,
    ),
    **dict.fromkeys(
        (*("low", "high", "margin", "expected_epochs"),),
        SHARE,
    ),
    # .0001 is not .0099, nor is .045 the same as .054.
    "p_value": (0.0, 0.05),
}
# Which of two nearly equal epochs was the best one may change.
ANY = {"best_epoch"}
TIMINGS = {"timings", "epoch_seconds"}  # never the same
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
    "part",
    "random_trials",
    "hyperparameter",
    "group",
)

BIT = "to the bit"
CLOSE = "within the tolerance"
DIFFERENT = "not"
AGREEMENTS = (BIT, CLOSE, DIFFERENT)
SHOWN = 5  # rows that do not agree, in the message
COLUMNS = ["table", "row", "agreement", "column", "found", "expected"]

Cells = dict[str, str]


class VerificationError(UserError):
    """A run that does not agree with its reference, or has none."""


def verify(tables: Iterable[str | Path], reference: Iterable[str | Path]) -> pd.DataFrame:
    """Compare some tables with those of the same names of a reference, timings left out.

    Parameters
    ----------
    tables, reference
        CSV files, each named after its table.

    Returns
    -------
    pandas.DataFrame
        One line per row of a table: ``table, row, agreement`` (one of `AGREEMENTS`); unless it
        agrees to the bit, the ``column`` that speaks most against it, what was ``found`` there and
        what ``expected``. A row that is missing on either side does not agree.

    Raises
    ------
    VerificationError
        If the reference holds no tables.
    """
    ours, theirs = _tables(tables), _tables(reference)
    if not theirs:
        raise VerificationError(
            "there is no reference to compare with: reference/<name> has no tables, neither here"
            " nor in the clone"
        )
    lines = []
    for name in sorted(ours | theirs):
        found, expected = (_read(paths[name]) if name in paths else {} for paths in (ours, theirs))
        lines += [
            (name, row, *_agreement(name, found.get(row), expected.get(row)))
            for row in expected | found
        ]
    return pd.DataFrame(lines, columns=COLUMNS)


def _tables(files: Iterable[str | Path]) -> dict[str, Path]:
    """The tables that can be compared, by name."""
    return {path.stem: path for path in map(Path, files) if path.stem not in TIMINGS}


def close(table: str, column: str, found: str, expected: str) -> bool:
    """Whether two cells agree within the tolerance of their column.

    Words, whole numbers and what has no tolerance are to be equal.

    >>> close("trials", "score", "0.881", "0.8795")
    True
    >>> close("comparisons", "difference", "0.0085", "0.0")
    False
    >>> close("bounds", "p_value", "0.0001", "0.0099")
    False
    """
    if found == expected or column in ANY:
        return True
    tolerance = _tolerance(table, column)
    if tolerance is None or (_whole(found) and _whole(expected)):
        return False
    try:
        numbers = float(found), float(expected)
    except ValueError:
        return False
    absolute, share = tolerance
    return math.isclose(*numbers, rel_tol=share, abs_tol=absolute)


def _tolerance(table: str, column: str) -> Tolerance | None:
    if column.startswith("hp_"):
        return SHARE
    if table == "published_differences" and column in ("mean", "lowest", "highest"):
        return DIFFERENCE
    # "lower" and "higher" count repeats where a table is about what was published.
    if table.startswith("published") and column in ("lower", "higher"):
        return None
    return TOLERANCES.get(column)


def _whole(cell: str) -> bool:
    return cell.lstrip("-").isdigit()


def summarise(lines: pd.DataFrame) -> str:
    """One line per table for the terminal: how many of its rows agree, and how well."""
    counts = lines.groupby("table")["agreement"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=list(AGREEMENTS), fill_value=0)
    return counts.rename_axis(index=None, columns="rows that agree").to_string()


def check_agreement(lines: pd.DataFrame, details: str | Path) -> None:
    """Refuse a run of which rows do not agree; ``details`` is the file in which they stand.

    Raises
    ------
    VerificationError
        With the number of these rows, the first of them, and where all are: at most ten lines.
    """
    different = lines[lines["agreement"] == DIFFERENT]
    if different.empty:
        return
    tables = ", ".join(f"{table} ({n})" for table, n in different["table"].value_counts().items())
    first = [
        f"  {row.table}, {row.row}: "
        + (f"{row.column} is {row.found}" if row.column else row.found)
        + f", expected is {row.expected}"
        for row in different.head(SHOWN).itertuples()
    ]
    raise VerificationError(
        "\n".join(
            [
                f"{len(different)} of {len(lines)} rows do not agree with the reference: {tables}",
                *first,
                *[f"  and {len(different) - SHOWN} more"] * (len(different) > SHOWN),
                f"All are in {details}. On another kind of processor, or with other versions, a"
                " search may take other turns than the reference's: compare provenance.json.",
            ]
        )
    )


def read_comparison(path: str | Path) -> pd.DataFrame:
    """Read what `verify` gave, from its file."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


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
