"""Tell the locks of a run that was killed from those of one that is at work.

Snakemake locks the files of a run by writing down their names. A run that is killed cannot take
them back, and the next one would be refused until somebody types ``--unlock``. The system's own
locks go with their process, however it ends: they tell whether anybody is still alive.

On some network file systems they are known to one machine alone. So every machine with a run leaves
its name beside the lock until the run ends.
"""

import atexit
import fcntl
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def clear_stale_locks(folder: str | Path = ".snakemake") -> BinaryIO | None:
    """Remove what killed runs have locked, unless another run is alive in the same folder.

    Then Snakemake's locks stay as they are, and it decides whether the two are in each other's way.
    Where the file system has no locks of the system's kind, they stay as well; and where another
    machine left its name, which the user is told.

    Parameters
    ----------
    folder
        Snakemake's own, in the working directory; made if it is missing.

    Returns
    -------
    A file that says "alive" to others until it is closed or its process ends; None where the folder
    cannot be written, as for a dry run in somebody else's.
    """
    folder = Path(folder)
    try:
        folder.mkdir(exist_ok=True)
        alive = (folder / "alive").open("ab")
        # First the lock: a run that ends here takes the mark with it unless somebody is alive.
        with suppress(OSError):
            fcntl.flock(alive, fcntl.LOCK_SH)
        _mark(folder).touch()
    except OSError:
        return None
    atexit.register(_leave, alive)
    for mark in _elsewhere(folder):
        print(
            f"A run on another machine may be alive in this folder: {mark} says so. If none is,"
            " remove that file and start again; until then, what a killed run has locked or left"
            " on a cluster stays as it is.",
            file=sys.stderr,
        )
    with alone(alive) as nobody_else:
        if nobody_else:
            shutil.rmtree(folder / "locks", ignore_errors=True)
    return alive


@contextmanager
def alone(alive: BinaryIO) -> Iterator[bool]:
    """Whether no other run is alive in the folder; while this lasts, none can become so.

    Parameters
    ----------
    alive
        The file that every run holds.
    """
    try:
        # Every run shares this lock; who gets it alone is the only one.
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        nobody_else = False
    else:
        nobody_else = not _elsewhere(Path(alive.name).parent)
    try:
        yield nobody_else
    finally:
        with suppress(OSError):
            fcntl.flock(alive, fcntl.LOCK_SH)


def _mark(folder: Path) -> Path:
    """The file that says that this machine has a run in the folder."""
    return folder / f"alive-on-{socket.gethostname()}"


def _elsewhere(folder: Path) -> list[Path]:
    """The files of other machines that say so."""
    return sorted(set(folder.glob("alive-on-*")) - {_mark(folder)})


def _leave(alive: BinaryIO) -> None:
    """Take this machine's name back with its last run."""
    with suppress(OSError, ValueError):  # another run is alive here, or the file is closed
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _mark(Path(alive.name).parent).unlink(missing_ok=True)
