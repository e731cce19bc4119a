"""A trial that goes wrong is a result; too many of them are none."""

import resource
from html import escape

import pandas as pd
import pytest
import yaml

from faults.project_copy import EXPERIMENT, FCNN, RESULTS, TRIALS

pytestmark = pytest.mark.long

MEMORY = 8 * 2**30  # bytes that a process may ask for


def test_failing_trials_are_recorded_charged_scored_at_chance_and_shown(copy):
    config = yaml.safe_load((copy.folder / EXPERIMENT).read_text("utf-8"))
    troubles = ["none", "divergence", "exception", "memory"]
    config["search_space"]["trouble"] = {"type": "choice", "values": troubles}
    config |= {
        "model": "tests/faults/nets.py",
        "model_files": ["models/fcnn.py"],
        "max_failed_share": 1.0,
    }
    (copy.folder / "troubled.yaml").write_text(yaml.safe_dump(config), "utf-8")
    options = {
        "experiment": "troubled.yaml",
        "preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    }
    copy.run(**options)

    trials = pd.read_csv(copy.folder / RESULTS / "tables/trials.csv", keep_default_na=False)
    assert set(trials["hp_trouble"]) == set(troubles)
    for trouble, status, message in [
        ("none", "completed", ""),
        ("divergence", "diverged", ""),
        ("exception", "failed", "RuntimeError: nothing can be built"),
        ("memory", "failed", "ResourceExhaustedError: "),
    ]:
        own = trials[trials["hp_trouble"] == trouble]
        assert set(own["status"]) == {status}
        assert own["message"].str.startswith(message).all()
    wrong = trials[trials["status"] != "completed"]
    baseline = pd.read_csv(copy.folder / RESULTS / "tables/baseline.csv").set_index("part")
    assert set(wrong["score"]) == {baseline.loc["validation", "baseline"]}
    assert (trials.loc[trials["strategy"] == "random", "epochs_charged"] == 3).all()
    assert trials.loc[trials["strategy"] == "bayesian", "epochs_charged"].sum() == 4 * 3
    page = (copy.folder / RESULTS / "report.html").read_text("utf-8")
    assert f"{len(wrong)} of {len(trials)} trials failed or diverged." in page
    for status, count in wrong["status"].value_counts().items():
        assert page.count(f"<td>{status}</td>") == count
    first_lines = wrong["message"].str.strip().str.split("\n").str[0]
    for line, count in first_lines[first_lines != ""].value_counts().items():
        assert page.count(f"<td>{escape(line)}</td>") == count
    assert "<td>RuntimeError: nothing can be built</td>" in page

    stopped = copy.fail(TRIALS, "--config", "max_failed_share=0.2", **options)
    assert f"{len(wrong)} of {len(trials)} trials were not completed" in stopped.text
    assert "max_failed_share is 0.2" in stopped.text and "Traceback" not in stopped.text
    assert stopped.trials() == []


def test_a_fault_of_the_package_stops_the_job_with_a_traceback(copy):
    """It is no trial that failed, and no share of failed trials hides it."""
    module = copy.folder / "src/tuner_trials/tasks/keras/engine.py"
    text, place = module.read_text("utf-8"), "        rng = np.random.default_rng(derive_seed("
    assert place in text
    module.write_text(text.replace(place, "        len(3)\n" + place), "utf-8")
    copy.fail("random", *FCNN, "max_failed_share=1.0")
    log = (copy.folder / RESULTS / "logs/train_trials/0000.log").read_text("utf-8")
    assert "Traceback" in log and "TypeError: object of type 'int' has no len()" in log
    assert list((copy.folder / RESULTS / "random").glob("trials/*.json")) == []
