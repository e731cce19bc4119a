"""Which looks at the repeats of an experiment were taken before."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tuner_trials.search.random_search import SAME_BUDGET


def earlier_looks(folder: str | Path, best: Mapping[str, Sequence[float]]) -> list[int]:
    """The numbers of repeats of those looks in a folder that saw the beginning of these searches.

    Each look is an opportunity for a wrong verdict, so earlier ones must be counted. Looks at
    other searches, such as those of an earlier version of the model, do not count, nor does a look
    at a single repeat, which gives no interval.

    Parameters
    ----------
    folder
        With ``<repeats>.json``, each with the ``repeats`` and the ``best`` scores that it saw.
    best
        The best score of each repeat, by strategy.
    """
    looks = []
    for file in sorted(Path(folder).glob("*.json")):
        try:
            look = json.loads(file.read_text(encoding="utf-8"))
            repeats, seen = int(look["repeats"]), dict(look["best"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # being written, or not by this workflow
        strategies = (set(seen) & set(best)) - {SAME_BUDGET}
        if (
            repeats > 1
            and strategies
            and all(
                len(best[name]) > repeats and list(best[name][:repeats]) == seen[name]
                for name in strategies
            )
        ):
            looks.append(repeats)
    return looks
