"""Compute the tables that the figures and the report show from the tables of trials.

There is one module per table of the `registry`, and four that several of them share: `bootstrap`,
`intervals`, `rank_correlation` and `incumbent_curves`.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from tuner_trials.analysis.registry import Analysis
    from tuner_trials.objectives import Objective


def analyse(name: str, *arguments: Any, room: str = "analysis") -> "pd.DataFrame":
    """Make a table of the registry by calling ``<name>_table`` in the module of that name.

    Parameters
    ----------
    arguments
        The tables that the analysis reads, then its settings, in the order of the registry.
    room
        The package with that module.
    """
    module = import_module(f"tuner_trials.{room}.{name}")
    return getattr(module, f"{name}_table")(*arguments)


def analyse_all(
    registry: "Mapping[str, Analysis]",
    tables: "Mapping[str, pd.DataFrame]",
    settings: Mapping[str, Any],
    objective: "Objective",
) -> "dict[str, pd.DataFrame]":
    """Make the tables of a registry that are not there yet, without a workflow.

    Parameters
    ----------
    tables
        Those of the trials as they are on disk, and any others that need not be made.
    settings
        All that these analyses ask for. If ``equivalence`` is among it, the table ``baseline`` must
        be there; None is what the objective has.
    objective
        What the values in the tables are of.
    """
    from tuner_trials.objectives import equivalence
    from tuner_trials.results.tables import with_scores

    known = {name: with_scores(table, objective.sign) for name, table in tables.items()}
    if "equivalence" in settings:
        given = settings["equivalence"]
        baseline = tables["baseline"].set_index("part")["baseline"]
        margin = equivalence(
            objective.equivalence if given is None else given, baseline["validation"]
        )
        settings = {**settings, "equivalence": margin}
    while missing := [name for name in registry if name not in known]:
        ready = [name for name in missing if set(registry[name].tables) <= set(known)]
        if not ready:
            raise ValueError(f"made from tables that nothing makes: {', '.join(missing)}")
        for name in ready:
            analysis = registry[name]
            known[name] = analyse(
                name,
                *(known[table] for table in analysis.tables),
                *(settings[setting] for setting in analysis.settings),
                room=analysis.room,
            )
    return {name: known[name] for name in registry if name not in tables}
