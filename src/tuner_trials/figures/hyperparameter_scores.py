"""Scores of the pool across each hyperparameter."""

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from tuner_trials.analysis.incumbent_curves import incumbents
from tuner_trials.figures import style
from tuner_trials.random_search import RANDOM

MOST_STRIPS = 8  # a whole number with at most so many values is drawn as strips, like a choice


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    trials, space = tables["trials"], settings["search_space"]
    pool = trials[trials["strategy"] == RANDOM]
    winners = incumbents(trials[trials["strategy"] != RANDOM])
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
        positions = _positions(definition, trials[f"hp_{name}"])
        _draw_pool(axes, positions.loc[pool.index], pool, foot, low)
        _draw_medians(axes, definition, pool, positions)
        for strategy, own in winners.groupby("strategy", sort=False):
            axes.plot(
                positions.loc[own.index],
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
            axes.set_ylabel("validation accuracy")
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


def _strips(definition: dict[str, Any]) -> list[Any] | None:
    """The values that get a strip each; None for a hyperparameter with an axis of numbers."""
    match definition:
        case {"type": "choice", "values": values}:
            return list(values)
        case {"type": "boolean"}:
            return [False, True]
        case {"type": "int", "low": low, "high": high, "step": step} if (high - low) // (
            step or 1
        ) < MOST_STRIPS:
            return list(range(low, high + 1, step or 1))
    return None


def _positions(definition: dict[str, Any], values: pd.Series) -> pd.Series:
    """Where the trials stand on the horizontal axis, NaN for those that lack the hyperparameter.

    Strips are spread out, always alike.
    """
    strips = _strips(definition)
    if strips is None:
        return values.astype(float)
    place = {_word(value): index for index, value in enumerate(strips)}
    spread = np.random.default_rng(0).uniform(-0.28, 0.28, len(values))
    return values.map(_word, na_action="ignore").map(place) + spread


def _word(value: Any) -> str:
    """A value as it is written in the figure; a number read back from a CSV file may be a float."""
    if isinstance(value, (bool, np.bool_)):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, (int, float, np.number)) else str(value)


def _draw_pool(
    axes: Axes, positions: pd.Series, pool: pd.DataFrame, foot: float, low: float
) -> None:
    completed = pool["status"] == "completed"
    inside, below = completed & (pool["score"] >= low), completed & (pool["score"] < low)
    grey = {"color": style.RANDOM_COLOUR, "linestyle": ""}
    axes.plot(positions[inside], pool["score"][inside], "o", ms=3.4, alpha=0.5, mew=0, **grey)
    axes.plot(positions[below], [foot] * below.sum(), "v", ms=3.4, alpha=0.5, mew=0, **grey)
    axes.plot(positions[~completed], [foot] * (~completed).sum(), "x", ms=4.5, **grey)


def _draw_medians(
    axes: Axes, definition: dict[str, Any], pool: pd.DataFrame, positions: pd.Series
) -> None:
    """A bar over each value or third, as in ``hyperparameter_effects.csv``."""
    completed = pool[pool["status"] == "completed"]
    places = positions.loc[completed.index]
    if _strips(definition) is not None:
        groups = places.round()
    elif places.nunique() > 3:
        groups = pd.qcut(places, 3, duplicates="drop")
    else:
        return
    for _, own in completed.groupby(groups, observed=True):
        across = places.loc[own.index]
        median = own["score"].median()
        axes.plot(
            [across.min(), across.max()],
            [median, median],
            color="black",
            linewidth=2,
            solid_capstyle="projecting",
        )


def _scale_axis(axes: Axes, definition: dict[str, Any]) -> None:
    strips = _strips(definition)
    if strips is not None:
        words = [_word(value) for value in strips]
        crowded = sum(map(len, words)) > 14
        axes.set_xticks(range(len(words)), words, rotation=35 if crowded else 0)
        axes.set_xlim(-0.6, len(words) - 0.4)
        axes.tick_params(axis="x", length=0)
        return
    low, high = definition["low"], definition["high"]
    if definition.get("scale") == "log":
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
    grey = {"color": style.RANDOM_COLOUR, "ls": ""}
    handles = [
        Line2D([], [], marker="o", ms=3.4, alpha=0.6, mew=0, label="random: a trial", **grey),
        Line2D([], [], color="black", linewidth=2, label="random: median"),
    ]
    if (completed & (pool["score"] < low)).any():
        handles.append(Line2D([], [], marker="v", ms=3.4, mew=0, label="below the axis", **grey))
    if not completed.all():
        handles.append(Line2D([], [], marker="x", ms=4.5, label="failed, diverged", **grey))
    return handles
