"""From the tables of trials to those that figures and report show: a module for each table."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def analyse(name: str, *arguments: Any) -> "pd.DataFrame":
    """Make a table of the `catalogue`: what ``<name>_table`` gives, of the module of that name.

    Parameters
    ----------
    arguments
        The tables that the analysis reads, then its settings, in the order of the catalogue.
    """
    module = import_module(f"tuner_trials.analysis.{name}")
    return getattr(module, f"{name}_table")(*arguments)
