"""The references follow from their own trials, and the README tells what the first one says."""

import json

import pandas as pd
import pytest
from conftest import PROJECT

from tuner_trials.analysis.comparison import compare, compare_on_test, random_equivalents
from tuner_trials.analysis.early_stopping import early_stopping_table
from tuner_trials.analysis.hyperparameter_effects import hyperparameter_effects_table
from tuner_trials.analysis.leak import leak_table
from tuner_trials.analysis.random_statistics import random_statistics_table
from tuner_trials.analysis.ranks import ranks_table
from tuner_trials.analysis.summary import summary_table
from tuner_trials.random_search import SAME_BUDGET
from tuner_trials.search_space import SearchSpace
from tuner_trials.tables import read_table, write_table

REFERENCES = sorted(path.parent for path in (PROJECT / "reference").glob("*/provenance.json"))


def tables_of(folder):
    return {path.stem: read_table(path) for path in (folder / "tables").glob("*.csv")}


@pytest.mark.parametrize("folder", REFERENCES, ids=lambda folder: folder.name)
def test_every_analysis_of_the_reference_is_that_of_today(folder, tmp_path):
    experiment = json.loads((folder / "provenance.json").read_text("utf-8"))["experiment"]
    budget, equivalence = experiment["budget"], experiment["equivalence"]
    space = SearchSpace(experiment["search_space"]).tuned()
    shipped = tables_of(folder)
    trials, epochs, tested = (shipped[name] for name in ("trials", "epochs", "test_scores"))
    statistics = random_statistics_table(trials)
    today = {
        "random_statistics": statistics,
        "hyperparameter_effects": hyperparameter_effects_table(trials, space),
        "summary": summary_table(trials, tested, statistics, budget),
        "comparisons": compare(trials, budget, equivalence),
        "test_comparisons": compare_on_test(tested, equivalence),
        "random_equivalents": random_equivalents(trials, budget),
        "early_stopping": early_stopping_table(trials, epochs),
        "ranks": ranks_table(trials, budget, experiment["epochs"]),
        "leak": leak_table(trials, epochs),
    }
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
    test = tables["test_comparisons"].set_index("strategy")
    for strategy in against.index:
        assert f"{strategy} {100 * test.loc[strategy, 'difference']:+.2f}" in said
