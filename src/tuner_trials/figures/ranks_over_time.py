"""Mean ranks of the strategies' incumbents, by epochs spent."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tuner_trials.figures import style


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    table = tables["ranks"]
    if table.empty:
        return style.words(
            "Ranks need eight repeats or more: the order of fewer searches\n"
            "is mostly luck, so none is shown."
        )
    strategies = list(dict.fromkeys(table["strategy"]))
    colours = style.colours(strategies)

    figure = style.new_figure(4.0)
    axes = figure.subplots()
    for strategy, own in table.groupby("strategy", sort=False):
        colour, mean, error = colours[strategy], own["mean_rank"], own["standard_error"]
        axes.fill_between(
            own["epochs"], mean - error, mean + error, color=colour, alpha=0.15, linewidth=0
        )
        axes.plot(own["epochs"], mean, color=colour, linewidth=2, label=strategy)
    axes.set_ylim(len(strategies) + 0.1, 0.9)
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_ylabel("mean rank (1 is the best)")
    axes.set_xlabel(f"epochs spent ({settings['epochs']} are one full training)")
    figure.legend(loc="outside lower center", ncols=3)
    return figure
