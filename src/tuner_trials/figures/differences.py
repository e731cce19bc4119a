"""The differences to random search, with their intervals and the margin."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from tuner_trials.figures import style
from tuner_trials.search.random_search import SAME_BUDGET

ROWS = (  # what is compared, the part where it is a retrained winner, marker, filled
    ("best of the search, validation", None, "o", True),
    ("winner retrained, validation", "validation", "o", False),
    ("winner retrained, test", "test", "D", False),
)


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    searches, retrained = tables["comparisons"], tables["retrained_comparisons"]
    family = searches[searches["opponent"] == SAME_BUDGET]
    strategies = list(family["strategy"])
    colours = style.colours(strategies)
    objective, margin = settings["objective"], family["margin"].iloc[0]

    figure = style.new_figure(1.7 + 0.75 * len(strategies))
    axes = figure.subplots()
    axes.axvspan(-margin, margin, color=style.RANDOM_COLOUR, alpha=0.13, linewidth=0)
    axes.axvline(0, color=style.RANDOM_COLOUR, linewidth=1.2)
    reach = [margin]
    for place, strategy in enumerate(strategies):
        for index, (_, part, marker, filled) in enumerate(ROWS):
            table = family if part is None else retrained[retrained["part"] == part]
            rows = table[(table["strategy"] == strategy) & (table["opponent"] == SAME_BUDGET)]
            for row in rows.itertuples():
                height, colour = place + 0.24 * (index - 1), colours[strategy]
                reach += [
                    abs(end) for end in (row.difference, row.lower, row.upper) if np.isfinite(end)
                ]
                for lower, upper, width in (
                    (row.lower, row.upper, 1.3),
                    (row.equivalence_lower, row.equivalence_upper, 3.2),
                ):
                    if np.isfinite(lower):
                        axes.plot([lower, upper], [height] * 2, color=colour, linewidth=width)
                axes.plot(
                    row.difference,
                    height,
                    marker,
                    color=colour,
                    mfc=colour if filled else "white",
                    markersize=6,
                )
    axes.set_xlim(-1.08 * max(reach) or -1, 1.08 * max(reach) or 1)
    axes.set_yticks(range(len(strategies)), strategies)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(strategies) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: objective.signed(value)))
    unit = objective.difference(0.0).removeprefix(objective.signed(0.0)).strip()
    axes.set_xlabel(f"difference to random search in {objective.label}" + f", {unit}" * bool(unit))
    handles = [
        Line2D([], [], color="#222222", ls="", marker=marker, mfc="#222222" if filled else "white")
        for _, _, marker, filled in ROWS
    ]
    figure.legend(handles, [what for what, *_ in ROWS], loc="outside lower center", ncols=2)
    return figure
