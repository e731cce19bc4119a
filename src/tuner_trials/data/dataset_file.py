"""Read a dataset from an ``.npz`` file, and refuse in words what no trial could learn from.

The file is the user's own, or one of `tuner_trials.data.datasets`: all take the same way. It is
never unpickled, so it may come from anywhere.
"""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tuner_trials.errors import DatasetError

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
LARGEST = np.finfo(np.float32).max


def read_dataset(
    path: str | Path, say: Callable[[str], None]
) -> tuple[dict[str, np.ndarray], list[int] | list[str]]:
    """Read and verify a dataset, and number its classes.

    Parameters
    ----------
    path
        An ``.npz`` with ``x_train`` (numbers, ``(n, ...)``) and ``y_train`` (labels, ``(n,)``,
        whole numbers or words), and perhaps ``x_test`` and ``y_test``.
    say
        Told about arrays that are ignored, and about labels that are numbered anew.

    Returns
    -------
    The arrays, ``x`` as it is in the file and ``y`` as class numbers 0..k-1 (int32); and the labels
    of the classes in this order, which is their own: by size, or by the alphabet.

    Raises
    ------
    DatasetError
        For arrays that are missing, damaged, of other lengths, shapes or types; for values that
        float32 cannot hold as finite numbers; for a single class, and for one that is in the test
        part alone.
    """
    try:
        arrays = _load(Path(path), say)
        if "x_test" in arrays:
            _check_alike(arrays["x_train"], arrays["x_test"])
        classes = _number_classes(arrays)
    except DatasetError as error:
        raise DatasetError(f"dataset.source: {path}: {error}") from None
    if classes != list(range(len(classes))):
        say(f"{path}: its {len(classes)} labels are numbered in the order {_listed(classes)}")
    return arrays, classes


def _load(path: Path, say: Callable[[str], None]) -> dict[str, np.ndarray]:
    if not zipfile.is_zipfile(path):
        raise DatasetError("is no .npz file; write one with numpy.savez")
    arrays = {}
    with np.load(path, allow_pickle=False) as file:
        found = ", ".join(file.files) or "nothing"
        needed = ARRAYS if {"x_test", "y_test"} & set(file.files) else ARRAYS[:2]
        if missing := [name for name in needed if name not in file.files]:
            raise DatasetError(f"has no {' and no '.join(missing)}; it holds {found}")
        if others := [name for name in file.files if name not in ARRAYS]:
            say(f"{path}: ignored, since only {', '.join(ARRAYS)} are read: {', '.join(others)}")
        for name in ARRAYS:
            if name in file.files:
                check = _checked_samples if name[0] == "x" else _checked_labels
                arrays[name] = check(name, _array(file, name))
    for x, y in (("x_train", "y_train"), ("x_test", "y_test")):
        if x in arrays and len(arrays[x]) != len(arrays[y]):
            raise DatasetError(f"{x} has {len(arrays[x])} rows, {y} has {len(arrays[y])}")
    return arrays


def _array(file: np.lib.npyio.NpzFile, name: str) -> np.ndarray:
    try:
        array = file[name]
    except ValueError as error:
        if "allow_pickle" in str(error):
            message = f"{name} holds Python objects, which are never unpickled; save numbers"
            raise DatasetError(message) from None
        raise DatasetError(f"{name} is damaged: {error}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise DatasetError(f"{name} is damaged: {error}") from None
    if not isinstance(array, np.ndarray):
        raise DatasetError(f"{name} is no array")
    return array


def _checked_samples(name: str, x: np.ndarray) -> np.ndarray:
    if x.dtype.kind not in "buif":
        raise DatasetError(f"{name} holds {_type(x)}, not numbers")
    if x.ndim < 2 or x.size == 0:
        raise DatasetError(
            f"{name} has shape {x.shape}; it needs a row a sample: (n, columns) for a table,"
            " (n, height, width) or (n, height, width, channels) for images"
        )
    # The extremes tell without a copy of the data; NaN is both.
    if x.dtype.kind == "f" and not (x.min() >= -LARGEST and x.max() <= LARGEST):
        wrong = [row for row, sample in enumerate(x) if not (np.abs(sample) <= LARGEST).all()]
        raise DatasetError(
            f"{name} has values that are NaN, infinite or too large for float32, in {len(wrong)} of"
            f" {len(x)} rows, first in row {wrong[0]} (from 0); drop these rows or fill them in"
        )
    return x


def _checked_labels(name: str, y: np.ndarray) -> np.ndarray:
    if y.ndim != 1:
        hint = ""
        if y.ndim == 2:
            hint = "; use .ravel()" if y.shape[1] == 1 else "; of one-hot rows, use .argmax(axis=1)"
        raise DatasetError(f"{name} has shape {y.shape}; it needs a label a sample, (n,){hint}")
    match y.dtype.kind:
        case "S":
            return np.char.decode(y, "utf-8", "replace")
        case "U":
            return y
        case "b" | "i" | "u":
            return y.astype(np.int64)
        case "f" if (np.abs(y) < 2**53).all() and (y == np.rint(y)).all():
            return y.astype(np.int64)
        case "f":
            raise DatasetError(
                f"{name} holds numbers that are not whole; classes are whole numbers or words"
            )
    raise DatasetError(f"{name} holds {_type(y)}; classes are whole numbers or words")


def _check_alike(x_train: np.ndarray, x_test: np.ndarray) -> None:
    if x_train.shape[1:] != x_test.shape[1:]:
        raise DatasetError(
            f"samples have shape {x_train.shape[1:]} in x_train and {x_test.shape[1:]} in x_test"
        )
    if (x_train.dtype == np.uint8) != (x_test.dtype == np.uint8):
        raise DatasetError(
            f"x_train holds {x_train.dtype} and x_test {x_test.dtype}; uint8 is scaled to 0..1 and"
            " other types are not, so both must be uint8 or neither"
        )


def _number_classes(arrays: dict[str, np.ndarray]) -> list[Any]:
    """Replace the labels by class numbers, and give the labels in their order."""
    classes, numbers = np.unique(arrays["y_train"], return_inverse=True)
    if len(classes) < 2:
        raise DatasetError(f"y_train has {len(classes)} class; there is nothing to tell apart")
    if "y_test" in arrays:
        y_test = arrays["y_test"]
        if y_test.dtype.kind != classes.dtype.kind:
            raise DatasetError("one of y_train and y_test holds words, the other numbers")
        if strange := np.setdiff1d(y_test, classes).tolist():
            raise DatasetError(f"y_test has classes that y_train lacks: {_listed(strange)}")
        arrays["y_test"] = np.searchsorted(classes, y_test).astype(np.int32)
    arrays["y_train"] = numbers.astype(np.int32)
    return classes.tolist()


def _type(array: np.ndarray) -> str:
    return {"U": "words", "S": "words", "V": "records"}.get(array.dtype.kind, str(array.dtype))


def _listed(labels: list[Any]) -> str:
    shown = ", ".join(map(str, labels[:20]))
    return f"{shown} and {len(labels) - 20} more" if len(labels) > 20 else shown
