"""The trials to be tested: the best of every search, including random searches."""

from typing import Any

Record = dict[str, Any]


def incumbents(records: list[Record]) -> list[Record]:
    """The best trial of each repeat, the earliest of equals.

    A trial that did not complete is only the best where none did.
    """
    best: dict[int, Record] = {}
    for record in sorted(records, key=lambda record: (record["repeat"], record["trial"])):
        leader = best.setdefault(record["repeat"], record)
        if _merit(record) > _merit(leader):
            best[record["repeat"]] = record
    return list(best.values())


def _merit(record: Record) -> tuple[bool, float]:
    return record["status"] == "completed", record["score"]
