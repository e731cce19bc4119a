"""How the numbers of a dataset are interpreted and transformed before a model sees them.

A net learns little from numbers that are not prepared according to their meaning: measurements of
very different size, codes of categories treated as sizes, bytes that were not divided, word indices
that were. Clear cases are handled automatically; ambiguous ones are rejected, with what to write.
Every decision is recorded in the log and in ``split.json``.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import yaml
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tuner_trials.foundation.errors import DatasetError

Reading = Literal["bytes", "none", "standardize"]
ColumnReading = Literal["codes", "none", "standardize"]
DONE = {
    "bytes": "bytes, divided by 255",
    "none": "what they are, and left so",
    "standardize": "measurements, brought to mean 0 and standard deviation 1 by the training part",
    "codes": "codes of categories, a column of 0 and 1 for each",
}
ORDER_OF_ONE = 10  # numbers up to here reach a net as they are
SMALLEST_SPAN = 0.05  # of numbers that differ by less, a net learns next to nothing
BYTES = (128, 255)  # the largest of real images lies in here
ROWS_AT_ONCE = 10_000  # are standardised, so that no second copy of large data is in memory
CHANNELS = (1, 2, 3, 4)
FEW = 20  # rows, or values, that say little about what their column or part is
OTHER_UNIT = 8  # times larger or smaller than in training
FAR, WIDE = 5, 20  # standard deviations from the training part's mean; times its deviation


def read_as(
    x: np.ndarray, scale: Reading | None, *, beside_words: bool = False
) -> tuple[Reading, str]:
    """How all numbers of a dataset are interpreted, and why.

    Parameters
    ----------
    x
        The samples, ``(n, ...)``, of any numerical type.
    scale
        The interpretation that the user declares; None to infer it from the numbers.
    beside_words
        Whether the table also has columns of words, so that these numbers cannot be pixels.

    Raises
    ------
    DatasetError
        If the numbers do not fit the declaration, or are ambiguous.
    """
    low, high = float(x.min()), float(x.max())
    if scale == "bytes" and not _may_be_bytes(x, low, high):
        raise DatasetError(
            f"dataset.scale: bytes are whole numbers from 0 to 255, not {x.dtype} from {low:g} to"
            f" {high:g}"
        )
    if scale is not None:
        return scale, "as dataset.scale says"
    if low >= 0 and high <= 1 and _whole(x):
        return "none", "there are only 0 and 1"
    if x.ndim > 2:
        return _images(x, low, high)
    if beside_words:
        return "standardize", "numbers beside columns of words"
    if not _whole(x):
        return "standardize", "a table with numbers that are not whole"
    if low < 0 and low != -1:  # which often stands for no word, or no category
        return "standardize", "a table of whole numbers, some of them negative"
    pixels = ", bytes (pixels, divided by 255)" if _may_be_bytes(x, low, high) else ""
    raise DatasetError(
        f"x_train is a table of whole numbers from {low:g} to {high:g}, which may be measurements,"
        f"{' pixels,' * bool(pixels)} or the numbers of words or categories. Say what they are:"
        f" dataset.scale: standardize (measurements){pixels} or none (numbers of words, for an"
        f" Embedding{', which begin at 0: add 1' * (low < 0)})"
    )


def _images(x: np.ndarray, low: float, high: float) -> tuple[Reading, str]:
    whole = _whole(x)
    if whole and low >= 0 and BYTES[0] <= high <= BYTES[1]:
        return "bytes", f"whole numbers from {low:g} to {high:g}"
    if not whole and max(-low, high) <= ORDER_OF_ONE and high - low >= SMALLEST_SPAN:
        return "none", f"numbers of the order of one, from {low:g} to {high:g}"
    offered = "bytes (divide by 255), " * _may_be_bytes(x, low, high)
    raise DatasetError(
        f"x_train holds {x.dtype} from {low:g} to {high:g}: neither bytes from 0 to 255 nor numbers"
        f" of the order of one. Say what to do with them: dataset.scale: {offered}standardize (each"
        " value by itself) or none (as they are)"
    )


def _may_be_bytes(x: np.ndarray, low: float, high: float) -> bool:
    return low >= 0 and high <= 255 and _whole(x)


def check_axes(x: np.ndarray, axis_names: Sequence[str] | None) -> None:
    """Refuse images whose channels come first, unless their axes are named otherwise."""
    named = axis_names and axis_names[0].lower() not in ("channel", "channels")
    if named or x.ndim < 4 or x.shape[1] not in CHANNELS or min(x.shape[2:]) <= max(CHANNELS):
        return
    raise DatasetError(
        f"samples of shape {x.shape[1:]} have their channels first, and nets here expect them"
        " last; save numpy.moveaxis(x, 1, -1). If the first axis is none of channels, save the"
        " names of all axes as axis_names, such as ['frame', 'row', 'column']"
    )


def other_unit(x_train: np.ndarray, name: str, x: np.ndarray) -> str | None:
    """How numbers that are not standardised differ in size from those of the training part."""
    low, high = float(x_train.min()), float(x_train.max())
    own_low, own_high = float(x.min()), float(x.max())
    largest, own = max(-low, high), max(-own_low, own_high)
    few = len(x) < FEW
    if (
        (_only_0_and_1(x_train) and not _only_0_and_1(x))
        or own > OTHER_UNIT * largest
        or (own < largest / OTHER_UNIT and not few)
        or (low >= 0 and own_low < -SMALLEST_SPAN * largest)
        or (low < -largest / OTHER_UNIT and own_low >= 0 and not few)
    ):
        return (
            f"x_{name} holds numbers from {own_low:g} to {own_high:g}, and x_train from {low:g} to"
            f" {high:g}: prepare both in the same way"
        )
    return None


def identifiers(
    x: np.ndarray, columns: Collection[int], names: Sequence[Any] | None = None
) -> Iterator[str]:
    """Complaints about columns of a table that rather name its rows.

    Parameters
    ----------
    x
        The rows in the order of the file, ``(n, columns)``.
    columns
        The numbers from 0 of columns that the user has said something of, and which are none.
    names
        Of the columns; their numbers, if left out.
    """
    for number in range(x.shape[1]):
        name = names[number] if names else number
        if len(x) <= FEW or number in columns or not (why := _names_rows(x[:, number], str(name))):
            continue
        yield (
            f"column {name} looks like an identifier of the rows, which may give the labels away:"
            f" whole numbers that {why}. Leave it out, or, if it is a measurement, say"
            f" dataset.columns: {{standardize: [{in_yaml(name)}]}}"
        )


def _names_rows(values: np.ndarray, name: str) -> str | None:
    first = values[: FEW + 1]
    if values.dtype == bool or not _whole(first) or len(np.unique(first)) < len(first):
        return None
    if not _whole(values) or len(different := np.unique(values)) < len(values):
        return None
    ordered = values if values[0] < values[-1] else values[::-1]
    if (ordered == different).all():
        return "rise or fall from row to row"
    if different[-1] - different[0] == len(values) - 1:
        return f"run from {different[0]:g} to {different[-1]:g} without a gap"
    if re.search(
        r"(^|[^a-zA-Z])(id|key|index)$|[a-z](ID|Id)$", name, re.I if name.isupper() else 0
    ):
        return "are different in all rows"
    return None


def in_yaml(name: Any) -> str:
    """The name of a column as it can be written in a configuration file."""
    if not isinstance(name, str):
        return str(name)
    plain = name.isidentifier() and yaml.safe_load(name) == name
    return name if plain else json.dumps(name, ensure_ascii=False)


def doubtful_codes(
    x: np.ndarray, columns: Mapping[int, ColumnReading], names: Sequence[Any] | None = None
) -> Iterator[str]:
    """A complaint about columns of a table that may be codes as well as sizes, unless it is said.

    Parameters
    ----------
    x
        The training part, ``(n, columns)``.
    columns
        Of columns by their numbers from 0, what they are said to be.
    names
        Of the columns; their numbers, if left out.
    """
    names = names or range(x.shape[1])
    doubtful = [
        names[number]
        for number in range(x.shape[1])
        if number not in columns and _like_codes(x[:, number])
    ]
    if doubtful:
        shown = ", ".join(map(in_yaml, doubtful))
        yield (
            f"columns {shown} hold whole numbers from 0 or 1 on, which may be codes of categories"
            f" or sizes. Say it: dataset.columns: {{codes: [{shown}]}} gives each category a column"
            " of its own, {standardize: [...]} takes them for sizes, and {none: [...]} leaves them"
            " as they are"
        )


def _like_codes(values: np.ndarray) -> bool:
    if values.dtype == bool or not _whole(values) or values.min() not in (0, 1):
        return False
    different = len(np.unique(values))
    return 2 < different <= len(values) / 5 and different >= 0.9 * (np.ptp(values) + 1)


def _only_0_and_1(x: np.ndarray) -> bool:
    return bool(x.min() >= 0 and x.max() <= 1) and _whole(x)


class Transform:
    """What is done to the samples of every part, learned from those of the training part.

    Parameters
    ----------
    x
        The training part.
    scale
        Of all samples, or of the columns that are not named.
    columns
        Of a table's columns by their numbers from 0, what else they are.
    """

    def __init__(
        self, x: np.ndarray, scale: Reading, columns: Mapping[int, ColumnReading] | None = None
    ):
        self.scale, self.columns = scale, dict(columns or {})
        self.codes = sorted(n for n, reading in self.columns.items() if reading == "codes")
        size = int(np.prod(x.shape[1:]))
        scaled = np.full(size, scale == "standardize")
        for number, reading in self.columns.items():
            scaled[number] = reading == "standardize"
        self.scaled = scaled
        self.scaler = _fit_scaler(x) if scaled.any() else None
        self.encoder = None
        if self.codes:
            self.encoder = OneHotEncoder(
                handle_unknown="ignore", sparse_output=False, dtype=np.float32
            ).fit(x[:, self.codes])

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Give a part as the model sees it: uint8 where all are bytes, and float32 otherwise."""
        if self.scale == "bytes":
            read_as(x, "bytes")
            return x.astype(np.uint8, copy=False)
        if self.scaler is None and self.encoder is None:
            return x.astype(np.float32, copy=False)
        result = np.empty(x.shape, np.float32)
        for start in range(0, len(x), ROWS_AT_ONCE):
            rows = x[start : start + ROWS_AT_ONCE]
            flat = _computable(rows.reshape(len(rows), -1))
            if self.scaler is not None:
                done = self.scaler.transform(flat)
                flat = done if self.scaled.all() else np.where(self.scaled, done, flat)
            result[start : start + ROWS_AT_ONCE] = flat.reshape(rows.shape)
        if self.encoder is None:
            return result
        kept = np.delete(result, self.codes, axis=1)
        return np.hstack([kept, self.encoder.transform(x[:, self.codes])])

    def learned(self) -> dict[str, Any] | None:
        """Mean and scale of each value of a sample, 0 and 1 where it is not standardised."""
        if self.scaler is None:
            return None
        mean = np.where(self.scaled, self.scaler.mean_, 0)
        return {
            "mean": mean.tolist(),
            "scale": np.where(self.scaled, self.scaler.scale_, 1).tolist(),
        }

    def card(
        self,
        x: np.ndarray,
        why: str,
        names: Sequence[Any] | None = None,
        word_columns: Collection[int] = (),
    ) -> list[dict[str, Any]]:
        """Describe each kind of input: its interpretation, the reason, type, and ranges.

        Parameters
        ----------
        x
            The training part, untouched.
        why
            Those that are not named are taken for what they are.
        names
            Of the columns; their numbers, if left out.
        word_columns
            The numbers of those that held words.
        """
        names = names or range(self.scaled.size)
        others = [n for n in range(self.scaled.size) if n not in self.columns]
        groups: dict[tuple[str, str], list[int]] = {(self.scale, why): others} if others else {}
        for number in sorted(self.columns):
            reason = "words" if number in word_columns else "as dataset.columns says"
            named = (self.columns[number], reason)
            groups.setdefault(named, []).append(number)
        lines = []
        for (reading, reason), numbers in groups.items():
            flat = x.reshape(len(x), -1)
            before = flat if len(numbers) == self.scaled.size else flat[:, numbers]
            lines.append(
                {
                    "columns": (
                        "all"
                        if len(numbers) == self.scaled.size
                        else [names[number] for number in numbers]
                    ),
                    "taken_for": reading,
                    "why": reason,
                    "type": str(x.dtype),
                    "before": [float(before.min()), float(before.max())],
                    "after": self._after(before, reading, numbers),
                }
            )
            lines[-1]["said"] = _in_words(lines[-1])
        return lines

    def _after(self, before: np.ndarray, reading: str, numbers: list[int]) -> list[float]:
        low, high = before.min(0), before.max(0)
        if reading == "codes":
            return [0.0, 1.0]
        if reading == "bytes":
            return [float(low.min()) / 255, float(high.max()) / 255]
        if reading == "standardize" and self.scaler is not None:
            mean, scale = self.scaler.mean_[numbers], self.scaler.scale_[numbers]
            low, high = (low - mean) / scale, (high - mean) / scale
        return [float(low.min()), float(high.max())]

    def unusual(self, x: np.ndarray, names: Sequence[Any] | None = None) -> Iterator[str]:
        """Sentences on values of a sample that say next to nothing in the training part."""
        if self.scaler is None:
            return
        flat = x.reshape(len(x), -1)
        constant = self.scaled & (flat.min(0) == flat.max(0))
        unscaled = self.scaled & ~constant & (self.scaler.scale_ == 1)
        unscaled &= ~np.isclose(self.scaler.var_, 1)
        lone = np.zeros_like(constant)
        marks: list[str] = []
        if x.ndim == 2 and len(x) > 10:
            for number in np.flatnonzero(self.scaled & ~constant).tolist():
                values, counts = np.unique(flat[:, number], return_counts=True)
                lone[number] = len(values) == 2 and counts.min() == 1
                if (mark := _stands_for_missing(values, counts)) is not None:
                    name = names[number] if names else number
                    marks.append(f"{name} ({mark[0]:g} in {mark[1]} rows)")

        if constant.any():
            yield (
                f"{_which(constant, x, names)} have one value in all training rows: only shifted,"
                " they may be of any size in others"
            )
        if lone.any():
            yield (
                f"{_which(lone, x, names)} have one value in all training rows but one, which the"
                f" model sees as a number as large as {np.sqrt(len(x) - 1):.0f}"
            )
        if marks:
            yield (
                f"columns {_some(marks)} have a number apart from all others, which the model sees"
                " as a size; if it means that a value is missing, fill it in"
            )
        if unscaled.any():
            yield (
                f"{_which(unscaled, x, names)} hardly differ for their size, by less than can be"
                " computed exactly: they are shifted, but not scaled; subtract an offset before"
                " they are saved, or leave them out"
            )

    def other_unit(
        self, name: str, x: np.ndarray, names: Sequence[Any] | None = None
    ) -> tuple[str, bool] | None:
        """Which standardised values lie elsewhere in a part, and whether that is most of them."""
        if self.scaler is None or len(x) < FEW:
            return None
        own = _fit_scaler(x)
        known = self.scaled & (self.scaler.var_ > 0)
        scale = np.where(known, self.scaler.scale_, 1)
        wide = np.sqrt(own.var_) / scale
        far = np.abs(own.mean_ - self.scaler.mean_) / scale
        off = known & ((far > FAR) | (wide > WIDE) | (wide < 1 / WIDE))
        if not off.any():
            return None
        return (
            f"{_which(off, x, names)} lie elsewhere in x_{name} than in x_train, by their mean or"
            " their standard deviation: prepare both in the same way",
            bool(off.sum() >= known.sum() / 2),
        )


