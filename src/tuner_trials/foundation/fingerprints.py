"""Fingerprints that identify the version of files, for Snakemake to compare."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path


def fingerprint(paths: Iterable[str | Path]) -> str:
    """SHA-256 of some files' names and contents, in hexadecimal; a missing file counts as such.

    A parameter of a rule rather than its input: it says what a job runs by content alone, of files
    of any size, and leaves the lists of inputs to the data.
    """
    # In an order that does not depend on the folders, which may be moved.
    lines = sorted(f"{Path(path).name} {_content(str(path))}\n" for path in paths)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@cache
def _content(path: str) -> str | None:
    try:
        return hash_file(path)
    except OSError:
        return None


def hash_file(path: str | Path) -> str:
    """SHA-256 of a file's content, in hexadecimal.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
