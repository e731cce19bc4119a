"""Which hyperparameters decide how good a configuration is? fANOVA, by Optuna, on the pool.

Functional analysis of variance (Hutter, Hoos and Leyton-Brown, ICML 2014) fits a random forest to
the scores and splits the variance of its prediction, over the whole search space, among the
hyperparameters. The pool is what it wants: independent draws from all of the space.
"""

import math
from typing import Any

import optuna
import pandas as pd
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.importance import FanovaImportanceEvaluator

from tuner_trials.search.random_search import RANDOM

SEEDS = range(1, 11)  # of the forests
TREES = 32  # of a forest: a pool of 1,000 trials takes some forty seconds a forest


def importance_table(
    trials: pd.DataFrame, space: dict[str, dict[str, Any]], seeds: range = SEEDS
) -> pd.DataFrame:
    """One row per hyperparameter, the most important first.

    Trials that diverged or failed are left out, as in all analyses of hyperparameters: their
    chance-level score is so far below all others that it would dominate the variance.

    fANOVA does not support missing values. A hyperparameter that only some trials have is therefore
    analysed among these, together with all others that each of them has; its share is of their
    variance.

    Parameters
    ----------
    trials
        See `tuner_trials.results.tables.trials_table`; those of random search count.
    space
        See `tuner_trials.space.search_space.SearchSpace.tuned`.
    seeds
        A forest is grown from each.

    Returns
    -------
    pandas.DataFrame
        ``hyperparameter``; its ``importance``, the share (0..1) that it has on its own in the
        variance of what the forest predicts (not of the scores, whose noise a forest predicts in
        part only), as the mean over the forests; and the ``lowest`` and ``highest`` of these,
        which do not describe the variation between pools. For the hyperparameters that all trials
        have, the remainder to 1 is interactions, and noise that the forest mistakes for them. All
        are 0 where the scores do not differ.
    """
    pool = trials[(trials["strategy"] == RANDOM) & (trials["status"] == "completed")]
    forests = [dict.fromkeys(space, 0.0) for _ in seeds]
    groups: dict[tuple[bool, ...], list[str]] = {}  # of hyperparameters that the same trials have
    for name in space:
        groups.setdefault(tuple(pool[f"hp_{name}"].notna()), []).append(name)
    for judged in groups.values():
        own = pool[pool[f"hp_{judged[0]}"].notna()]
        if own["score"].nunique() < 2:
            continue
        study = _study(
            own, {name: space[name] for name in space if own[f"hp_{name}"].notna().all()}
        )
        for seed, shares_of_seed in zip(seeds, forests, strict=True):
            forest = FanovaImportanceEvaluator(n_trees=TREES, seed=seed).evaluate(study)
            shares_of_seed.update({name: forest[name] for name in judged})
    shares = pd.DataFrame(forests, columns=list(space))
    table = pd.DataFrame(
        {
            "hyperparameter": list(space),
            "importance": shares.mean().to_numpy(),
            "lowest": shares.min().to_numpy(),
            "highest": shares.max().to_numpy(),
        }
    )
    return table.sort_values("importance", ascending=False, kind="stable", ignore_index=True)


def _study(pool: pd.DataFrame, space: dict[str, dict[str, Any]]) -> optuna.Study:
    """The pool as Optuna wants it."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)  # it would announce the study
    study = optuna.create_study(direction="maximize")
    encoded = {name: _encode(pool[f"hp_{name}"], definition) for name, definition in space.items()}
    distributions = {name: distribution for name, (distribution, _) in encoded.items()}
    for place, score in enumerate(pool["score"].tolist()):
        parameters = {name: values[place] for name, (_, values) in encoded.items()}
        study.add_trial(
            optuna.create_trial(params=parameters, distributions=distributions, value=score)
        )
    return study


def _encode(
    column: pd.Series, definition: dict[str, Any]
) -> tuple[BaseDistribution, list[bool | int | float | str]]:
    """A hyperparameter in Optuna's terms: its distribution, and its value in each trial."""
    match definition:
        case {"type": "choice", "values": values}:
            names = [str(value) for value in values]  # a CSV file does not keep their type
            return CategoricalDistribution(names), column.astype(str).tolist()
        case {"type": "boolean"}:
            return IntDistribution(0, 1), column.astype(int).tolist()
        case {"low": low, "high": high, "scale": "log"}:
            # fANOVA weighs a region by its width. Of a log distribution Optuna would take the width
            # on the linear scale, though the pool is drawn, and a tuner searches, on the log one.
            return FloatDistribution(math.log(low), math.log(high)), column.map(math.log).tolist()
        case {"type": "int", "low": low, "high": high}:
            return IntDistribution(low, high), column.astype(int).tolist()
    return FloatDistribution(definition["low"], definition["high"]), column.astype(float).tolist()
