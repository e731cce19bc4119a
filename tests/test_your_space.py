"""What docs/your_space.md says of search spaces is so."""

import re

import pandas as pd
import pytest
import yaml
from conftest import PROJECT
from faults.project_copy import Copy

from tuner_trials.experiment import check_experiment
from tuner_trials.results.tables import read_table

PAGE = (PROJECT / "docs/your_space.md").read_text("utf-8")
TYPES, CONDITIONS, WHOLE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def experiment(text):
    """A block of the page as an experiment: what it lacks comes from the whole one."""
    return check_experiment(yaml.safe_load(WHOLE) | yaml.safe_load(text))


def test_every_type_has_the_values_that_are_said():
    space = experiment(TYPES).search_space
    assert {hyperparameter.type for _, hyperparameter in space.items()} == {
        "int",
        "float",
        "choice",
        "boolean",
        "fixed",
    }
    drawn = {name: {hp.at(u / 1000) for u in range(1000)} for name, hp in space.items()}
    assert drawn["hidden_layers"] == {1, 2, 3}
    assert drawn["width"] == {64, 128, 192, 256}
    assert drawn["noise"] == {0.0, 0.15, 0.3}
    assert drawn["batch_size"] == {64}
    assert 0.0001 <= min(drawn["learning_rate"]) < max(drawn["learning_rate"]) <= 0.01


@pytest.mark.parametrize(
    ("configuration", "active"),
    [
        ({"optimizer": "sgd", "layers": 4}, {"momentum"}),
        ({"optimizer": "adam", "layers": 2}, set()),
        ({"optimizer": "adam", "layers": 3, "skip_connections": False}, {"skip_connections"}),
        (
            {"optimizer": "adam", "layers": 4, "skip_connections": True},
            {"skip_connections", "skip_rate"},
        ),
    ],
)
def test_conditions_hold_as_they_are_said(configuration, active):
    space = experiment(CONDITIONS).search_space
    chosen = space.configure(lambda name, hp: configuration.get(name, hp.at(0.5)))
    assert set(chosen) == {"optimizer", "layers"} | active


@pytest.mark.long
def test_the_whole_experiment_runs_to_its_report(tmp_path):
    copy = Copy(tmp_path / "project", tmp_path)
    (copy.folder / "my_space.yaml").write_text(WHOLE, "utf-8")
    copy.run(cores=1, experiment="my_space.yaml")

    results = copy.folder / "results/conditional"
    trials = read_table(results / "tables/trials.csv")
    space = experiment(WHOLE).search_space
    assert [name for name in trials if name.startswith("hp_")] == [f"hp_{name}" for name in space]
    for row in trials.filter(like="hp_").to_dict("records"):
        found = {k.removeprefix("hp_"): v for k, v in row.items() if pd.notna(v)}
        assert space.clip(found) == found
    for _, own in trials.groupby("strategy"):
        assert own["hp_dropout_rate"].isna().any() and own["hp_dropout_rate"].notna().any()
    assert (trials["status"] == "completed").all()
    page = (results / "report.html").read_text("utf-8")
    assert "always 32" in page and "only if batch_normalization is false" in page
