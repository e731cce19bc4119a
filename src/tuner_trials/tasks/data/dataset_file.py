"""Read a dataset from an ``.npz`` file, and reject unusable data with a clear error message.

The file is the user's own, or one of `tuner_trials.tasks.data.datasets`: both are treated alike. It
is never unpickled, so it may come from any source.
"""

import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tuner_trials.foundation.errors import DatasetError
from tuner_trials.objectives import Kind
from tuner_trials.tasks.data.targets import checked_targets

PAIRS = (("x_train", "y_train"), ("x_validation", "y_validation"), ("x_test", "y_test"))
NAMES = ("class_names", "column_names", "axis_names")
ARRAYS = (*(name for pair in PAIRS for name in pair), "groups", *NAMES)
WEIGHTS = "sample_weight_train"
MISSING = {"", "nan", "none", "null", "na", "n/a", "<na>", "?"}
MANY_CLASSES = 20  # more distinct integer labels than this must be consecutive
STRIP = "use .strip"  # of arrays
CELLS = "remove the blanks"  # in a table
DROP = "drop these rows, or give them a class of their own"
LARGEST = np.finfo(np.float32).max
# What a file that is damaged, or was written by something else, makes NumPy and zipfile raise.
DAMAGE = (
    *(OSError, EOFError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError),
    *(SyntaxError, tokenize.TokenError, struct.error, zlib.error, zipfile.BadZipFile),
)


def read_dataset(
    path: str | Path,
    say: Callable[[str], None],
    target: str | None = None,
    columns: Mapping[int | str, str] | None = None,
    task: Kind = "classification",
) -> tuple[dict[str, np.ndarray], list[int] | list[str] | None]:
    """Read and verify a dataset, and number its classes.

    Parameters
    ----------
    path
        An ``.npz`` with ``x_train`` (numbers, ``(n, ...)``) and ``y_train`` (labels, ``(n,)``,
        whole numbers or words), and perhaps ``x_test`` and ``y_test``, ``x_validation`` and
        ``y_validation``, ``groups`` (``(n,)``, what belongs together in ``x_train``), and
        ``class_names`` (``(k,)``, words for the labels in their order), ``column_names``,
        ``axis_names`` (a word for each axis of a sample), and
        ``sample_weight_train`` (``(n,)``, what each row counts for in the loss).
    say
        Told about arrays that are ignored, and about labels that are numbered anew.
    target, columns
        The column of the labels, if the file is a ``.csv`` or ``.parquet``, and what others are
        said to be: see `tuner_trials.tasks.data.table_file.read_table_file`.
    task
        ``regression`` takes ``y`` for targets.

    Returns
    -------
    The arrays, ``x`` as it is in the file, ``y`` as class numbers 0..k-1 (int32), ``groups`` as
    numbers; and the names of the classes in this order, or else their labels: by size, or by the
    alphabet. For a regression ``y`` is float64, and there are no classes.

    Raises
    ------
    DatasetError
        For arrays that are missing, damaged, of other lengths, shapes or types; for values that
        float32 cannot hold as finite numbers; for labels that are missing, or no classes; for a
        single class, and for one that the training part lacks.
    """
    try:
        if target is None:
            arrays = _load(Path(path), say, task)
        else:
            arrays = _checked_table(Path(path), target, columns or {}, say, task)
        for x, _ in PAIRS[1:]:
            if x in arrays:
                _check_alike(arrays["x_train"], x, arrays[x])
        if task == "regression":
            arrays.pop("class_names", None)
            return arrays, None
        classes = _number_classes(arrays, Path(path).suffix.lower() == ".csv")
        names = _class_names(arrays.pop("class_names", None), classes)
    except DatasetError as error:
        raise DatasetError(f"dataset.source: {path}: {error}") from None
    if classes != list(range(len(classes))):
        say(f"{path}: its {len(classes)} labels are numbered in the order {_listed(classes)}")
    return arrays, names or classes


