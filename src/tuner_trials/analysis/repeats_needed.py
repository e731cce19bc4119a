"""How many repeats would probably decide the undecided comparisons?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from tuner_trials.analysis.comparisons import best_scores, compare_searches, known_variation
from tuner_trials.analysis.intervals import (
    BETTER,
    WORSE,
    Intervals,
    errors_at,
    interval,
    raised,
    variance,
)
from tuner_trials.search.random_search import SAME_BUDGET

NUMBERS = (5, 8, 12, 20, 30, 50, 100)
ENOUGH = 0.8  # the probability of a decision that is asked for
DRAWS = 4_000

COLUMNS = [
    *("strategy", "verdict", "repeats", "deviation"),
    *(f"decided_by_{number}" for number in NUMBERS),
    *("repeats_needed", "better", "equivalent", "worse", "trainings"),
]


def repeats_needed_table(
    trials: pd.DataFrame, budget: int, equivalence: float, looks: Sequence[int]
) -> pd.DataFrame:
    """Predict what more repeats would decide, if the repeats so far are typical.

    The true variance and difference are drawn from what the repeats leave open (a scaled inverse
    chi-squared and a normal distribution), then the repeats to come, and they are judged as one
    more look would be.

    Parameters
    ----------
    trials, budget, equivalence, looks
        As for `tuner_trials.analysis.comparisons.comparisons_table`.

    Returns
    -------
    pandas.DataFrame
        One row per strategy: its ``verdict`` against random search now, after ``repeats``;
        ``deviation``, the standard deviation of its differences to random search; the probabilities
        to be ``decided_by_<n>`` repeats, missing up to those there are; ``repeats_needed``, the
        fewest of these numbers with which it is decided in 80 %, and infinite if none is; of that
        number, or else of the largest, the probabilities of ``better``, ``equivalent`` and
        ``worse``; and the full ``trainings`` that all searches together would take until then.
        Missing where there is a decision already, or a single repeat.
    """
    best = best_scores(trials)
    rows = []
    known = known_variation(trials, budget)
    for (strategy, opponent), error, intervals in compare_searches(trials, budget, looks):
        if opponent != SAME_BUDGET:
            continue
        differences, now = best[strategy] - best[SAME_BUDGET], intervals[-1]
        repeats = len(differences)
        verdict = str(now.verdict(equivalence))
        row: dict[str, Any] = {"strategy": strategy, "verdict": verdict, "repeats": repeats}
        row["deviation"] = differences.std(ddof=1) if repeats > 1 else np.nan
        if verdict == "undecided" and repeats > 1:
            needed = np.inf
            for number in (number for number in NUMBERS if number > repeats):
                verdicts = _verdicts_after(
                    number, differences, now, error, looks, equivalence, *known
                )
                shares = {
                    "better": np.isin(verdicts, BETTER).mean(),
                    "equivalent": (verdicts == "equivalent").mean(),
                    "worse": np.isin(verdicts, WORSE).mean(),
                }
                decided = sum(shares.values())
                row[f"decided_by_{number}"] = decided
                if np.isinf(needed):
                    row |= shares | {"trainings": (number - repeats) * len(best) * budget}
                    needed = number if decided >= ENOUGH else np.inf
            row["repeats_needed"] = needed
        rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def _verdicts_after(
    number: int,
    differences: np.ndarray,
    now: Intervals,
    error: float,
    looks: Sequence[int],
    equivalence: float,
    least: float,
    step: float,
) -> np.ndarray:
    """Simulated verdicts, ``(DRAWS,)``, of a look after ``number`` repeats."""
    rng = np.random.default_rng(number)
    repeats, more = len(differences), number - len(differences)
    mean, squares = differences.mean(), np.full(DRAWS, differences.var() * repeats)
    # What the pool tells counts as one degree of freedom more.
    true_variance = repeats * variance(differences, least, step) / rng.chisquare(repeats, DRAWS)
    truth = rng.normal(mean, np.sqrt(true_variance / repeats))
    added = rng.normal(truth, np.sqrt(true_variance / more))
    total = (repeats * mean + more * added) / number
    squares += repeats * more / number * (added - mean) ** 2
    if more > 1:
        squares += true_variance * rng.chisquare(more - 1, DRAWS)
    planned = tuple(sorted({*looks, number}))
    errors = (errors_at(planned, share)[planned.index(number)] for share in (error, 2 * error))
    found = raised(squares / (number - 1), number, least, step)
    then = interval(total, found, number, *errors)
    return then.within(now).verdict(equivalence)
