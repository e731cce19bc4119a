"""Scores of the pool across each hyperparameter."""

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from tuner_trials.analysis.hyperparameter_groups import few_values
from tuner_trials.figures import style
from tuner_trials.search.random_search import RANDOM, RANDOM_SEARCHES

SPREAD = 0.28  # of the points of a strip, to either side of its value


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    trials, space = tables["trials"], settings["search_space"]
    pool = trials[trials["strategy"] == RANDOM]
    winners = tables["incumbents"]
    winners = winners[~winners["strategy"].isin(RANDOM_SEARCHES)]
    groups = tables["hyperparameter_groups"]
    colours = style.colours(trials["strategy"])

    # The worst trials would press all others into a line at the top.
    completed = pool.loc[pool["status"] == "completed", "score"]
    shown = completed if len(completed) else pool["score"]
    low, high = shown.quantile(0.1), max(shown.max(), winners["score"].max())
    margin = 0.06 * (high - low) or 0.01
    foot = low - margin

    columns = min(3, len(space))
    rows = math.ceil(len(space) / columns)
    figure = style.new_figure(1.3 + 1.75 * rows)
    panels = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
    for index, (axes, (name, definition)) in enumerate(zip(panels, space.items(), strict=False)):
        _draw_pool(axes, _positions(definition, pool[f"hp_{name}"]), pool, foot, low)
        _draw_medians(axes, definition, groups[groups["hyperparameter"] == name])
        places = _positions(definition, winners[f"hp_{name}"])
        for strategy, own in winners.groupby("strategy", sort=False):
            axes.plot(
                places.loc[own.index],
                own["score"].clip(lower=foot),
                "o",
                color=colours[strategy],
                mec="white",
                mew=0.7,
                markersize=6,
                zorder=4,
            )
        _scale_axis(axes, definition)
        axes.set_title(name, fontsize=min(10, 200 / len(name)))
        if index % columns == 0:
            style.value_axis(axes.yaxis, settings["objective"], "validation ", room=20)
        axes.set_ylim(foot - margin, high + margin)
        axes.grid(axis="x", visible=False)
    for axes in panels[len(space) :]:
        axes.remove()
    handles = _legend(pool, low) + [
        Line2D([], [], ls="", marker="o", color=colours[name], ms=6, label=f"{name}: incumbents")
        for name in dict.fromkeys(winners["strategy"])
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return figure


def _positions(definition: dict[str, Any], values: pd.Series) -> pd.Series:
    """Where the trials stand on the horizontal axis, NaN for those that lack the hyperparameter.

    Strips are spread out, always alike.
    """
    strips = few_values(definition)
    if strips is None:
        return values.astype(float)
    place = {value: index for index, value in enumerate(strips)}
    spread = np.random.default_rng(0).uniform(-SPREAD, SPREAD, len(values))
    return values.map(place).astype(float) + spread


def _word(value: Any) -> str:
    """A value as it is written in the figure."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _draw_pool(
    axes: Axes, positions: pd.Series, pool: pd.DataFrame, foot: float, low: float
) -> None:
    completed = pool["status"] == "completed"
    inside, below = completed & (pool["score"] >= low), completed & (pool["score"] < low)
    grey: dict[str, Any] = {"color": style.RANDOM_COLOUR, "linestyle": ""}
    axes.plot(positions[inside], pool["score"][inside], "o", ms=3.4, alpha=0.5, mew=0, **grey)
    axes.plot(positions[below], [foot] * below.sum(), "v", ms=3.4, alpha=0.5, mew=0, **grey)
    axes.plot(positions[~completed], [foot] * (~completed).sum(), "x", ms=4.5, **grey)


def _draw_medians(axes: Axes, definition: dict[str, Any], groups: pd.DataFrame) -> None:
    """A bar over each group."""
    strips = few_values(definition)
    places = {str(value): index for index, value in enumerate(strips or [])}
    for group in groups.itertuples():
        place = places.get(group.group)
        axes.plot(
            [group.low, group.high] if place is None else [place - SPREAD, place + SPREAD],
            [group.median_score, group.median_score],
            color="black",
            linewidth=2,
            solid_capstyle="projecting",
        )


def _scale_axis(axes: Axes, definition: dict[str, Any]) -> None:
    strips = few_values(definition)
    if strips is not None:
        words = [_word(value) for value in strips]
        crowded = sum(map(len, words)) > 14
        axes.set_xticks(range(len(words)), words, rotation=35 if crowded else 0)
        axes.set_xlim(-0.6, len(words) - 0.4)
        axes.tick_params(axis="x", length=0)
        return
    low, high = definition["low"], definition["high"]
    if definition["scale"] == "log":
        axes.set_xscale("log")
        margin = (high / low) ** 0.04
        axes.set_xlim(low / margin, high * margin)
        if high / low < 100:  # two powers of ten are no scale to read from
            axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        margin = 0.04 * (high - low)
        axes.set_xlim(low - margin, high + margin)
        axes.locator_params(axis="x", nbins=4)


def _legend(pool: pd.DataFrame, low: float) -> list[Line2D]:
    """Handles for the pool's points; signs that do not occur are left out."""
    completed = pool["status"] == "completed"
    grey: dict[str, Any] = {"color": style.RANDOM_COLOUR, "ls": ""}
    handles = [
        Line2D([], [], marker="o", ms=3.4, alpha=0.6, mew=0, label="random: a trial", **grey),
        Line2D([], [], color="black", linewidth=2, label="random: median"),
    ]
    if (completed & (pool["score"] < low)).any():
        handles.append(Line2D([], [], marker="v", ms=3.4, mew=0, label="below the axis", **grey))
    if not completed.all():
        handles.append(Line2D([], [], marker="x", ms=4.5, label="failed, diverged", **grey))
    return handles
