"""How often is a verdict right? Comparisons whose truth is known, simulated in great number.

    uv run benchmarks/verdict_calibration.py

Nothing is trained: scores are drawn from a distribution and judged by the functions that judge a
run. Prints the tables of docs/verdict_calibration.md, which says how to read them.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from tuner_trials.analysis.intervals import BETTER, ERROR, WORSE, Intervals, repeated_intervals
from tuner_trials.analysis.random_statistics import best_of_n_variance
from tuner_trials.results.tables import read_table
from tuner_trials.search.looks import LOOKS

HERE = Path(__file__).parent
# Of two runs of the default experiment. Not those of reference/, which change with every new one.
POOL_SCORES = {"pool A": HERE / "pool_scores.csv", "pool B": HERE / "pool_scores_b.csv"}
BUDGET, EQUIVALENCE = 20, 0.003
POOL = 100  # trials
STEP = 1 / 12_000  # a score is a share of 12,000 validation images
GAIN = 0.005  # 0.5 points, a whole number of steps
STRATEGIES = 3
# Of the mean test score of a winner that was trained again three times, beside what its validation
# score explains: measured on the winners of the default experiment.
TEST_DEVIATION = 0.0028
SIMULATIONS, AT_ONCE = 20_000, 2_000

Shape = Callable[[np.ndarray], np.ndarray]  # the score below which a share (0..1) of trials lies
Verdicts = list[np.ndarray]  # (simulations, strategies) after each look


def shapes() -> dict[str, Shape]:
    """Distributions of a random trial's score; the first ones go through real pools."""

    def empirical(path: Path) -> Shape:
        pool = np.sort(read_table(path)["score"].to_numpy())
        return lambda share: np.interp(share, np.linspace(0, 1, len(pool)), pool)

    return {name: empirical(path) for name, path in POOL_SCORES.items()} | {
        "uniform": lambda share: 0.84 + 0.05 * share,
        "beta(5, 2)": lambda share: 0.82 + 0.07 * stats.beta.ppf(share, 5, 2),
        "crowded below a ceiling": lambda share: 0.89 + 0.02 * np.log(share),
        "normal, no ceiling": lambda share: 0.86 + 0.012 * stats.norm.ppf(share),
    }


