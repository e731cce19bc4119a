"""Who follows a page of the docs gets what it says: the real commands, in a copy of the project."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from conftest import PROJECT
from faults.project_copy import copy_project
from pages import follow


@pytest.fixture
def project(tmp_path):
    copy_project(tmp_path / "my project")
    return tmp_path / "my project"


def snakemake(project, experiment, *arguments):
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--configfile", experiment]
    return subprocess.run([*command, *arguments], cwd=project, capture_output=True, text=True)


@pytest.mark.long
def test_your_data_leads_from_a_table_to_its_report(project):
    follow(PROJECT / "docs/your_data.md", project)
    results = project / "results/tumours"
    page = (results / "report.html").read_text("utf-8")
    for words in ("tumours.npz", "standard deviation 1", "benign", "numbered from 0"):
        assert words in page
    split = json.loads((results / "data/split.json").read_text())
    assert split["classes"] == ["benign", "malignant"]
    assert split["parts"]["train"]["shape"] == [30]
    # A net learns from columns of such different size only if they are standardised.
    trials = pd.read_csv(results / "tables/trials.csv")
    assert set(trials["status"]) == {"completed"}
    assert trials["score"].max() > 0.9
    assert not (project / "results/datasets").exists()

    # Other numbers under the same name are another dataset; and a bad file says why.
    arrays = dict(np.load(project / "tumours.npz"))
    arrays["x_train"][3, 4] = 0
    np.savez(project / "tumours.npz", **arrays)
    assert "rule train_trials" in snakemake(project, "tumours.yaml", "-n").stdout
    arrays["x_train"][3, 4] = np.nan
    np.savez(project / "my tumours.npz", **arrays)
    run = snakemake(project, "tumours.yaml", "--config", "dataset={source: my tumours.npz}")
    said = run.stdout + run.stderr
    assert run.returncode != 0
    assert "dataset.source: my tumours.npz: x_train has values that are NaN" in said
    assert "first in row 3" in said and "Traceback" not in said


@pytest.mark.long
def test_your_model_leads_from_images_to_their_report(project):
    follow(PROJECT / "docs/your_model.md", project)
    results = project / "results/patches"
    page = (results / "report.html").read_text("utf-8")
    assert "8 x 8 x 3 numbers each" in page
    assert "it reads every hyperparameter" in page
    trials = pd.read_csv(results / "tables/trials.csv")
    assert set(trials["status"]) == {"completed"}
    assert trials["score"].max() > 0.6

    # A model that cannot work ends the run in words, before anything is trained.
    model = project / "models/patches.py"
    model.write_text(model.read_text().replace("sparse_categorical", "categorical"))
    run = snakemake(project, "patches.yaml")
    said = run.stdout + run.stderr
    assert run.returncode != 0
    assert "model: models/patches.py: the loss cannot be computed" in said
    assert "Traceback" not in said and "trial " not in said
