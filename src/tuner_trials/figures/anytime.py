"""Step curves of the best score so far, over the exact band of random search."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from tuner_trials.analysis.incumbent_curves import median_over_repeats
from tuner_trials.figures import style
from tuner_trials.objectives import Objective
from tuner_trials.search.random_search import RANDOM_SEARCHES


def draw_curves(
    axes: Axes, curves: pd.DataFrame, statistics: pd.DataFrame, objective: Objective
) -> None:
    """Draw every strategy's curves over random search's.

    Parameters
    ----------
    curves
        One row per trial: ``strategy, repeat, position, best_score``.
    statistics
        `random_statistics_table` (of `tuner_trials.analysis`) with a column ``position``.
    """
    colours = style.colours(curves["strategy"])
    axes.fill_between(
        statistics["position"],
        statistics["lower_quartile"],
        statistics["upper_quartile"],
        step="post",
        color=style.RANDOM_COLOUR,
        alpha=0.18,
        linewidth=0,
        label="random: middle half",
    )
    axes.plot(
        statistics["position"],
        statistics["median"],
        drawstyle="steps-post",
        color=style.RANDOM_COLOUR,
        linewidth=2,
        label="random: median best of n",
    )
    searches = curves[~curves["strategy"].isin(RANDOM_SEARCHES)]
    for strategy, own in searches.groupby("strategy", sort=False):
        line: dict[str, Any] = {"drawstyle": "steps-post", "color": colours[strategy]}
        repeats = own.groupby("repeat")
        for _, search in repeats:
            axes.plot(search["position"], search["best_score"], linewidth=0.8, alpha=0.65, **line)
        median = median_over_repeats(own, "position")
        axes.plot(
            median.index,
            median,
            linewidth=2.4,
            label=f"{strategy}: median of {len(repeats)}" if len(repeats) > 1 else strategy,
            **line,
        )

    # Below what nearly every random search has after three trials, there is nothing to compare.
    low = statistics["lower_quartile"].iloc[:3].iloc[-1]
    high = max(curves["best_score"].max(), statistics["upper_quartile"].max())
    margin = 0.04 * (high - low) or 0.01
    axes.set_ylim(low, high + margin)
    style.value_axis(axes.yaxis, objective, "best validation ", " so far", 40)
    axes.set_xscale("log")
    axes.set_xlim(
        statistics["position"].iloc[0],
        max(curves["position"].max(), statistics["position"].iloc[-1]) * 1.03,
    )
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda position, _: f"{position:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
