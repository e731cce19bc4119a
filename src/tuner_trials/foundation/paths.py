"""Where the files are that a configuration names, and those that come with this project."""

import os
from collections.abc import Iterable
from pathlib import Path

# The folder of this project, if the package runs from there and was not built and installed.
CLONE = Path(__file__).parents[3]
PACKAGE = Path(__file__).parents[1]


def places(configuration_files: Iterable[str | Path]) -> list[Path]:
    """The folders in which a relative path of a configuration is looked for, in this order.

    They are those of its files, the working directory, and this project's.
    """
    folders = [*(Path(file).absolute().parent for file in configuration_files), Path.cwd(), CLONE]
    return list(dict.fromkeys(folders))


def expanded(path: str) -> str:
    """A path with ``~`` and ``$VARIABLE`` replaced by what they stand for."""
    return os.path.expandvars(os.path.expanduser(path))  # noqa: PTH111 (pathlib's may raise)


def find(path: str, folders: Iterable[Path], kind: str = "file") -> str:
    """The first file (or ``kind="folder"``) of this path, seen from the working directory.

    Raises
    ------
    ValueError
        If there is none; with all folders in which it was looked for.
    """
    is_there = os.path.isdir if kind == "folder" else os.path.isfile
    looked_in = []
    for folder in folders:
        if is_there(candidate := folder / expanded(path)):
            return seen_from_here(candidate)
        looked_in.append(str(folder))
    shown = repr(path) if len(path) <= 60 else repr(path)[:57] + "..."
    where = "" if os.path.isabs(expanded(path)) else f" in {' or '.join(looked_in)}"  # noqa: PTH117
    raise ValueError(f"there is no {kind} {shown}{where}")


def seen_from_here(path: Path) -> str:
    """A path relative to the working directory if it is inside, so that both may be moved."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
