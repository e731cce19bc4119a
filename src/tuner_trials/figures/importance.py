"""Importance of the hyperparameters, as bars."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from tuner_trials.figures import style


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    table = tables["importance"]
    mean = 100 * table["importance"]
    spread = [mean - 100 * table["lowest"], 100 * table["highest"] - mean]

    figure = style.new_figure(1.2 + 0.27 * len(table))
    axes = figure.subplots()
    axes.barh(range(len(table)), mean, height=0.65, color="#7fb2d6")
    axes.errorbar(mean, range(len(table)), xerr=spread, fmt="none", ecolor="#222222", capsize=2.5)
    names = table["hyperparameter"].map(
        lambda name: f"{name} *" if settings["search_space"][name].get("active_if") else name
    )
    axes.set_yticks(range(len(names)), names, fontsize=min(9.5, 240 / names.str.len().max()))
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(0, max(100 * table["highest"].max() * 1.04, 1))
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("share of the variance that it explains on its own, %")
    return figure
