"""Strategies of one's own: a Python file outside the package that defines one."""

import os
from typing import Any, TypeGuard

from tuner_trials.python_file import run_python_file
from tuner_trials.search_space import shown
from tuner_trials.strategies.base import Strategy


def is_python_file(algorithm: Any) -> TypeGuard[str]:
    """Whether a section means a file, not one of the algorithms that have a name."""
    return isinstance(algorithm, str) and algorithm.endswith(".py")


def load_strategy(path: str) -> type[Strategy]:
    """The one subclass of `Strategy` that a Python file defines.

    Raises
    ------
    ValueError
        If the file is not there, cannot be run, or defines no strategy or several.
    """
    if not os.path.isfile(path):  # noqa: PTH113 (pathlib's raises where a name is too long)
        raise ValueError(f"there is no file {shown(path)}")
    try:
        module = run_python_file(path)
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise ValueError(f"{shown(path)} cannot be loaded: {said[:300]}") from error
    kinds = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Strategy) and value.__module__ == path
    ]
    if len(kinds) != 1:
        found = ", ".join(kind.__name__ for kind in kinds) or "none"
        raise ValueError(
            f"{shown(path)} must define one subclass of tuner_trials.strategies.Strategy; it"
            f" defines {found}"
        )
    return kinds[0]
