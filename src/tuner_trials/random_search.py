"""Random search: the pool that every strategy is measured against, and the searches within it."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tuner_trials.errors import UserError
from tuner_trials.search_space import Configuration, SearchSpace
from tuner_trials.seeds import derive_seed

RANDOM = "random"  # its name among the strategies
# What a strategy is compared with, as the tables call it.
SAME_BUDGET, WHOLE_POOL = "random, same budget", "random, whole pool"

Record = dict[str, Any]


def pool(space: SearchSpace, seed: int, count: int) -> list[Configuration]:
    """The first configurations of an experiment's pool, which all differ.

    Parameters
    ----------
    seed
        The experiment's.
    count
        So many; a larger pool begins with the same ones.
    """
    return space.sample_distinct(count, np.random.default_rng(derive_seed(seed, "pool")))


def read_configuration(path: str | Path, space: SearchSpace) -> Configuration:
    """Read the file of a configuration, which somebody may have edited.

    Raises
    ------
    UserError
        If it holds no configuration of the space: with the file, and what is wrong.
    """
    try:
        configuration = json.loads(Path(path).read_text(encoding="utf-8"))
        space.check(configuration)
    except ValueError as error:
        raise UserError(
            f"{path} holds no configuration of the search space: {error}. Correct it, or delete it"
            " to have it sampled again."
        ) from None
    return configuration


def batch_size(number: int) -> int:
    """How many trials share a job with a trial of the pool.

    Starting TensorFlow is paid once a job, and many cores can share the work: ten trials each. Ten
    and a hundred times more from trial 1,000 and 10,000 on, since Snakemake's own time grows with
    the jobs. It depends on the trial's number alone, so that no job moves when the pool grows.
    """
    return 10 if number < 1000 else 100 if number < 10_000 else 1000


def batches(count: int) -> list[range]:
    """The trials of each job of a pool of so many; the last job may have fewer than its batch.

    >>> batches(25)
    [range(0, 10), range(10, 20), range(20, 25)]
    >>> batches(1150)[-2:]
    [range(1000, 1100), range(1100, 1150)]
    """
    jobs, start = [], 0
    while start < count:
        stop = start + batch_size(start)
        jobs.append(range(start, min(stop, count)))
        start = stop
    return jobs


def random_searches(pool_size: int, budget: int) -> list[range]:
    """The trials of random searches of ``budget`` trials that a pool of so many holds side by side.

    They are independent of each other, as the repeats of a strategy are, so their incumbents can be
    retrained and tested beside those of the strategies. Ten at most: more would cost more training
    than they tell.

    >>> random_searches(50, 20)
    [range(0, 20), range(20, 40)]
    """
    starts = range(0, pool_size - budget + 1, budget)[:10]
    return [range(start, start + budget) for start in starts]


def as_random_search(records: list[Record], number: int) -> list[Record]:
    """Some records of the pool as those of one of its `random_searches`, a repeat of its own."""
    return [record | {"strategy": SAME_BUDGET, "repeat": number} for record in records]
