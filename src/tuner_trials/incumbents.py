"""Who goes to the test: the best trial of every search, of random searches as well."""

from typing import Any

# What a strategy is compared with, as the tables call it.
SAME_BUDGET, WHOLE_POOL = "random, same budget", "random, whole pool"

Record = dict[str, Any]


def incumbents(records: list[Record]) -> list[Record]:
    """The best trial of each repeat, the earliest where several share the best score."""
    best: dict[int, Record] = {}
    for record in sorted(records, key=lambda record: (record["repeat"], record["trial"])):
        leader = best.setdefault(record["repeat"], record)
        if record["score"] > leader["score"]:
            best[record["repeat"]] = record
    return list(best.values())


def random_searches(pool: list[Record], budget: int) -> list[Record]:
    """The pool's records, cut side by side into random searches of ``budget`` trials each.

    They are independent of each other, as the repeats of a strategy are, so their incumbents can be
    retrained and tested beside those of the strategies.

    Returns
    -------
    list of dict
        Records of the strategy ``random, same budget`` with the number of the search as repeat. A
        rest of fewer than ``budget`` trials is left out.
    """
    whole = len(pool) // budget * budget
    return [
        record | {"strategy": SAME_BUDGET, "repeat": place // budget}
        for place, record in enumerate(sorted(pool, key=lambda record: record["trial"])[:whole])
    ]
