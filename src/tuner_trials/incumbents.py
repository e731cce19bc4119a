"""Who goes to the test: the best trial of every search, of random searches as well."""

from typing import Any

# What a strategy is compared with, as the tables call it.
SAME_BUDGET, WHOLE_POOL = "random, same budget", "random, whole pool"

Record = dict[str, Any]


def incumbents(records: list[Record]) -> list[Record]:
    """The best trial of each repeat, the earliest of equals.

    A trial that did not complete, and has the score of guessing, is only the best where none did.
    """
    best: dict[int, Record] = {}
    for record in sorted(records, key=lambda record: (record["repeat"], record["trial"])):
        leader = best.setdefault(record["repeat"], record)
        if _merit(record) > _merit(leader):
            best[record["repeat"]] = record
    return list(best.values())


def _merit(record: Record) -> float:
    # Scores are 0..1, so whatever did not complete is below all that did.
    return record["score"] - (record["status"] != "completed")


def random_searches(pool: int, budget: int) -> list[range]:
    """The trials of random searches of ``budget`` trials that a pool of so many holds side by side.

    They are independent of each other, as the repeats of a strategy are, so their incumbents can be
    retrained and tested beside those of the strategies. Ten at most: more would cost more training
    than they tell.

    >>> random_searches(50, 20)
    [range(0, 20), range(20, 40)]
    """
    starts = range(0, pool - budget + 1, budget)[:10]
    return [range(start, start + budget) for start in starts]


def as_random_search(records: list[Record], number: int) -> list[Record]:
    """Some records of the pool as those of one of its `random_searches`, a repeat of its own."""
    return [record | {"strategy": SAME_BUDGET, "repeat": number} for record in records]
