"""The references follow from their own trials, and the README tells what the first one says."""

import json
import shutil

import pandas as pd
import pytest
from conftest import PROJECT
from made_up import analyses

from tuner_trials.analysis.registry import TRIAL_TABLES
from tuner_trials.results.tables import read_table, write_table
from tuner_trials.search.random_search import SAME_BUDGET

REFERENCES = sorted(path.parent for path in (PROJECT / "reference").glob("*/experiment.json"))


def experiment_of(folder):
    return json.loads((folder / "experiment.json").read_text("utf-8"))


def tables_of(folder):
    return {path.stem: read_table(path) for path in (folder / "tables").glob("*.csv")}


@pytest.mark.parametrize("folder", REFERENCES, ids=lambda folder: folder.name)
def test_every_analysis_of_the_reference_is_that_of_today(folder, tmp_path):
    experiment, shipped = experiment_of(folder), tables_of(folder)
    # The forests of importance take a minute.
    given = (*TRIAL_TABLES, "importance")
    today = analyses({name: shipped[name] for name in given}, experiment)
    assert set(today) | set(given) == set(shipped)
    shutil.copy(folder / "tables/columns.json", tmp_path)
    for name, table in today.items():
        write_table(tmp_path / f"{name}.csv", table)
        written = read_table(tmp_path / f"{name}.csv")
        # Another processor adds up in another order.
        pd.testing.assert_frame_equal(written, shipped[name], rtol=1e-9, atol=1e-9, obj=name)


def test_the_readme_tells_the_reference_s_verdicts():
    readme = " ".join((PROJECT / "README.md").read_text("utf-8").split())
    tables = tables_of(PROJECT / "reference/fashion_mnist")
    comparisons = tables["comparisons"]
    against = comparisons[comparisons["opponent"] == SAME_BUDGET].set_index("strategy")
    said = readme.split("On this run,")[1].split("Set everything up")[0]
    for strategy, row in against.iterrows():
        numbers = [100 * row[name] for name in ("difference", "lower", "upper")]
        words = f"{strategy} {row['verdict']} ({{:+.2f}} points, {{:+.2f}} to {{:+.2f}})"
        assert words.format(*numbers) in said
    retrained = tables["retrained_comparisons"].query("part == 'test' and opponent == @SAME_BUDGET")
    for row in retrained.itertuples():
        assert f"{row.strategy} {row.verdict} ({100 * row.difference:+.2f})" in said
