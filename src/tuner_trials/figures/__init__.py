"""The figures: a module each, which draws from tables and computes nothing that a table lacks."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def draw(
    name: str, title: str, tables: "dict[str, pd.DataFrame]", settings: dict[str, Any]
) -> "Figure":
    """Draw a figure of the `catalogue`.

    Parameters
    ----------
    title
        What stands above it.
    tables
        By name, at least those that the figure reads.
    settings
        ``search_space`` (the definition of each tuned hyperparameter, by name), ``budget`` (full
        trainings) and ``epochs`` (of one full training).
    """
    from tuner_trials.figures import style

    with style.look():
        figure = import_module(f"tuner_trials.figures.{name}").draw(tables, settings)
        figure.suptitle(title, x=0.01, ha="left")
        return figure
