"""Who goes to the test: the best trial of every search, of random searches as well."""

from typing import Any

Record = dict[str, Any]


def incumbents(records: list[Record]) -> list[Record]:
    """The best trial of each repeat, the earliest where several share the best score."""
    best: dict[int, Record] = {}
    for record in sorted(records, key=lambda record: (record["repeat"], record["trial"])):
        leader = best.setdefault(record["repeat"], record)
        if record["score"] > leader["score"]:
            best[record["repeat"]] = record
    return list(best.values())
