"""Cancel the SLURM jobs that a killed run has left at work.

A run that is killed on the login node leaves its jobs behind. The next run would start the same
ones again, and of two that write the same files, one finds them gone. What an orphan has trained is
in the store, so that ending it costs the training that it is at.
"""

import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path


def cancel_orphans(submitted: Iterable[str], patience: float = 60) -> None:
    """Cancel those of some SLURM jobs that are still there.

    Parameters
    ----------
    submitted
        The numbers of jobs for files that are to be made now, as Snakemake noted them when it
        submitted the jobs. Its lock on these files says that no other run is at work on them.
    patience
        Seconds that they have to end. One on a node that is lost may take longer: it does no harm.
    """
    # Of an array, all jobs are one run's.
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
    """Those of the jobs that SLURM knows, as jobs of this folder: it gives numbers out again."""
    listed = subprocess.run(
        ["squeue", "--me", "--noheader", "--format=%F|%Z"],
        check=False,
        capture_output=True,
        text=True,
    )
    jobs = [line.split("|", 1) for line in listed.stdout.splitlines()]
    here = {number for number, folder in jobs if Path(folder).resolve() == Path.cwd()}
    return sorted(here & numbers)
