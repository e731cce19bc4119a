"""A learner of any library: trained by a generator of the user's, judged like every other."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import PROJECT
from sklearn.datasets import load_breast_cancer, load_diabetes

from tuner_trials.foundation.errors import UserError
from tuner_trials.objectives import OBJECTIVES
from tuner_trials.tasks.data.arrays import save_arrays
from tuner_trials.tasks.data.split import split
from tuner_trials.tasks.kinds import training_kind
from tuner_trials.tasks.loading import load_task
from tuner_trials.tasks.python import check
from tuner_trials.trials.retraining import Retrainer
from tuner_trials.trials.store import Store
from tuner_trials.trials.trainer_factory import load_retrainer, load_trainer
from tuner_trials.trials.trial import train

CONSTANT = """
import numpy as np
def train(configuration, data, seed):
    for epoch in range(configuration.get("yields", 99)):
        {body}
        yield lambda x: np.full(len(x), configuration["value"] + 0.0 * epoch)
"""


def say(line):
    """Nobody listens."""


@pytest.fixture
def inputs(tmp_path):
    """Paths of the parts of the diabetes data, as a rule hands them over."""
    table = load_diabetes()
    arrays = {"x_train": table.data, "y_train": table.target}
    parts, _ = split(arrays, 0.25, 0.25, 1, say=say)
    for name, part in parts.items():
        save_arrays(tmp_path / f"{name}.npz", dict(zip("xy", part, strict=True)))
    paths = {name: str(tmp_path / f"{name}.npz") for name in parts}
    return SimpleNamespace(
        **paths, model=str(PROJECT / "models/gradient_boosting.py"), model_files=[]
    )


def settings(objective="rmse", **changes):
    return {
        "objective": OBJECTIVES[objective].described(),
        "class_weight": None,
        "batch_size": 128,
        "precision": "float32",
        "versions": {},
        "epochs": 4,
        "seed": 1,
        "search_space": {"max_leaf_nodes": {"type": "int", "low": 2, "high": 8}},
    } | changes


def written(inputs, tmp_path, text):
    path = tmp_path / "own.py"
    path.write_text(text)
    return SimpleNamespace(**vars(inputs) | {"model": str(path)})


def test_the_kind_is_told_by_what_the_file_defines(tmp_path):
    kinds = {
        "def train(configuration, data, seed): yield 1": "python",
        "from elsewhere import train": "python",
        "def build_model(hp): ...\ndef train(): ...": "keras",
        "def build_model(hp): ...": "keras",
        "def": "keras",
    }
    for text, kind in kinds.items():
        (tmp_path / "model.py").write_text(text)
        assert training_kind(tmp_path / "model.py") == kind


def test_scores_are_in_the_unit_of_the_targets_and_beat_knowing_nothing(inputs):
    task = load_task(inputs, settings())
    outcome, _ = train(task, {"max_leaf_nodes": 4}, 4, seed=7)
    assert outcome.status == "completed"
    y = load_diabetes().target
    nothing = task.objective.know_nothing(task.train.labels, task.validation.labels)
    assert -y.std() * 1.2 < nothing < -y.std() * 0.8
    assert nothing < outcome.score < -40
    assert outcome.history["train_loss"] == []
    assert -outcome.score == min(outcome.history["validation"])
    assert outcome.leaky_score > outcome.score
    assert len(outcome.epoch_seconds) == 4


def test_a_continued_training_is_the_whole_one(inputs):
    task, configuration = load_task(inputs, settings()), {"max_features": 0.4}
    whole, _ = train(task, configuration, 4, seed=7)
    short, state = train(task, configuration, 2, seed=7)
    on, _ = train(task, configuration, 4, 7, short.history, state, short.epoch_seconds)
    assert on.history == whole.history
    assert (on.score, on.leaky_score) == (whole.score, whole.leaky_score)
    assert len(on.epoch_seconds) == 4
    assert train(task, configuration, 4, seed=8)[0].history != whole.history


def test_without_save_a_continuation_trains_again_with_the_same_outcome(inputs, tmp_path):
    text = CONSTANT.format(body="pass")
    own = written(inputs, tmp_path, text)
    trainer = load_trainer(own, settings(), Store(tmp_path / "store", say))
    short = trainer({"value": 0.1}, 2, 7)
    assert short.status == "completed"
    assert trainer({"value": 0.1}, 4, 7, continues=2).history["validation"] == (
        short.history["validation"] * 2
    )


@pytest.mark.parametrize(
    ("configuration", "body", "status", "words"),
    [
        ({"value": np.nan}, "pass", "diverged", "an output or the objective was not finite"),
        ({"value": 0.0, "yields": 2}, "pass", "failed", "train ended after 2 epochs"),
        ({"value": 0.0}, "raise RuntimeError('no luck')", "failed", "RuntimeError: no luck"),
        ({"value": 0.0}, "yield lambda x: x", "failed", "gives shape"),
        ({"value": 0.0}, "yield 5", "failed", "which has no predict"),
        ({"value": 0.0}, "yield lambda x: 1 / 0", "failed", "ZeroDivisionError"),
    ],
)
def test_what_goes_wrong_is_a_trial_with_its_cause(
    inputs, tmp_path, configuration, body, status, words
):
    task = load_task(written(inputs, tmp_path, CONSTANT.format(body=body)), settings())
    outcome, state = train(task, configuration, 4, seed=7)
    assert outcome.status == status
    assert words in outcome.message
    assert outcome.score == task.objective.know_nothing(task.train.labels, task.validation.labels)
    assert state == []


def test_the_winner_is_tested_as_it_was_in_its_best_epoch(inputs, tmp_path):
    retrainer: Retrainer = load_retrainer(
        inputs, settings(epochs=9), Store(tmp_path / "store", say)
    )
    record = {"strategy": "bayesian", "repeat": 0, "status": "completed"}
    row = retrainer(record | {"configuration": {"learning_rate": 0.5}}, 0)
    task = retrainer.task
    training = task.start({"learning_rate": 0.5}, row["seed"])
    values, tested = [], []
    for _ in range(9):
        training.advance()
        values.append(training.history["validation"][-1])
        outputs = training.predict(retrainer.test)
        tested.append(task.objective.value(retrainer.test.labels, outputs))
    best = int(np.argmin(values))
    assert best < 8  # it overfits, or this would show nothing
    assert (row["validation"], row["test"]) == (values[best], tested[best])
    assert retrainer.baseline()["test"] == pytest.approx(retrainer.test.labels.std(), rel=0.05)


def test_hyperparameters_that_are_never_read_are_named(inputs, tmp_path):
    text = CONSTANT.format(body="configuration['depth']")
    task = load_task(written(inputs, tmp_path, text), settings())
    configurations = [{"value": 0.1, "depth": 3, "width": 2}] * 9
    found = check(inputs, {}, configurations, ["value", "depth", "width"], lambda: task)
    assert found == {"builds": 9, "failed": 0, "ignored": ["width"], "continued": False}
    with pytest.raises(UserError, match="train failed for each of 2 configurations"):
        check(inputs, {}, [{"value": 1.0}] * 2, ["value"], lambda: task)


def test_classes_need_a_probability_each(inputs, tmp_path):
    table = load_breast_cancer()
    arrays = {"x_train": table.data, "y_train": table.target}
    parts, _ = split(arrays, 0.25, 0.25, 1, say=say)
    for name, part in parts.items():
        save_arrays(tmp_path / f"{name}.npz", dict(zip("xy", part, strict=True)))
    task = load_task(inputs, settings("roc_auc"))
    outcome, _ = train(task, {}, 3, seed=7)
    assert outcome.score > 0.95
    assert task.data.classes == 2


def test_neither_learner_nor_tuner_imports_tensorflow():
    script = """
