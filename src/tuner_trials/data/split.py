"""Split a dataset, once and for all, into the parts for training, validation and test."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from tuner_trials.data.arrays import hash_array, save_arrays
from tuner_trials.data.readings import (
    ColumnReading,
    Reading,
    Transform,
    check_as_small,
    check_codes,
    check_finite,
    read_as,
)
from tuner_trials.errors import DatasetError
from tuner_trials.files import write_json

Part = tuple[np.ndarray, ...]  # x, y, and of training perhaps weights

FOLDS = 20  # whole groups are moved in fractions of so many


def split(
    arrays: dict[str, np.ndarray],
    validation_fraction: float,
    test_fraction: float,
    seed: int,
    image_size: int | None = None,
    scale: Reading | None = None,
    columns: Mapping[int | str, ColumnReading] | None = None,
    classes: list[int] | list[str] | None = None,
    say: Callable[[str], None] = print,
) -> tuple[dict[str, Part], dict[str, Any]]:
    """Split a dataset into parts that have the classes in the same proportions and share no row.

    Parameters
    ----------
    arrays
        ``x_train`` (numbers, ``(n, ...)``), ``y_train`` (class numbers, ``(n,)``), and perhaps
        ``x_test`` and ``y_test``, ``x_validation`` and ``y_validation``, ``groups`` ``(n,)``,
        ``column_names`` and ``word_columns``, as from
        `tuner_trials.data.dataset_file.read_dataset`. Rows of a group go into one part.
    validation_fraction
        What goes into the validation part, of the rows that are not for the test; above 0, below 1.
    test_fraction
        What goes into the test part, of all rows; above 0, below 1. A dataset that brings its own
        test part keeps that, and this is ignored.
    seed
        Decides the rows and their order; 0 to 2**32 - 1.
    image_size
        Resize the images, which must be bytes ``(n, height, width)`` or
        ``(n, height, width, channels)``, to squares of this width.
    scale, columns
        See `tuner_trials.data.readings`. What is standardised is shifted and scaled, so that in the
        training part (and by what that part says alone) the mean of each value of a sample is 0 and
        its standard deviation 1; one that never differs there is only shifted.
    classes
        What the class numbers stand for; themselves, if left out.
    say
        Told what the samples are taken for, and about rows that are in two parts.

    Returns
    -------
    The parts ``train``, ``validation`` and ``test``, each ``(x, y)``, the first with the weights of
    its samples where the data bring ``sample_weight_train``: ``x`` uint8 if it came so and
    float32 otherwise, ``y`` int32; and the summary that `write_parts` puts into ``split.json``.

    Raises
    ------
    DatasetError
        For a class with too few rows to be in each part, for ``image_size`` with data that are no
        images of bytes, and for numbers that may be read in two ways.
    ValueError
        For an impossible fraction.
    """
    has_test = "x_test" in arrays
    x, y = arrays["x_train"], arrays["y_train"]
    if classes is None:
        classes = np.unique(y).tolist()
    names = arrays["column_names"].tolist() if "column_names" in arrays else None
    words = arrays["word_columns"].tolist() if "word_columns" in arrays else []
    kinds = _column_readings(x, columns or {}, names, words)
    others = np.delete(x, list(kinds), axis=1) if kinds else x
    reading, why = read_as(others, scale) if others.size else ("none", "")
    if reading == "bytes" and kinds:
        raise DatasetError("dataset.columns: with dataset.scale: bytes, all columns are bytes")
    # Rows by their numbers, so that large data are copied once.
    apart = partial(_set_apart, y=y, groups=arrays.get("groups"), seed=seed, classes=classes)
    rows = {"train": np.arange(len(y))}
    if not has_test:
        rows["train"], rows["test"] = apart("test", rows["train"], test_fraction)
    has_validation = "x_validation" in arrays
    if not has_validation:
        rows["train"], rows["validation"] = apart("validation", rows["train"], validation_fraction)
    parts: dict[str, Part] = {
        name: (x[rows[name]], y[rows[name]])
        if name in rows
        else (arrays[f"x_{name}"], arrays[f"y_{name}"])
        for name in ("train", "validation", "test")
    }
    if scale is None and reading == "none" and x.ndim > 2:
        for name in set(parts) - set(rows):
            check_as_small(name, parts[name][0])
    if scale is None and reading == "standardize" and x.ndim == 2:
        check_codes(parts["train"][0], kinds, names)
    transform = Transform(parts["train"][0], reading, kinds)
    card = transform.card(parts["train"][0], why, names, words)
    notes = [line["said"] for line in card] + list(transform.unusual(parts["train"][0], names))
    parts = {name: (transform(x), y.astype(np.int32, copy=False)) for name, (x, y) in parts.items()}
    if image_size is not None:
        if reading != "bytes" or x.ndim not in (3, 4):
            raise DatasetError(
                f"image_size: the data are no images of bytes: {x.dtype} {x.shape}, {why}"
            )
        parts = {name: (resize_images(x, image_size), y) for name, (x, y) in parts.items()}
    for name, (samples, _) in parts.items():
        check_finite(name, samples)
    notes += [
        f"{count} of {len(parts[name][1])} samples of the {name} part are in an earlier part, too"
        for name, count in _shared_rows(parts).items()
        if count
    ]
    for note in notes:
        say(note)
    described = {name: _describe(*part) for name, part in parts.items()}
    if "sample_weight_train" in arrays:
        weights = arrays["sample_weight_train"][rows["train"]].astype(np.float32)
        if not weights.any():
            raise DatasetError("sample_weight_train is 0 in the whole training part")
        parts["train"] = (*parts["train"], weights)
        described["train"]["sha256"]["weights"] = hash_array(weights)
    summary = {
        "seed": seed,
        "validation_fraction": None if has_validation else validation_fraction,
        "test_fraction": None if has_test else test_fraction,
        "image_size": image_size,
        "inputs": card,
        "notes": notes,
        "standardized": transform.learned(),
        "classes": classes,
        "groups": "groups" in arrays,
        "parts": described,
    }
    return parts, summary


def write_parts(folder: str | Path, parts: dict[str, Part], summary: dict[str, Any]) -> None:
    """Write a ``<name>.npz`` a part (``x``, ``y``, perhaps ``weights``), and ``split.json``."""
    folder = Path(folder)
    for name, part in parts.items():
        save_arrays(folder / f"{name}.npz", dict(zip(("x", "y", "weights"), part, strict=False)))
    write_json(folder / "split.json", summary)


def resize_images(x: np.ndarray, size: int) -> np.ndarray:
    """Resize uint8 images ``(n, height, width)``, or with channels at the end, to ``size`` a side.

    In a smaller image, each pixel is the mean of a box of old ones, and each old pixel is in one
    box: nothing is skipped, as by nearest-neighbour sampling, and nothing overshoots, as with
    bicubic. Scikit-learn's 8x8 digits were made in the same way, from boxes of 4x4.
    """
    resized = np.empty((len(x), size, size, *x.shape[3:]), np.uint8)
    if x.ndim == 4 and x.shape[3] != 3:
        for channel in range(x.shape[3]):
            resized[..., channel] = resize_images(np.ascontiguousarray(x[..., channel]), size)
        return resized
    for i, image in enumerate(x):
        resized[i] = Image.fromarray(image).resize((size, size), Image.Resampling.BOX)
    return resized


def _column_readings(
    x: np.ndarray,
    columns: Mapping[int | str, ColumnReading],
    names: list[str] | None,
    word_columns: Iterable[int],
) -> dict[int, ColumnReading]:
    """By the numbers of columns, what they are said to be; those of words are codes."""
    if columns and x.ndim != 2:
        raise DatasetError("dataset.columns: the samples are no table")
    readings: dict[int, ColumnReading] = dict.fromkeys(word_columns, "codes")
    for column, reading in columns.items():
        if names and str(column) in names:  # which may be a number, and not that of its place
            number = names.index(str(column))
        elif isinstance(column, int) and 0 <= column < x.shape[1]:
            number = column
        else:
            known = ", ".join(names) if names else f"0 to {x.shape[1] - 1}"
            raise DatasetError(f"dataset.columns: there is no column {column}; they are {known}")
        if readings.get(number) == "codes" and reading != "codes":
            raise DatasetError(f"dataset.columns: column {column} holds words, which are codes")
        readings[number] = reading
    return readings


def _set_apart(
    name: str,
    rows: np.ndarray,
    fraction: float,
    *,
    y: np.ndarray,
    groups: np.ndarray | None,
    seed: int,
    classes: list[Any],
) -> tuple[np.ndarray, np.ndarray]:
    """Move a stratified ``fraction`` of the rows into a part of its own; give (the rest, it)."""
    y = y[rows]
    moving = _rows_to_move(name, y, fraction, classes)
    if groups is None:
        rest, moved = train_test_split(
            np.arange(len(y)), test_size=moving, stratify=y, random_state=seed
        )
    else:
        rest, moved = _whole_groups(name, y, groups[rows], fraction, seed, classes)
    return rows[rest], rows[moved]


def _whole_groups(
    name: str, y: np.ndarray, groups: np.ndarray, fraction: float, seed: int, classes: list[Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Rows that stay and rows that move, with as much of each class as whole groups allow."""
    folds = min(FOLDS, len(np.unique(groups)), int(np.bincount(y).min()))
    taken = round(fraction * folds)
    if not 0 < taken < folds:
        raise DatasetError(f"{name}_fraction: {folds} groups or rows of a class are too few for it")
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    parts = [fold for _, fold in splitter.split(y, y, groups)]
    moved = np.concatenate(parts[:taken])
    rest = np.concatenate(parts[taken:])
    for side, rows in ((f"the {name} part", moved), ("the rest", rest)):
        if missing := np.setdiff1d(y, y[rows]).tolist():
            raise DatasetError(
                f"{name}_fraction: {side} would have no row of class {classes[missing[0]]}, whose"
                " rows are in too few groups"
            )
    return rest, moved


def _shared_rows(parts: dict[str, Part]) -> dict[str, int]:
    """How many rows of a part have the samples of a row in a part before it, to the bit."""
    seen: set[bytes] = set()
    shared = {}
    for name, (x, _) in parts.items():
        own = [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in x]
        shared[name] = sum(row in seen for row in own)
        seen.update(own)
    return shared


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


def _describe(x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    labels, counts = np.unique(y, return_counts=True)
    return {
        "rows": len(y),
        "shape": list(x.shape[1:]),
        "class_counts": dict(zip(map(str, labels.tolist()), counts.tolist(), strict=True)),
        "sha256": {"x": hash_array(x), "y": hash_array(y)},
    }
