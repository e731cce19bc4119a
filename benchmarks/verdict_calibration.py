"""How often is a verdict right? Comparisons whose truth is known, simulated in great number.

    uv run benchmarks/verdict_calibration.py

Nothing is trained: scores are drawn from a distribution and judged by the functions that judge a
run. Prints the tables of docs/verdict_calibration.md, which says how to read them.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy import stats

from tuner_trials.analysis.bootstrap import bootstrap_interval
from tuner_trials.analysis.intervals import difference_to_random, paired_difference, verdict
from tuner_trials.analysis.random_statistics import best_of_n_variances
from tuner_trials.tables import read_table

# Of a run of the default experiment. Not those of reference/, which change with every new one.
POOL_SCORES = Path(__file__).parent / "pool_scores.csv"
BUDGET, EQUIVALENCE = 20, 0.003  # those of config.yaml
STEP = 1 / 12_000  # a score is a share of 12,000 validation images
BETTER = 0.005  # 0.5 points, a whole number of steps
SIMULATIONS, AT_ONCE = 20_000, 2_000
REPEATS, POOLS, SPREADS = (2, 3, 5, 10, 20), (100, 1_000), (0.5, 1, 2)

Shape = Callable[[np.ndarray], np.ndarray]  # the score below which a share (0..1) of trials lies
Intervals = np.ndarray  # (2, simulations): lower and upper ends


def shapes() -> dict[str, Shape]:
    """Distributions of a random trial's score; the first goes through a real pool."""
    pool = read_table(POOL_SCORES)["score"].to_numpy()
    return {
        "a real pool": lambda share: np.interp(share, np.linspace(0, 1, len(pool)), pool),
        "uniform": lambda share: 0.84 + 0.05 * share,
        "beta(5, 2)": lambda share: 0.82 + 0.07 * stats.beta.ppf(share, 5, 2),
        "crowded below a ceiling": lambda share: 0.89 + 0.02 * np.log(share),
        "normal, no ceiling": lambda share: 0.86 + 0.012 * stats.norm.ppf(share),
    }


def expected_best(shape: Shape, n: int) -> float:
    """What a search of n trials finds in expectation: the truth."""
    shares = (np.arange(100_000) + 0.5) / 100_000
    return float(_rounded(shape(shares ** (1 / n))).mean())


