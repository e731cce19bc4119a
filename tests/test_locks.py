"""Locks of the dead go, those of the living stay."""

import subprocess
import sys

import pytest

from tuner_trials.locks import clear_stale_locks

ALIVE = """
import sys, time
from tuner_trials.locks import clear_stale_locks
alive = clear_stale_locks(sys.argv[1])
print("alive", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / ".snakemake"


@pytest.fixture
def another(folder):
    """Another process that runs in the folder and has locked a file there."""
    process = subprocess.Popen([sys.executable, "-c", ALIVE, folder], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"alive\n"
    (folder / "locks").mkdir()
    (folder / "locks/0.output.lock").write_text("results/mine/report.html\n")
    yield process
    process.kill()
    process.communicate()


def test_locks_of_a_run_that_was_killed_are_removed(folder, another):
    another.kill()
    another.wait()
    with clear_stale_locks(folder):
        assert not (folder / "locks").exists()


def test_locks_stay_while_anybody_is_alive(folder, another):
    with clear_stale_locks(folder), clear_stale_locks(folder):
        another.kill()
        another.wait()
        with clear_stale_locks(folder):  # the two above are
            assert (folder / "locks/0.output.lock").exists()
    with clear_stale_locks(folder):
        assert not (folder / "locks").exists()
