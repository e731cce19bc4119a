"""How the comparisons with random search stood at each look at the repeats."""

from collections.abc import Sequence

import pandas as pd

from tuner_trials.analysis.comparisons import compare_searches
from tuner_trials.search.random_search import SAME_BUDGET


def looks_table(
    trials: pd.DataFrame, budget: int, equivalence: float, looks: Sequence[int]
) -> pd.DataFrame:
    """The comparisons with random search of the same budget, after each look so far.

    See `tuner_trials.analysis.comparisons.comparisons_table` for the parameters.

    Returns
    -------
    pandas.DataFrame
        One row per look and strategy: ``repeats, strategy, difference, lower, upper,
        equivalence_lower, equivalence_upper, verdict``. The difference is that of the repeats
        so far; the intervals are the intersection over this look and all earlier ones.
    """
    rows = [
        {"repeats": look, "strategy": strategy} | found.row(equivalence)
        for (strategy, opponent), _, intervals in compare_searches(trials, budget, looks)
        if opponent == SAME_BUDGET
        for look, found in zip(looks, intervals, strict=False)
    ]
    return pd.DataFrame(rows).sort_values("repeats", kind="stable", ignore_index=True)
