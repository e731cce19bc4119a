"""One row per end of a hyperparameter's range: how many searches were won there."""

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from tuner_trials.analysis.incumbents import best_trials
from tuner_trials.results.tables import those_with
from tuner_trials.space.search_space import Float, Int, SearchSpace

NEAR = 0.05  # share of the range, on its scale, that counts as its end
DRAWS = 10_000  # places at which the space is asked for its values

COLUMNS = ["hyperparameter", "end", "bound", "winners", "at_bound", "chance", "p_value"]


def bounds_table(trials: pd.DataFrame, space: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Report where the winners of all searches cluster at an end of a range.

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`.
    space
        See `tuner_trials.space.search_space.SearchSpace.tuned`.

    Returns
    -------
    pandas.DataFrame
        For both ends of every numerical hyperparameter: ``hyperparameter``; ``end``, low or high;
        ``bound``, its value; ``winners``, the number of winners in which it is active, including
        the pool's and counting identical winners of a repeat once; how many of these lie within a
        twentieth of the range from that end (``at_bound``); the ``chance`` that a configuration
        drawn at random does; and ``p_value``, of the binomial test that this many do by chance.
    """
    # Searches of a repeat share their start, and may be won by the same configuration: that is one.
    best = best_trials(trials)
    best = best.drop_duplicates(["repeat", *(name for name in best if name.startswith("hp_"))])
    rows = []
    for name, hyperparameter in SearchSpace(space).items():
        if not isinstance(hyperparameter, Int | Float):
            continue
        _, values = those_with(best, name)
        drawn = np.array([hyperparameter.at(place) for place in (np.arange(DRAWS) + 0.5) / DRAWS])
        found, sampled = (_place(array, hyperparameter) for array in (values.to_numpy(), drawn))
        for end, bound, distance, usual in (
            ("low", hyperparameter.low, found, sampled),
            ("high", hyperparameter.last(), 1 - found, 1 - sampled),
        ):
            count, chance = int((distance <= NEAR).sum()), float((usual <= NEAR).mean())
            rows.append(
                {
                    "hyperparameter": name,
                    "end": end,
                    "bound": float(bound),
                    "winners": len(values),
                    "at_bound": count,
                    "chance": chance,
                    "p_value": float(binom.sf(count - 1, len(values), chance)),
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _place(values: np.ndarray, hyperparameter: Int | Float) -> np.ndarray:
    """Where in its range a value lies, 0 (lowest) to 1 (highest), on its scale."""
    low, high = hyperparameter.low, hyperparameter.last()
    values = values.astype(float)
    if hyperparameter.scale == "log":
        return np.log(values / low) / math.log(high / low)
    return (values - low) / (high - low)
