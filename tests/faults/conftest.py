"""One undisturbed run, and copies of the project to disturb."""

import shutil

import pytest

from faults.project_copy import Copy


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


@pytest.fixture
def finished(undisturbed, tmp_path, make_copy):
    """A copy of the undisturbed run, to change something in."""
    folder = tmp_path / "finished"
    shutil.copytree(undisturbed.folder, folder)
    return make_copy(folder)
