"""One SLURM for all tests."""

import os

import pytest

from cluster.one_machine_slurm import Slurm, why_not


@pytest.fixture(scope="session")
def session_slurm(tmp_path_factory):
    if reason := why_not():
        # Set where there must be one, as in .ci/run.
        if os.environ.get("TUNER_TRIALS_NEEDS_SLURM"):
            pytest.fail(reason)
        pytest.skip(reason)
    slurm = Slurm(tmp_path_factory.mktemp("slurm"))
    yield slurm
    slurm.stop()


@pytest.fixture
def slurm(session_slurm):
    """A SLURM with all of its nodes and no jobs."""
    yield session_slurm
    session_slurm.mend()
