"""Best score on validation so far, against the epochs that a search has spent."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from tuner_trials.figures import style
from tuner_trials.figures.anytime import draw_curves


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    trials, statistics = tables["trials"], tables["random_statistics"]
    curves = trials.rename(columns={"epochs_cumulative": "position"})
    curves["best_score"] = curves.groupby(["strategy", "repeat"])["score"].cummax()

    epochs, budget = settings["epochs"], settings["budget"] * settings["epochs"]
    figure = style.new_figure(4.3)
    axes = figure.subplots()
    positions = statistics.assign(position=statistics["epochs"])
    draw_curves(axes, curves, positions, settings["objective"])
    axes.axvline(budget, color="#666666", linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(
        f"budget: {budget}",
        (budget, 0.02),
        xycoords=("data", "axes fraction"),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        fontsize=9,
        color="#444444",
    )
    axes.set_xlabel(f"epochs spent (log scale; {epochs} are one full training)")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure
