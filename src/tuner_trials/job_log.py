"""A job's words, on the terminal and in its log."""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Say = Callable[[str], None]


@contextmanager
def job_log(path: str | Path) -> Iterator[Say]:
    """Open a job's log and yield a function that writes a line to it and to the terminal.

    An exception is written to the log as well, before it goes on: of a `SystemExit` the words, of
    any other the traceback.
    """
    with Path(path).open("w", encoding="utf-8") as log:

        def say(line: str) -> None:
            print(line, file=sys.stderr, flush=True)
            print(line, file=log, flush=True)

        try:
            yield say
        except SystemExit as error:
            print(error, file=log)  # words for the user, who needs no traceback
            raise
        except BaseException:
            traceback.print_exc(file=log)
            raise
