"""A job's words, on the terminal and in its log."""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tuner_trials.errors import UserError

Say = Callable[[str], None]


@contextmanager
def job_log(path: str | Path) -> Iterator[Say]:
    """Open a job's log and yield a function that writes a line to it and to the terminal.

    A `UserError` ends the job: its words are written to the log and to the terminal. Of any other
    exception the log gets the traceback before it goes on.
    """
    with Path(path).open("w", encoding="utf-8") as log:

        def say(line: str) -> None:
            print(line, file=sys.stderr, flush=True)
            print(line, file=log, flush=True)

        try:
            yield say
        except UserError as error:
            print(error, file=log)
            raise SystemExit(str(error)) from None
        except BaseException:
            traceback.print_exc(file=log)
            raise
