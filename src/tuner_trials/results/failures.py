"""Stop a run in which too many trials failed, before its numbers look like a valid result."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tuner_trials.foundation.errors import UserError
from tuner_trials.user_code.causes import shared_values

Record = dict[str, Any]


def check_failures(
    records: list[Record], max_failed_share: float, file_of: Callable[[Record], Path]
) -> None:
    """Refuse a run in which more than a share of all trials were not completed.

    A few failures belong to a search: they are charged, scored at chance level and reported. Many
    mean that the model or the space is wrong. The records stay where they are: this is decided once
    all of them are written, and whoever accepts the failures loses nothing.

    Parameters
    ----------
    records
        Of all trials; at least one.
    max_failed_share
        In 0..1; exactly that much is accepted.
    file_of
        Gives the file with a record.

    Raises
    ------
    UserError
        With the number of such trials, the first of them, and what can be done.
    """
    missed = [record for record in records if record["status"] != "completed"]
    if len(missed) <= max_failed_share * len(records):
        return
    counts = Counter(record["status"] for record in missed)
    first = missed[0]
    reason = first["message"].strip().splitlines()[0]
    shared = shared_values(records)
    raise UserError(
        f"{len(missed)} of {len(records)} trials were not completed"
        f" ({', '.join(f'{count} {status}' for status, count in sorted(counts.items()))}),"
        f" but max_failed_share is {max_failed_share:g}.\n"
        f"The first: {first['strategy']}, repeat {first['repeat']}, trial {first['trial']}:"
        f" {first['status']}, {reason}\n"
        + "".join(f"All trials with {values} failed, and no other did.\n" for values in shared)
        + f"Its record is {file_of(first)}; all are kept.\n"
        "Correct the model or the search space; or accept the failures with a higher"
        " max_failed_share, which trains nothing again. Where the fault was the machine's, delete"
        " the records: what was completed comes back from the trial store."
    )
