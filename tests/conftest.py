"""Small real data, shared by the tests."""

import os
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).parents[1]

# TensorFlow must learn of its one thread before its first operation, whichever test comes first.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def images():
    """A thousand digits of 8 x 8 bytes, as (train x, train y, validation x, validation y)."""
    from tuner_trials.datasets import load_digits

    arrays = load_digits()
    x, y = arrays["x_train"], arrays["y_train"]
    return x[:800], y[:800], x[800:1000], y[800:1000]


@pytest.fixture(scope="session")
def task(images):
    """The digits, and the project's own fully connected net."""
    from tuner_trials.training import Part, Task, load_model_builder, use_one_thread

    use_one_thread()
    x, y, x_validation, y_validation = images
    return Task(
        load_model_builder(PROJECT / "models/fcnn.py"),
        Part(x, y),
        Part(x_validation, y_validation),
        classes=len(np.unique(y)),
    )
