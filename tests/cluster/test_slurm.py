"""A cluster gives what a workstation gives, and what it loses on the way is made again."""

import json
import re
import shlex
from collections import Counter
from pathlib import Path

import pytest
from conftest import PROJECT
from faults.project_copy import FCNN, RESULTS, SUMMARY

from cluster.one_machine_slurm import ask

pytestmark = pytest.mark.long

# Only so that the tests need not wait: ask SLURM once a second at first.
SOON = ("--slurm-init-seconds-before-status-checks", "1")


def documented(page, begins):
    """The arguments of the command on a page that begins so."""
    text = (PROJECT / page).read_text("utf-8").replace("\\\n", "")
    (command,) = re.findall(rf"^{re.escape(begins)} (.*?)(?: +#.*)?$", text, re.M)
    return shlex.split(command)


README = documented("README.md", "uv run --extra slurm snakemake")
GENERIC = documented("docs/cluster.md", "uv run --extra cluster-generic snakemake")


class Journal:
    """The trainings that begin, and a word with them: see `faults.training_journal`."""

    def __init__(self, folder: Path):
        self.path, self.hold = folder / "journal", folder / "hold"
        self.path.touch()
        self.environment = {"FAULTS_JOURNAL": str(self.path), "FAULTS_HOLD": str(self.hold)}

    def begun(self):
        """How many trainings each process began."""
        return Counter(json.loads(line)[0] for line in self.path.read_text().splitlines())

    def held(self, processes):
        """Whether so many processes have come to where they are held."""
        begun = self.begun()
        most = int(self.hold.read_text().split()[0])
        return list(begun.values()) == [most + 1] * processes

    def release(self):
        self.hold.unlink()

    def hold_at(self, number, greedy=""):
        """Let a process do so many trainings and wait in the next one."""
        new = self.hold.with_name("new")
        new.write_text(f"{number} {greedy}")
        new.replace(self.hold)


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path)


def start(copy, journal, *targets):
    """Start what the README says, with a journal of the trainings."""
    return copy.start(*README, *targets, *SOON, cores=None, environment=journal.environment)


def slurm_name(run):
    """What the jobs of a run are called."""
    return re.search(r"^SLURM run ID: (\S+)", run.text, re.M).group(1)


def trainings(undisturbed):
    """How many an undisturbed run takes: its trials, and the retrainings of winners, each once."""
    return len(list(undisturbed.folder.glob("results/trial_store/*/*.trial")))


def test_the_command_of_the_readme_gives_on_a_cluster_what_a_local_run_gives(
    slurm, copy, journal, undisturbed
):
    provenance = f"{RESULTS}/provenance.json"
    run = start(copy, journal, "tables", provenance)
    assert run.end() == 0, run.text
    assert copy.tables() == undisturbed.tables()
    assert sum(journal.begun().values()) == trainings(undisturbed)
    # What is declared reaches the nodes: the store, and the command that was typed here.
    assert list(copy.folder.glob("results/trial_store/*/*.trial"))
    command = json.loads((copy.folder / provenance).read_text())["command"]
    assert "--profile profiles/slurm tables" in command
    # Jobs that train, in arrays where there are several, one that takes long for a large pool, and
    # the one that looks at a node.
    assert "Submitted array job" in run.text
    assert Counter(job.rule for job in slurm.jobs(slurm_name(run))) == {
        "train_trials": 1,
        "run_random_search": 1,
        "run_search": 2,
        "test_incumbents": 4,
        "measure_importance": 1,
        "record_provenance": 1,
    }


def test_a_run_outlives_a_controller_a_slurmd_and_a_node(slurm, copy, journal, undisturbed):
    # Of the four jobs, one waits for the trainings that it shares with the random search.
    journal.hold_at(1)
    run = start(copy, journal, SUMMARY)
    slurm.wait_until(lambda: journal.held(3))
    name = slurm_name(run)
    slurm.kill("slurmctld")
    slurm.start_controller()
    kept, lost = "node1", "node2"
    slurm.kill(kept)  # its jobs go on
    slurm.start_node(kept)
    slurm.wait_until(lambda: len(slurm.jobs(name, "running")) == 4)
    interrupted = [job for job in slurm.jobs(name, "running") if job.node == lost]
    assert interrupted
    slurm.lose_node(lost)
    slurm.wait_until(lambda: len(slurm.jobs(name, "running")) == 4 - len(interrupted))
    journal.release()
    assert run.end() == 0, run.text
    assert copy.tables().items() <= undisturbed.tables().items()
    lost = sum(journal.begun().values()) - trainings(undisturbed)
    assert 1 <= lost <= len(interrupted)


def test_jobs_that_fail_and_a_killed_run_cost_the_trainings_they_were_at(
    slurm, copy, journal, undisturbed
):
    # Three jobs that share no training. Each has done one, and waits in its second one.
    part = [f"{RESULTS}/{name}/repeat-0/trials.json" for name in ("random", "hyperband")]
    part.append(f"{RESULTS}/random/trials/0000.json")
    journal.hold_at(1)
    run = start(copy, journal, *part)
    slurm.wait_until(lambda: journal.held(3))
    name = slurm_name(run)
    searches = [job.number for job in slurm.jobs(name) if job.rule != "train_trials"]
    ask("scancel", searches[0])
    ask("scontrol", "update", f"jobid={searches[1]}", "EndTime=now")
    journal.hold_at(1, greedy="train_trials")
    assert run.end() != 0
    for state in ("CANCELLED", "TIMEOUT", "FAILED"):
        assert f"SLURM status is: '{state}'" in run.text
    assert "Exceeded job memory limit" in run.text
    assert len(slurm.jobs(name)) == 3 and journal.held(3)  # none was tried again

    journal.hold_at(1)
    run = start(copy, journal, *part)
    slurm.wait_until(lambda: journal.held(6))
    name = slurm_name(run)
    run.kill()
    assert len(slurm.jobs(name, "running")) == 3
    # Somebody else's job, in the same folder and with the comment that Snakemake gives its own.
    [theirs] = ask(
        *("sbatch", "--parsable", "--comment=rule_train_trials", f"--chdir={copy.folder}"),
        *("--hold", "--wrap=true"),
    )

    copy.unlock()
    run = start(copy, journal, SUMMARY)
    slurm.wait_until(lambda: not slurm.jobs(name, "running,completing"))
    journal.release()
    assert run.end() == 0, run.text
    assert "Cancelling the jobs of a killed run" in run.text
    assert theirs in ask("squeue", "--noheader", "--format=%i")
    # Nor does a run on this machine alone cancel anything, whatever a log says.
    log = copy.folder / RESULTS / "logs/draw_figures.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(f"SLURM job {theirs}\n")
    copy.run(f"{RESULTS}/figures/early_stopping.svg")
    assert theirs in ask("squeue", "--noheader", "--format=%i")
    ask("scancel", theirs)
    assert copy.tables().items() <= undisturbed.tables().items()
    assert sum(journal.begun().values()) == trainings(undisturbed) + 6


def test_the_command_for_other_schedulers_gives_the_same_nets(slurm, make_copy):
    there, here = make_copy(), make_copy()
    run = there.run("random", *GENERIC, *FCNN, cores=None)
    assert "external jobid" in run.text
    here.run("random", *FCNN)
    for trial in (here.folder / RESULTS / "random/trials").iterdir():
        theirs, ours = (
            json.loads((c.folder / RESULTS / "random/trials" / trial.name).read_text())
            for c in (there, here)
        )
        timeless = {"train_seconds": 0, "epoch_seconds": []}
        assert ours | timeless == theirs | timeless
