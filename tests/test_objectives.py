"""What trials are judged by: scikit-learn's metrics, with their direction, unit and baseline."""

import numpy as np
import pytest
from sklearn import metrics

from tuner_trials.objectives import (
    OBJECTIVES,
    Objective,
    ObjectiveError,
    equivalence,
    objective_named,
)

RNG = np.random.default_rng(0)
CLASSES = [name for name, objective in OBJECTIVES.items() if objective.task == "classification"]
TARGETS = [name for name, objective in OBJECTIVES.items() if objective.task == "regression"]
SKLEARN = {
    "accuracy": lambda y, p: metrics.accuracy_score(y, p.argmax(1)),
    "balanced_accuracy": lambda y, p: metrics.balanced_accuracy_score(y, p.argmax(1)),
    "f1_macro": lambda y, p: metrics.f1_score(y, p.argmax(1), average="macro"),
    "roc_auc": lambda y, p: metrics.roc_auc_score(
        y, p[:, 1] if p.shape[1] == 2 else p, multi_class="ovr"
    ),
    "neg_log_loss": lambda y, p: -metrics.log_loss(y, p),
    "rmse": metrics.root_mean_squared_error,
    "mae": metrics.mean_absolute_error,
    "r2": metrics.r2_score,
}


def predictions(classes):
    logits = RNG.normal(size=(200, classes)).astype(np.float32)
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return RNG.integers(0, classes, 200), logits, probabilities.astype(np.float64)


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("name", CLASSES)
def test_of_classes_it_is_scikit_learns_for_probabilities_and_logits_alike(name, classes):
    y, logits, probabilities = predictions(classes)
    theirs = SKLEARN[name](y, probabilities)
    assert OBJECTIVES[name].value(y, probabilities) == pytest.approx(theirs, abs=1e-7)
    assert OBJECTIVES[name].value(y, logits) == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize("name", TARGETS)
def test_of_targets_it_is_scikit_learns_whatever_the_last_axis(name):
    y, values = RNG.normal(50, 9, 200), RNG.normal(50, 9, 200)
    theirs = SKLEARN[name](y, values)
    assert OBJECTIVES[name].value(y, values) == pytest.approx(theirs)
    assert OBJECTIVES[name].value(y, values[:, None]) == pytest.approx(theirs)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_better_value_is_a_higher_score_and_perfect_predictions_are_the_best(name):
    objective = OBJECTIVES[name]
    if objective.task == "classification":
        y, _, other = predictions(3)
        perfect = np.eye(3)[y] * 0.98 + 0.01
    else:
        y, other = RNG.normal(50, 9, 200), RNG.normal(50, 9, 200)
        perfect = y
    best, worse = objective.score(y, perfect), objective.score(y, other)
    nothing = objective.know_nothing(y, y)
    assert best > nothing and best > worse
    values = objective.value(y, perfect), objective.value(y, other)
    assert (values[0] > values[1]) == objective.greater_is_better
    assert not np.isfinite(objective.value(y, np.full_like(other, np.nan)))


def test_knowing_nothing_is_the_most_frequent_class_the_shares_or_the_mean():
    train, part = np.array([0, 1, 1, 1, 2]), np.array([0, 0, 1, 2])
    nothing = {name: OBJECTIVES[name].know_nothing(train, part) for name in CLASSES}
    assert nothing["accuracy"] == 0.25
    assert nothing["balanced_accuracy"] == pytest.approx(1 / 3)
    assert nothing["roc_auc"] == 0.5
    shares = np.array([0.2, 0.2, 0.6, 0.2])
    assert nothing["neg_log_loss"] == pytest.approx(np.log(shares).mean())
    targets, others = np.array([1.0, 2.0, 6.0]), np.array([3.0, 5.0])
    assert OBJECTIVES["mae"].know_nothing(targets, others) == -1
    assert OBJECTIVES["rmse"].know_nothing(targets, others) == pytest.approx(-np.sqrt(2))


def test_a_part_with_one_class_has_no_roc_auc():
    with pytest.raises(ObjectiveError, match="roc_auc is not defined"):
        OBJECTIVES["roc_auc"].know_nothing(np.array([0, 1]), np.array([1, 1, 1]))