def _stands_for_missing(values: np.ndarray, counts: np.ndarray) -> tuple[float, int] | None:
    """A value of nines alone that several rows have, farther from the others than these spread."""
    if len(values) < 4:
        return None
    for end, rest in ((0, values[1:]), (-1, values[:-1])):
        nines = set(f"{abs(float(values[end])):g}") == {"9"}
        distance = np.abs(rest - values[end]).min()
        if nines and counts[end] > 1 and distance > np.ptp(rest):
            return float(values[end]), int(counts[end])
    return None


def label_columns(
    x: np.ndarray, y: np.ndarray, names: Sequence[Any] | None = None
) -> Iterator[str]:
    """A sentence on columns of a table that are the labels themselves, in other words."""
    classes = len(np.unique(y))
    same = []
    for number in range(x.shape[1]):
        if len(np.unique(x[: 10 * FEW, number])) > classes:
            continue
        pairs = np.unique(np.column_stack([x[:, number], y]), axis=0)
        if len(pairs) == classes == len(np.unique(pairs[:, 0])):
            same.append(names[number] if names else number)
    if same:
        yield f"columns {_some(same)} have one value for each class, and so give the labels away"


def check_finite(name: str, x: np.ndarray) -> None:
    """Refuse what is no finite number after all that was done to it, by row and column."""
    if x.dtype.kind == "f" and not (np.isfinite(x.min()) and np.isfinite(x.max())):
        row, *place = np.argwhere(~np.isfinite(x))[0].tolist()
        column = f"column {place[0]}" if len(place) == 1 else f"place {tuple(place)}"
        raise DatasetError(
            f"the {name} part is not finite in row {row}, {column} (from 0) once it is scaled; its"
            " values are too large or too different"
        )


