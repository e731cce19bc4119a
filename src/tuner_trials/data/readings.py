"""What the numbers of a dataset are taken for, and what is done to them before a model sees them.

A net learns little from numbers that reach it in another way than they are meant: measurements of
very different size, codes of categories as if they were sizes, bytes that were not divided, the
numbers of words that were. What is plain is done; what can be read in two ways is refused, with
what to write. Whatever is decided stands in the log and in ``split.json``.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tuner_trials.errors import DatasetError

Reading = Literal["bytes", "none", "standardize"]
ColumnReading = Literal["codes", "none", "standardize"]
DONE = {
    "bytes": "bytes, divided by 255",
    "none": "what they are, and left so",
    "standardize": "measurements, brought to mean 0 and standard deviation 1 by the training part",
    "codes": "codes of categories, a column of 0 and 1 for each",
}
ORDER_OF_ONE = 10  # numbers up to here reach a net as they are
BYTES = (128, 255)  # the largest of real images lies in here
ROWS_AT_ONCE = 10_000  # are standardised, so that no second copy of large data is in memory
CHANNELS = (1, 2, 3, 4)


def read_as(x: np.ndarray, scale: Reading | None) -> tuple[Reading, str]:
    """What all numbers of a dataset are taken for, and why.

    Parameters
    ----------
    x
        The samples, ``(n, ...)``, of any type of numbers.
    scale
        What the user says that they are; None to tell from the numbers.

    Raises
    ------
    DatasetError
        If the numbers do not fit to what is said, or may be read in two ways.
    """
    low, high = float(x.min()), float(x.max())
    if scale == "bytes" and not (_whole(x) and low >= 0 and high <= 255):
        raise DatasetError(
            f"dataset.scale: bytes are whole numbers from 0 to 255, not {x.dtype} from {low:g} to"
            f" {high:g}"
        )
    if x.ndim == 4 and x.shape[1] in CHANNELS and min(x.shape[2:]) > max(CHANNELS):
        raise DatasetError(
            f"samples of shape {x.shape[1:]} have their channels first, and nets here expect them"
            " last; save numpy.moveaxis(x, 1, -1)"
        )
    if scale is not None:
        return scale, "as dataset.scale says"
    if low >= 0 and high <= 1 and _whole(x):
        return "none", "there are only 0 and 1"
    if x.ndim > 2:
        return _images(x, low, high)
    if not _whole(x):
        return "standardize", "a table with numbers that are not whole"
    if low < 0:
        return "standardize", "a table of whole numbers, some of them negative"
    raise DatasetError(
        f"x_train is a table of whole numbers from {low:g} to {high:g}, which may be measurements,"
        " pixels, or the numbers of words or categories. Say what they are: dataset.scale:"
        " standardize (measurements), bytes (pixels, divided by 255) or none (numbers of words, for"
        " an Embedding)"
    )


def _images(x: np.ndarray, low: float, high: float) -> tuple[Reading, str]:
    if low >= 0 and BYTES[0] <= high <= BYTES[1] and _whole(x):
        return "bytes", f"whole numbers from {low:g} to {high:g}"
    if max(-low, high) <= ORDER_OF_ONE and not _whole(x):
        return "none", f"numbers of the order of one, from {low:g} to {high:g}"
    raise DatasetError(
        f"x_train holds {x.dtype} from {low:g} to {high:g}: neither bytes from 0 to 255 nor numbers"
        " of the order of one. Say what to do with them: dataset.scale: bytes (divide by 255),"
        " standardize (each value by itself) or none (as they are)"
    )


def check_as_small(name: str, x: np.ndarray) -> None:
    """Refuse a part whose numbers are of another order than the training part's, which is one."""
    low, high = float(x.min()), float(x.max())
    if max(-low, high) > ORDER_OF_ONE:
        raise DatasetError(
            f"x_{name} holds numbers from {low:g} to {high:g}, and x_train such of the order of"
            " one: prepare both in the same way, or say dataset.scale: none"
        )


def check_codes(
    x: np.ndarray, columns: Mapping[int, ColumnReading], names: Sequence[Any] | None = None
) -> None:
    """Refuse a table with a column that may be codes as well as sizes, unless it is said.

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
        shown = ", ".join(
            column if isinstance(column, str) and column.isidentifier() else json.dumps(column)
            for column in doubtful
        )
        raise DatasetError(
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
        """Sentences on columns of a table that say next to nothing in the training part."""
        if x.ndim != 2:
            return
        names = names or range(self.scaled.size)
        constant: list[Any] = []
        almost: list[Any] = []
        for number in np.flatnonzero(self.scaled).tolist():
            values, counts = np.unique(x[:, number], return_counts=True)
            if len(values) == 1:
                constant.append(names[number])
            elif len(values) == 2 and counts.min() == 1 and len(x) > 10:
                almost.append(names[number])
        if constant:
            yield (
                f"columns {_some(constant)} have one value in all training rows: only shifted, they"
                " may be of any size in others"
            )
        if almost:
            yield (
                f"columns {_some(almost)} have one value in all training rows but one, which the"
                f" model sees as a number as large as {np.sqrt(len(x) - 1):.0f}"
            )


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


def _some(numbers: Sequence[Any]) -> str:
    return ", ".join(map(str, numbers[:20])) + f" and {len(numbers) - 20} more" * (
        len(numbers) > 20
    )
