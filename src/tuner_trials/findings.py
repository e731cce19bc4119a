"""What the further analyses found, in words: generated from tables, true for every outcome."""

from typing import Any

import pandas as pd

from tuner_trials.tables import RANDOM

NOTABLE = 0.05  # a smaller change of a rank correlation is not worth a word


def on_model(model: str, check: dict[str, Any]) -> str:
    """Which hyperparameters the model ignores: see `tuner_trials.model_check.check_model`."""
    builds, ignored = check["builds"], check["ignored"]
    text = f"Before anything was trained, {model} was built for {builds} configurations of the pool"
    if check["failed"]:
        text += f" ({check['failed']} of them failed, as their trials will)"
    if not ignored:
        return f"{text}; it reads every hyperparameter."
    names, it = ", ".join(ignored), "it" if len(ignored) == 1 else "them"
    return (
        f"{text}. It never reads {names}: tuning {it} changes nothing but luck. Let build_model use"
        f" {it}, or take {it} out of the search space."
    )


def on_importance(importance: pd.DataFrame) -> str:
    """Which hyperparameters matter: see `tuner_trials.importance.importance_table`."""
    if importance["importance"].sum() == 0:
        return "The scores of the random trials do not differ: there is nothing to explain."
    first, *others = importance.itertuples()
    text = (
        f"{first.hyperparameter} matters most: on its own it explains {first.importance:.0%} of the"
        f" variance of the pool's scores ({first.lowest:.0%} to {first.highest:.0%} over the"
        " forests)"
    )
    if others:
        named = [f"{row.hyperparameter} ({row.importance:.0%})" for row in others[:2]]
        text += f". Next {'comes' if len(named) == 1 else 'come'} {' and '.join(named)}"
    if rest := others[2:]:
        who = "the last one explains" if len(rest) == 1 else f"the other {len(rest)} explain"
        text += f"; {who} {sum(row.importance for row in rest):.0%}"
    missing = max(0.0, 1 - importance["importance"].sum())
    return f"{text}. The remaining {missing:.0%} are what several do together, and luck."


def on_early_stopping(early_stopping: pd.DataFrame) -> str:
    """See `tuner_trials.early_stopping.early_stopping_table`."""
    if early_stopping.empty:
        return "No trial of the pool completed, so there is nothing to foretell."
    first, last = early_stopping.iloc[0], early_stopping.iloc[-1]
    agreement = (
        "says nothing that could be compared with the final one"
        if pd.isna(first["spearman"])
        else f"agrees with the final one at {first['spearman']:+.2f} (Spearman)"
    )
    kept = early_stopping["rank_of_best"] <= early_stopping["best_third"]
    if kept.all():
        fate = "and it never leaves the best third: a halving would have kept it at any epoch"
    elif kept.iloc[-1]:
        since = early_stopping.loc[~kept, "epoch"].max() + 1
        fate = f"and only from epoch {since:.0f} on is it among the best third for good"
    else:
        fate = "and even in the last epoch it is not among the best third"
    return (
        f"After the first of {last['epoch']:.0f} epochs, the ranking of the pool's"
        f" {last['trials']:.0f} completed trials {agreement}. The trial that ends best is on rank"
        f" {first['rank_of_best']:.0f} then, {fate}."
    )


def on_ranks(ranks: pd.DataFrame, repeats: int) -> str:
    """See `tuner_trials.ranks.ranks_table`."""
    if ranks.empty:
        return (
            f"Mean ranks over time are left out: with {repeats} "
            f"{'repeat' if repeats == 1 else 'repeats'} they would be mostly luck. They are drawn"
            " from eight repeats on."
        )
    end = ranks[ranks["epochs"] == ranks["epochs"].max()].sort_values("mean_rank", kind="stable")
    order = ", ".join(
        f"{row.strategy} ({row.mean_rank:.2f} ± {row.standard_error:.2f})"
        for row in end.itertuples()
    )
    return f"Mean ranks at the end, with their standard errors over {repeats} repeats: {order}."


