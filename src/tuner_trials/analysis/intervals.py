"""How sure a difference of paired scores is: its interval, and the verdict, at every look.

Repeated confidence intervals hold at all looks at a growing number of repeats together, whatever
made one stop: C. Jennison and B. W. Turnbull, Controlled Clinical Trials 5, 1984,
doi:10.1016/0197-2456(84)90148-X; with Student's t: Biometrika 78, 1991,
doi:10.1093/biomet/78.1.133; for equivalence: Sequential Analysis 12, 1993. How often the verdicts
are right was simulated: see docs/verdict_calibration.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import stats

# Probability that any verdict of a family of comparisons is wrong. Two one-sided tests with this
# error each ask whether the interval with twice the error lies within the margin (Schuirmann, 1987,
# doi:10.1007/BF01068419).
ERROR = 0.05
BETTER = ("better by at least the margin", "better")
WORSE = ("worse", "worse by at least the margin")
VERDICTS = (*BETTER, "equivalent", *WORSE, "undecided")
PATHS = 200_000  # of simulated repeats


@dataclass(frozen=True)
class Intervals:
    """A mean difference with the two intervals that decide what is said of it, ``(...)`` each.

    Attributes
    ----------
    difference
        Positive if the strategy is better.
    lower, upper
        Decide whether it is better or worse.
    equivalence_lower, equivalence_upper
        The narrower interval, with twice the error, decides whether both are equivalent.
    """

    difference: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    equivalence_lower: np.ndarray
    equivalence_upper: np.ndarray

    def within(self, earlier: "Intervals") -> "Intervals":
        """The intersection with earlier intervals; an interval without overlap is unchanged."""
        ends = []
        for name in ("", "equivalence_"):
            own = getattr(self, f"{name}lower"), getattr(self, f"{name}upper")
            lower = np.maximum(own[0], getattr(earlier, f"{name}lower"))
            upper = np.minimum(own[1], getattr(earlier, f"{name}upper"))
            ends += [np.where(lower > upper, *pair) for pair in ((own[0], lower), (own[1], upper))]
        return Intervals(self.difference, *ends)

    def verdict(self, margin: float) -> np.ndarray:
        """One of `VERDICTS` for each difference.

        ``equivalent`` if the narrower interval lies within +-``margin``: whatever the sign, the
        difference is too small to matter. Else ``better`` or ``worse``, and by at least the margin,
        if the wider one lies on one side of 0, or of the margin; else ``undecided``. The false
        ones of these exclude each other, so each may use its full error (Goeman, Solari, Stijnen,
        2010, doi:10.1002/sim.4002).
        """
        cases = {
            "equivalent": (-margin <= self.equivalence_lower) & (self.equivalence_upper <= margin),
            "better by at least the margin": (self.lower >= margin) & (margin > 0),
            "worse by at least the margin": (self.upper <= -margin) & (margin > 0),
            "better": self.lower > 0,
            "worse": self.upper < 0,
        }
        return np.select(list(cases.values()), list(cases), "undecided")

    def row(self, margin: float) -> dict[str, Any]:
        """What the tables of comparisons show of a single difference."""
        numbers = {name: float(value) for name, value in vars(self).items()}
        return numbers | {"verdict": str(self.verdict(margin))}


def repeated_intervals(
    a: np.ndarray,
    b: np.ndarray,
    looks: Sequence[int],
    error: float,
    least: np.ndarray | float = 0.0,
    step: float = 0.0,
) -> list[Intervals]:
    """By how much strategy a is better than b, after each look so far.

    All looks together cover the truth, so what an earlier one excluded stays excluded: an interval
    is the part that is common to those of all looks up to its own. A comparison that was decided
    stays decided, though a later look may say more: by the margin, or equivalent. (Should they have
    nothing in common, which is rarer than ``error``, it is that of the last look.) The estimate is
    the mean over all repeats; where a decision ended the run, it lies farther from 0 than the
    truth, on average.

    Parameters
    ----------
    a, b
        ``(..., repeats)``: the scores of each, paired. Leading axes are comparisons.
    looks
        Numbers of repeats, growing; those beyond ``repeats`` are still to come. The number of
        repeats is one of them.
    error
        Probability, 0 to 1, that any look's interval misses the truth; twice that for the narrower
        interval, which decides on equivalence.
    least, step
        See `variance`.
    """
    looks = tuple(looks)
    found: list[Intervals] = []
    for k, *errors in zip(looks, errors_at(looks, error), errors_at(looks, 2 * error), strict=True):
        if k > a.shape[-1]:
            break
        differences = a[..., :k] - b[..., :k]
        mean = differences.mean(axis=-1)
        now = interval(mean, variance(differences, least, step), k, *errors)
        found.append(now.within(found[-1]) if found else now)
    return found


def interval(
    mean: np.ndarray, variance: np.ndarray, repeats: int, error: float, equivalence_error: float
) -> Intervals:
    """Student's intervals of a mean; infinite for a single repeat.

    Parameters
    ----------
    mean, variance
        ``(...)`` each: of the differences.
    error, equivalence_error
        Probabilities, 0 to 1, that the intervals miss the truth.
    """
    ends = []
    for missed in (error, equivalence_error):
        if repeats == 1:
            half = np.full_like(variance, np.inf)
        else:
            half = stats.t.isf(missed / 2, repeats - 1) * np.sqrt(variance / repeats)
        ends += [mean - half, mean + half]
    return Intervals(mean, *ends)


def variance(differences: np.ndarray, least: np.ndarray | float, step: float) -> np.ndarray:
    """The variance of ``(..., repeats)`` differences, raised where few happen to agree.

    Few that agree look more certain than they are. So ``least``, ``(...)``, what is expected of
    them at the least, is averaged in with the weight of one repeat, as a moderated t-test does
    (Smyth, 2004, doi:10.2202/1544-6115.1027), but only where that raises the variance, and without
    gaining a degree of freedom. And scores are rounded to ``step``, which alone has a variance.
    """
    repeats = differences.shape[-1]
    own = differences.var(axis=-1, ddof=1) if repeats > 1 else np.zeros(differences.shape[:-1])
    return raised(own, repeats, least, step)


def raised(own: np.ndarray, repeats: int, least: np.ndarray | float, step: float) -> np.ndarray:
    """Raise a variance ``(...)`` of ``repeats`` differences in the same way."""
    own = np.maximum(own, step**2 / 12)
    return np.maximum(own, (least + (repeats - 1) * own) / repeats)


def resolution(scores: np.ndarray) -> float:
    """The smallest difference between scores: one sample of the validation part, or more."""
    gaps = np.diff(np.unique(scores.round(12)))
    return float(gaps.min()) if len(gaps) else 0.0


def errors_at(looks: tuple[int, ...], error: float) -> tuple[float, ...]:
    """The two-sided error that each look may have, so that any of them has ``error`` (0 to 1).

    It is proportional to the number of repeats: early looks get little, so that the last one loses
    little. Its size is found by simulating `PATHS` paths of normal differences, to three digits,
    which is what these are good for, and alike on all processors. It is exact for one look.

    Parameters
    ----------
    looks
        Numbers of repeats, growing, the planned ones included.

    >>> errors_at((10,), 0.05)
    (0.05,)
    >>> [round(share, 4) for share in errors_at((5, 8, 12, 20, 30), 0.05)]
    [0.0044, 0.0071, 0.0106, 0.0177, 0.0266]
    """
    if len(looks) == 1:
        return (error,)
    last = float(f"{np.quantile(_errors_needed(looks), error):.3g}")
    return tuple(last * look / looks[-1] for look in looks)


@cache
def _errors_needed(looks: tuple[int, ...]) -> np.ndarray:
    """The smallest error at the last look with which a path is wrong at some look, ``(PATHS,)``."""
    rng = np.random.default_rng(0)
    sums, squares, needed = np.zeros(PATHS), np.zeros(PATHS), np.ones(PATHS)
    for earlier, k in pairwise((0, *looks)):
        # The sum of so many normal numbers, and that of their squares.
        more = k - earlier
        added = rng.normal(0, np.sqrt(more), PATHS)
        sums += added
        squares += added**2 / more + (rng.chisquare(more - 1, PATHS) if more > 1 else 0.0)
        if k == 1:
            continue  # A single repeat gives no interval, so it is never wrong.
        error_of_mean = np.sqrt((squares - sums**2 / k) / (k - 1) / k)
        p_values = 2 * stats.t.sf(np.abs(sums / k) / error_of_mean, k - 1)
        needed = np.minimum(needed, p_values * looks[-1] / k)
    return needed
