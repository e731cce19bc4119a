"""Random search: the pool that every strategy is measured against, and the searches within it."""

from typing import Any

import numpy as np

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


def job_names(random_configurations: int) -> tuple[list[str], list[str]]:
    """How the numbers of a pool's trials, 0000 and so on, are split among jobs.

    Starting TensorFlow is paid once a job, and many cores can share the work: ten trials each. Ten
    and a hundred times more in larger pools, since Snakemake's own time grows with the jobs.

    Returns
    -------
    How the numbers begin, one for each job, and how they end, one for each trial of a job.

    >>> starts, ends = job_names(30)
    >>> starts, ends[0], ends[-1]
    (['000', '001', '002'], '0', '9')
    >>> starts, ends = job_names(20_000)
    >>> starts[0], starts[-1], ends[0], ends[-1]
    ('0', '19', '000', '999')
    """
    digits = 1 if random_configurations <= 1000 else 2 if random_configurations <= 10_000 else 3
    jobs, trials = random_configurations // 10**digits, 10**digits
    return (
        [f"{job:0{4 - digits}d}" for job in range(jobs)],
        [f"{trial:0{digits}d}" for trial in range(trials)],
    )


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
