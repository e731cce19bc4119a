"""Copies of a finished run, to change something in."""

import shutil

import pytest


@pytest.fixture
def finished(undisturbed, tmp_path, make_copy):
    """A copy of the undisturbed run, to change something in."""
    folder = tmp_path / "finished"
    shutil.copytree(undisturbed.folder, folder)
    return make_copy(folder)
