"""Objectives, learners and tasks other than the default ones, each from YAML to its report."""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import PROJECT
from faults.project_copy import copy_project
from pages import follow
from sklearn.datasets import make_classification

from tuner_trials.objectives import OBJECTIVES

SMALL = {
    "epochs": 3,
    "random_configurations": 12,
    "budget": 5,
    "repeats": 2,
    "retrainings": 2,
    "chapters": ["leak"],
}


@pytest.fixture
def project(tmp_path):
    copy_project(tmp_path / "project")
    return tmp_path / "project"


def run(project: Path, experiment: dict) -> Path:
    """Run an experiment to its end and give its results."""
    (project / "own.yaml").write_text(yaml.safe_dump(experiment, sort_keys=False))
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--configfile", "own.yaml"]
    environment = os.environ | {"PYTHONPATH": str(project / "src")}
    finished = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return project / "results" / experiment["name"]


def changed(path: str, **changes) -> dict:
    experiment = yaml.safe_load((PROJECT / path).read_text("utf-8"))
    experiment["strategies"]["bayesian"]["num_initial_points"] = 2
    return experiment | SMALL | changes


def words_of(results: Path) -> str:
    page = (results / "report.html").read_text("utf-8")
    page = re.sub(r"<style.*?</style>|data:image[^\"]*", "", page, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def check_report(results: Path, name: str) -> str:
    """The report's words, after a look whether tables and words agree on unit and direction."""
    objective, words = OBJECTIVES[name], words_of(results)
    tables = results / "tables"
    trials = pd.read_csv(tables / "trials.csv")
    assert np.allclose(trials["score"], trials["validation"] * objective.sign)
    baseline = pd.read_csv(tables / "baseline.csv").set_index("part")["baseline"]
    assert f"judged by {objective.label} ({objective.direction})" in words
    for value in baseline:
        assert objective.shown(value * objective.sign) in words
    comparisons = pd.read_csv(tables / "comparisons.csv")
    for _, row in comparisons.iterrows():
        compared = f"{row['strategy']} {row['opponent']} {row['verdict']}"
        assert f"{compared} {objective.difference(row['difference'])} " in words
    # The best random trial is the best by the objective's own direction.
    pool = trials[trials["strategy"] == "random"]["validation"]
    best = pool.max() if objective.greater_is_better else pool.min()
    whole = pd.read_csv(tables / "random_statistics.csv")["expected"].iloc[-1]
    assert whole == pytest.approx(objective.sign * best)
    # Of the course code alone, which knew no other objective.
    assert "accuracy" not in words.replace("ranked the configurations by their accuracy", "")
    return words


@pytest.mark.long
def test_a_regression_by_gradient_boosting_reports_rmse_where_lower_is_better(project):
    results = run(project, changed("experiments/gradient_boosting.yaml"))
    words = check_report(results, "rmse")
    assert "the mean of the targets" in words
    assert "median" in words and "class 0" not in words
    epochs = pd.read_csv(results / "tables/epochs.csv")
    assert epochs["train_loss"].isna().all() and epochs["validation"].between(40, 100).all()
    tested = pd.read_csv(results / "tables/test_scores.csv")
    assert tested["test"].between(40, 80).all()
    seconds = pd.read_csv(results / "tables/epoch_seconds.csv")
    assert len(seconds) == len(epochs) and (seconds["seconds"] > 0).all()
    split = json.loads((results / "data/split.json").read_text())
    assert split["classes"] is None


@pytest.mark.long
def test_rare_positives_are_judged_by_roc_auc_with_keras(project):
    x, y = make_classification(
        2000, 12, n_informative=4, weights=[0.98], flip_y=0, class_sep=1.5, random_state=0
    )
    np.savez(project / "rare.npz", x_train=x, y_train=y)
    assert 0.015 < y.mean() < 0.025
    experiment = changed(
        "experiments/digits.yaml",
        name="rare",
        dataset={"source": "rare.npz", "validation_fraction": 0.25, "test_fraction": 0.25},
        objective="roc_auc",
    )
    del experiment["strategies"]["hyperband"], experiment["strategies"]["refined_random"]
    results = run(project, experiment)
    check_report(results, "roc_auc")
    baseline = pd.read_csv(results / "tables/baseline.csv")["baseline"]
    assert (baseline == 0.5).all()
    tested = pd.read_csv(results / "tables/test_scores.csv")
    assert tested["test"].mean() > 0.7


@pytest.mark.long
@pytest.mark.skipif(
    not find_spec("torch") and not os.environ.get("TUNER_TRIALS_NEEDS_TORCH"),
    reason="needs torch: uv run --extra torch pytest",
)
def test_a_net_in_pytorch_is_judged_by_macro_f1(project):
    results = run(project, changed("experiments/torch_mlp.yaml"))
    check_report(results, "f1_macro")
    trials = pd.read_csv(results / "tables/trials.csv")
    assert set(trials["status"]) == {"completed"}
    # Promoted trials are continued, to the bit as if they had been trained in one go.
    assert (trials["epochs_charged"] < trials["epochs"]).any()


@pytest.mark.long
@pytest.mark.parametrize("page", ["your_learner", "your_objective"])
def test_the_page_leads_to_its_reports(project, page):
    follow(PROJECT / f"docs/{page}.md", project)
    name = {"your_learner": "neighbours", "your_objective": "costs"}[page]
    words = words_of(project / "results" / name)
    label = {"your_learner": "balanced accuracy", "your_objective": "cost"}[page]
    assert f"judged by {label}" in words
