"""Split a dataset, once and for all, into the parts for training, validation and test."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from tuner_trials.foundation.errors import DatasetError
from tuner_trials.foundation.files import write_json
from tuner_trials.tasks.data import targets
from tuner_trials.tasks.data.arrays import hash_array, save_arrays
from tuner_trials.tasks.data.duplicates import shared_samples
from tuner_trials.tasks.data.readings import (
    ColumnReading,
    Reading,
    Transform,
    check_axes,
    check_finite,
    doubtful_codes,
    identifiers,
    label_columns,
    other_unit,
    read_as,
)

Part = tuple[np.ndarray, ...]  # x, y, and of training perhaps weights

MOST_FOLDS = 100  # whole groups are moved in fractions of so many at most
TOLERANCE = 1.5  # the rows of whole groups may be so many times more, or fewer, than asked for


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
        ``x_train`` (numbers, ``(n, ...)``), ``y_train`` (class numbers, or
        targets as floats, ``(n,)``), and perhaps
        ``x_test`` and ``y_test``, ``x_validation`` and ``y_validation``, ``groups`` ``(n,)``,
        ``column_names`` and ``word_columns``, as from
        `tuner_trials.tasks.data.dataset_file.read_dataset`. Rows of a group go into one part.
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
        See `tuner_trials.tasks.data.readings`. What is standardised is shifted and scaled, so that
        in the training part (and by what that part says alone) the mean of each value of a sample
        is 0 and its standard deviation 1; one that never differs there is only shifted.
    classes
        What the class numbers stand for; themselves, if left out.
    say
        Told what the samples are taken for, and about rows that are in two parts.

    Returns
    -------
    The parts ``train``, ``validation`` and ``test``, each ``(x, y)``, the first with the weights of
    its samples where the data bring ``sample_weight_train``: ``x`` uint8 if it came so and
    float32 otherwise, ``y`` int32, or float64 for targets; and the summary that `write_parts`
    puts into ``split.json``.

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
    regression = y.dtype.kind == "f"
    if classes is None and not regression:
        classes = np.unique(y).tolist()
    names = arrays["column_names"].tolist() if "column_names" in arrays else None
    words = arrays["word_columns"].tolist() if "word_columns" in arrays else []
    kinds = _column_readings(x, columns or {}, names, words)
    if len(x) > 1 and x.min() == x.max():
        raise DatasetError(f"x_train holds {x.min():g} alone, from which nothing can be learned")
    others = np.delete(x, list(kinds), axis=1) if kinds else x
    reading: Reading = "none"
    why = ""
    if others.size:
        reading, why = read_as(others, scale, beside_words=bool(words))
    check_axes(x, arrays["axis_names"].tolist() if "axis_names" in arrays else None)
    if reading == "bytes" and words:
        raise DatasetError("dataset.scale: bytes: columns of words are none; leave it out")
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
    complaints: list[str] = []
    if x.ndim == 2 and (names or scale in (None, "standardize")):
        complaints += identifiers(x, kinds, names)
    if x.ndim == 2 and scale is None and reading == "standardize":
        complaints += doubtful_codes(parts["train"][0], kinds, names)
    if complaints:
        raise DatasetError("\n".join(complaints))
    transform = Transform(parts["train"][0], reading, kinds)
    card = transform.card(parts["train"][0], why, names, words)
    notes = [line["said"] for line in card] + list(transform.unusual(parts["train"][0], names))
    if x.ndim == 2:
        notes += label_columns(parts["train"][0], parts["train"][1], names)
    for name in set(parts) - set(rows):
        notes += _other_units(transform, parts["train"][0], name, parts[name][0], names, scale)
    kind = np.float64 if regression else np.int32
    parts = {name: (transform(x), y.astype(kind, copy=False)) for name, (x, y) in parts.items()}
    if regression:
        targets.check_spread(parts["train"][1])
        notes.append(targets.note(parts["train"][1]))
    if image_size is not None:
        _check_images(x, reading, why)
        parts = {name: (resize_images(x, image_size), y) for name, (x, y) in parts.items()}
    for name, (samples, _) in parts.items():
        check_finite(name, samples)
    notes += shared_samples({name: part[0] for name, part in parts.items()})
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


def _other_units(
    transform: Transform,
    x_train: np.ndarray,
    name: str,
    x: np.ndarray,
    names: list[str] | None,
    scale: Reading | None,
) -> list[str]:
    """What is said of a part of the user's own in other units, where it is not refused."""
    said = []
    if not transform.columns and transform.scale != "standardize":
        if complaint := other_unit(x_train, name, x):
            said.append((complaint, True))
    elif found := transform.other_unit(name, x, names):
        said.append(found)
    for complaint, severe in said:
        if severe and scale is None:
            raise DatasetError(f"{complaint}, or say dataset.scale: {transform.scale}")
    return [complaint for complaint, _ in said]


