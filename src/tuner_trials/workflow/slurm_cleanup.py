"""Cancel the SLURM jobs that a killed run has left running.

A run that is killed on the login node leaves its jobs running. The next run would start the same
ones again, and if two jobs write the same files, one of them finds them gone. What an orphan has
trained is in the store, so cancelling it costs only the training in progress.
"""

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tuner_trials.workflow.job_log import SLURM_JOB


def noted_in(logs: Iterable[str]) -> Iterator[str]:
    """The numbers that jobs wrote into their logs.

    Snakemake forgets the number of a job that it has submitted when the job begins.
    """
    for log in logs:
        try:
            first = Path(log).read_text("utf-8", errors="replace").partition("\n")[0]
        except OSError:
            continue
        if first.startswith(SLURM_JOB):
            yield first.removeprefix(SLURM_JOB)


def cancel_orphans(submitted: Iterable[str], patience: float = 60) -> None:
    """Cancel those of the given SLURM jobs that are still queued or running.

    Parameters
    ----------
    submitted
        The IDs of jobs for files that are to be made now, as recorded by Snakemake on submission
        and by the jobs when they started. Snakemake's lock on these files shows that no other
        run is working on them.
    patience
        Seconds to wait for them to end. A job on a lost node may take longer: it does no harm.
    """
    # All jobs of an array belong to the same run.
    numbers = {number.partition("_")[0] for number in submitted}
    if not numbers or not (orphans := _still_there(numbers)):
        return
    print(f"Cancelling the jobs of a killed run: {' '.join(orphans)}", file=sys.stderr)
    end = time.monotonic() + patience
    while orphans and time.monotonic() < end:
        subprocess.run(["scancel", *orphans], check=False)  # some may have ended
        time.sleep(1)
        orphans = _still_there(numbers)


def _still_there(numbers: set[str]) -> list[str]:
    """Those that are jobs of Snakemake in this folder, according to SLURM.

    SLURM reuses IDs, and a user's own allocation in which a run was started is not one of
    Snakemake's jobs. Its plugin records in the comment which rule a job belongs to.
    """
    command = ["squeue", "--me", "--noheader", "--format=%F|%k|%Z"]
    for seconds in (5, 10, 20, 0):
        listed = subprocess.run(command, check=False, capture_output=True, text=True)
        if listed.returncode == 0:
            break
        time.sleep(seconds)
    else:
        print("squeue does not answer: jobs of a killed run may be at work yet", file=sys.stderr)
    jobs = [line.split("|", 2) for line in listed.stdout.splitlines()]
    ours = {
        number
        for number, comment, folder in jobs
        if comment.startswith("rule_") and Path(folder).resolve() == Path.cwd()
    }
    return sorted(ours & numbers)
