"""The figures: a module each, which draws from tables and computes nothing that a table lacks.

This list is read when Snakemake starts, so matplotlib is imported only when a figure is drawn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FIGURES: dict[str, tuple[str, ...]] = {  # figure: the tables it reads
    "score_over_epochs": ("trials", "random_statistics"),
    "score_over_seconds": ("trials", "timings", "random_statistics"),
    "final_comparison": ("summary", "trials", "test_scores", "random_statistics"),
    "learning_curves": ("epochs", "trials"),
    "hyperparameter_scores": ("trials",),
}


def draw(name: str, tables: "dict[str, pd.DataFrame]", settings: dict[str, Any]) -> "Figure":
    """Draw a figure of `FIGURES`.

    Parameters
    ----------
    tables
        By name, at least those that the figure reads; see `tuner_trials.tables` for their columns.
    settings
        ``search_space`` (the definition of each hyperparameter, by name), ``budget`` (full
        trainings) and ``epochs`` (of one full training).
    """
    from tuner_trials.figures import style

    with style.look():
        return import_module(f"tuner_trials.figures.{name}").draw(tables, settings)


def caption(name: str) -> tuple[str, str]:
    """A figure's title, and the sentences that say what to see in it."""
    module = import_module(f"tuner_trials.figures.{name}")
    return module.TITLE, module.CAPTION
