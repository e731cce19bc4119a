"""Strategies defined by a Python file of the user."""

import inspect
import os
from typing import Any, TypeGuard

from tuner_trials.search.strategies.base import Strategy
from tuner_trials.space.search_space import shown
from tuner_trials.user_code.python_file import run_python_file


def is_python_file(algorithm: Any) -> TypeGuard[str]:
    """Whether a section means a file, not one of the algorithms that have a name."""
    return isinstance(algorithm, str) and algorithm.endswith(".py")


def load_strategy(path: str) -> type[Strategy]:
    """The one subclass of `Strategy` that a Python file defines.

    Raises
    ------
    ValueError
        If the file is not there, cannot be run, defines no strategy or several, or one without
        `Strategy.start`.
    """
    if not os.path.isfile(path):  # noqa: PTH113 (pathlib's raises where a name is too long)
        raise ValueError(f"there is no file {shown(path)}")
    try:
        module = run_python_file(path)
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        if "tuner_trials.strategies" in said:  # where version 0.1 had it
            said += "; import Strategy and Suggestion from tuner_trials.search.strategies"
        raise ValueError(f"{shown(path)} cannot be loaded: {said}") from error
    kinds = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Strategy) and value.__module__ == path
    ]
    if len(kinds) != 1:
        found = ", ".join(kind.__name__ for kind in kinds) or "none"
        raise ValueError(
            f"{shown(path)} must define one subclass of tuner_trials.search.strategies.Strategy; it"
            f" defines {found}"
        )
    if inspect.isabstract(kinds[0]):
        raise ValueError(
            f"{kinds[0].__name__} in {shown(path)} must define"
            " start(self, space, budget, epochs, seed), which returns a search"
        )
    return kinds[0]
