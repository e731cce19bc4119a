"""The figures: a module each, which draws from tables and computes nothing that a table lacks."""

from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def caption(name: str, room: str = "figures") -> str:
    """What to look for in a figure of the `registry`, in whole sentences, on one line."""
    text = files("tuner_trials").joinpath(*room.split("."), f"{name}.rst").read_text("utf-8")
    return " ".join(text.split())


def draw(
    name: str,
    title: str,
    tables: "dict[str, pd.DataFrame]",
    settings: dict[str, Any],
    room: str = "figures",
) -> "Figure":
    """Draw a figure of the `registry`.

    Parameters
    ----------
    title
        What stands above it.
    tables
        By name, at least those that the figure reads, as they are on disk.
    settings
        ``search_space`` (the definition of each tuned hyperparameter, by name), ``budget`` (full
        trainings), ``epochs`` (of one full training) and ``objective``.
    room
        The package with its module.
    """
    from tuner_trials.figures import style
    from tuner_trials.results.tables import with_scores

    sign = settings["objective"].sign
    tables = {name: with_scores(table, sign) for name, table in tables.items()}
    with style.look():
        figure = import_module(f"tuner_trials.{room}.{name}").draw(tables, settings)
        figure.suptitle(title, x=0.01, ha="left")
        return figure
