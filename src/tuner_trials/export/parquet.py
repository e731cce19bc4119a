"""One tidy Parquet file: one row per epoch of a trial, with all columns of the trial."""

from collections.abc import Mapping
from io import BytesIO

import pandas as pd

from tuner_trials.export import INSTALL, ExportError
from tuner_trials.results.tables import WHO

try:
    import pyarrow  # noqa: F401  (pandas needs it to write)
except ModuleNotFoundError as error:
    raise ExportError(INSTALL.format(error.name)) from None


def parquet_file(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """The content of a Parquet file with the columns of ``trials``, ``timings`` and ``epochs``.

    ``validation`` is that of the epoch, and ``best_validation`` the trial's. The cells of a trial
    are repeated in each of its epochs. A trial without epochs, since it failed, has one row, in
    which they are missing.

    Parameters
    ----------
    tables
        See `tuner_trials.export.read_tables`.
    """
    trials = tables["trials"].rename(columns={"validation": "best_validation"})
    rows = trials.merge(tables["timings"], on=WHO)
    rows = rows.merge(tables["epochs"], on=WHO, how="left")
    rows["epoch"] = rows["epoch"].astype("Int64")
    rows["message"] = rows["message"].astype("str")
    content = BytesIO()
    rows.to_parquet(content, engine="pyarrow", index=False)
    return content.getvalue()
