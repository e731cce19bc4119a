"""Targets of a regression: checked, cut into strata for the split, and described."""

from typing import Any

import numpy as np

from tuner_trials.foundation.errors import DatasetError

STRATA = 10  # quantiles by which a split keeps the parts alike
QUANTILES = {
    "lowest": 0.0,
    "lower quartile": 0.25,
    "median": 0.5,
    "upper quartile": 0.75,
    "highest": 1.0,
}


def checked_targets(name: str, y: np.ndarray) -> np.ndarray:
    """Numbers to regress on, as float64 ``(n,)``.

    Raises
    ------
    DatasetError
        For another shape or type, and for numbers that are missing or not finite.
    """
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise DatasetError(
            f"{name} has shape {y.shape}; a regression needs one number per sample, (n,)"
        )
    if y.dtype.kind not in "buif":
        raise DatasetError(f"{name} holds no numbers, which the task regression needs")
    y = y.astype(np.float64)
    if wrong := int((~np.isfinite(y)).sum()):
        raise DatasetError(
            f"{name} has {wrong} targets that are missing or infinite; drop these rows"
        )
    return y


def check_spread(y: np.ndarray) -> None:
    """Refuse a training part in which all targets are the same."""
    if y.min() == y.max():
        raise DatasetError(
            f"all targets of the training part are {y[0]:g}; there is nothing to learn"
        )


def strata(y: np.ndarray, smaller_side: int) -> np.ndarray:
    """Numbers of quantile bins ``(n,)``, by which a split keeps both sides alike.

    Parameters
    ----------
    smaller_side
        Rows of the smaller side of the split, which must hold a row of each bin.
    """
    bins = max(1, min(STRATA, smaller_side // 2))
    edges = np.unique(np.quantile(y, np.arange(1, bins) / bins))
    numbers = np.searchsorted(edges, y, side="right")
    counts = np.bincount(numbers)
    # A bin that ties have left too small for both sides joins its neighbour.
    small = counts * smaller_side < len(y)
    return np.zeros(len(y), np.int64) if small.any() else numbers


def describe(y: np.ndarray) -> dict[str, Any]:
    """The quantiles of a part's targets."""
    return {name: float(np.quantile(y, place)) for name, place in QUANTILES.items()}


def note(y: np.ndarray) -> str:
    """What is done to the targets of the training part, in a line."""
    return (
        f"targets are numbers from {y.min():g} to {y.max():g}; the learner sees them with mean 0"
        " and standard deviation 1, and scores are in their own unit"
    )
