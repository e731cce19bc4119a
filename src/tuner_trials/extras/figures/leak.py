"""The honest score against the leaky one, and what each correlates with."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tuner_trials.figures import style
from tuner_trials.objectives import Objective
from tuner_trials.search.random_search import RANDOM

HONEST, LEAKY = "#0072b2", "#d55e00"


def draw(tables: dict[str, pd.DataFrame], settings: dict[str, Any]) -> Figure:
    trials, leak = tables["trials"], tables["leak"]
    effects = tables["hyperparameter_effects"]
    pool = trials[(trials["strategy"] == RANDOM) & (trials["status"] == "completed")]
    if pool.empty:
        return style.words("No trial of the pool completed, so none has two scores to compare.")
    selections = leak[leak["strategy"] == RANDOM].iloc[0]

    figure = style.new_figure(max(3.6, 1.6 + 0.26 * len(effects)))
    scores, correlations = figure.subplots(1, 2, width_ratios=[1, 0.8])
    _draw_scores(scores, pool, selections, settings["objective"])
    _draw_correlations(correlations, effects)
    figure.legend(*scores.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _draw_scores(
    axes: Axes, pool: pd.DataFrame, selections: pd.Series, objective: Objective
) -> None:
    """Both axes have the same scale; the worst tenth would press all others into a corner."""
    low = pool["score"].quantile(0.1)
    high = max(pool["score"].max(), pool["leaky_score"].max())
    margin = 0.05 * (high - low) or 0.01
    bounds = (low - margin, high + margin)
    axes.plot(bounds, bounds, color="#999999", linewidth=1, label="no flattery")
    axes.plot(
        pool["score"],
        pool["leaky_score"],
        "o",
        color=style.RANDOM_COLOUR,
        ms=3.6,
        mew=0,
        alpha=0.5,
        label="a random trial",
    )
    by_trial = pool.set_index("trial")
    for which, colour, size, label in (
        ("selected", HONEST, 9, "honest choice"),
        ("leaky_selected", LEAKY, 13, "leaky choice"),
    ):
        chosen = by_trial.loc[selections[which]]
        axes.plot(
            chosen["score"],
            chosen["leaky_score"],
            "o",
            mfc="none",
            mec=colour,
            mew=2,
            ms=size,
            clip_on=False,
            label=label,
        )
    axes.set_xlim(bounds)
    axes.set_ylim(bounds)
    axes.set_box_aspect(1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4))
    axes.set_xlabel("honest: on validation")
    axes.set_ylabel("leaky: on training rows")
    for axis in (axes.xaxis, axes.yaxis):
        label = axis.get_label_text()
        style.value_axis(axis, objective)
        axis.set_label_text(label)
    axes.set_title(objective.label)


def _draw_correlations(axes: Axes, effects: pd.DataFrame) -> None:
    """One row per hyperparameter: two bars, or words where its values have no order."""
    axes.axvline(0, color="#999999", linewidth=1)
    for place, row in enumerate(effects.itertuples()):
        pair = (row.rank_correlation, row.leaky_rank_correlation)
        if pd.isna(row.best_value):
            axes.text(0, place, "no trial has it", ha="center", va="center", fontsize=8.5)
            continue
        if any(map(pd.isna, pair)):
            words = f"{row.best_value} | {row.leaky_best_value}"
            axes.text(0, place, words, ha="center", va="center", fontsize=8.5, backgroundcolor="w")
            continue
        for value, colour, offset in zip(pair, (HONEST, LEAKY), (-0.18, 0.18), strict=True):
            axes.barh(place + offset, value, height=0.36, color=colour)
    names = effects["hyperparameter"]
    axes.set_yticks(range(len(names)), names, fontsize=min(9.5, 160 / names.str.len().max()))
    axes.yaxis.tick_right()
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(names) - 0.3, -0.7)
    axes.set_xlim(-1.05, 1.05)
    axes.set_xticks([-1, 0, 1])
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("rank correlation")
    axes.set_title("Rank correlation with")
