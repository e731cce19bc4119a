"""The cause of a failure, in a line; and what failures have in common."""

import re
import sysconfig
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import comb
from pathlib import Path
from typing import Any

from tuner_trials.foundation.paths import PACKAGE

Record = dict[str, Any]

CODE = PACKAGE.resolve()
SERVES_THE_MODEL = CODE / "tasks/hyperparameters_argument.py"
LONGEST = 300  # characters of a cause: what a terminal shows in a few lines
FEW = 8  # of so many values each may be looked at by itself
LUCK = 0.05  # failures that share a value by chance as seldom as this share it for a reason
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# Lines that say where, or that something happened, and not what.
_NO_CAUSE = re.compile(
    r"Exception encountered when calling|Arguments received by|Graph execution error|"
    r"Detected at node|Stack trace for op|Traceback|\s|\[\[|$|\t|  |.*defined at \(most recent"
)


def cause(error: BaseException) -> str:
    r"""The class of an exception and the line of its message that names the cause.

    Keras begins with the layer that was called, and says two lines below what went wrong;
    TensorFlow begins with the graph, and says it at the end. Where an exception was raised from
    another, that one's cause follows in brackets.

    >>> cause(ValueError("Exception encountered when calling A.call().\n\nno room"))
    'ValueError: no room'
    """
    text = _COLOURS.sub("", str(error))
    lines = [line.strip() for line in text.splitlines() if not _NO_CAUSE.match(line)]
    if "Graph execution error" in text:
        lines.reverse()  # above are the places
    line = next(iter(lines), next(iter(text.strip().splitlines()), ""))
    said = f"{type(error).__name__}: {line[:LONGEST]}" if line else type(error).__name__
    return f"{said} ({cause(error.__cause__)})" if error.__cause__ else said


def of_the_model(error: Exception) -> Exception:
    """Mark an exception as the model's fault, wherever it was raised."""
    error.of_the_model = True  # type: ignore[attr-defined]
    return error


@contextmanager
def blamed_on_the_model() -> Iterator[None]:
    """Mark whatever is raised inside as the model's fault."""
    try:
        yield
    except Exception as error:
        of_the_model(error)
        raise


def is_ours(error: BaseException) -> bool:
    """Whether an exception is a fault of this package, and not of a model that it trains.

    Its innermost frame decides: in the user's file, in Keras or in TensorFlow, the model or its
    configuration is to blame, and the trial has failed. In this package it is a bug, which no trial
    may hide. Frames of other libraries count for whoever called them, and so do those of
    `tuner_trials.tasks.hyperparameters_argument`. Running out of memory is never its fault.
    """
    if isinstance(error, MemoryError) or getattr(error, "of_the_model", False):
        return False
    frames = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    for file in reversed(frames):
        if file.is_relative_to(CODE):
            if file != SERVES_THE_MODEL:
                return True
        elif {"keras", "tensorflow"} & set(file.parts) or not _is_a_librarys(file):
            return False
    return True


def _is_a_librarys(file: Path) -> bool:
    return (
        not file.is_absolute()  # <frozen importlib>
        or bool({"site-packages", "dist-packages"} & set(file.parts))
        or file.is_relative_to(sysconfig.get_path("stdlib"))
    )


def shared_values(records: Iterable[Record]) -> list[str]:
    """Values of hyperparameters that all trials that failed have, and no other trial.

    Each as it is said: ``"`blocks` of 4 and 5"``, ``"`units` from 512"``. What so many failures
    would share by luck more often than once in twenty is left out.

    Parameters
    ----------
    records
        Of trials, with ``status`` and ``configuration``.
    """
    records = list(records)
    failed = [record["configuration"] for record in records if record["status"] == "failed"]
    others = [record["configuration"] for record in records if record["status"] != "failed"]
    names = {name for configuration in failed for name in configuration}
    # The chance that the failures are the highest, or the lowest, of some hyperparameter.
    if not failed or 2 * len(names) > LUCK * comb(len(failed) + len(others), len(failed)):
        return []
    said = []
    for name in sorted(names):
        if not all(name in configuration for configuration in failed):
            continue
        bad = {configuration[name] for configuration in failed}
        good = {configuration[name] for configuration in others if name in configuration}
        if bad & good or not good:
            continue
        number = all(type(value) in (int, float) for value in bad | good)
        if len(bad | good) <= FEW:
            values = sorted(bad, key=lambda value: (str(type(value)), value))
            *first, last = map(str, values)
            said.append(
                f"`{name}` of {', '.join(first)} and {last}" if first else f"`{name}` of {last}"
            )
        elif number and min(bad) > max(good):
            said.append(f"`{name}` from {min(bad):.4g}")
        elif number and max(bad) < min(good):
            said.append(f"`{name}` up to {max(bad):.4g}")
    return said
