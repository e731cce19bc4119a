"""Where results come from is told of the trainings themselves, however old they are."""

import json

import made_up
import pandas as pd
import pytest
from conftest import PROJECT

from tuner_trials.report.sections import Sections
from tuner_trials.results.provenance import provenance, trained_elsewhere
from tuner_trials.tasks.keras.engine import Part
from tuner_trials.trials.retraining import Retrainer
from tuner_trials.trials.store import Store, StoringTrainer, circumstances

CONFIGURATION = {"hidden_layers": 1, "units": 8, "learning_rate": 0.01, "dropout_rate": 0.1}


def test_a_stored_training_says_where_it_was_trained(task, images, tmp_path, monkeypatch):
    store = Store(tmp_path, pytest.fail)
    about = circumstances(task, [PROJECT / "models/fcnn.py"], {})
    x, y, _, _ = images
    retrainer = Retrainer(task, Part(x[:50], y[:50]), about, store, 2, 42)
    winner = {"configuration": CONFIGURATION, "strategy": "random", "repeat": 0}
    winner["status"] = "completed"
    trainer = StoringTrainer(task, about, store, epochs=2)

    def ask():
        return trainer(CONFIGURATION, 2, seed=1).commit, retrainer(winner, 0)["commit"]

    monkeypatch.setattr("tuner_trials.trials.trial.commit", lambda: "first")
    monkeypatch.setattr("tuner_trials.trials.retraining.commit", lambda: "first")
    assert ask() == ("first", "first")
    monkeypatch.setattr("tuner_trials.trials.trial.commit", lambda: "second")
    monkeypatch.setattr("tuner_trials.trials.retraining.commit", lambda: "second")
    assert ask() == ("first", "first")
    assert trainer(CONFIGURATION, 2, seed=2).commit == "second"


def test_trainings_are_counted_by_where_they_were_trained():
    here = provenance({}, pd.DataFrame(columns=["commit", "processor"]))
    rows = [(here["commit"], here["processor"])] * 3 + [("abc", "Another")] * 2 + [(None, None)]
    trainings = pd.DataFrame(rows, columns=["commit", "processor"])
    record = provenance({}, trainings)
    assert sum(origin["trainings"] for origin in record["trained"]) == 5
    assert trained_elsewhere(record) == (
        "Of 5 trainings, not all are of this commit and processor: 2 by commit abc on Another."
    )
    assert trained_elsewhere(provenance({}, trainings[:3])) == ""


def test_the_report_says_so_and_is_silent_where_all_are_of_one_origin(tmp_path):
    made_up.write_results(tmp_path, made_up.experiment())
    assert "not all are of this commit" not in Sections(tmp_path).versions().data
    path = tmp_path / "provenance.json"
    record = json.loads(path.read_text("utf-8"))
    record["trained"].append({"commit": "<old>", "processor": "Another", "trainings": 7})
    path.write_text(json.dumps(record), "utf-8")
    said = Sections(tmp_path).versions().data
    assert (
        "Of 77 trainings, not all are of this commit and processor: 7 by commit &lt;old&gt;" in said
    )
