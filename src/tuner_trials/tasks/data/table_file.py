"""Read a table with a column of labels from a ``.csv`` or ``.parquet`` file.

Of a ``.csv`` the texts are read, and not what pandas makes of them: it takes a column with a single
``?`` for words, ``NA`` for nothing, and ``01234`` for a number.
"""

import mmap
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from tuner_trials.foundation.errors import DatasetError
from tuner_trials.tasks.data.readings import in_yaml

SENTENCE = 4  # words on average make a text
FEW = 20  # different words may be categories, whatever the number of rows
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}

# What pandas, and whoever writes with it, means by a missing value.
MISSING = {
    *("", "NA", "N/A", "n/a", "<NA>", "NaN", "nan", "-nan", "-NaN", "NULL", "null", "None"),
    *("#N/A", "#N/A N/A", "#NA", "#n/a", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
}
# What often means it.
MARKS = {"?", "-", "--", ".", "*", "unknown", "missing", "none", "na", "not available", "undefined"}

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
WHOLE = re.compile(r"[-+]?\d+")
LEADING_ZERO = re.compile(r"[-+]?0\d+")
COMMA = re.compile(r"[-+]?[\d.,]*,[\d.,]*\d")  # of decimals or of thousands
ADORNED = re.compile(r"[-+(−–]?[$€£¥]?\s*[-+−–]?\d[\d.,'\s]*([%$€£¥)]|[a-zA-Zµ°]{1,8})?")  # noqa: RUF001
DATE = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}([T ].*)?|\d{1,2}([-/.])\d{1,2}\3(\d{4}|\d{2})([T ].*)?"
    r"|\d{1,2}[- ][a-z]{3,9}[- ]\d{2,4}|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-. ]+\d{1,4}(,? \d{4})?",
    re.IGNORECASE,
)

SAY_CODES = "if they are categories, say dataset.columns: {codes: [...]}"
# Why columns are refused, said after "column x has" and an example, and what to do.
COMPLAINTS = {
    "missing": (
        "missing values",
        "fill them in, or drop these rows or columns; where a word such as NA is a category, write"
        " another word, or say dataset.columns: {codes: [...]}",
    ),
    "mixed": (
        "numbers mixed with other texts",
        f"replace these texts by numbers, or drop the rows; {SAY_CODES}",
    ),
    "commas": (
        "numbers with commas",
        "save them with points alone: pandas.read_csv(file, sep=..., decimal=',')"
        ".to_csv(file, index=False), or thousands=',' in place of decimal",
    ),
    "adorned": (
        "numbers with signs or units",
        f"leave the numbers alone there; {SAY_CODES}",
    ),
    "dates": (
        "dates or times",
        f"turn them into numbers (the year, days since an event), or leave them out; {SAY_CODES}",
    ),
    "zeros": (
        "numbers with leading zeros, too many different ones to be categories",
        "leave them out, or say dataset.columns: {standardize: [...]} if they are sizes",
    ),
    "texts": (
        "texts",
        "turn each into numbers of words or of features, as docs/your_data.md shows, or leave them"
        " out",
    ),
    "many": (
        "different words in nearly all rows, which are no categories",
        "turn them into numbers, or leave them out",
    ),
    "blanks": ("words that differ by blanks alone", "remove the blanks"),
    "infinite": ("numbers that are infinite or too large for float32", "drop these rows"),
    "type": ("neither numbers nor words", "turn them into numbers, or leave them out"),
    "unnamed": (
        "no name, as numbers of the rows, which may give the labels away",
        "leave it out (pandas: to_csv(index=False)), or give it a name",
    ),
}


def read_table_file(
    path: Path,
    target: str,
    columns: Mapping[int | str, str] | None = None,
    say: Callable[[str], None] = print,
) -> dict[str, np.ndarray]:
    """The arrays of a dataset, as an ``.npz`` would hold them.

    Parameters
    ----------
    path
        A file with a name for each column. In a ``.csv``, which must be UTF-8, commas separate the
        fields; or semicolons, tabs or vertical bars, which is said.
    target
        The column of the labels.
    columns
        What columns are said to be, by their names or numbers. Whatever texts are in one of
        ``codes`` are categories.
    say
        Told about what could be meant otherwise.

    Returns
    -------
    ``x_train`` (float64, ``(n, columns)``, words as the numbers of their categories), ``y_train``,
    ``column_names``, and ``word_columns``, the numbers of the columns that held words.

    Raises
    ------
    DatasetError
        For a file that is no table, a target that is no column, missing values, and columns that
        are neither numbers nor categories, by their names and with what is in them.
    """
    table = _read(path, target, say)
    if len(table.columns) < 2 or table.empty:
        raise DatasetError("has no columns beside the labels, or no rows")
    labels, table = table[target], table.drop(columns=target)
    kinds = _said(columns or {}, list(table.columns))
    numbers, words = [], []
    complaints: dict[str, dict[str, str]] = {}
    for number, (name, column) in enumerate(table.items()):
        kind = kinds.get(name)
        if isinstance(column.dtype, pd.CategoricalDtype):
            kind = "codes"
        found = list(_complaints(column, kind))
        for key, example in found:
            complaints.setdefault(key, {})[name] = example
        if found:
            continue
        values = _values(column, kind)
        if values.dtype.kind == "U":
            for line in _doubts(values):
                say(f"column {name}: {line}")
            words.append(number)
            values = np.unique(values, return_inverse=True)[1].astype(np.float64)
        numbers.append(values)
    if complaints:
        lines = []
        for kind, examples in complaints.items():
            what, advice = COMPLAINTS[kind]
            subject = "columns {} have" if len(examples) > 1 else "column {} has"
            shown = [
                f"{name} ({example})" if example else name for name, example in examples.items()
            ]
            advice = advice.replace("...]", _some(list(map(in_yaml, examples))) + "]")
            lines.append(f"{subject.format(_some(shown))} {what}; {advice}")
        raise DatasetError("\n  ".join(lines))
    return {
        "x_train": np.column_stack(numbers),
        "y_train": _read_labels(labels, path.suffix.lower() == ".csv", say),
        "column_names": np.array(list(table.columns)),
        "word_columns": np.array(words, int),
    }


def _said(columns: Mapping[int | str, str], names: list[str]) -> dict[str, str]:
    """By names, what columns are said to be; those that are not there are the split's concern."""
    kinds = {}
    for column, kind in columns.items():
        if str(column) in names:
            kinds[str(column)] = kind
        elif isinstance(column, int) and 0 <= column < len(names):
            kinds[names[column]] = kind
    return kinds


def _read(path: Path, target: str, say: Callable[[str], None]) -> pd.DataFrame:
    """The table: of a ``.csv``, columns of anything but numbers, and the target, as texts."""
    try:
        if path.suffix.lower() == ".csv":
            return _read_csv(path, target, say)
        table = pd.read_parquet(path)
    except ImportError:
        raise DatasetError("reading .parquet needs pyarrow: uv run --extra export ...") from None
    except UnicodeDecodeError:
        raise DatasetError(_not_utf8(path)) from None
    except MemoryError:
        raise DatasetError("does not fit into memory") from None
    # What is no file of its kind makes pyarrow raise whatever its parts raise.
    except (OSError, ValueError, ArithmeticError, LookupError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DatasetError(f"is no table that can be read: {reason}") from None
    table.columns = [str(name) for name in table.columns]
    _check_names(table.columns.tolist(), target)
    return table


def _read_csv(path: Path, target: str, say: Callable[[str], None]) -> pd.DataFrame:
    # As it stands: no text is a missing value yet, and each column has one type.
    read = partial(
        pd.read_csv, path, keep_default_na=False, skipinitialspace=True, low_memory=False
    )
    heads = {}
    for mark in SEPARATORS:
        head = read(sep=mark, header=None, nrows=1, dtype=str).iloc[0]
        heads[mark] = [
            name.strip() or f"Unnamed: {place}" for place, name in enumerate(map(str, head))
        ]
    fitting = [mark for mark, names in heads.items() if target in names]
    separator = fitting[0] if fitting else max(heads, key=lambda mark: len(heads[mark]))
    if fitting and separator != ",":
        say(f"{path}: read with {SEPARATORS[separator]} between the fields")
    # pandas renames what is there twice, and takes the first of too many fields for row names.
    names = heads[separator]
    _check_names(names, target)
    try:
        first = read(sep=separator, header=None, skiprows=1, nrows=1)
    except pd.errors.EmptyDataError:
        raise DatasetError("has no rows below the names") from None
    if first.shape[1] > len(names):
        raise DatasetError(f"its rows have more fields than the {len(names)} names above")
    read = partial(read, sep=separator, names=names, header=0)
    table = read(dtype={target: str})
    for name in names:  # whole numbers too large for any type of them
        if table[name].dtype == object and name != target:
            table[name] = table[name].astype(np.float64)
    whole = [name for name in names if table[name].dtype.kind in "iu"]
    if whole and _has_leading_zeros(path):
        for name, texts in read(dtype=str, usecols=whole).items():
            if texts.str.strip().str.fullmatch(LEADING_ZERO).any():
                table[name] = texts
    return table


def _check_names(names: list[str], target: str) -> None:
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise DatasetError(f"two columns have the name {twice}")
    if target not in names:
        hint = ""
        if sum(bool(NUMBER.fullmatch(name)) for name in names) > len(names) / 2:
            hint = "; the first line must hold the names of the columns"
        elif len(names) == 1:
            hint = "; commas are expected between them"
        raise DatasetError(
            f"dataset.target: there is no column {target}; they are {', '.join(names)}{hint}"
        )


def _not_utf8(path: Path) -> str:
    place = "byte order mark of UTF-16"
    encoding = "utf-16"
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                if number > 1 or not line.startswith((b"\xff\xfe", b"\xfe\xff")):
                    place = f"byte 0x{line[error.start]:02x} in line {number}"
                    encoding = "latin-1"
                break
    return (
        f"is no UTF-8 text ({place}); save it as UTF-8. If it is {encoding}: pandas.read_csv(file,"
        f" encoding='{encoding}').to_csv(file, index=False)"
    )


def _has_leading_zeros(path: Path) -> bool:
    """Whether anything in the file may be a whole number with a zero before it."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return re.search(rb"[,;\t|\s\"][-+]?0\d", content) is not None


def _complaints(column: pd.Series, kind: str | None) -> Iterator[tuple[str, str]]:
    """Why a column cannot be read: keys of `COMPLAINTS`, and examples from the column."""
    if str(column.name).startswith("Unnamed: ") and len(column) > FEW:
        yield "unnamed", ""
    elif _are_numbers(column):
        if column.isna().any():
            yield "missing", _rows(int(column.isna().sum()))
        elif not (np.abs(column.to_numpy(np.float64)) <= np.finfo(np.float32).max).all():
            yield "infinite", ""
        elif kind is None and _are_days(column.to_numpy(np.float64)):
            yield "dates", f"{column.iloc[0]:.0f}"
    elif (strange := _no_words(column)) is not None:
        yield "type", strange
    else:
        if _texts(column).nunique() < _raw(column).nunique():
            yield "blanks", ""
        yield from _complaints_about_texts(_texts(column).value_counts().to_dict(), kind)


def _are_days(values: np.ndarray) -> bool:
    """Whether all numbers are written like 20241231."""
    if not ((values >= 19_000_101) & (values <= 21_001_231) & (values % 1 == 0)).all():
        return False
    month, day = values // 100 % 100, values % 100
    return bool(((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)).all())


def _complaints_about_texts(texts: dict[str, int], kind: str | None) -> Iterator[tuple[str, str]]:
    """Why texts, with the number of rows of each, are neither numbers nor categories."""
    rows = sum(texts.values())
    numbers = {text for text in texts if NUMBER.fullmatch(text)}
    missing = [text for text in texts if text in MISSING]
    if numbers and all(text in MISSING or text.lower() in MARKS for text in set(texts) - numbers):
        missing = [text for text in texts if text not in numbers]
    if kind == "codes":
        missing = [text for text in missing if not text]  # the others are words of somebody
    if missing:
        yield "missing", _with_rows(missing, texts)
    if kind == "codes":
        return
    texts = {text: count for text, count in texts.items() if text not in missing}
    others = [text for text in texts if text not in numbers]

    def share(pattern: re.Pattern[str]) -> float:
        return sum(n for text, n in texts.items() if pattern.fullmatch(text)) / rows

    if not others:
        if any(LEADING_ZERO.fullmatch(text) for text in numbers) and _too_many(texts) and not kind:
            yield "zeros", repr(next(t for t in numbers if LEADING_ZERO.fullmatch(t)))
    elif share(COMMA) > 0.5 or all(COMMA.fullmatch(text) for text in others):
        yield "commas", _with_rows(others, texts)
    elif share(NUMBER) >= 0.5 or len(numbers) > FEW:
        yield "mixed", _with_rows(others, texts)
    elif share(DATE) > 0.5:
        yield "dates", repr(others[0])
    elif share(ADORNED) > 0.5 and len({re.sub(r"[-+\d.,'\s]", "", text) for text in others}) == 1:
        yield "adorned", repr(others[0])
    elif len(texts) > FEW and np.mean([len(text.split()) for text in texts]) >= SENTENCE:
        yield "texts", f"{len(texts)} different in {_rows(rows)}"
    elif _too_many(texts):
        yield "many", f"{len(texts)} different in {_rows(rows)}"


def _too_many(texts: dict[str, int]) -> bool:
    return len(texts) > max(FEW, sum(texts.values()) / 2)


def _values(column: pd.Series, kind: str | None) -> np.ndarray:
    """Numbers as float64, or words."""
    if _are_numbers(column):
        return column.to_numpy(np.float64)
    texts = _texts(column)
    numbers = kind != "codes" and texts.str.fullmatch(NUMBER).all()
    if numbers and (kind or not texts.str.fullmatch(LEADING_ZERO).any()):
        return texts.astype(np.float64).to_numpy()
    return texts.to_numpy("U")


def _doubts(words: np.ndarray) -> Iterator[str]:
    """Messages about categories whose meaning is ambiguous."""
    different, counts = np.unique(words, return_counts=True)
    texts = dict(zip(different.tolist(), counts.tolist(), strict=True))
    if len(texts) == 1:
        yield f"{different[0]} stands in all rows, which tells nothing"
    if marks := [text for text in texts if text in MISSING or text.lower() in MARKS]:
        yield f"{_with_rows(marks, texts)} is a category like the others"
    if zero := next((text for text in texts if LEADING_ZERO.fullmatch(text)), None):
        yield f"numbers with leading zeros ({zero}) are categories"
    lower = [text.lower() for text in texts]
    if alike := [text for text in texts if lower.count(text.lower()) > 1]:
        yield f"categories that differ by case alone are different ones: {_some(alike)}"


def _are_numbers(column: pd.Series) -> bool:
    return pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column)


def _no_words(column: pd.Series) -> str | None:
    """What a column holds besides words and missing values, if anything."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.categories.to_series()
    if _are_numbers(column) or (
        column.dtype != object and pd.api.types.is_string_dtype(column.dtype)
    ):
        return None
    if column.dtype != object:
        return str(column.dtype)
    types = {type(value).__name__ for value in column[column.notna()]}
    return None if types <= {"str"} else ", ".join(sorted(types))


def _raw(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), "").astype("str")


