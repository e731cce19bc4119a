"""The pool in parallel coordinates, lying on their side: so any number of them fits a column."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator

from tuner_trials.analysis.hyperparameter_groups import few_values
from tuner_trials.figures import style
from tuner_trials.search.random_search import RANDOM

BEST = 10
COLOURS = "viridis_r"
ABSENT = -0.12  # the place of a trial that lacks a hyperparameter


@dataclass(frozen=True)
class Scale:
    """An axis: where the trials stand on it (0..1), and what is written where."""

    places: np.ndarray
    ticks: dict[str, float]


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    trials, space = tables["trials"], settings["search_space"]
    pool = trials[trials["strategy"] == RANDOM]
    completed = pool["status"] == "completed"
    # Worse ones stand at the left end, as the worst would press all others to the right.
    shown = pool.loc[completed, "score"] if completed.any() else pool["score"]
    low, high = shown.quantile(0.1), shown.max()
    high = high if high > low else low + 0.01

    scales = {
        name: _scale(definition, pool[f"hp_{name}"], seed)
        for seed, (name, definition) in enumerate(space.items())
    }
    objective = settings["objective"]
    scales[objective.label] = _linear(low, high, pool["score"].clip(lower=low), objective.sign)
    places = np.column_stack([scale.places for scale in scales.values()])
    figure = style.new_figure(0.9 + 0.56 * len(scales))
    axes = figure.subplots()
    _draw_axes(axes, scales)

    colour = ScalarMappable(Normalize(low, high, clip=True), COLOURS)
    order = pool["score"].to_numpy().argsort(kind="stable")
    best = [index for index in order[::-1] if completed.iloc[index]][:BEST][::-1]
    others = [index for index in order if completed.iloc[index] and index not in best]
    kinds: tuple[tuple[Any, dict[str, Any]], ...] = (
        (np.flatnonzero(~completed), {"colors": "#888888", "linewidths": 0.8, "linestyles": ":"}),
        (others, {"linewidths": 0.8, "alpha": 0.55}),
        (best, {"linewidths": 2.2}),
    )
    for chosen, look in kinds:
        colours = {"colors": colour.to_rgba(pool["score"].iloc[chosen])}
        lines = [np.column_stack([row, range(len(scales))]) for row in places[chosen]]
        rasterized = len(lines) > style.MOST_LINES
        axes.add_collection(LineCollection(lines, rasterized=rasterized, **(colours | look)))
    _draw_colours(axes, colour, len(scales) - 1)
    figure.legend(handles=_legend(colour, completed.all()), loc="outside lower center", ncols=3)
    return figure


def _scale(definition: dict[str, Any], column: pd.Series, seed: int) -> Scale:
    """The axis of a hyperparameter; it begins further left where some trials lack it."""
    absent = column.isna().to_numpy()
    if not absent.any():
        return _full_scale(definition, column, seed)
    if not absent.all():
        column = column.where(~absent, column.dropna().iloc[0])  # any value: it is replaced below
    scale = _full_scale(definition, column, seed)
    return Scale(
        np.where(absent, ABSENT, scale.places.astype(float)), {"absent": ABSENT} | scale.ticks
    )


def _full_scale(definition: dict[str, Any], column: pd.Series, seed: int) -> Scale:
    """The axis of a hyperparameter that all trials have."""
    if (values := few_values(definition)) is not None:
        return _steps(values, column, seed)
    scale = _logarithmic if definition["scale"] == "log" else _linear
    return scale(definition["low"], definition["high"], column)


def _steps(values: Iterable[Any], column: pd.Series, seed: int) -> Scale:
    """A place for each value; the trials that share it are spread out, always alike."""
    names = [str(value) for value in values]
    middles = {name: (index + 0.5) / len(names) for index, name in enumerate(names)}
    spread = np.random.default_rng(seed).uniform(-0.2, 0.2, len(column)) / len(names)
    return Scale(column.astype(str).map(middles).to_numpy() + spread, middles)


def _linear(low: float, high: float, column: pd.Series, sign: int = 1) -> Scale:
    ticks = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(low, high)
    return Scale(
        ((column - low) / (high - low)).to_numpy(),
        {
            f"{sign * tick + 0.0:g}": (tick - low) / (high - low)
            for tick in ticks
            if low <= tick <= high
        },
    )


def _logarithmic(low: float, high: float, column: pd.Series) -> Scale:
    width = np.log(high / low)
    ticks = LogLocator(subs=(1,) if high / low >= 100 else (1, 2, 5)).tick_values(low, high)
    inside = [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]
    return Scale(
        (np.log(column / low) / width).to_numpy(),
        {f"{tick:g}": np.log(tick / low) / width for tick in inside},
    )


def _draw_axes(axes: Axes, scales: dict[str, Scale]) -> None:
    for row, scale in enumerate(scales.values()):
        axes.axhline(row, color="#999999", linewidth=1)
        for text, place in scale.ticks.items():
            axes.plot(place, row, "|", color="#666666", ms=6)
            axes.annotate(
                text,
                (place, row),
                xytext=(0, -5),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=8,
                color="#444444",
                zorder=5,
            ).set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.75})
    longest = max(map(len, scales))
    axes.set_yticks(range(len(scales)), scales, fontsize=min(9.5, 200 / longest))
    axes.tick_params(axis="y", length=0)
    first = min(min(scale.ticks.values(), default=0) for scale in scales.values())
    axes.set_xlim(first - 0.05 if first < 0 else -0.02, 1.02)
    axes.set_ylim(len(scales) - 0.5, -0.3)
    axes.xaxis.set_visible(False)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _draw_colours(axes: Axes, colour: ScalarMappable, row: int) -> None:
    """Colour the axis of the scores, so that it is the key to the lines' colours."""
    edges, shades = np.linspace(0, 1, 101), np.linspace(*colour.get_clim(), 100)
    strip = (row - 0.06, row + 0.06)
    axes.pcolormesh(
        edges,
        strip,
        [shades],
        norm=Normalize(*colour.get_clim()),
        cmap=colour.cmap,
        zorder=3,
        rasterized=True,
    )


def _legend(colour: ScalarMappable, all_completed: bool) -> list[Line2D]:
    low, high = colour.get_clim()
    middle, best = colour.to_rgba(np.array([(low + high) / 2, high]))
    handles = [
        Line2D([], [], color=middle, lw=0.8, label="a random trial"),
        Line2D([], [], color=best, lw=2.2, label=f"the best {BEST}"),
    ]
    if not all_completed:
        handles.append(Line2D([], [], color="#888888", lw=0.8, ls=":", label="failed, diverged"))
    return handles
