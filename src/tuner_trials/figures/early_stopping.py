"""How well each epoch's ranking of the pool predicts the final one."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tuner_trials.figures import style

BLUE, ORANGE = style.COLOURS[:2]


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    table = tables["early_stopping"]
    if table.empty:
        return style.words("No trial of the pool completed, so there is nothing to predict.")
    trials, kept = table["trials"].iloc[0], table["best_third"].iloc[0]

    figure = style.new_figure(3.3)
    agreement, rank = figure.subplots(1, 2)
    line = {"marker": "o", "ms": 4.5, "linewidth": 1.8}
    agreement.plot(table["epoch"], table["spearman"], color=BLUE, label="Spearman", **line)
    agreement.plot(table["epoch"], table["kendall"], color=ORANGE, label="Kendall", **line)
    agreement.axhline(0, color="#999999", linewidth=1)
    agreement.set_ylim(min(-0.03, table["kendall"].min() - 0.05), 1.03)
    agreement.set_title("agreement with the final ranking")
    agreement.set_ylabel("rank correlation")

    rank.axhspan(-trials, kept + 0.5, color=BLUE, alpha=0.12, linewidth=0, label="best third")
    rank.plot(table["epoch"], table["rank_of_best"], color="#222222", **line)
    last = max(table["rank_of_best"].max(), min(trials, 2 * kept))
    rank.set_ylim(last + 0.5, 1 - 0.04 * last)
    round_ranks = MaxNLocator(5, integer=True).tick_values(1, last)
    rank.set_yticks([1, *round_ranks[(round_ranks > 0.1 * last) & (round_ranks <= last)]])
    rank.set_title("the trial that wins in the end")
    rank.set_ylabel(f"its rank among {trials}")
    for axes in (agreement, rank):
        axes.set_xlabel("epoch")
        axes.set_xlim(0.7, table["epoch"].max() + 0.3)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
    figure.legend(loc="outside lower center", ncols=3)
    return figure
