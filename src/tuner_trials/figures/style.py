"""The look of all figures: they stand in a narrow column, and nobody must see red from green."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib.style
from matplotlib.axis import Axis
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from tuner_trials.foundation.files import atomic_writer
from tuner_trials.objectives import Objective
from tuner_trials.search.random_search import RANDOM, RANDOM_SEARCHES

WIDTH = 5.6  # inches: shrunk to the 343 pixels of a phone, a font of 10.5 points is still one of 7
RANDOM_COLOUR = "#4d4d4d"
# Four of Okabe and Ito's; an ochre and a blue for their orange and sky blue, since a line needs a
# contrast of 3 to the white page (WCAG 2.2, 1.4.11); and two more. The colour-blind, too, can tell
# all of them from each other and from the grey: a test simulates it.
COLOURS = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7"),
    *("#b09048", "#1098f8", "#772200", "#9911ee"),
)
RASTER_DPI = 220
MOST_LINES = 1_000  # more of them are kept as pixels, also in an SVG: below, vectors are smaller

_LOOK = {
    "font.size": 10.5,
    "axes.titlesize": 10.5,
    "axes.titlepad": 5,
    "axes.labelsize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#666666",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.8,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "xtick.color": "#666666",
    "ytick.color": "#666666",
    "xtick.labelcolor": "#222222",
    "ytick.labelcolor": "#222222",
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "figure.titlesize": 12,
    "figure.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "svg.hashsalt": "tuner-trials",  # else the names inside the file differ from run to run
    "svg.fonttype": "path",  # the letters look the same on a machine without the font
}


@contextmanager
def look() -> Iterator[None]:
    """Matplotlib's defaults and the settings above, whatever the user's own settings are."""
    with matplotlib.style.context(["default", _LOOK]):
        yield


def colours(strategies: Collection[str]) -> dict[str, str]:
    """A colour for each strategy: grey for random search, one of eight for the others.

    The order of appearance decides, so that the figures of an experiment agree. From the ninth on,
    the colours come again, darkened.

    >>> colours(["random", "bayesian", "hyperband"])
    {'random': '#4d4d4d', 'bayesian': '#0072b2', 'hyperband': '#d55e00'}
    """
    others = [name for name in dict.fromkeys(strategies) if name not in RANDOM_SEARCHES]
    chosen = {RANDOM: RANDOM_COLOUR}
    chosen |= {name: RANDOM_COLOUR for name in strategies if name in RANDOM_SEARCHES}
    for index, name in enumerate(others):
        rounds, place = divmod(index, len(COLOURS))
        red, green, blue = (channel * 0.6**rounds for channel in to_rgb(COLOURS[place]))
        chosen[name] = to_hex((red, green, blue))
    return chosen


def new_figure(height: float) -> Figure:
    """An empty figure, ``height`` inches high, that belongs to no window and to no global state."""
    return Figure(figsize=(WIDTH, height))


def value_axis(
    axis: Axis, objective: Objective, prefix: str = "", suffix: str = "", room: int = 60
) -> None:
    """Name an axis of scores after the objective, and write its values in their own direction.

    Better is always further up or to the right. Of the name as much is written as there is ``room``
    for, in characters.
    """
    name = f"{prefix}{objective.label}{suffix}"
    direction = "" if objective.greater_is_better else " (lower is better)"
    names = [f"{name}{direction}", name, f"{objective.label}{suffix}", objective.label]
    axis.set_label_text(next((text for text in names if len(text) <= room), names[-1]))
    if objective.sign < 0:
        axis.set_major_formatter(FuncFormatter(lambda score, _: f"{-score + 0.0:g}"))


def words(text: str) -> Figure:
    """A figure for an experiment that has nothing to draw: it says so, and why."""
    figure = new_figure(1.1)
    figure.text(0.01, 0.35, text, ha="left", va="center", color="#444444")
    return figure


def save(figure: Figure, svg: str | Path, png: str | Path) -> None:
    """Write a figure in both formats, atomically; the same figure gives the same bytes."""
    with look():
        with atomic_writer(svg) as file:
            figure.savefig(
                file, format="svg", dpi=RASTER_DPI, metadata={"Date": None, "Creator": None}
            )
        with atomic_writer(png) as file:
            figure.savefig(file, format="png", dpi=RASTER_DPI, metadata={"Software": None})
