"""The published differences between strategies, among those of the repeats."""

from itertools import combinations

import numpy as np
import pandas as pd

from tuner_trials.extras.analysis.published import (
    BESIDE,
    Published,
    beside,
    in_print,
    reproduced_scores,
    to_print,
)

COLUMNS = ["strategy", "opponent", "measure", *BESIDE, "ahead", "level", "behind"]


def published_differences_table(
    trials: pd.DataFrame, test_scores: pd.DataFrame, published: Published
) -> pd.DataFrame:
    """One row per pair of strategies and part of the data: the published difference among ours.

    The searches of one repeat share their seeds, so that what both of them try is trained alike;
    published searches do not. So each search is held against those of the opponent's other
    repeats, and on test each retraining against theirs.

    Parameters are those of `tuner_trials.extras.analysis.published.published_table`.

    Returns
    -------
    pandas.DataFrame
        ``strategy, opponent, measure``; what `beside` gives of strategy minus opponent; and in how
        many of the differences the strategy is ``ahead``, ``level`` or ``behind``. No rows if a
        single strategy was published.
    """
    reproduced = reproduced_scores(trials, test_scores)
    rows = []
    for strategy, opponent in combinations(published, 2):
        for measure, scores in reproduced.items():
            printed = [in_print(published[name], measure) for name in (strategy, opponent)]
            differences = _between_repeats(scores[strategy], scores[opponent])
            signs = np.sign(to_print(differences))
            rows.append(
                {"strategy": strategy, "opponent": opponent, "measure": measure}
                | beside(printed[0] - printed[1], differences)
                | {
                    "ahead": int((signs > 0).sum()),
                    "level": int((signs == 0).sum()),
                    "behind": int((signs < 0).sum()),
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _between_repeats(own: pd.Series, others: pd.Series) -> pd.Series:
    """All differences between an own value and one of another repeat."""
    own, others = own.dropna(), others.dropna()
    differences = own.to_numpy()[:, None] - others.to_numpy()[None, :]
    repeats = [values.index.get_level_values("repeat").to_numpy() for values in (own, others)]
    return pd.Series(differences[repeats[0][:, None] != repeats[1][None, :]], dtype=float)
