"""From the tables of trials to those that figures and report show.

A module for each table of the `catalogue`. Beside them stands what several share: `bootstrap`,
`intervals`, `significance`, `rank_correlation` and `incumbent_curves`.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from tuner_trials.analysis.catalogue import Analysis


def analyse(name: str, *arguments: Any) -> "pd.DataFrame":
    """Make a table of the catalogue: what ``<name>_table`` gives, of the module of that name.

    Parameters
    ----------
    arguments
        The tables that the analysis reads, then its settings, in the order of the catalogue.
    """
    module = import_module(f"tuner_trials.analysis.{name}")
    return getattr(module, f"{name}_table")(*arguments)


def analyse_all(
    catalogue: "Mapping[str, Analysis]",
    tables: "Mapping[str, pd.DataFrame]",
    settings: Mapping[str, Any],
) -> "dict[str, pd.DataFrame]":
    """Make the tables of a catalogue that are not there yet, without a workflow.

    Parameters
    ----------
    tables
        Those of the trials, and any others that need not be made.
    settings
        All that an analysis may ask for.
    """
    known = dict(tables)
    while missing := [name for name in catalogue if name not in known]:
        ready = [name for name in missing if set(catalogue[name].tables) <= set(known)]
        if not ready:
            raise ValueError(f"made from tables that nothing makes: {', '.join(missing)}")
        for name in ready:
            analysis = catalogue[name]
            known[name] = analyse(
                name,
                *(known[table] for table in analysis.tables),
                *(settings[setting] for setting in analysis.settings),
            )
    return {name: known[name] for name in catalogue if name not in tables}
