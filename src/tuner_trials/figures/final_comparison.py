"""Where the searches ended: scores of the winners, and what the test says."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from tuner_trials.figures import style

ROWS = (  # what, marker, filled, offset of the row from the strategy's line
    ("won with (validation)", "o", True, -0.24),
    ("retrained, validation", "o", False, 0.02),
    ("retrained, test", "D", False, 0.26),
)


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    winners, tested = tables["incumbents"], tables["test_scores"]
    statistics = tables["random_statistics"].set_index("n")
    strategies = list(tables["summary"]["strategy"])
    colours = style.colours(strategies)

    figure = style.new_figure(1.9 + 0.8 * len(strategies))
    axes = figure.subplots()
    for n, dashes in ((settings["budget"], (0, (4, 3))), (statistics.index.max(), (0, (1, 1.5)))):
        axes.axvline(
            statistics["expected"].loc[n],
            color=style.RANDOM_COLOUR,
            linewidth=1.4,
            linestyle=dashes,
            label=f"random: expected best of {n}",
        )
    for place, strategy in enumerate(strategies):
        own = tested[tested["strategy"] == strategy]
        scores = (
            winners.loc[winners["strategy"] == strategy, "score"],
            own["validation_score"],
            own["test_score"],
        )
        for values, (_, marker, filled, offset) in zip(scores, ROWS, strict=True):
            found = values.dropna()
            colour = colours[strategy]
            axes.plot(
                found,
                [place + offset] * len(found),
                marker,
                markersize=6 if marker == "o" else 5.2,
                color=colour,
                mfc=colour if filled else "white",
                alpha=0.85,
            )
            if len(found) > 1:
                axes.plot(found.mean(), place + offset, "|", color=colour, ms=15, mew=2.2)
    axes.set_yticks(range(len(strategies)), strategies)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(strategies) - 0.45, -0.55)
    axes.grid(axis="y", visible=False)
    objective = settings["objective"]
    style.value_axis(axes.xaxis, objective)
    nothing = tables["baseline"].set_index("part")["baseline"] * objective.sign
    axes.set_xlabel(
        f"{axes.get_xlabel()}\nknowing nothing: {objective.shown(nothing['validation'])} on"
        f" validation, {objective.shown(nothing['test'])} on test"
    )
    handles, labels = axes.get_legend_handles_labels()
    handles += [
        Line2D([], [], color="#222222", ls="", marker=marker, mfc="#222222" if filled else "white")
        for _, marker, filled, _ in ROWS
    ]
    labels += [what for what, *_ in ROWS]
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure
