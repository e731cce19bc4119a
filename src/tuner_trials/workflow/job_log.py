"""A job's messages, on the terminal and in its log."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tuner_trials.foundation.errors import UserError

Say = Callable[[str], None]
SLURM_JOB = "SLURM job "  # how the log of a job on a cluster begins


@contextmanager
def job_log(path: str | Path) -> Iterator[Say]:
    """Open a job's log and yield a function that writes a line to it and to the terminal.

    A `UserError` ends the job: its message is written to the log and to the terminal. For any other
    exception the traceback is written to the log before it propagates. On a SLURM cluster the log
    begins with the ID of the job, or of the array that it belongs to.
    """
    with Path(path).open("w", encoding="utf-8") as log:
        if number := os.environ.get("SLURM_ARRAY_JOB_ID", os.environ.get("SLURM_JOB_ID")):
            print(f"{SLURM_JOB}{number}", file=log, flush=True)

        def say(line: str) -> None:
            for file in (sys.stderr, log):
                file.write(f"{line}\n")  # at once, or lines of several processes may be mixed
                file.flush()

        try:
            yield say
        except UserError as error:
            print(error, file=log)
            raise SystemExit(str(error)) from None
        except BaseException:
            traceback.print_exc(file=log)
            raise