import sys
from tuner_trials.space.search_space import SearchSpace
from tuner_trials.search.strategies.registry import read_strategy
from tuner_trials.search import loop
from tuner_trials.trials import store, trainer_factory
from tuner_trials.tasks import python
space = SearchSpace({"a": {"type": "float", "low": 0.1, "high": 1.0}})
for algorithm in ("BayesianOptimization", "Hyperband", "RandomSearch", "GridSearch", "TPE"):
    searching = read_strategy({"algorithm": algorithm}).start(space, 20, 10, 3)
    for number in range(12):
        if not searching.ask():  # the grid has eleven values
            break
        searching.tell(number, 0.1 * number)
print(sorted({"tensorflow", "keras"} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.long
def test_tuners_suggest_the_same_with_keras_and_without():
    script = """
import sys
{first}
from tuner_trials.space.search_space import SearchSpace
from tuner_trials.search.strategies.registry import read_strategy
space = SearchSpace(
    {{
        "rate": {{"type": "float", "low": 1e-4, "high": 1e-1, "scale": "log"}},
        "layers": {{"type": "int", "low": 1, "high": 3}},
        "units": {{"type": "int", "low": 4, "high": 64, "active_if": {{"layers": [2, 3]}}}},
        "kind": {{"type": "choice", "values": ["a", "b"]}},
        "norm": {{"type": "boolean"}},
    }}
)
for algorithm in ("BayesianOptimization", "Hyperband", "RandomSearch", "GridSearch"):
    searching = read_strategy({{"algorithm": algorithm}}).start(space, 40, 9, 3)
    for number in range(30):
        suggestion = searching.ask()
        print(suggestion)
        searching.tell(number, -len(str(suggestion)) - suggestion.configuration["rate"])
"""
    runs = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", script.format(first=first)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for first in ("import keras", "")
    ]
    assert runs[0] == runs[1]
    assert runs[0].count("Suggestion") == 120
