"""Which files some code opens for reading, as Python's own audit tells."""

import os
import sys
import sysconfig
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

from tuner_trials.foundation.paths import PACKAGE

_noting: list[set[Path]] = []  # the sets that are being filled; an audit hook cannot be removed
_hooked: list[bool] = []

CACHES = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "MPLCONFIGDIR")


@contextmanager
def noted_files() -> Iterator[set[Path]]:
    """Note the files that are opened for reading meanwhile, by Python: not by a library's C code.

    Files that were opened for writing meanwhile are left out: they are the code's own.
    """
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)
    opened: set[Path] = set()
    written: set[Path] = set()
    _noting.extend((opened, written))
    try:
        yield opened
    finally:
        del _noting[:]
        opened -= written


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or not _noting:
        return
    path, mode, flags = arguments
    if not isinstance(path, str | bytes | os.PathLike):
        return  # a file that is open already
    opened, written = _noting
    writes = any(letter in mode for letter in "wax+") if mode else flags & (os.O_WRONLY | os.O_RDWR)
    (written if writes else opened).add(Path(os.fsdecode(path)).absolute())


def unknown_files(opened: Collection[Path], known: Collection[str]) -> list[str]:
    """Those files that are neither known nor a part of the system, as one would write them down."""
    watched = {Path(file).absolute() for file in known}
    # PyTorch looks at the source of whoever imports it: here the job's own script.
    watched.add(Path(sys.argv[0]).absolute())
    unknown = set()
    for path in opened:
        if path.suffix == ".pyc":
            path = Path(source_from_cache(str(path)))  # noqa: PLW2901
        if path not in watched and path.is_file() and not _of_the_system(path.resolve()):
            unknown.add(os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path))
    return sorted(unknown)


def _of_the_system(path: Path) -> bool:
    """Whether a file belongs to Python, to a package, to the operating system, or to Keras."""
    places = [sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()]
    places += ["/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev"]
    keras_home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    places += [str(PACKAGE), str(keras_home / "keras.json")]
    # What libraries keep for themselves, such as Matplotlib's list of fonts.
    places += ["~/.cache", "~/.config"]
    places += [os.environ.get(name, "/usr") for name in CACHES]
    return any(path.is_relative_to(Path(place).expanduser().resolve()) for place in places)
