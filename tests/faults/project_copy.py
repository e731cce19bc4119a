"""A copy of the project, and the real Snakemake in it on an experiment of seconds."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tuner_trials.results.verification import TIMINGS

PROJECT = Path(__file__).parents[2]
EXPERIMENT = "tests/faults/tiny.yaml"
RESULTS = "results/tiny"
# The experiment with nets instead of trees, in Keras; the second keeps a journal.
FCNN = ("--config", "model=models/fcnn.py")
NETS = ("--config", "model=tests/faults/nets.py", "model_files=[models/fcnn.py]")
TRIALS = f"{RESULTS}/tables/epochs.csv"  # made together with trials.csv, from all searches
SUMMARY = f"{RESULTS}/tables/summary.csv"  # needs the test scores, too
PATIENCE = 1800  # seconds; a run takes a minute

# What a job says of a trial: strategy, repeat, trial, epochs, and whether the store knew it.
LINE = re.compile(
    r"^([\w, ]+?)(?: (\d+))?  trial +(\d+)  epochs +(\d+)  accuracy .* left(  \(stored\))?$", re.M
)


class Run:
    """A Snakemake at work, or when it ended."""

    def __init__(self, command: list[str], log: Path, **options):
        self.log, self.started = log, time.monotonic()
        with log.open("w") as file:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a process group of its own, to be killed as a whole
                **options,
            )

    @property
    def text(self) -> str:
        """What it said so far."""
        return self.log.read_text(errors="replace")

    def trials(self, stored: bool = False) -> list[tuple[str, ...]]:
        """The trials that were trained, or those that came from the store."""
        return [tuple(who) for *who, mark in LINE.findall(self.text) if bool(mark) == stored]

    def retrainings(self) -> int:
        """How many winners' retrainings it made, or found in the store."""
        return len(re.findall(r"^test  .*  retraining \d+  ", self.text, re.M))

    def running(self) -> bool:
        return self.process.poll() is None

    def wait(self, seconds: float) -> None:
        """Wait for its end, or so long."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.seconds = time.monotonic() - self.started

    def wait_until(self, condition) -> None:
        """Wait for a condition, or for its end."""
        while self.running() and not condition():
            time.sleep(0.05)

    def end(self) -> int:
        """Wait for its end, and give the exit status."""
        self.wait(PATIENCE)
        assert not self.running(), self.text
        return self.process.returncode

    def signal(self, number: int) -> None:
        """Signal Snakemake and all of its jobs."""
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.process.wait()


class Copy:
    """The project in a folder of its own (made if it is not there), which imports its own package.

    ``logs`` is a folder for what the runs say.
    """

    def __init__(self, folder: Path, logs: Path):
        self.folder, self.logs, self.runs = folder, logs, []
        if not folder.exists():
            copy_project(folder)

    def start(
        self, *arguments, cores=2, experiment=EXPERIMENT, before=(), environment=(), **options
    ) -> Run:
        """Start Snakemake, in words that go ``before``; ``options`` are those of `Popen`.

        Without ``cores`` where a profile says how much may run at once.
        """
        command = [*before, sys.executable, "-m", "snakemake", *arguments]
        command += ["--cores", str(cores)] if cores else []
        own = {"PYTHONPATH": str(self.folder / "src")} | dict(environment)
        log = self.logs / f"{self.folder.name} {len(self.runs)}.log"
        options |= {"cwd": self.folder, "env": os.environ | own}
        self.runs.append(Run([*command, "--configfile", experiment], log, **options))
        return self.runs[-1]

    def unlock(self) -> None:
        """Say that a run which was killed is none any more."""
        self.run("--unlock")

    def run(self, *arguments, **options) -> Run:
        """Run Snakemake to its end, which is to be a good one."""
        run = self.start(*arguments, **options)
        assert run.end() == 0, run.text
        return run

    def fail(self, *arguments, **options) -> Run:
        """Run Snakemake to its end, which is to be a bad one."""
        run = self.start(*arguments, **options)
        assert run.end() != 0, run.text
        return run

    def tables(self) -> dict[str, str]:
        """The tables that are there, without those that hold times."""
        paths = (self.folder / RESULTS / "tables").glob("*.csv")
        return {path.stem: path.read_text("utf-8") for path in paths if path.stem not in TIMINGS}


def tracked_files() -> list[str]:
    """What git would give: paths within the project, also of files that are not committed yet."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()]


def copy_project(folder: Path, references: bool = False) -> None:
    """Copy what git would give, the references' tables and figures only if they are asked for."""
    for name in tracked_files():
        if references or not name.startswith("reference/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