def on_leak(leak: pd.DataFrame, effects: pd.DataFrame) -> str:
    """What the leaky score would have done to the pool.

    Parameters
    ----------
    leak
        See `tuner_trials.leak.leak_table`.
    effects
        See `tuner_trials.tables.hyperparameter_effects_table`.
    """
    pool = leak[leak["strategy"] == RANDOM]
    if pool.empty:
        return "No trial of the pool completed, so none has two scores to compare."
    row = pool.iloc[0]
    if row["flattery"] >= 0:
        text = f"The leaky score flatters a random trial by {_points(row['flattery'])} on average."
    else:
        text = (
            f"Here the leaky score is {_points(-row['flattery'])} lower than the honest one on"
            " average: these networks have not even learned their training rows by heart."
        )
    if pd.notna(row["kendall"]):
        text += (
            f" Its ranking agrees with the honest one at {row['spearman']:+.2f} (Spearman): of all"
            f" pairs of trials, about {(1 - row['kendall']) / 2:.0%} change places."
        )
    chosen = f"trial {row['leaky_selected']:.0f}"
    reported = f"{row['leaky_selected_accuracy']:.2%}"
    if row["selected"] == row["leaky_selected"]:
        text += (
            f" It would have chosen {chosen}, as the honest score does. What is wrong then is the"
            f" number: {reported} would have been reported, where validation says"
            f" {row['selected_score']:.2%}."
        )
    else:
        text += (
            f" It would have chosen {chosen} and reported {reported}. On validation that trial has"
            f" {row['leaky_selected_score']:.2%}, and trial {row['selected']:.0f}, the honest"
            f" choice, {row['selected_score']:.2%}: the leak costs {_points(row['cost'])}."
        )
    return text + _favours(effects)


def _favours(effects: pd.DataFrame) -> str:
    """The hyperparameters, two at most, whose correlation the leak changes most."""
    change = (effects["leaky_rank_correlation"] - effects["rank_correlation"]).abs()
    if change.isna().all():
        return ""
    most = effects.loc[change[change >= NOTABLE].nlargest(2).index]
    if most.empty:
        return (
            " It favours no values of a hyperparameter: no rank correlation with the score changes"
            f" by {NOTABLE:g} or more."
        )
    changes = [
        f"{row.hyperparameter} (from {row.rank_correlation:+.2f} to"
        f" {row.leaky_rank_correlation:+.2f})"
        for row in most.itertuples()
    ]
    return f" It changes most how the score goes along with {' and '.join(changes)}."


def on_published(differences: pd.DataFrame, repeats: int) -> str:
    """Where the published differences fall among those of the repeats.

    Parameters
    ----------
    differences
        See `tuner_trials.published.published_differences_table`.
    repeats
        Of each search.
    """
    if differences.empty:
        return "A single strategy was published, so there is no difference to repeat."
    return " ".join(_published_difference(row, repeats) for row in differences.itertuples())


def _published_difference(row: tuple, repeats: int) -> str:
    text = (
        f"On {row.measure}, {row.strategy} minus {row.opponent} was published as"
        f" {_signed(row.published)} points"
    )
    if repeats == 1:
        return f"{text}; a single repeat gives no independent searches to set beside it."
    if row.reproduced == 0:
        return f"{text}; too few retrainings came to their end to set one beside it."
    ahead = f"{row.strategy} is ahead in {row.ahead} of the {row.reproduced}"
    if row.level:
        ahead += f", level in {row.level}"
    return (
        f"{text}. In {row.reproduced} pairs from {repeats} repeats it {_span(row)};"
        f" {_place(row, repeats)}. {ahead}."
    )


def _span(row: tuple) -> str:
    """The reproduced differences, as they are printed."""
    lowest, highest, mean = (_signed(value) for value in (row.lowest, row.highest, row.mean))
    if lowest == highest:
        return f"is always {mean} points"
    return f"ranges from {lowest} to {highest} points, {mean} on average"


def _place(row: tuple, repeats: int) -> str:
    """Where the published difference falls among them."""
    if row.reproduced in (row.lower, row.higher):
        return (
            f"the published one is {'higher' if row.lower else 'lower'} than all of them, which"
            f" with {repeats} repeats may still be luck"
        )
    counts = {"lower": row.lower, "equal": row.equal, "higher": row.higher}
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    return f"the published one lies among them ({', '.join(parts)}), so luck alone can give it"


def _signed(difference: float) -> str:
    return f"{round(100 * difference, 2) + 0.0:+.2f}"  # no minus before a zero


def _points(difference: float) -> str:
    return f"{100 * difference:.2f} points"
