"""Names that the rules of the workflow use, so that no strategy may have them."""

import re
from collections.abc import Iterable
from pathlib import Path

_USED = re.compile(
    r"^ *(?:(?:rule|checkpoint) (\w+)|use rule \w+ as (\w+) with):|<results>/(\w+)", re.M
)


def names_in_use(snakefiles: Iterable[Path]) -> set[str]:
    """The names of all rules, and of all files and folders in the folder of results."""
    texts = (file.read_text(encoding="utf-8") for file in snakefiles)
    return {name for text in texts for found in _USED.findall(text) for name in found if name}
