"""Winners are trained again with fresh seeds, and tested once."""

import dataclasses

import pandas as pd
import pytest
from conftest import PROJECT

from tuner_trials.analysis.incumbents import best_trials
from tuner_trials.results.best_trials import incumbents
from tuner_trials.tasks.keras.engine import Part, Training
from tuner_trials.trials.retraining import Retrainer
from tuner_trials.trials.store import Store, circumstances

RECORD = {
    "strategy": "ours",
    "repeat": 1,
    "trial": 0,
    "status": "completed",
    "configuration": {"units": 16, "learning_rate": 0.02},
}


@pytest.fixture
def retrainer(task, images, tmp_path):
    x, y, _, _ = images
    about = circumstances(task, [PROJECT / "models/fcnn.py"], {})
    return Retrainer(task, Part(x[:100], y[:100]), about, Store(tmp_path, pytest.fail), 3, 42)


def test_the_test_is_that_of_the_best_epoch_on_validation(task, retrainer):
    row = retrainer(RECORD, 0)
    training = Training(task, RECORD["configuration"], row["seed"])
    tested = []
    for _ in range(3):
        training.advance()
        outputs = training.predict(retrainer.test)
        tested.append(task.objective.value(retrainer.test.labels, outputs))
    validated = training.history["validation"]
    assert row["validation"] == max(validated)
    assert row["test"] == tested[validated.index(max(validated))]


def test_nothing_is_retrained_twice_and_every_retraining_has_its_seed(retrainer):
    rows = [retrainer(RECORD, retraining) for retraining in range(2)]
    assert rows[0]["seed"] != rows[1]["seed"]
    retrainer.task = dataclasses.replace(retrainer.task, build_model=pytest.fail)
    assert [retrainer(RECORD, retraining) for retraining in range(2)] == rows
    # Nor is the same winner of another search of this repeat.
    others = [retrainer(RECORD | {"strategy": "theirs"}, retraining) for retraining in range(2)]
    assert others == [row | {"strategy": "theirs"} for row in rows]


@pytest.mark.parametrize("status", ["failed", "diverged"])
def test_a_search_without_a_completed_trial_has_no_test_scores(retrainer, status):
    retrainer.task = dataclasses.replace(retrainer.task, build_model=pytest.fail)
    row = retrainer(RECORD | {"status": status}, 0)
    assert row["validation"] is None and row["test"] is None


def test_incumbents_are_the_earliest_of_the_best_in_each_repeat():
    scores = [(0, 0, 0.5), (0, 1, 0.7), (0, 2, 0.7), (1, 1, 0.6), (1, 0, 0.6)]
    records = [
        {"repeat": repeat, "trial": trial, "score": score, "status": "completed"}
        for repeat, trial, score in scores
    ]
    assert [(r["repeat"], r["trial"]) for r in incumbents(records)] == [(0, 1), (1, 0)]


@pytest.mark.parametrize(
    ("statuses", "best"),
    [
        (["failed", "completed", "completed"], 2),
        (["completed", "diverged", "failed"], 0),
        (["failed", "diverged", "failed"], 0),
    ],
)
def test_what_completed_below_chance_is_before_what_did_not(statuses, best):
    trials = [
        {"strategy": "ours", "repeat": 0, "trial": trial, "status": status}
        | {"score": 0.08 + trial / 100 if status == "completed" else 0.1}
        for trial, status in enumerate(statuses)
    ]
    assert [record["trial"] for record in incumbents(trials)] == [best]
    assert list(best_trials(pd.DataFrame(trials))["trial"]) == [best]
