"""Numbers and lists as a sentence has them."""

from collections.abc import Iterable


def listed(names: Iterable[str]) -> str:
    """Names in a row.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def counted(number: int, noun: str) -> str:
    """A number and what it counts, for a noun with a plural in s.

    >>> counted(1, "repeat"), counted(3, "repeat")
    ('1 repeat', '3 repeats')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def times(count: int) -> str:
    """How often: once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