def simulate(
    shape: Shape,
    looks: Sequence[int] = LOOKS,
    *,
    shift: float = 0.0,
    spread: float = 1.0,
    shared: bool = True,
    deviation: float = 0.0,
    strategies: int = STRATEGIES,
    simulations: int = SIMULATIONS,
) -> list[Intervals]:
    """A family of strategies that are random search themselves, against it, at each look.

    Parameters
    ----------
    shift
        By how much every repeat of every strategy is raised: the true difference.
    spread
        Stretches the repeats of the strategies about their mean.
    shared
        Lets all searches of a repeat begin with the same half of their trials.
    deviation
        Of what is added to each score, as to that of a winner which was trained again.

    Returns
    -------
    list of Intervals
        ``(simulations, strategies)`` each.
    """
    rng = np.random.default_rng(0)
    repeats = max(looks)
    middle = expected_best(shape, BUDGET)
    batches = []
    for _ in range(simulations // AT_ONCE):
        pool = _rounded(shape(rng.random((AT_ONCE, POOL))))
        start = rng.random((AT_ONCE, 1, repeats)) ** (2 / BUDGET)
        if not shared:
            start = rng.random((AT_ONCE, strategies + 1, repeats)) ** (2 / BUDGET)
        rest = rng.random((AT_ONCE, strategies + 1, repeats)) ** (2 / BUDGET)
        # The best of n uniform numbers is distributed as one to the power of 1/n.
        best = shape(np.maximum(start, rest))
        random, tuned = best[:, :1], middle + spread * (best[:, 1:] - middle) + shift
        noise = rng.normal(0, deviation, best.shape) if deviation else np.zeros_like(best)
        least = best_of_n_variance(pool, BUDGET)[:, np.newaxis]
        batches.append(
            repeated_intervals(
                _rounded(tuned + noise[:, 1:]),
                _rounded(random + noise[:, :1]),
                looks,
                ERROR / strategies,
                0.0 if deviation else least,
                STEP,
            )
        )
    return [
        Intervals(*map(np.concatenate, zip(*(vars(own).values() for own in at_look), strict=True)))
        for at_look in zip(*batches, strict=True)
    ]


def verdicts(intervals: list[Intervals]) -> Verdicts:
    return [own.verdict(EQUIVALENCE) for own in intervals]


def stopped(found: Verdicts, rule: str) -> np.ndarray:
    """The verdicts ``(simulations, strategies)`` with which a run ends.

    Parameters
    ----------
    rule
        ``first decision`` stops once any strategy is decided, ``all decided`` once all are, and
        ``last look`` never.
    """
    ended = found[-1].copy()
    for now in reversed(found[:-1]):
        decided = now != "undecided"
        stops = {
            "first decision": decided.any(axis=1),
            "all decided": decided.all(axis=1),
            "last look": np.zeros(len(now), bool),
        }[rule]
        ended[stops] = now[stops]
    return ended


def repeats_taken(found: Verdicts, looks: Sequence[int] = LOOKS) -> float:
    """Mean number of repeats until all strategies are decided."""
    taken = np.full(len(found[-1]), looks[-1])
    for look, now in reversed(list(zip(looks, found, strict=True))):
        taken[(now != "undecided").all(axis=1)] = look
    return float(taken.mean())


def any_different(ended: np.ndarray) -> float:
    """Share of runs in which any strategy is called better or worse."""
    return float(np.isin(ended, [*BETTER, *WORSE]).any(axis=1).mean())


def any_equivalent(ended: np.ndarray) -> float:
    """Share of runs in which any strategy is called equivalent."""
    return float((ended == "equivalent").any(axis=1).mean())


def share(ended: np.ndarray, *outcomes: str) -> float:
    """Share of comparisons with one of these verdicts."""
    return float(np.isin(ended, outcomes).mean())


def coverage(intervals: list[Intervals], truth: float = 0.0) -> float:
    """Share of families all of whose intervals cover the true difference, at every look."""
    within = [(own.lower <= truth) & (truth <= own.upper) for own in intervals]
    return float(np.all(within, axis=(0, 2)).mean())


def expected_best(shape: Shape, n: int) -> float:
    """What a search of n trials finds in expectation."""
    shares = (np.arange(100_000) + 0.5) / 100_000
    return float(_rounded(shape(shares ** (1 / n))).mean())


def _rounded(scores: np.ndarray) -> np.ndarray:
    return np.round(scores / STEP) * STEP


def main() -> None:
    distributions = shapes()
    print("### Runs that go on until all comparisons are decided, three strategies\n")
    _print_header(
        "scores | any wrong better or worse: first decision | all decided | last look"
        " | any wrong equivalent, at the margin | equivalent, true difference 0"
        " | +0.5 better within 20 | all intervals cover | mean repeats, true difference 0"
    )
    cases: list[tuple[str, Shape, dict[str, Any]]] = [
        (name, shape, {}) for name, shape in distributions.items()
    ]
    pool = distributions["pool A"]
    cases += [
        ("pool A, no shared start", pool, {"shared": False}),
        ("pool A, half the spread", pool, {"spread": 0.5}),
        ("pool A, twice the spread", pool, {"spread": 2.0}),
        ("pool A, test", pool, {"deviation": TEST_DEVIATION}),
        ("pool B, test", distributions["pool B"], {"deviation": TEST_DEVIATION}),
    ]
    for name, shape, options in cases:
        none = simulate(shape, **options)
        found = verdicts(none)
        margin = verdicts(simulate(shape, shift=EQUIVALENCE, **options))
        gain = verdicts(simulate(shape, shift=GAIN, **options))
        _print_row(
            name,
            *(any_different(stopped(found, rule)) for rule in ("first decision", "all decided")),
            any_different(found[-1]),
            any_equivalent(margin[-1]),
            share(found[-1], "equivalent"),
            share(gain[LOOKS.index(20)], *BETTER),
            coverage(none),
            f"{repeats_taken(found):.1f}",
        )

    print("\n### A fixed number of repeats, looked at once\n")
    _print_header(
        "strategies | repeats | any wrong better or worse | any wrong equivalent, at the margin"
        " | equivalent, true difference 0 | +0.5 better | all intervals cover"
    )
    for strategies in (1, 3):
        for repeats in (3, 5, 10, 20, 30):
            none = simulate(pool, [repeats], strategies=strategies)
            shifted = (
                simulate(pool, [repeats], shift=shift, strategies=strategies)
                for shift in (0.0, EQUIVALENCE, GAIN)
            )
            equal, at_margin, better = (verdicts(intervals)[0] for intervals in shifted)
            _print_row(
                f"{strategies} | {repeats}",
                any_different(equal),
                any_equivalent(at_margin),
                share(equal, "equivalent"),
                share(better, *BETTER),
                coverage(none),
            )


def _print_header(columns: str) -> None:
    print(f"| {columns} |\n|{' --- |' * len(columns.split(' | '))}")


def _print_row(first: str, *values: float | str) -> None:
    cells = [value if isinstance(value, str) else f"{100 * value:.1f}" for value in values]
    print(f"| {first} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