def _check_images(x: np.ndarray, reading: Reading, why: str) -> None:
    """Refuse what cannot be resized, with how to save it."""
    if x.ndim not in (3, 4):
        raise DatasetError(
            f"image_size: the samples are no images, but {x.dtype} of shape {x.shape[1:]}"
        )
    if reading != "bytes":
        low, high = x.min(), x.max()
        how = ""
        if low >= 0 and high <= 1:
            how = "; save numpy.uint8(numpy.round(255 * x))"
        elif reading != "none" or high <= 255:
            how = "; say dataset.scale: bytes, if they are bytes" * (low >= 0 and high <= 255)
        raise DatasetError(
            "image_size: only images of bytes, from 0 to 255, can be resized; these hold"
            f" {x.dtype} from {low:g} to {high:g} ({why}){how}"
        )


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
    classes: list[Any] | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Move a stratified ``fraction`` of the rows into a part of its own; give (the rest, it)."""
    y = y[rows]
    if classes is None:  # keep whole groups together, or else the quantiles alike
        smaller_side = round(min(fraction, 1 - fraction) * len(y))
        y = targets.strata(y, smaller_side) if groups is None else np.zeros(len(y), np.int64)
        classes = [f"quantile {number}" for number in range(int(y.max()) + 1)]
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
    most = min(MOST_FOLDS, len(np.unique(groups)), int(np.bincount(y).min()))
    if most < 2:
        raise DatasetError(f"{name}_fraction: one group, or one row of a class, cannot be split")
    # The fewest folds that come as near to the fraction as any, to a twentieth of it.
    folds, taken = min(
        ((folds, taken) for folds in range(2, most + 1) for taken in range(1, folds)),
        key=lambda pair: (round(abs(pair[1] / pair[0] - fraction) / fraction, 1), pair[0]),
    )
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    parts = [fold for _, fold in splitter.split(y, y, groups)]
    halves = []
    for start in range(folds):
        parts = parts[1:] + parts[:1] if start else parts
        moved, rest = np.concatenate(parts[:taken]), np.concatenate(parts[taken:])
        lacking = np.setdiff1d(y, y[moved]).size + np.setdiff1d(y, y[rest]).size
        halves.append((lacking, abs(len(moved) / len(y) - fraction), start, rest, moved))
    *_, rest, moved = min(halves, key=lambda half: half[:3])
    for side, rows in ((f"the {name} part", moved), ("the rest", rest)):
        if missing := np.setdiff1d(y, y[rows]).tolist():
            raise DatasetError(
                f"{name}_fraction: {side} would have no row of class {classes[missing[0]]}, whose"
                " rows are in too few groups"
            )
    share = len(moved) / len(y)
    largest = min(fraction * TOLERANCE, 1 - (1 - fraction) / TOLERANCE)
    if not fraction / TOLERANCE <= share <= largest:
        raise DatasetError(
            f"{name}_fraction: whole groups leave {share:.3g} of the rows for the {name} part, not"
            f" {fraction:g}: they are too few or too unequal. Write dataset.{name}_fraction:"
            f" {share:.2g}, or bring x_{name} and y_{name}"
        )
    return rest, moved


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
        **(
            {"quantiles": targets.describe(y)}
            if y.dtype.kind == "f"
            else {
                "class_counts": dict(zip(map(str, labels.tolist()), counts.tolist(), strict=True))
            }
        ),
        "sha256": {"x": hash_array(x), "y": hash_array(y)},
    }
