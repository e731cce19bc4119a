"""Best validation accuracy so far, against the seconds that a search has taken."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from tuner_trials.figures import style
from tuner_trials.figures.anytime import draw_curves
from tuner_trials.tables import incumbent_curves

TITLE = "Best validation accuracy so far, by seconds of one core"
CAPTION = (
    "The same against time: the seconds a search takes on one core, the tuner's own time to suggest"
    " a configuration included. A random search is placed at the mean duration of a random trial"
    " times their number. A strategy that favours large nets pays for them here."
)


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    curves = incumbent_curves(tables["trials"], tables["timings"])
    statistics = tables["random_statistics"]
    pool = curves[curves["strategy"] == style.RANDOM]
    seconds_per_trial = pool["seconds"].max() / len(pool)

    figure = style.new_figure(TITLE, 4.3)
    axes = figure.subplots()
    draw_curves(
        axes,
        curves.rename(columns={"seconds": "position"}),
        statistics.assign(position=statistics["n"] * seconds_per_trial),
    )
    axes.set_xlabel("seconds of one core (log scale)")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure
