"""Best score on validation so far, against the seconds that a search has taken."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from tuner_trials.analysis.incumbent_curves import incumbent_curves
from tuner_trials.figures import style
from tuner_trials.figures.anytime import draw_curves
from tuner_trials.search.random_search import RANDOM


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    curves = incumbent_curves(tables["trials"], tables["timings"])
    statistics = tables["random_statistics"]
    pool = curves[curves["strategy"] == RANDOM]
    seconds_per_trial = pool["seconds"].max() / len(pool)

    figure = style.new_figure(4.3)
    axes = figure.subplots()
    draw_curves(
        axes,
        curves.rename(columns={"seconds": "position"}),
        statistics.assign(position=statistics["n"] * seconds_per_trial),
        settings["objective"],
    )
    axes.set_xlabel("seconds of one core (log scale)")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure
