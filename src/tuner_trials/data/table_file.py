"""Read a table with a column of labels from a ``.csv`` or ``.parquet`` file."""

from pathlib import Path

import numpy as np
import pandas as pd

from tuner_trials.errors import DatasetError

FEW = 20  # different words may be categories, whatever the number of rows


def read_table_file(path: Path, target: str) -> dict[str, np.ndarray]:
    """The arrays of a dataset, as an ``.npz`` would hold them.

    Parameters
    ----------
    path
        A file with a name for each column.
    target
        The column of the labels.

    Returns
    -------
    ``x_train`` (float64, ``(n, columns)``, words as the numbers of their categories), ``y_train``,
    ``column_names``, and ``word_columns``, the numbers of the columns that held words.

    Raises
    ------
    DatasetError
        For a file that is no table, a target that is no column, missing values, and columns that
        are neither numbers nor words, by their names.
    """
    table = _read(path)
    if target not in table:
        names = ", ".join(map(str, table.columns))
        raise DatasetError(f"dataset.target: there is no column {target}; they are {names}")
    if table.columns.duplicated().any():
        twice = table.columns[table.columns.duplicated()][0]
        raise DatasetError(f"two columns have the name {twice}")
    labels, table = table[target], table.drop(columns=target)
    missing = [f"{name} ({n})" for name, n in table.isna().sum().items() if n]
    if missing:
        raise DatasetError(
            f"values are missing in {', '.join(missing)}; fill them in, or drop the rows or columns"
        )
    if labels.isna().any():
        raise DatasetError(f"{labels.isna().sum()} labels are missing in {target}; drop these rows")
    if table.empty:
        raise DatasetError("has no columns beside the labels, or no rows")
    columns, words = [], []
    for number, (name, column) in enumerate(table.items()):
        if pd.api.types.is_numeric_dtype(column):
            numbered = column.to_numpy(np.float64) - np.arange(len(column))
            unbroken = (numbered == numbered[0]).all() and numbered[0] in (0, 1)
            if len(column) > FEW and (unbroken or str(name).startswith("Unnamed: ")):
                raise DatasetError(
                    f"column {name} numbers the rows, which may give the labels away; leave it out"
                    " (pandas: to_csv(index=False))"
                )
            columns.append(column.to_numpy(np.float64))
        elif pd.api.types.is_string_dtype(column) or isinstance(column.dtype, pd.CategoricalDtype):
            different = column.astype(str)
            count = different.nunique()
            if len(set(different.str.strip())) < count:
                raise DatasetError(f"column {name} has words that differ by blanks alone")
            if count > max(FEW, len(table) / 2):
                raise DatasetError(
                    f"column {name} has {count} different words in {len(table)} rows, which are no"
                    " categories; turn it into numbers, or leave it out"
                )
            columns.append(np.unique(different, return_inverse=True)[1].astype(np.float64))
            words.append(number)
        else:
            raise DatasetError(
                f"column {name} holds {column.dtype}, neither numbers nor words; turn it into"
                " numbers, or leave it out"
            )
    y = labels.to_numpy()
    return {
        "x_train": np.column_stack(columns),
        "y_train": y if y.dtype.kind in "biuf" else labels.astype(str).to_numpy("U"),
        "column_names": np.array(list(map(str, table.columns))),
        "word_columns": np.array(words, int),
    }


def _read(path: Path) -> pd.DataFrame:
    try:
        if path.suffix.lower() == ".csv":
            # As it stands: pandas renames what is there twice, and takes the first of too many
            # fields for the names of rows.
            head = pd.read_csv(path, header=None, nrows=1, dtype=str).iloc[0]
            if head.duplicated().any():
                twice = head[head.duplicated()].iloc[0]
                raise DatasetError(f"two columns have the name {twice}")
            fields = pd.read_csv(path, header=None, skiprows=1, nrows=1).shape[1]
            if fields > len(head):
                raise DatasetError(f"its rows have more fields than the {len(head)} names above")
            return pd.read_csv(path)
        return pd.read_parquet(path)
    except ImportError:
        raise DatasetError("reading .parquet needs pyarrow: uv run --extra export ...") from None
    except (OSError, ValueError, pd.errors.ParserError) as error:
        raise DatasetError(f"is no table that can be read: {error}") from None
