"""Write files so that a reader sees either a whole file or none."""

import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO


@contextmanager
def atomic_writer(path: str | Path) -> Iterator[BinaryIO]:
    """Open a binary file that appears under ``path`` only once it is written completely.

    The bytes go to a temporary name in the same folder (made if it is missing), are flushed to the
    disk and renamed. On an error the temporary file goes away and an older ``path`` stays.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not the tempfile module: its files are private to the owner, whatever the umask says.
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def one_at_a_time(path: str | Path) -> Iterator[None]:
    """Wait until no other process is in a block with this path, an empty file that stays.

    If the file system has no locks, all may enter at once: the block must be correct even then.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_text(path: str | Path, text: str) -> None:
    """Write ``text`` as UTF-8, atomically."""
    with atomic_writer(path) as file:
        file.write(text.encode())


def write_json(path: str | Path, value: Any) -> None:
    """Write ``value`` as JSON for people to read, atomically; the keys keep their order."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")
