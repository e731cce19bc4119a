"""Numeric targets: read, split by quantiles, standardised, and judged in their own unit."""

import numpy as np
import pytest

from tuner_trials.foundation.errors import DatasetError
from tuner_trials.tasks.data.dataset_file import read_dataset
from tuner_trials.tasks.data.split import split


def dataset(tmp_path, y, **others):
    x = np.random.default_rng(0).normal(size=(len(y), 4))
    np.savez(tmp_path / "own.npz", x_train=x, y_train=y, **others)
    return tmp_path / "own.npz"


def read(path, task="regression"):
    return read_dataset(path, lambda line: None, task=task)


@pytest.mark.parametrize("kind", [np.int8, np.int64, np.uint16, np.float16, np.float32, np.float64])
def test_numbers_of_every_type_are_targets(tmp_path, kind):
    y = np.arange(100, dtype=kind)
    arrays, classes = read(dataset(tmp_path, y))
    assert classes is None
    assert arrays["y_train"].dtype == np.float64
    assert (arrays["y_train"] == y).all()


def test_a_column_of_targets_may_be_one_axis_too_many(tmp_path):
    arrays, _ = read(dataset(tmp_path, np.linspace(0, 1, 50)[:, None]))
    assert arrays["y_train"].shape == (50,)


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (np.array(["a", "b"] * 30), "no numbers"),
        (np.where(np.arange(60) == 7, np.nan, 1.5), "1 targets that are missing or infinite"),
        (np.zeros((60, 2)), r"shape \(60, 2\)"),
    ],
)
def test_what_is_no_target_is_refused(tmp_path, y, words):
    with pytest.raises(DatasetError, match=words):
        read(dataset(tmp_path, y))


def test_numbers_that_are_not_whole_are_no_classes_and_the_remedy_is_named(tmp_path):
    with pytest.raises(DatasetError, match="task: regression"):
        read(dataset(tmp_path, np.linspace(0, 1, 60)), task="classification")
    with pytest.raises(DatasetError, match="task: regression"):
        read(dataset(tmp_path, np.arange(200) * 3), task="classification")


def parts_of(y, **changes):
    arrays = {"x_train": np.random.default_rng(0).normal(size=(len(y), 4)), "y_train": y} | changes
    said = []
    parts, summary = split(arrays, 0.2, 0.25, 1, say=said.append)
    return parts, summary, said


def test_the_parts_have_the_same_quantiles_and_every_target_once():
    y = np.random.default_rng(1).exponential(size=2000)
    parts, summary, said = parts_of(y)
    assert {name: len(part[1]) for name, part in parts.items()} == {
        "train": 1200,
        "validation": 300,
        "test": 500,
    }
    everything = np.concatenate([part[1] for part in parts.values()])
    assert sorted(everything) == sorted(y)
    shares = [np.mean(part[1] < np.quantile(y, 0.9)) for part in parts.values()]
    assert shares == pytest.approx([0.9] * 3, abs=0.005)
    assert summary["classes"] is None
    assert summary["parts"]["test"]["quantiles"]["highest"] == parts["test"][1].max()
    assert any("targets are numbers" in line for line in said)


@pytest.mark.parametrize(
    "y",
    [
        np.where(np.arange(300) < 280, 0.0, 5.5),  # most are the same
        np.linspace(0, 1, 12),  # few
        np.repeat([1.5, 2.5, 9.0], [100, 3, 1]),  # ties that are too few for both sides
    ],
)
def test_ties_and_few_rows_are_split_all_the_same(y):
    parts, _, _ = parts_of(np.random.default_rng(0).permutation(y))
    assert sum(len(part[1]) for part in parts.values()) == len(y)


def test_groups_stay_together():
    y = np.random.default_rng(1).normal(size=400)
    groups = np.arange(400) // 8
    parts, _, _ = parts_of(y, groups=groups)
    group_of = dict(zip(y, groups, strict=True))
    sets = [{group_of[target] for target in part[1]} for part in parts.values()]
    assert not sets[0] & sets[1] and not sets[0] & sets[2] and not sets[1] & sets[2]


def test_targets_that_are_all_the_same_are_refused():
    with pytest.raises(DatasetError, match="nothing to learn"):
        parts_of(np.full(100, 3.5))