def _in_words(line: dict[str, Any]) -> str:
    """A line of the card as a sentence."""
    columns = "samples" if line["columns"] == "all" else f"columns {_some(line['columns'])}"
    low, high = line["before"]
    after_low, after_high = line["after"]
    return (
        f"{columns} ({line['type']}, {low:g} to {high:g}) are taken for {DONE[line['taken_for']]}:"
        f" {line['why']}; the model sees {after_low:.3g} to {after_high:.3g}"
    )


def _fit_scaler(x: np.ndarray) -> StandardScaler:
    """Mean and scale of each value of a sample: 1 where the standard deviation is 0."""
    scaler = StandardScaler()
    for start in range(0, len(x), ROWS_AT_ONCE):
        rows = x[start : start + ROWS_AT_ONCE]
        scaler.partial_fit(_computable(rows.reshape(len(rows), -1)))
    return scaler


def _computable(x: np.ndarray) -> np.ndarray:
    """Half precision would overflow at 65,504."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def _whole(x: np.ndarray) -> bool:
    if x.dtype.kind in "bui":
        return True
    return all(
        bool((rows == np.rint(rows)).all())
        for rows in (x[i : i + ROWS_AT_ONCE] for i in range(0, len(x), ROWS_AT_ONCE))
    )


def _which(marked: np.ndarray, x: np.ndarray, names: Sequence[Any] | None) -> str:
    """The marked values of a sample: columns by their names, or how many there are of others."""
    if x.ndim > 2:
        return f"{marked.sum()} of {marked.size} values of a sample"
    numbers = np.flatnonzero(marked).tolist()
    return f"columns {_some([names[number] for number in numbers] if names else numbers)}"


def _some(numbers: Sequence[Any]) -> str:
    return ", ".join(map(str, numbers[:20])) + f" and {len(numbers) - 20} more" * (
        len(numbers) > 20
    )
