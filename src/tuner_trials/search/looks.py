"""The numbers of repeats at which verdicts are inspected. The Snakefile reads this at startup."""

from collections.abc import Callable

UNTIL_DECIDED = "until_decided"  # instead of a number of repeats
LOOKS = (5, 8, 12, 20, 30)


def planned_looks(
    repeats: int | str, most: int, affords: Callable[[int], bool] = lambda repeats: True
) -> list[int]:
    """The numbers of repeats at which a run looks at the verdicts and may stop, fixed beforehand.

    Parameters
    ----------
    repeats
        Of the experiment: a number, or `UNTIL_DECIDED`.
    most
        Repeats at which a run until decided stops in any case.
    affords
        Whether the budget allows this number of repeats.

    >>> planned_looks("until_decided", 10), planned_looks(3, 10)
    ([5, 8, 10], [3])
    """
    if isinstance(repeats, int):
        return [repeats]
    looks = [*(look for look in LOOKS if look < most), most]
    return [look for look in looks if affords(look)]
