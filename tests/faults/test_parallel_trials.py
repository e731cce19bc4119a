"""A search that trains two trials at a time, on fewer cores and through every kind of death."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from faults.project_copy import NETS, RESULTS, Copy
from faults.test_interruptions import alive

pytestmark = pytest.mark.long

SEARCHES = (
    *("bayesian", "hyperband"),
    *(*NETS, "parallel_trials=2", "budget=6"),
)


def trials(copy):
    """The records of all searches, without their times."""
    return [
        record | {"train_seconds": 0, "epoch_seconds": [], "suggest_seconds": 0}
        for strategy in ("bayesian", "hyperband")
        for record in json.loads(
            (copy.folder / RESULTS / strategy / "repeat-0/trials.json").read_text()
        )
    ]


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What a run on one core gives: a training after the other, in one process."""
    folder = tmp_path_factory.mktemp("one core")
    copy = Copy(folder / "project", folder)
    copy.run(*SEARCHES, cores=1)
    return trials(copy)


def test_two_cores_train_two_trials_at_once_and_give_what_one_core_gives(copy, expected, tmp_path):
    journal = tmp_path / "journal"
    copy.run(*SEARCHES, environment={"FAULTS_JOURNAL": str(journal)})
    assert trials(copy) == expected
    # A search after the other, for each has both cores, and each with two processes.
    assert len(processes(journal)) == 4
    again = copy.start(*SEARCHES, cores=1)
    assert again.end() == 0 and "Nothing to be done" in again.text


def test_a_killed_run_leaves_no_process_behind_and_trains_nothing_twice(copy, expected, tmp_path):
    journal = tmp_path / "journal"
    run = copy.start(*SEARCHES, environment={"FAULTS_JOURNAL": str(journal)})
    run.wait_until(lambda: len(run.trials()) >= 4)
    # Only the job: its workers must notice by themselves.
    workers = [pid for pid in processes(journal) if alive(pid)]
    assert len(workers) == 2
    os.kill(parent(workers[0]), signal.SIGKILL)
    assert run.end() != 0
    end = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(map(alive, workers))
    again = copy.run(*SEARCHES)
    assert trials(copy) == expected
    assert len(again.trials(stored=True)) >= 4
    assert not set(run.trials()) & set(again.trials())


def test_a_worker_that_dies_ends_the_run_in_words(copy, expected, tmp_path):
    journal = tmp_path / "journal"
    run = copy.start(*SEARCHES, environment={"FAULTS_JOURNAL": str(journal)})
    run.wait_until(lambda: len(run.trials()) >= 2)
    os.kill(processes(journal)[0], signal.SIGKILL)
    assert run.end() != 0
    assert "A process that trained has died" in run.text and "Traceback" not in run.text
    again = copy.run(*SEARCHES)
    assert trials(copy) == expected
    assert not set(run.trials()) & set(again.trials())


def processes(journal):
    """Those that have begun a training, the latest first."""
    return list(dict(map(json.loads, reversed(journal.read_text().splitlines()))))


def parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
