"""Random search, with which all strategies are compared: a pool, and a twin of every search."""

RANDOM = "random"  # the pool's name among the strategies
# In each repeat random search runs as well, with the budget, the seed and the first configurations
# of the strategies: the twin that they are compared with.
SAME_BUDGET = "random, same budget"
RANDOM_SEARCHES = (RANDOM, SAME_BUDGET)


def batch_size(number: int) -> int:
    """How many trials share a job with a trial of the pool.

    Starting TensorFlow is paid once a job, and many cores can share the work: ten trials each. Ten
    and a hundred times more from trial 1,000 and 10,000 on, since Snakemake's own time grows with
    the jobs. It depends on the trial's number alone, so that no job moves when the pool grows.
    """
    return 10 if number < 1000 else 100 if number < 10_000 else 1000


def batches(count: int) -> list[range]:
    """The trials of each job for a pool of ``count`` trials; the last batch may be smaller.

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
