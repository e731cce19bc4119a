"""Split a dataset, once and for all, into the parts for training, validation and test."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from tuner_trials.datasets import load_arrays, resize_images, save_arrays
from tuner_trials.files import write_json

Part = tuple[np.ndarray, np.ndarray]


def split(
    arrays: dict[str, np.ndarray],
    validation_fraction: float,
    test_fraction: float,
    seed: int,
    image_size: int | None = None,
) -> tuple[dict[str, Part], dict[str, Any]]:
    """Split a dataset into parts that have the classes in the same proportions and share no row.

    Parameters
    ----------
    arrays
        ``x_train`` (numbers, ``(n, ...)``), ``y_train`` (class numbers, ``(n,)``), and perhaps
        ``x_test`` and ``y_test``, as from `tuner_trials.datasets.fetch`.
    validation_fraction
        What goes into the validation part, of the rows that are not for the test; above 0, below 1.
    test_fraction
        What goes into the test part, of all rows; above 0, below 1. A dataset that brings its own
        test part keeps that, and this is ignored.
    seed
        Decides the rows and their order; 0 to 2**32 - 1.
    image_size
        Resize the images, which must be uint8 ``(n, height, width)``, to squares of this width.

    Returns
    -------
    The parts ``train``, ``validation`` and ``test``, each ``(x, y)``: ``x`` uint8 if it came so and
    float32 otherwise, ``y`` int32; and the summary that `write_parts` puts into ``split.json``.

    Raises ValueError for an impossible fraction, for a class with too few rows to be in each part,
    and for ``image_size`` with data that are no uint8 images.
    """
    has_test = "x_test" in arrays
    parts = {"train": (arrays["x_train"], arrays["y_train"])}
    if has_test:
        parts["test"] = (arrays["x_test"], arrays["y_test"])
    else:
        parts["train"], parts["test"] = _set_apart("test", parts["train"], test_fraction, seed)
    parts["train"], parts["validation"] = _set_apart(
        "validation", parts["train"], validation_fraction, seed
    )
    parts = {
        name: _for_training(*parts[name], image_size) for name in ("train", "validation", "test")
    }
    summary = {
        "seed": seed,
        "validation_fraction": validation_fraction,
        "test_fraction": None if has_test else test_fraction,
        "image_size": image_size,
        "parts": {name: _describe(*part) for name, part in parts.items()},
    }
    return parts, summary


def write_parts(folder: str | Path, parts: dict[str, Part], summary: dict[str, Any]) -> None:
    """Write a ``<name>.npz`` a part (arrays ``x`` and ``y``), and the summary as ``split.json``."""
    folder = Path(folder)
    for name, (x, y) in parts.items():
        save_arrays(folder / f"{name}.npz", {"x": x, "y": y})
    write_json(folder / "split.json", summary)


def read_part(path: str | Path) -> Part:
    """Read ``(x, y)`` from a file of `write_parts`."""
    arrays = load_arrays(path)
    return arrays["x"], arrays["y"]


def hash_array(array: np.ndarray) -> str:
    """Give the SHA-256 of an array's dtype, shape and bytes, in hexadecimal."""
    header = f"{array.dtype.str} {array.shape} ".encode()
    return hashlib.sha256(header + array.tobytes()).hexdigest()


def _set_apart(name: str, part: Part, fraction: float, seed: int) -> tuple[Part, Part]:
    """Move a stratified ``fraction`` of the rows into a part of its own; give (the rest, it)."""
    # Here, since training jobs read parts and split nothing: they start nearly two seconds sooner.
    from sklearn.model_selection import train_test_split

    x, y = part
    rows = _rows_to_move(name, y, fraction)
    rest, moved = train_test_split(np.arange(len(y)), test_size=rows, stratify=y, random_state=seed)
    return (x[rest], y[rest]), (x[moved], y[moved])


def _rows_to_move(name: str, y: np.ndarray, fraction: float) -> int:
    """Give the number of rows in the fraction, if each class has a row on both sides."""
    if not 0 < fraction < 1:
        raise ValueError(f"{name}_fraction: {fraction} is not between 0 and 1")
    rows = round(fraction * len(y))
    smaller_side = min(rows, len(y) - rows)
    for label, count in zip(*np.unique(y, return_counts=True), strict=True):
        if count * smaller_side < len(y):
            raise ValueError(
                f"{name}_fraction: class {label} has {count} rows, too few to be in a {name} part "
                f"of {rows} rows and in the other {len(y) - rows} in the same proportion"
            )
    return rows


def _for_training(x: np.ndarray, y: np.ndarray, image_size: int | None) -> Part:
    if image_size is not None:
        if x.dtype != np.uint8 or x.ndim != 3:
            raise ValueError(f"image_size: the data are no uint8 images: {x.dtype} {x.shape}")
        x = resize_images(x, image_size)
    return x if x.dtype == np.uint8 else x.astype(np.float32), y.astype(np.int32)


def _describe(x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    labels, counts = np.unique(y, return_counts=True)
    return {
        "rows": len(y),
        "shape": list(x.shape[1:]),
        "class_counts": dict(zip(map(str, labels.tolist()), counts.tolist(), strict=True)),
        "sha256": {"x": hash_array(x), "y": hash_array(y)},
    }
