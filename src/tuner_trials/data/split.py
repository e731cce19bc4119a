"""Split a dataset, once and for all, into the parts for training, validation and test."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from tuner_trials.data.arrays import hash_array, save_arrays
from tuner_trials.errors import DatasetError
from tuner_trials.files import write_json

Part = tuple[np.ndarray, np.ndarray]

ROWS_AT_ONCE = 10_000  # are standardised, so that no second copy of large data is in memory


def split(
    arrays: dict[str, np.ndarray],
    validation_fraction: float,
    test_fraction: float,
    seed: int,
    image_size: int | None = None,
    standardize: bool | None = False,
    classes: list[int] | list[str] | None = None,
) -> tuple[dict[str, Part], dict[str, Any]]:
    """Split a dataset into parts that have the classes in the same proportions and share no row.

    Parameters
    ----------
    arrays
        ``x_train`` (numbers, ``(n, ...)``), ``y_train`` (class numbers, ``(n,)``), and perhaps
        ``x_test`` and ``y_test``, as from `tuner_trials.data.dataset_file.read_dataset`.
    validation_fraction
        What goes into the validation part, of the rows that are not for the test; above 0, below 1.
    test_fraction
        What goes into the test part, of all rows; above 0, below 1. A dataset that brings its own
        test part keeps that, and this is ignored.
    seed
        Decides the rows and their order; 0 to 2**32 - 1.
    image_size
        Resize the images, which must be uint8 ``(n, height, width)`` or ``(n, height, width, 3)``,
        to squares of this width.
    standardize
        Whether each value of a sample is shifted and scaled, so that in the training part (and by
        what that part says alone) its mean is 0 and its standard deviation 1; one that never
        differs there is only shifted. None does so with tables, ``(n, columns)``, that are not
        uint8.
    classes
        What the class numbers stand for; themselves, if left out.

    Returns
    -------
    The parts ``train``, ``validation`` and ``test``, each ``(x, y)``: ``x`` uint8 if it came so and
    float32 otherwise, ``y`` int32; and the summary that `write_parts` puts into ``split.json``.

    Raises
    ------
    DatasetError
        For a class with too few rows to be in each part, and for ``image_size`` with data that are
        no uint8 images.
    ValueError
        For an impossible fraction.
    """
    has_test = "x_test" in arrays
    x, y = arrays["x_train"], arrays["y_train"]
    if classes is None:
        classes = np.unique(y).tolist()
    if standardize is None:
        standardize = x.ndim == 2 and x.dtype != np.uint8
    parts = {"train": (x, y)}
    if has_test:
        parts["test"] = (arrays["x_test"], arrays["y_test"])
    else:
        parts["train"], parts["test"] = _set_apart(
            "test", parts["train"], test_fraction, seed, classes
        )
    parts["train"], parts["validation"] = _set_apart(
        "validation", parts["train"], validation_fraction, seed, classes
    )
    if image_size is not None:
        parts = {name: (_resized(x, image_size), y) for name, (x, y) in parts.items()}
    scaler = _fit_scaler(parts["train"][0]) if standardize else None
    parts = {name: _for_training(*parts[name], scaler) for name in ("train", "validation", "test")}
    summary = {
        "seed": seed,
        "validation_fraction": validation_fraction,
        "test_fraction": None if has_test else test_fraction,
        "image_size": image_size,
        "standardized": scaler and {"mean": scaler.mean_.tolist(), "scale": scaler.scale_.tolist()},
        "classes": classes,
        "parts": {name: _describe(*part) for name, part in parts.items()},
    }
    return parts, summary


def write_parts(folder: str | Path, parts: dict[str, Part], summary: dict[str, Any]) -> None:
    """Write a ``<name>.npz`` a part (arrays ``x`` and ``y``), and the summary as ``split.json``."""
    folder = Path(folder)
    for name, (x, y) in parts.items():
        save_arrays(folder / f"{name}.npz", {"x": x, "y": y})
    write_json(folder / "split.json", summary)


def resize_images(x: np.ndarray, size: int) -> np.ndarray:
    """Resize uint8 images ``(n, height, width)``, or with three colours, to ``size`` a side.

    In a smaller image, each pixel is the mean of a box of old ones, and each old pixel is in one
    box: nothing is skipped, as by nearest-neighbour sampling, and nothing overshoots, as with
    bicubic. Scikit-learn's 8x8 digits were made in the same way, from boxes of 4x4.
    """
    resized = np.empty((len(x), size, size, *x.shape[3:]), np.uint8)
    for i, image in enumerate(x):
        resized[i] = Image.fromarray(image).resize((size, size), Image.Resampling.BOX)
    return resized


def _set_apart(
    name: str, part: Part, fraction: float, seed: int, classes: list[Any]
) -> tuple[Part, Part]:
    """Move a stratified ``fraction`` of the rows into a part of its own; give (the rest, it)."""
    x, y = part
    rows = _rows_to_move(name, y, fraction, classes)
    rest, moved = train_test_split(np.arange(len(y)), test_size=rows, stratify=y, random_state=seed)
    return (x[rest], y[rest]), (x[moved], y[moved])


def _rows_to_move(name: str, y: np.ndarray, fraction: float, classes: list[Any]) -> int:
    """Give the number of rows in the fraction, if each class has a row on both sides."""
    if not 0 < fraction < 1:
        raise ValueError(f"{name}_fraction: {fraction} is not between 0 and 1")
    rows = round(fraction * len(y))
    smaller_side = min(rows, len(y) - rows)
    for number, count in zip(*np.unique(y, return_counts=True), strict=True):
        if count * smaller_side < len(y):
            raise DatasetError(
                f"{name}_fraction: class {classes[number]} has {count} rows, too few to be in a"
                f" {name} part of {rows} rows and in the other {len(y) - rows} in the same"
                " proportion"
            )
    return rows


def _resized(x: np.ndarray, image_size: int) -> np.ndarray:
    if x.dtype != np.uint8 or not (x.ndim == 3 or (x.ndim == 4 and x.shape[3] == 3)):
        raise DatasetError(f"image_size: the data are no uint8 images: {x.dtype} {x.shape}")
    return resize_images(x, image_size)


def _fit_scaler(x: np.ndarray) -> StandardScaler:
    """Mean and scale of each value of a sample: 1 where the standard deviation is 0."""
    scaler = StandardScaler()
    for start in range(0, len(x), ROWS_AT_ONCE):
        rows = x[start : start + ROWS_AT_ONCE]
        scaler.partial_fit(rows.reshape(len(rows), -1))
    return scaler


def _for_training(x: np.ndarray, y: np.ndarray, scaler: StandardScaler | None) -> Part:
    if scaler is not None:
        scaled = np.empty(x.shape, np.float32)
        for start in range(0, len(x), ROWS_AT_ONCE):
            rows = x[start : start + ROWS_AT_ONCE]
            flat = scaler.transform(rows.reshape(len(rows), -1))
            scaled[start : start + ROWS_AT_ONCE] = flat.reshape(rows.shape)
        x = scaled
    elif x.dtype != np.uint8:
        x = x.astype(np.float32, copy=False)
    return x, y.astype(np.int32, copy=False)


def _describe(x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    labels, counts = np.unique(y, return_counts=True)
    return {
        "rows": len(y),
        "shape": list(x.shape[1:]),
        "class_counts": dict(zip(map(str, labels.tolist()), counts.tolist(), strict=True)),
        "sha256": {"x": hash_array(x), "y": hash_array(y)},
    }
