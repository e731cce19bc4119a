"""Cancel the cluster jobs that a killed run has left at work.

A run that is killed on the login node leaves its SLURM jobs behind. The next run would start the
same jobs again, and of two that write the same files, one finds them gone. What an orphan has
trained is in the store, so that ending it costs the training that it is at.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

from tuner_trials.locks import alone


def cancel_orphans(alive: BinaryIO | None, patience: float = 60) -> None:
    """Cancel this folder's SLURM jobs unless another run is alive that they may belong to.

    Parameters
    ----------
    alive
        Of `tuner_trials.locks.clear_stale_locks`.
    patience
        Seconds that they have to end. One on a node that is lost may take longer: it does no harm.
    """
    if alive is None or not shutil.which("squeue"):
        return
    with alone(alive) as nobody_else:
        if not nobody_else or not (orphans := slurm_jobs()):
            return
        print(f"Cancelling the jobs of a killed run: {' '.join(orphans)}", file=sys.stderr)
        end = time.monotonic() + patience
        while orphans and time.monotonic() < end:
            subprocess.run(["scancel", *orphans], check=False)  # some may have ended
            time.sleep(1)
            orphans = slurm_jobs()


def slurm_jobs() -> list[str]:
    """The ids of the SLURM jobs that Snakemake has submitted from the working directory.

    None where no SLURM answers: nobody can submit jobs there.
    """
    listed = subprocess.run(
        ["squeue", "--me", "--noheader", "--format=%F|%k|%Z"],
        check=False,
        capture_output=True,
        text=True,
    )
    jobs = [line.split("|", 2) for line in listed.stdout.splitlines()]
    # Snakemake's plugin says in the comment which rule a job belongs to.
    return sorted(
        {
            number
            for number, comment, folder in jobs
            if comment.startswith("rule_") and Path(folder).resolve() == Path.cwd()
        }
    )
