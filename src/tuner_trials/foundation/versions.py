"""The versions of installed packages, without importing them."""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version


def versions(packages: Iterable[str]) -> dict[str, str | None]:
    """The versions of some packages; None for one that is not installed.

    A workflow whose jobs run in an environment of their own is planned in one without them.
    """
    return {name: _version(name) for name in packages}


@cache
def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