def _texts(column: pd.Series) -> pd.Series:
    """The texts of a column without blanks around them, "" where there is none."""
    return _raw(column).str.strip()


def _read_labels(labels: pd.Series, as_texts: bool, say: Callable[[str], None]) -> np.ndarray:
    """Labels as whole numbers or words; ``as_texts``, they are numbers if all of them look so."""
    if labels.isna().any():
        raise DatasetError(
            f"{labels.isna().sum()} labels are missing in {labels.name}; drop these rows"
        )
    if isinstance(labels.dtype, pd.CategoricalDtype):
        labels = labels.astype(labels.cat.categories.dtype)
    if (strange := _no_words(labels)) is not None:
        raise DatasetError(
            f"column {labels.name} holds {strange}; labels are whole numbers or words"
        )
    if pd.api.types.is_bool_dtype(labels):
        return labels.astype(bool).astype(str).to_numpy("U")
    if pd.api.types.is_float_dtype(labels):
        return labels.to_numpy(np.float64)
    if pd.api.types.is_integer_dtype(labels):
        return labels.to_numpy(np.uint64 if labels.max() > np.iinfo(np.int64).max else np.int64)
    words = labels.astype("str").to_numpy("U")
    different = [str(word).strip() for word in np.unique(words)]
    if not as_texts or not all(NUMBER.fullmatch(word) for word in different):
        return words
    if zero := next((word for word in different if LEADING_ZERO.fullmatch(word)), None):
        if len({float(word) for word in different}) < len(set(different)):
            alike = [word for word in different if float(word) == float(zero)]
            raise DatasetError(
                f"column {labels.name} has labels that differ by leading zeros alone"
                f" ({', '.join(alike)}); write them in the same way, or with a letter before them"
            )
        say(f"column {labels.name}: labels have leading zeros ({zero}), and are taken for words")
        return words
    if all(WHOLE.fullmatch(word) for word in different):
        large = any(abs(int(word)) >= 2**63 for word in different)
        return words if large else words.astype(np.int64)
    return words.astype(np.float64)


def _with_rows(texts: list[str], counts: Mapping[str, int]) -> str:
    """Texts with the number of their rows, those of most rows first."""
    ordered = sorted(texts, key=lambda text: -counts[text])
    shown = {text: repr(text) if text else "nothing" for text in ordered}
    return _some([f"{shown[text]} in {_rows(counts[text])}" for text in ordered], 3)


def _rows(count: int) -> str:
    return f"{count} row{'s' * (count != 1)}"


def _some(texts: list[str], most: int = 10) -> str:
    return ", ".join(texts[:most]) + f" and {len(texts) - most} more" * (len(texts) > most)
