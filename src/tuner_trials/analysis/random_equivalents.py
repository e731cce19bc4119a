"""How many random trainings is a strategy worth?"""

import numpy as np
import pandas as pd

from tuner_trials.analysis.comparisons import best_scores
from tuner_trials.analysis.intervals import difference_to_best, resolution
from tuner_trials.analysis.random_statistics import best_of_n_variances, every_best_of_n
from tuner_trials.random_search import RANDOM


def random_equivalents_table(trials: pd.DataFrame, budget: int) -> pd.DataFrame:
    """How many random trainings reach a strategy's mean best score in expectation?

    The range holds the numbers of trainings whose random search is not told apart from the
    strategy: those for which the interval of `difference_to_random` holds 0. So it knows the luck
    of the repeats and that of the pool, and agrees with the verdict: it holds the budget where that
    interval does.

    Returns
    -------
    pandas.DataFrame
        A row a strategy: ``strategy, mean_best, random_equivalent`` (trainings, between whole
        numbers by linear interpolation), ``speed_up``, that number divided by the budget, and of
        both the range, ``random_equivalent_lower, random_equivalent_upper, speed_up_lower,
        speed_up_upper``. A number is 0 if a single random training does better already, and
        infinite beyond the pool: if not even a search of that size does as well.
    """
    pool = trials.loc[trials["strategy"] == RANDOM, "score"].to_numpy()
    step = resolution(trials["score"].to_numpy())
    search, _, _ = best_of_n_variances(pool, budget)
    expected, pools, freedom = every_best_of_n(pool)
    rows = []
    for strategy, scores in best_scores(trials).items():
        differences, lower, upper = difference_to_best(
            scores, expected, search, pools, freedom, step
        )
        equivalent, low, high = (
            _crossing(differences),
            _crossing(np.minimum.accumulate(lower)),  # the first number that is not too small
            _crossing(np.maximum.accumulate(upper[::-1])[::-1]),  # the last that is not too large
        )
        rows.append(
            {
                "strategy": strategy,
                "mean_best": float(scores.mean()),
                "random_equivalent": equivalent,
                "speed_up": equivalent / budget,
                "random_equivalent_lower": low,
                "random_equivalent_upper": high,
                "speed_up_lower": low / budget,
                "speed_up_upper": high / budget,
            }
        )
    return pd.DataFrame(rows)


def _crossing(differences: np.ndarray) -> float:
    """For which n do differences to the best of n, ``(N,)`` and falling, become 0?"""
    if differences[0] < 0:
        return 0.0
    if differences[-1] > 0:
        return np.inf
    return float(np.interp(0, -differences, np.arange(1, len(differences) + 1)))