def _load(path: Path, say: Callable[[str], None], task: Kind) -> dict[str, np.ndarray]:
    try:
        file = np.load(path, allow_pickle=False) if zipfile.is_zipfile(path) else None
    except (*DAMAGE, MemoryError) as error:
        raise DatasetError(f"is damaged, or no .npz file: {_reason(error)}") from None
    if not isinstance(file, np.lib.npyio.NpzFile):
        raise DatasetError("is no .npz file; write one with numpy.savez")
    arrays = {}
    with file:
        found = ", ".join(file.files) or "nothing"
        needed = [*PAIRS[0], *(n for pair in PAIRS[1:] if {*pair} & {*file.files} for n in pair)]
        if missing := [name for name in needed if name not in file.files]:
            raise DatasetError(f"has no {' and no '.join(missing)}; it holds {found}")
        if others := [name for name in file.files if name not in (*ARRAYS, WEIGHTS)]:
            known = ", ".join((*ARRAYS, WEIGHTS))
            say(f"{path}: ignored, since only {known} are read: {', '.join(others)}")
        for name in ARRAYS:
            if name in file.files:
                arrays[name] = _check_of(name, task)(name, _array(file, name))
        if WEIGHTS in file.files:
            arrays[WEIGHTS] = _checked_weights(_array(file, WEIGHTS))
    for x, y in (*PAIRS, ("x_train", "groups"), ("x_train", WEIGHTS)):
        if x in arrays and y in arrays and len(arrays[x]) != len(arrays[y]):
            raise DatasetError(f"{x} has {len(arrays[x])} rows, {y} has {len(arrays[y])}")
    names = arrays.get("column_names")
    if names is not None and arrays["x_train"].shape[1:] != names.shape:
        raise DatasetError(f"column_names has shape {names.shape}; it needs a name a column")
    if "axis_names" in arrays and len(arrays["axis_names"]) != arrays["x_train"].ndim - 1:
        raise DatasetError(
            f"axis_names has {len(arrays['axis_names'])} names for samples of shape"
            f" {arrays['x_train'].shape[1:]}"
        )
    if "groups" in arrays:
        for line in _doubts_about_groups(arrays["groups"]):
            say(f"{path}: {line}")
        arrays["groups"] = np.unique(arrays["groups"], return_inverse=True)[1]
    return arrays


def _checked_table(
    path: Path,
    target: str,
    columns: Mapping[int | str, str],
    say: Callable[[str], None],
    task: Kind,
) -> dict[str, np.ndarray]:
    # Imported here: only tables need pandas.
    from tuner_trials.tasks.data.table_file import read_table_file

    arrays = read_table_file(path, target, columns, say)
    if task == "regression":
        return arrays | {"y_train": checked_targets(f"column {target}", arrays["y_train"])}
    return arrays | {"y_train": _checked_labels(f"column {target}", arrays["y_train"], CELLS)}


def _array(file: np.lib.npyio.NpzFile, name: str) -> np.ndarray:
    try:
        array = file[name]
    except MemoryError:
        raise DatasetError(f"{name} does not fit into memory, or is damaged") from None
    except DAMAGE as error:
        if "pickle" in str(error):
            how = "numbers" if name[0] == "x" else "numbers, or words with .astype(str)"
            message = f"{name} holds Python objects, which are never unpickled; save {how}"
            raise DatasetError(message) from None
        raise DatasetError(f"{name} is damaged: {_reason(error)}") from None
    if not isinstance(array, np.ndarray):
        raise DatasetError(f"{name} is no array")
    return array