def with_random_search(
    shape: Shape,
    repeats: int,
    pool_size: int,
    n: int = BUDGET,
    *,
    spread: float = 1,
    bootstrap: bool = False,
    simulations: int = SIMULATIONS,
) -> Intervals:
    """A strategy that is random search itself, compared with random search of n trials.

    Its repeats and the pool are drawn anew for every comparison. ``spread`` stretches the repeats
    about their expectation, as those of a less or more reliable strategy.
    """
    rng = np.random.default_rng(0)
    mean = expected_best(shape, BUDGET)
    intervals = []
    for _ in range(simulations // AT_ONCE):
        pool = _rounded(shape(rng.random((AT_ONCE, pool_size))))
        best = _rounded(mean + spread * (_searches(shape, repeats, rng) - mean))
        difference, *interval = difference_to_random(best, pool, BUDGET, n, STEP)
        intervals.append(_bootstrap(best, difference) if bootstrap else interval)
    return np.concatenate(intervals, axis=1)


def with_each_other(
    shape: Shape,
    repeats: int,
    pool_size: int = POOLS[0],
    *,
    shared: bool = False,
    spread: float = 1,
    bootstrap: bool = False,
    simulations: int = SIMULATIONS,
) -> Intervals:
    """Two strategies, both random search itself, compared repeat by repeat.

    ``shared`` lets both begin a repeat with the same half of their trials, as keras-tuner's
    strategies do; ``spread`` stretches the first one's repeats about their expectation.
    """
    rng = np.random.default_rng(0)
    mean = expected_best(shape, BUDGET)
    intervals = []
    for _ in range(simulations // AT_ONCE):
        search, _, _ = best_of_n_variances(
            _rounded(shape(rng.random((AT_ONCE, pool_size)))), BUDGET
        )
        start = rng.random((AT_ONCE, repeats)) ** (2 / BUDGET) if shared else None
        a, b = (_searches(shape, repeats, rng, start) for _ in range(2))
        a, b = _rounded(mean + spread * (a - mean)), _rounded(b)
        difference, *interval = paired_difference(a, b, search, STEP)
        intervals.append(_bootstrap(a - b, difference) if bootstrap else interval)
    return np.concatenate(intervals, axis=1)


def called_different(intervals: Intervals) -> float:
    """Share of verdicts better or worse, where there is no difference."""
    return float(np.isin(verdict(*intervals, EQUIVALENCE), ["better", "worse"]).mean())


def found_better(intervals: Intervals, by: float = BETTER) -> float:
    """Share of verdicts better, once every repeat of the strategy is raised by so much."""
    return float((verdict(*(intervals + by), EQUIVALENCE) == "better").mean())


def smallest_found(intervals: Intervals) -> float:
    """The smallest difference, to a twentieth of a point, that is found in 80 %."""
    by = BETTER / 10
    while found_better(intervals, by) < 0.8:
        by += BETTER / 10
    return by


def coverage(intervals: Intervals, truth: float = 0.0) -> float:
    """Share of the intervals that hold the true difference."""
    lower, upper = intervals
    return float(((lower <= truth) & (truth <= upper)).mean())


def _searches(
    shape: Shape, repeats: int, rng: np.random.Generator, start: np.ndarray | None = None
) -> np.ndarray:
    """Best scores. The best of n uniform numbers is distributed as one to the power of 1/n.

    ``start`` are those of a half of the trials, if it is given.
    """
    share = rng.random((AT_ONCE, repeats))
    if start is None:
        return shape(share ** (1 / BUDGET))
    return shape(np.maximum(start, share ** (2 / BUDGET)))


def _rounded(scores: np.ndarray) -> np.ndarray:
    return np.round(scores / STEP) * STEP


def _bootstrap(values: np.ndarray, difference: np.ndarray) -> Intervals:
    ends = np.transpose([bootstrap_interval(repeats) for repeats in values])
    return ends - values.mean(axis=1) + difference


def main() -> None:
    distributions = shapes()
    pool = distributions["a real pool"]
    judged = "called different | +0.5 found better | found in 80 % | interval holds"

    print("### Random search, compared with itself through a pool\n")
    _print_header(f"pool | repeats | {judged} | bootstrap's holds | whole pool: interval holds")
    for size in POOLS:
        beyond = expected_best(pool, BUDGET) - expected_best(pool, size)
        for repeats in REPEATS:
            _print_row(
                f"{size:,} | {repeats}",
                *_judged(with_random_search(pool, repeats, size)),
                coverage(
                    with_random_search(pool, repeats, size, bootstrap=True, simulations=AT_ONCE)
                ),
                coverage(with_random_search(pool, repeats, size, size), beyond),
            )

    print("\n### Two random searches, compared with each other\n")
    _print_header(
        f"repeats | {judged} | bootstrap's holds | half of the trials shared: called different"
        " | +0.5 found better | twice the spread: called different"
    )
    for repeats in REPEATS:
        shared = with_each_other(pool, repeats, shared=True)
        _print_row(
            str(repeats),
            *_judged(with_each_other(pool, repeats)),
            coverage(with_each_other(pool, repeats, bootstrap=True, simulations=AT_ONCE)),
            called_different(shared),
            found_better(shared),
            called_different(with_each_other(pool, repeats, spread=2)),
        )

    print("\n### Other distributions of the scores, and other spreads of the strategy\n")
    _print_header(
        "scores | spread | pool | called different, 3 repeats | 10 repeats"
        " | interval holds, 3 repeats | 10 repeats"
    )
    cases = [(name, 1) for name in distributions] + [("a real pool", s) for s in SPREADS]
    for name, spread in dict.fromkeys(cases):
        for size in POOLS:
            few, many = (
                with_random_search(distributions[name], repeats, size, spread=spread)
                for repeats in (3, 10)
            )
            _print_row(
                f"{name} | {spread:g} | {size:,}",
                *map(called_different, (few, many)),
                *map(coverage, (few, many)),
            )


def _judged(intervals: Intervals) -> list[float | str]:
    return [
        called_different(intervals),
        found_better(intervals),
        f"{100 * smallest_found(intervals):.2f}",
        coverage(intervals),
    ]


def _print_header(columns: str) -> None:
    print(f"| {columns} |\n|{' --- |' * len(columns.split(' | '))}")


def _print_row(first: str, *values: float | str) -> None:
    cells = [value if isinstance(value, str) else f"{100 * value:.1f}" for value in values]
    print(f"| {first} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
