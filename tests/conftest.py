"""Small real data and one undisturbed run, shared by the tests; and copies of the project."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from faults.project_copy import Copy
from hypothesis import HealthCheck, settings

PROJECT = Path(__file__).parents[1]

# How fast a machine makes examples is none of the project's promises.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")

# TensorFlow must learn of its one thread before its first operation, whichever test comes first.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items):
    """The longest module first, or one worker would end with it while the other has no work."""
    items.sort(key=lambda item: item.path.name != "test_workflow.py")


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch):
    """Paths in a configuration are seen from here, wherever pytest was called."""
    monkeypatch.chdir(PROJECT)


@pytest.fixture(scope="session")
def chromium():
    """Path of the browser; where none is, its tests are skipped, unless the gate requires them."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        reason = "there is no chromium"
        if os.environ.get("TUNER_TRIALS_CHROMIUM") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def images():
    """A thousand digits of 8 x 8 bytes, as (train x, train y, validation x, validation y)."""
    from tuner_trials.tasks.data.datasets import load_digits

    arrays = load_digits()
    x, y = arrays["x_train"], arrays["y_train"]
    return x[:800], y[:800], x[800:1000], y[800:1000]


@pytest.fixture(scope="session")
def task(images):
    """The digits, and the project's own fully connected net."""
    from tuner_trials.tasks.keras.engine import Part, Task, load_model_builder, use_one_thread

    use_one_thread()
    x, y, x_validation, y_validation = images
    return Task(
        load_model_builder(PROJECT / "models/fcnn.py"),
        Part(x, y),
        Part(x_validation, y_validation),
        outputs=len(np.unique(y)),
    )


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """A copy after a run on two cores that nobody disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    copy = Copy(folder / "project", folder)
    copy.run("tables")
    return copy


@pytest.fixture
def make_copy(tmp_path):
    """Makes copies of the project; what still runs there in the end is killed."""
    copies = []

    def make(folder=None):
        copies.append(Copy(folder or tmp_path / f"copy {len(copies)}", tmp_path))
        return copies[-1]

    yield make
    for run in [run for copy in copies for run in copy.runs if run.running()]:
        run.kill()


@pytest.fixture
def copy(make_copy):
    return make_copy()
