"""A run may be killed at any moment, and two may run at once."""

import json
import random
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from faults.project_copy import TRIALS

pytestmark = pytest.mark.long

KILLS = 10


def test_a_run_killed_ten_times_ends_like_an_undisturbed_one(copy, undisturbed, tmp_path):
    journal = tmp_path / "journal"
    journal.touch()
    environment = {"FAULTS_JOURNAL": str(journal)}
    moments, duration = random.Random(2026), undisturbed.runs[0].seconds
    kills, in_flight, starts_from_nothing = 0, 0, 1
    while kills < KILLS:
        begun = len(journal.read_text())
        run = copy.start("tables", environment=environment)
        if kills % 2:  # where it hurts: soon after a training began
            run.wait_until(lambda begun=begun: len(journal.read_text()) > begun)
            run.wait(moments.uniform(0, duration / 30))
        else:
            run.wait(moments.uniform(0, duration / 3))
        if not run.running():  # it ended before its moment
            shutil.rmtree(copy.folder / "results")
            starts_from_nothing += 1
            continue
        run.signal(signal.SIGSTOP)
        in_flight += sum(alive(pid) for pid in trainings(journal.read_text()[begun:]))
        run.kill()
        copy.unlock()
        kills += 1
    copy.run("tables", environment=environment)

    assert copy.tables() == undisturbed.tables()
    # What was finished is kept: a kill costs each process the training that it was at, no more.
    finished = Counter(tuple(trial) for run in copy.runs for trial in run.trials())
    assert max(finished.values()) <= starts_from_nothing
    # What searches share is trained once.
    needed = len(list((undisturbed.folder / "results/trial_store").rglob("*.trial")))
    begun = sum(trainings(journal.read_text()).values())
    assert needed <= begun <= starts_from_nothing * needed + in_flight


def trainings(journal):
    """How many trainings each process began."""
    return Counter(json.loads(line)[0] for line in journal.splitlines())


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_a_store_that_is_deleted_half_way_changes_nothing(copy, undisturbed):
    run = copy.start(TRIALS)
    run.wait_until(lambda: len(run.trials()) >= 5)
    run.kill()
    assert "--unlock" in copy.fail("tables").text
    copy.unlock()
    shutil.rmtree(copy.folder / "results/trial_store")
    copy.run("tables")
    assert copy.tables() == undisturbed.tables()


def test_a_dry_run_leaves_the_locks_of_others_alone(copy):
    run = copy.start("random")
    run.wait_until(lambda: list((copy.folder / ".snakemake/locks").glob("*")))
    locks = sorted((copy.folder / ".snakemake/locks").iterdir())
    copy.run("random", "--dry-run")
    assert sorted((copy.folder / ".snakemake/locks").iterdir()) == locks
    run.kill()
    copy.run("random", "--dry-run")
    assert sorted((copy.folder / ".snakemake/locks").iterdir()) == locks


def test_two_runs_at_once_share_a_store_but_not_a_folder(make_copy, undisturbed, tmp_path):
    copies = make_copy(), make_copy()
    share = ("--config", f"trial_store={tmp_path / 'store'}")
    runs = [copy.start("tables", *share) for copy in copies]
    runs[0].wait_until(runs[0].trials)
    refused = copies[0].fail(TRIALS, *share)
    assert "no other Snakemake process is trying to create the same files" in refused.text
    assert "Traceback" not in refused.text
    for copy, run in zip(copies, runs, strict=True):
        assert run.end() == 0, run.text
        assert copy.tables() == undisturbed.tables()
