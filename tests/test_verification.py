"""Comparing a run with its reference, on made-up tables."""

import re

import made_up
import pytest

from tuner_trials.results.tables import write_table
from tuner_trials.results.verification import (
    BIT,
    CLOSE,
    DIFFERENT,
    TIMINGS,
    TOLERANCES,
    VerificationError,
    check_agreement,
    close,
    summarise,
    verify,
)


@pytest.fixture
def tables():
    return made_up.make_tables(made_up.experiment())


@pytest.fixture
def folders(tables, tmp_path):
    """The same tables twice: a run's, and the reference's."""
    for folder in ("run", "reference"):
        for name, table in tables.items():
            write_table(tmp_path / folder / f"{name}.csv", table)
    return tmp_path / "run", tmp_path / "reference"


def compared(*folders):
    return verify(*(folder.glob("*.csv") for folder in folders))


def test_a_run_agrees_with_itself_to_the_bit(folders, tables):
    lines = compared(*folders)
    assert set(lines["agreement"]) == {BIT}
    assert len(lines) == sum(len(table) for name, table in tables.items() if name not in TIMINGS)
    assert not lines.duplicated(["table", "row"]).any()
    check_agreement(lines, "details.csv")


def test_timings_are_left_out(folders, tables):
    write_table(folders[0] / "timings.csv", tables["timings"] * 2)
    assert set(compared(*folders)["agreement"]) == {BIT}


@pytest.mark.parametrize(
    ("column", "change", "agreement"),
    [("score", 0.004, CLOSE), ("score", 0.04, DIFFERENT), ("seed", 1, DIFFERENT)],
)
def test_a_changed_cell_is_found_in_its_row(folders, tables, column, change, agreement):
    trials = tables["trials"].copy()
    trials.loc[7, column] += change
    write_table(folders[0] / "trials.csv", trials)
    lines = compared(*folders)
    [line] = lines[lines["agreement"] != BIT].to_dict("records")
    assert line["agreement"] == agreement
    assert (line["table"], line["row"]) == ("trials", "strategy random repeat 0 trial 7")
    assert line["column"] == column
    assert float(line["found"]) == pytest.approx(float(line["expected"]) + change)


def test_a_missing_row_is_one_row_that_does_not_agree(folders, tables):
    write_table(folders[0] / "trials.csv", tables["trials"].drop(index=3))
    lines = compared(*folders)
    [line] = lines[lines["agreement"] != BIT].to_dict("records")
    assert (line["row"], line["found"]) == ("strategy random repeat 0 trial 3", "no such row")
    with pytest.raises(VerificationError, match="trial 3: no such row, expected is a row"):
        check_agreement(lines, "details.csv")


def test_a_missing_table_does_not_agree(folders):
    (folders[0] / "summary.csv").unlink()
    lines = compared(*folders)
    assert set(lines[lines["table"] == "summary"]["agreement"]) == {DIFFERENT}


def test_a_table_that_the_reference_lacks_does_not_agree(folders, tables):
    (folders[1] / "summary.csv").unlink()
    lines = compared(*folders)
    lines = lines[lines["table"] == "summary"]
    assert len(lines) == len(tables["summary"])
    assert set(lines["agreement"]) == {DIFFERENT}
    with pytest.raises(VerificationError, match="a row, expected is no such row"):
        check_agreement(lines, "details.csv")


def test_a_missing_reference_is_said_so(folders, tmp_path):
    with pytest.raises(VerificationError, match="there is no reference to compare with"):
        compared(folders[0], tmp_path / "nowhere")


def test_many_rows_that_do_not_agree_are_told_in_ten_lines(folders, tables):
    for name, table in tables.items():
        write_table(folders[0] / f"{name}.csv", table.iloc[:0])
    with pytest.raises(VerificationError, match="rows do not agree with the reference: ") as error:
        check_agreement(compared(*folders), "details.csv")
    lines = str(error.value).splitlines()
    assert len(lines) <= 10
    assert re.search(r"  and \d{2,} more$", str(error.value), re.M)
    assert f"trials ({len(tables['trials'])})" in lines[0] and "details.csv" in lines[-1]


def test_the_summary_counts_the_rows_of_every_table(folders, tables):
    trials = tables["trials"].copy()
    trials.loc[:2, "score"] += 0.5
    write_table(folders[0] / "trials.csv", trials)
    counts = {
        name: rest for name, *rest in map(str.split, summarise(compared(*folders)).splitlines())
    }
    assert counts["trials"] == [str(len(trials) - 3), "0", "3"]
    assert counts["epochs"] == [str(len(tables["epochs"])), "0", "0"]


@pytest.mark.parametrize(
    ("table", "column", "found", "expected", "agree"),
    [
        ("trials", "score", "0.89", "0.881", True),
        ("trials", "score", "0.89", "0.87", False),
        ("epochs", "train_loss", "2.0", "2.015", True),
        ("trials", "hp_learning_rate", "0.001", "0.002", False),
        ("trials", "hp_learning_rate", "0.001", "0.001000001", True),
        ("trials", "hp_units", "64", "65", False),
        ("trials", "epochs_charged", "10", "11", False),
        ("trials", "best_epoch", "9", "10", True),
        ("targets", "expected_epochs", "inf", "inf", True),
        ("targets", "expected_epochs", "inf", "2.5", False),
        ("trials", "status", "completed", "failed", False),
        ("trials", "leaky_score", "", "0.001", False),
        # What decides who is better: no difference is none that was found.
        ("comparisons", "difference", "0.0085", "0.0", False),
        ("comparisons", "difference", "0.0085", "0.0080", True),
        ("comparisons", "lower", "0.0014", "-0.0001", False),
        ("comparisons", "a12", "0.72", "0.725", True),
        ("retrained_comparisons", "difference", "0.003", "0.0", False),
        ("leak", "cost", "0.002", "0.0", False),
        ("leak", "flattery", "0.012", "0.0125", True),
        # These columns hold accuracies in one table, and differences in another.
        # A p-value has a scale of its own, and so has what it decides.
        ("bounds", "p_value", "0.0001", "0.0099", False),
        ("bounds", "p_value", "0.045", "0.054", False),
        ("bounds", "p_value", "0.0312", "0.0315", True),
        ("bounds", "p_value", "0.001", "0.002", False),
        ("summary", "epochs_spent", "99.5", "99.6", False),
        # A column that nobody has thought of must be equal.
        ("trials", "brand_new", "0.5", "0.5001", False),
        ("published", "mean", "0.8962", "0.8900", True),
        ("published_differences", "mean", "0.0028", "0.0", False),
        ("published_differences", "mean", "0.0028", "0.0023", True),
    ],
)
def test_tolerance_is_for_what_is_measured(table, column, found, expected, agree):
    assert close(table, column, found, expected) == agree


def test_every_tolerance_is_of_a_column_that_a_table_has():
    plan = made_up.experiment(published=made_up.PUBLISHED)
    tables = made_up.make_tables(plan)
    assert set(TOLERANCES) <= {column for table in tables.values() for column in table}
