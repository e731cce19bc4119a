"""Objective on validation of every trial by epoch, a panel a strategy."""

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from tuner_trials.figures import style


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    trials, epochs, incumbents = tables["trials"], tables["epochs"], tables["incumbents"]
    strategies = list(dict.fromkeys(trials["strategy"]))
    colours = style.colours(strategies)
    full, columns = settings["epochs"], min(2, len(strategies))
    rows = math.ceil(len(strategies) / columns)

    figure = style.new_figure(0.9 + 2.2 * rows)
    panels = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flat)
    for index, (axes, strategy) in enumerate(zip(panels, strategies, strict=False)):
        own = trials["strategy"] == strategy
        curves = epochs[epochs["strategy"] == strategy]
        stopped = trials[own & (trials["status"] == "completed") & (trials["epochs"] < full)]
        # A search may have no other trials than failed ones.
        best = incumbents.query("strategy == @strategy and status == 'completed'")
        _draw_panel(axes, curves, stopped, best, colours[strategy])
        axes.set_title(f"{strategy}: {own.sum()} trials")
        axes.set_xlim(0.7, full + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
        if index % columns == 0:
            style.value_axis(axes.yaxis, settings["objective"], "validation ", room=20)
        if index + columns >= len(strategies):
            axes.set_xlabel("epoch")
            axes.tick_params(axis="x", labelbottom=True)
    for axes in panels[len(strategies) :]:
        axes.remove()
    shown = epochs["validation_score"].dropna()
    if len(shown):
        low, high = shown.quantile(0.1), shown.max()
        margin = 0.05 * (high - low) or 0.01
        panels[0].set_ylim(low, high + margin)
    handles = _legend(any_stopped=bool((trials["epochs"] < full).any()))
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


def _draw_panel(
    axes: Axes, epochs: pd.DataFrame, stopped: pd.DataFrame, best: pd.DataFrame, colour: str
) -> None:
    """One strategy's curves; of the trials that were stopped their ends, of the best the rings."""
    curves = dict(list(epochs.groupby(["repeat", "trial"], sort=False)))
    lines = [curve[["epoch", "validation_score"]].to_numpy() for curve in curves.values()]
    alpha = min(0.5, max(0.12, 25 / max(1, len(lines))))
    axes.add_collection(
        LineCollection(
            lines,
            colors=colour,
            linewidths=0.8,
            alpha=alpha,
            rasterized=len(lines) > style.MOST_LINES,
        )
    )
    ends = [
        curves[key].iloc[-1][["epoch", "validation_score"]]
        for key in stopped[["repeat", "trial"]].itertuples(index=False, name=None)
    ]
    if ends:
        x, y = zip(*ends, strict=True)
        axes.plot(x, y, ".", color=colour, alpha=0.3, markersize=4, mew=0)
    for key in best[["repeat", "trial"]].itertuples(index=False, name=None):
        x, y = curves[key]["epoch"], curves[key]["validation_score"]
        axes.plot(x, y, color="white", linewidth=3.4)
        axes.plot(x, y, color=colour, linewidth=1.9)
    axes.plot(
        best["best_epoch"], best["score"], "o", mfc="white", mec=colour, mew=1.5, ms=5.5, zorder=3
    )


def _legend(any_stopped: bool) -> list[Line2D]:
    grey = style.RANDOM_COLOUR
    handles = [
        Line2D([], [], color=grey, linewidth=0.8, alpha=0.6, label="a trial"),
        Line2D([], [], color=grey, linewidth=1.9, marker="o", mfc="white", label="an incumbent"),
    ]
    if any_stopped:
        handles.append(Line2D([], [], color=grey, ls="", marker=".", label="stopped early"))
    return handles
