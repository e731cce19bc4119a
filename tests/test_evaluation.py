"""Winners are trained again with fresh seeds, and tested once."""

import pandas as pd
import pytest
from conftest import PROJECT

from tuner_trials import evaluation
from tuner_trials.analysis.incumbents import best_trials
from tuner_trials.evaluation import Retrainer
from tuner_trials.incumbents import incumbents
from tuner_trials.random_search import SAME_BUDGET, as_random_search, random_searches
from tuner_trials.store import Store, circumstances
from tuner_trials.training import Part, Training

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
    about = circumstances(task, [PROJECT / "models/fcnn.py"])
    return Retrainer(task, Part(x[:100], y[:100]), about, Store(tmp_path, pytest.fail), 3, 42)


def test_the_test_is_that_of_the_best_epoch_on_validation(task, retrainer):
    row = retrainer(RECORD, 0)
    training = Training(task, RECORD["configuration"], row["seed"])
    tested = []
    for _ in range(3):
        training.train_epoch()
        tested.append(training.accuracy(retrainer.test))
    validated = training.history["val_accuracy"]
    assert row["val_accuracy"] == max(validated)
    assert row["test_accuracy"] == tested[validated.index(max(validated))]


def test_nothing_is_retrained_twice_and_every_retraining_has_its_seed(retrainer, monkeypatch):
    rows = [retrainer(RECORD, retraining) for retraining in range(2)]
    assert rows[0]["seed"] != rows[1]["seed"]
    monkeypatch.setattr(evaluation, "Training", pytest.fail)
    assert [retrainer(RECORD, retraining) for retraining in range(2)] == rows


@pytest.mark.parametrize("status", ["failed", "diverged"])
def test_a_search_without_a_completed_trial_has_no_test_scores(retrainer, monkeypatch, status):
    monkeypatch.setattr(evaluation, "Training", pytest.fail)
    row = retrainer(RECORD | {"status": status}, 0)
    assert row["val_accuracy"] is None and row["test_accuracy"] is None


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


@pytest.mark.parametrize(
    ("pool", "budget", "searches"), [(25, 10, 2), (20, 10, 2), (10, 10, 1), (100, 1, 10), (9, 8, 1)]
)
def test_the_pool_holds_ten_random_searches_side_by_side_or_fewer(pool, budget, searches):
    found = random_searches(pool, budget)
    assert [trial for trials in found for trial in trials] == list(range(searches * budget))
    assert {len(trials) for trials in found} == {budget}


def test_a_random_search_in_the_pool_is_a_repeat_of_its_own():
    pool = [{"strategy": "random", "repeat": 0, "trial": trial} for trial in range(4)]
    assert as_random_search(pool[2:], 1) == [
        {"strategy": SAME_BUDGET, "repeat": 1, "trial": trial} for trial in (2, 3)
    ]