def _reason(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _check_of(name: str, task: Kind) -> Callable[[str, np.ndarray], np.ndarray]:
    if name[0] == "x":
        return _checked_samples
    if name in NAMES:
        return _checked_names
    if name == "groups":
        return _checked_groups
    return _checked_labels if task == "classification" else checked_targets


def _checked_samples(name: str, x: np.ndarray) -> np.ndarray:
    if x.dtype.kind not in "buif":
        raise DatasetError(f"{name} holds {_type(x)}, not numbers")
    if x.ndim < 2 or x.size == 0:
        raise DatasetError(
            f"{name} has shape {x.shape}; it needs one row per sample: (n, columns) for a table,"
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


def _checked_labels(name: str, y: np.ndarray, strip: str = STRIP) -> np.ndarray:
    if y.ndim != 1:
        hint = ""
        if y.ndim == 2:
            hint = _how_to_make_classes(y)
        raise DatasetError(f"{name} has shape {y.shape}; it needs a label a sample, (n,){hint}")
    match y.dtype.kind:
        case "S":
            return _checked_words(name, _decoded(name, y), strip)
        case "U":
            return _checked_words(name, y, strip)
        case "u" if y.max(initial=0) > np.iinfo(np.int64).max:
            raise DatasetError(f"{name} holds whole numbers above 2**63; number the classes anew")
        case "b" | "i" | "u":
            return y.astype(np.int64)
        case "f" if (np.abs(y) < 2**53).all() and (y == np.rint(y)).all():
            return y.astype(np.int64)
        case "f" if missing := int(np.isnan(y).sum()):
            raise DatasetError(f"{name} has {missing} missing labels (NaN); {DROP}")
        case "f":
            raise DatasetError(
                f"{name} holds numbers that are not whole. To regress on them, write `task:"
                " regression`; classes are whole numbers or words"
            )
    raise DatasetError(f"{name} holds {_type(y)}; classes are whole numbers or words")


def _decoded(name: str, words: np.ndarray) -> np.ndarray:
    try:
        return np.char.decode(words, "utf-8")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{name} holds bytes that are no UTF-8: {error}") from None


def _checked_groups(name: str, groups: np.ndarray) -> np.ndarray:
    if groups.ndim != 1 or groups.dtype.kind not in "SUbiuf":
        raise DatasetError(
            f"{name} is {_type(groups)} {groups.shape}; it needs a number or a word a row"
        )
    if groups.dtype.kind == "f" and (missing := int(np.isnan(groups).sum())):
        raise DatasetError(
            f"{name} has {missing} rows without a group (NaN); give each a group of its own"
        )
    if groups.dtype.kind == "S":
        groups = _decoded(name, groups)
    if groups.dtype.kind == "U":
        _check_blanks(name, "groups", np.unique(groups).tolist(), STRIP)
    return groups


def _doubts_about_groups(groups: np.ndarray) -> Iterator[str]:
    if groups.dtype.kind != "U":
        return
    for word in np.unique(groups).tolist():
        if word.strip().lower() in MISSING and (rows := int((groups == word).sum())) > 1:
            yield (
                f"groups: {rows} rows of the group {word!r} stay together; if it means that the"
                " group is unknown, give each row a group of its own"
            )


def _checked_names(name: str, words: np.ndarray) -> np.ndarray:
    if words.ndim != 1 or words.dtype.kind not in "SUiub":
        raise DatasetError(f"{name} is {_type(words)} {words.shape}; it needs a word a name")
    words = _decoded(name, words) if words.dtype.kind == "S" else words.astype(str)
    if len(set(words.tolist())) < len(words):
        raise DatasetError(f"{name} has the same name twice")
    return words


def _checked_weights(weights: np.ndarray) -> np.ndarray:
    if weights.ndim != 1 or weights.dtype.kind not in "iuf":
        raise DatasetError(
            f"{WEIGHTS} is {_type(weights)} {weights.shape}; it needs a number a row"
        )
    with np.errstate(over="ignore"):
        weights = weights.astype(np.float32)
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.any()):
        raise DatasetError(f"{WEIGHTS} needs finite numbers, none of them negative, not all 0")
    return weights


def _how_to_make_classes(y: np.ndarray) -> str:
    if y.shape[1] == 1:
        return "; use .ravel()"
    if y.dtype.kind in "buif" and ((y == 0) | (y == 1)).all():
        if (y.sum(1) == 1).all():
            return "; of one-hot rows, use .argmax(axis=1)"
        return "; these rows have several labels or none, and only one class a sample is served"
    return "; these are no one-hot rows, and only one class a sample is served"


def _checked_words(name: str, y: np.ndarray, strip: str) -> np.ndarray:
    """Words as they are, unless some of them say that there is none, or differ by blanks alone."""
    different = np.unique(y).tolist()
    if missing := [word for word in different if _says_missing(word, different)]:
        rows = int(np.isin(y, missing).sum())
        shown = ", ".join(map(repr, missing))
        rename = "; if it is a class, write another word" * any(map(str.strip, missing))
        raise DatasetError(f"{name} has {rows} missing labels ({shown}); {DROP}{rename}")
    _check_blanks(name, "labels", different, strip)
    return y


def _says_missing(word: str, words: list[str]) -> bool:
    word = word.strip()
    return word.lower() in MISSING or (word in ("-", "--") and "+" not in words)


def _check_blanks(name: str, what: str, different: list[str], strip: str) -> None:
    stripped = [word.strip() for word in different]
    if twice := next((word for word in stripped if stripped.count(word) > 1), None):
        alike = ", ".join(repr(word) for word in different if word.strip() == twice)
        raise DatasetError(f"{name} has {what} that differ by blanks alone ({alike}); {strip}")


def _check_alike(x_train: np.ndarray, name: str, x: np.ndarray) -> None:
    if x_train.shape[1:] != x.shape[1:]:
        raise DatasetError(
            f"samples have shape {x_train.shape[1:]} in x_train and {x.shape[1:]} in {name}"
        )
    if (x_train.dtype == np.uint8) != (x.dtype == np.uint8):
        raise DatasetError(
            f"x_train holds {x_train.dtype} and {name} {x.dtype}; what one is taken for, the other"
            " is too, so both must be uint8 or neither"
        )


def _number_classes(arrays: dict[str, np.ndarray], csv: bool) -> list[Any]:
    """Replace the labels by class numbers, and give the labels in their order."""
    classes, numbers = np.unique(arrays["y_train"], return_inverse=True)
    if len(classes) < 2:
        raise DatasetError(f"y_train has {len(classes)} class; there is nothing to tell apart")
    if classes.dtype.kind in "iu":
        _check_no_quantity(classes, csv)
    for _, name in PAIRS[1:]:
        if name not in arrays:
            continue
        if arrays[name].dtype.kind != classes.dtype.kind:
            raise DatasetError(f"one of y_train and {name} holds words, the other numbers")
        if strange := np.setdiff1d(arrays[name], classes).tolist():
            raise DatasetError(f"{name} has classes that y_train lacks: {_listed(strange)}")
        arrays[name] = np.searchsorted(classes, arrays[name]).astype(np.int32)
    arrays["y_train"] = numbers.astype(np.int32)
    return classes.tolist()


def _check_no_quantity(classes: np.ndarray, csv: bool) -> None:
    low, high = classes[0], classes[-1]
    how = f"write a letter before each (c{low})" if csv else "save them as words, .astype(str)"
    if len(classes) > MANY_CLASSES and (low not in (0, 1) or high - low >= len(classes)):
        raise DatasetError(
            f"y_train has {len(classes)} different whole numbers from {low} to {high}, which look"
            " like a quantity. To regress on it, write `task: regression`; if they are classes,"
            f" {how}"
        )


def _class_names(names: np.ndarray | None, classes: list[Any]) -> list[str] | None:
    if names is None:
        return None
    if len(names) != len(classes):
        raise DatasetError(f"class_names has {len(names)} names for {len(classes)} classes")
    return list(names.tolist())


def _type(array: np.ndarray) -> str:
    return {"U": "words", "S": "words", "V": "records"}.get(array.dtype.kind, str(array.dtype))


def _listed(labels: list[Any]) -> str:
    shown = ", ".join(map(str, labels[:20]))
    return f"{shown} and {len(labels) - 20} more" if len(labels) > 20 else shown
