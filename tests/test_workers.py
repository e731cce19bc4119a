"""Trainings in processes of their own are those of one process."""

import multiprocessing
import time
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import PROJECT
from test_search import SPACE, comparable

from tuner_trials.foundation.errors import UserError
from tuner_trials.objectives import OBJECTIVES
from tuner_trials.search.loop import run_search
from tuner_trials.search.strategies.registry import read_strategy
from tuner_trials.tasks.loading import load_task
from tuner_trials.trials.store import Store
from tuner_trials.trials.workers import load_trainers


@pytest.fixture
def job(images, tmp_path):
    """Inputs and parameters of a job that trains on the digits, without a store."""
    x, y, x_validation, y_validation = images
    np.savez(tmp_path / "train.npz", x=x, y=y)
    np.savez(tmp_path / "validation.npz", x=x_validation, y=y_validation)
    inputs = SimpleNamespace(
        train=tmp_path / "train.npz",
        validation=tmp_path / "validation.npz",
        model=PROJECT / "models/fcnn.py",
        model_files=[],
    )
    settings = {"batch_size": 128, "precision": "float32", "epochs": 4, "seed": 42}
    settings["class_weight"] = None
    settings |= {"objective": OBJECTIVES["accuracy"].described(), "versions": {}}
    return inputs, settings | {"search_space": SPACE.definition()}


def test_balanced_classes_count_alike_in_the_loss(job):
    inputs, settings = job
    assert load_task(inputs, settings).train.weights is None
    train = load_task(inputs, settings | {"class_weight": "balanced"}).train
    of_classes = np.bincount(train.y, train.weights)
    np.testing.assert_allclose(of_classes, len(train) / len(of_classes), rtol=1e-5)
    with np.load(inputs.train) as arrays:
        np.savez(inputs.train, **arrays, weights=np.ones(len(train), np.float32))
    np.testing.assert_array_equal(load_task(inputs, settings).train.weights, 1)
    with pytest.raises(UserError, match="class_weight: the data bring weights of samples"):
        load_task(inputs, settings | {"class_weight": "balanced"})


def search(trainer):
    trials = run_search(
        trainer.begin,
        SPACE,
        read_strategy({"algorithm": "Hyperband"}),
        "ours",
        0,
        budget=6,
        epochs=4,
        seed=42,
        on_trial=lambda trial: None,
        parallel_trials=2,
    )
    trainer.drop_states(trials)
    return list(map(comparable, trials))


def test_a_tuners_own_process_outlives_a_search_that_ends_by_an_exception(job):
    theirs = [
        multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,))
        for _ in range(2)
    ]
    theirs[0].start()

    def search_with_trouble():
        with load_trainers(2, 2, *job, Store(None, pytest.fail)):
            assert len(multiprocessing.active_children()) == 3
            theirs[1].start()
            raise RuntimeError("theirs")

    with pytest.raises(RuntimeError, match="theirs"):
        search_with_trouble()
    assert set(multiprocessing.active_children()) == set(theirs)
    for process in theirs:
        process.kill()
        process.join()


def test_two_processes_train_what_one_trains_and_end_in_words_when_one_of_them_dies(job):
    with load_trainers(1, 1, *job, Store(None, pytest.fail)) as alone:
        expected = search(alone)
        assert alone.trained == len(expected)
    trainers = load_trainers(3, 2, *job, Store(None, pytest.fail))
    died = pytest.raises(UserError, match="A process that trained has died")
    with died, trainers as two:
        assert len(multiprocessing.active_children()) == 2
        assert search(two) == expected
        assert two.trained == len(expected)
        first, _ = multiprocessing.active_children()
        first.kill()
        first.join()
        search(two)
    assert multiprocessing.active_children() == []