def test_people_read_values_in_their_own_direction_and_unit():
    accuracy, rmse = OBJECTIVES["accuracy"], OBJECTIVES["rmse"]
    assert accuracy.shown(0.9) == "90.00%"
    assert accuracy.difference(-0.00001) == "+0.00 points"
    assert accuracy.cell(0.9) == "0.9000" and accuracy.difference_cell(-0.00001) == "+0.0000"
    assert accuracy.span(0.1, 0.2) == "0.1000 to 0.2000"
    # A score of -12.5 is an error of 12.5, and one that is higher by 0.25 a smaller error.
    assert rmse.shown(-12.5) == "12.5" and rmse.cell(-12.5) == "12.5"
    assert rmse.difference(0.25) == "-0.25" and rmse.size(0.25) == rmse.size(-0.25) == "0.25"
    assert rmse.span(-13.0, -12.5) == "12.5 to 13"
    assert rmse.span(-1.0, 2.0, difference=True) == "-2 to +1"
    assert rmse.shown(-123_456.7) == "123457" and rmse.shown(-0.000123456) == "0.0001235"
    assert rmse.shown(np.nan) == "-"


def test_differences_that_count_as_none_are_given_or_a_share_of_the_baseline():
    assert equivalence(0.5, 70.0) == 0.5
    assert equivalence(OBJECTIVES["rmse"].equivalence, 70.0) == pytest.approx(0.7)
    assert equivalence(OBJECTIVES["accuracy"].equivalence, 0.1) == 0.003


OWN = """
greater_is_better = False
name = "misses"
{reads}
def evaluate(y_true, y_pred):
    return float((y_true != y_pred).mean()) if y_pred.ndim == 1 else float(y_pred[0, 0])
"""


def test_a_file_of_the_users_is_an_objective(tmp_path):
    (tmp_path / "own.py").write_text(OWN.format(reads=""))
    own = objective_named(str(tmp_path / "own.py"), None)
    y, _, probabilities = predictions(3)
    misses = (probabilities.argmax(1) != y).mean()
    assert own.value(y, probabilities) == misses and own.score(y, probabilities) == -misses
    assert (own.name, own.greater_is_better, own.task) == ("misses", False, "classification")
    assert Objective(**own.described()) == own
    (tmp_path / "own.py").write_text(OWN.format(reads='reads = "probabilities"'))
    own = objective_named(str(tmp_path / "own.py"), None)
    assert own.value(y, probabilities) == pytest.approx(probabilities[0, 0])
    own = objective_named(str(tmp_path / "own.py"), "regression")
    assert own.value(np.array([1.0, 2.0]), np.array([1.0, 3.0])) == 0.5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def evaluate(y_true, y_pred): ...", "needs a function evaluate"),
        ("greater_is_better = True", "needs a function evaluate"),
        ("greater_is_better = 'yes'\ndef evaluate(y_true, y_pred): ...", "needs a function"),
        ("greater_is_better = True\nreads = 'words'\ndef evaluate(a, b): ...", "reads must be"),
        ("def evaluate(", "cannot be read"),
    ],
)
def test_a_file_that_is_no_objective_is_refused(tmp_path, text, words):
    (tmp_path / "own.py").write_text(text)
    with pytest.raises(ObjectiveError, match=words):
        objective_named(str(tmp_path / "own.py"), None)


def test_an_evaluation_that_fails_is_told_before_anything_is_trained(tmp_path):
    text = OWN.format(reads="").replace("return", "raise ValueError('no such labels')\n    return")
    (tmp_path / "own.py").write_text(text)
    with pytest.raises(ObjectiveError, match="misses cannot be computed: no such labels"):
        objective_named(str(tmp_path / "own.py"), None).know_nothing(
            np.array([0, 1]), np.array([1])
        )


def test_a_name_that_does_not_fit_is_refused_with_those_that_do():
    assert objective_named(None, None).name == "accuracy"
    assert objective_named(None, "regression").name == "rmse"
    assert objective_named("mae", None).task == "regression"
    with pytest.raises(ObjectiveError, match="'auc' is not allowed; use one of accuracy"):
        objective_named("auc", None)
    with pytest.raises(ObjectiveError, match="rmse does not judge classification; use one of acc"):
        objective_named("rmse", "classification")
