"""What the further analyses found, in words: generated from tables, true for every outcome."""

import math
from collections.abc import Collection
from typing import Any

import pandas as pd
from scipy.stats import binom

from tuner_trials.analysis.use_of_budget import LATE
from tuner_trials.objectives import Objective
from tuner_trials.report.formatting import counted, listed
from tuner_trials.search.random_search import RANDOM

UNLIKELY = 0.01  # what luck does more seldom than this becomes advice


def on_model(model: str, check: dict[str, Any]) -> str:
    """Which hyperparameters the model ignores, by what the rule ``check_model`` found."""
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


def on_baseline(baseline: pd.DataFrame, trials: pd.DataFrame, objective: Objective) -> str:
    """What knowing nothing gives, and whether the pool does better.

    Parameters
    ----------
    baseline
        ``part, baseline``: values of the objective.
    """
    values = baseline.set_index("part")["baseline"] * objective.sign
    text = (
        f"Trials are judged by {objective.label} ({objective.direction}). The predictor that knows"
        f" nothing ({objective.knows_nothing}) has {objective.shown(values['validation'])} on the"
        f" validation part and {objective.shown(values['test'])} on the test part."
    )
    pool = trials[(trials["strategy"] == RANDOM) & (trials["status"] == "completed")]["score"]
    if len(pool) and pool.median() <= values["validation"]:
        text += (
            f" At least half of the random configurations do no better: here {objective.label}"
            " hardly tells configurations apart, and so no tuner can be told from another."
        )
    return text


def on_budget(use_of_budget: pd.DataFrame) -> str:
    """Which searches repeated themselves or stopped early, by a full training or more each.

    Empty where none did. See `tuner_trials.analysis.use_of_budget.use_of_budget_table`.
    """
    parts = []
    for row in use_of_budget.itertuples():
        said = []
        if row.repeated >= 1:
            said.append(
                f"tried {row.distinct:.3g} distinct configurations in {row.trials:.3g} trials"
            )
        if row.unspent >= 1:
            said.append(f"left {row.unspent:.3g} full trainings unspent")
        if said:
            parts.append(f"{row.strategy} {' and '.join(said)}")
    if not parts:
        return ""
    return (
        f"Not all of the budget bought something new: a search by {'; '.join(parts)}. A repeated"
        " configuration gets the same score again, and is charged; a space that is soon exhausted"
        " does not tell tuners apart."
    )


def on_bounds(bounds: pd.DataFrame, use_of_budget: pd.DataFrame) -> str:
    """What to change in a further experiment; empty where the winners advise nothing.

    Parameters
    ----------
    bounds
        See `tuner_trials.analysis.bounds.bounds_table`.
    use_of_budget
        See `tuner_trials.analysis.use_of_budget.use_of_budget_table`.
    """
    crowded = bounds[(bounds["at_bound"] >= 2) & (bounds["p_value"] < UNLIKELY)]
    sentences = [
        f"{row.at_bound} of {row.winners} winners lie at the {row.end} end of {row.hyperparameter}"
        f" ({row.bound:.4g}), where a random one lies in {row.chance:.0%} of cases."
        for row in crowded.itertuples()
    ]
    if sentences:
        names = listed(crowded["hyperparameter"].unique())
        sentences.append(
            f"Extend the range of {names} if values beyond make sense; what is best at its least,"
            " such as a dropout of 0, may be left out instead."
        )
    late = [
        f"{row.strategy} ({row.late_winners} of {row.searches} searches)"
        for row in use_of_budget.itertuples()
        if binom.sf(row.late_winners - 1, row.searches, 1 - LATE) < UNLIKELY
    ]
    if late:
        sentences.append(
            "The best trial was found in the last fifth of what was spent by"
            f" {listed(late)}: the budget ends while the search still improves."
        )
    return " ".join(sentences)


def on_importance(importance: pd.DataFrame, conditional: Collection[str] = ()) -> str:
    """Which hyperparameters matter.

    Those whose ranges over the forests overlap with the range of the first are not distinguishable.

    Parameters
    ----------
    importance
        See `tuner_trials.analysis.importance.importance_table`.
    conditional
        Those that only some trials have: their shares are of another variance.
    """
    if importance["importance"].sum() == 0:
        return "The scores of the random trials do not differ: there is nothing to explain."
    apart = importance["hyperparameter"].isin(list(conditional))
    some = [
        f"{row.hyperparameter} ({row.importance:.0%})" for row in importance[apart].itertuples()
    ]
    importance = importance[~apart]
    level = importance["highest"] >= importance["lowest"].iloc[0]
    first, others = importance[level], list(importance[~level].itertuples())
    shares = [
        f"{row.hyperparameter} ({row.importance:.0%}; {row.lowest:.0%} to {row.highest:.0%} over"
        " the forests)"
        for row in first.itertuples()
    ]
    text = f"{listed(shares)} {'matters' if len(shares) == 1 else 'matter'} most"
    if len(shares) > 1:
        text += ", not distinguishable"
    text += ". The shares are those of the variance that the forests predict, of each on its own"
    if others:
        named = [f"{row.hyperparameter} ({row.importance:.0%})" for row in others[:2]]
        text += f". Next {'comes' if len(named) == 1 else 'come'} {listed(named)}"
    if rest := others[2:]:
        who = "the last one explains" if len(rest) == 1 else f"the other {len(rest)} explain"
        text += f"; {who} {sum(row.importance for row in rest):.0%}"
    missing = max(0.0, 1 - importance["importance"].sum())
    text += f". The remaining {missing:.0%} are what several do together, and luck."
    if some:
        text += f" Each among the trials that have it: {', '.join(some)}."
    return f"{text} The ranges say nothing of other pools."


def on_early_stopping(early_stopping: pd.DataFrame) -> str:
    """See `tuner_trials.analysis.early_stopping.early_stopping_table`."""
    if early_stopping.empty:
        return "No trial of the pool completed, so there is nothing to predict."
    if len(early_stopping) == 1:
        return "Trials have a single epoch: there is nothing to predict."
    first, last = early_stopping.iloc[0], early_stopping.iloc[-1]
    agreement = (
        "says nothing that could be compared with the final one"
        if pd.isna(first["spearman"])
        else f"agrees with the final one at {first['spearman']:+.2f} (Spearman)"
    )
    kept = early_stopping["rank_of_best"] <= early_stopping["best_third"]
    if kept.all():
        fate = "and it never leaves the best third: a halving would have kept it at any epoch"
    else:
        since = early_stopping.loc[~kept, "epoch"].max() + 1
        fate = f"and only from epoch {since:.0f} on is it among the best third for good"
    text = (
        f"After the first of {last['epoch']:.0f} epochs, the ranking of the pool's"
        f" {last['trials']:.0f} completed trials by score, their best epoch so far, {agreement}."
        f" The trial that wins in the end is on rank {first['rank_of_best']:.0f} then, {fate}."
    )
    before = early_stopping.iloc[-2]
    if pd.notna(before["single_epoch_spearman"]):
        text += (
            " By the objective of a single epoch, the rankings after the last two epochs agree at"
            f" {before['single_epoch_spearman']:+.2f}."
        )
    return text


def on_ranks(ranks: pd.DataFrame, repeats: int) -> str:
    """See `tuner_trials.analysis.ranks.ranks_table`."""
    if ranks.empty:
        return (
            f"Mean ranks over time are left out: with {counted(repeats, 'repeat')} they would be"
            " mostly luck. They are drawn from eight repeats on."
        )
    end = ranks[ranks["epochs"] == ranks["epochs"].max()].sort_values("mean_rank", kind="stable")
    order = ", ".join(
        f"{row.strategy} ({row.mean_rank:.2f} ± {row.standard_error:.2f})"
        for row in end.itertuples()
    )
    return f"Mean ranks at the end, with their standard errors over {repeats} repeats: {order}."


def on_leak(leak: pd.DataFrame, effects: pd.DataFrame, objective: Objective) -> str:
    """What the leaky score would have done to the pool.

    Parameters
    ----------
    leak
        See `tuner_trials.extras.analysis.leak.leak_table`.
    effects
        See `tuner_trials.analysis.hyperparameter_effects.hyperparameter_effects_table`.
    """
    pool = leak[leak["strategy"] == RANDOM]
    if pool.empty:
        return "No trial of the pool completed, so none has two scores to compare."
    row = pool.iloc[0]
    flattery = objective.size(row["flattery"])
    if row["flattery"] >= 0:
        text = f"The leaky score flatters a random trial by {flattery} on average."
    else:
        text = f"Here the leaky score is {flattery} worse than the honest one on average."
    if pd.notna(row["kendall"]):
        text += (
            f" Its ranking agrees with the honest one at {row['spearman']:+.2f} (Spearman): of all"
            f" pairs of trials, about {(1 - row['kendall']) / 2:.0%} change places."
        )
    text += _same_epoch(row, objective)
    chosen = f"trial {row['leaky_selected']:.0f}"
    reported = objective.shown(row["leaky_selected_reported"])
    if row["selected"] == row["leaky_selected"]:
        text += (
            f" It would have chosen {chosen}, as the honest score does. What is wrong then is the"
            f" number: {reported} would have been reported, where validation says"
            f" {objective.shown(row['selected_score'])}."
        )
    else:
        text += (
            f" It would have chosen {chosen} and reported {reported}. On validation that trial has"
            f" {objective.shown(row['leaky_selected_score'])}, and trial {row['selected']:.0f}, the"
            f" honest choice, {objective.shown(row['selected_score'])}: there the leak costs"
            f" {objective.size(row['cost'])}."
            " That is on the rows on which the honest choice won, so it is never negative, and on"
            " average too high."
        )
    return text + _favours(effects, row)


def _same_epoch(row: pd.Series, objective: Objective) -> str:
    """How much of the two scores' difference is one of epochs."""
    text = (
        " The honest score is that of the best epoch, the leaky one that of the last. With both"
        " after the last epoch, where only the rows differ, the leaky one is"
        f" {objective.size(row['same_epoch_flattery'])}"
        f" {'better' if row['same_epoch_flattery'] >= 0 else 'worse'}"
    )
    if pd.notna(row["same_epoch_spearman"]):
        text += f", and the rankings agree at {row['same_epoch_spearman']:+.2f}"
    return f"{text}."


def _favours(effects: pd.DataFrame, pool: pd.Series) -> str:
    """The hyperparameters, two at most, whose correlation the leak changes most."""
    change = (effects["leaky_rank_correlation"] - effects["rank_correlation"]).abs()
    if change.isna().all():
        return ""
    threshold = notable_change(pool["trials"], pool["spearman"])
    most = effects.loc[change[change > threshold].nlargest(2).index]
    if most.empty:
        return (
            " The leak favours no values of a hyperparameter that could be told from luck: no rank"
            f" correlation with the score changes by more than {threshold:.2f}, three standard"
            " errors."
        )
    changes = [
        f"{row.hyperparameter} (from {row.rank_correlation:+.2f} to"
        f" {row.leaky_rank_correlation:+.2f})"
        for row in most.itertuples()
    ]
    return (
        f" The leak changes most how the score correlates with {listed(changes)}; luck alone"
        f" hardly changes a rank correlation by more than {threshold:.2f}, three standard errors."
    )


def notable_change(trials: int, agreement: float) -> float:
    """What luck alone hardly changes a rank correlation by, from one score to another.

    A hyperparameter that has nothing to do with either score has with each a rank correlation of
    variance 1 / (trials - 1). Two scores whose own rank correlation is ``agreement`` share most of
    that luck: the difference has the variance 2 (1 - agreement) / (trials - 1). Three standard
    errors: among ten hyperparameters, one is then named by luck in three cases of a hundred.

    Parameters
    ----------
    trials
        At least two.
    agreement
        -1..1.

    >>> round(notable_change(101, 0.875), 6)
    0.15
    """
    return 3 * math.sqrt(max(0.0, 2 * (1 - agreement)) / (trials - 1))


def on_published_scores(published: pd.DataFrame) -> str:
    """Whether the published scores lie in the range of the repeats.

    Parameters
    ----------
    published
        See `tuner_trials.extras.analysis.published.published_table`.
    """
    return " ".join(
        f"{strategy}: {'; '.join(_published_score(row) for row in rows.itertuples())}."
        for strategy, rows in published.groupby("strategy", sort=False)
    )


def _published_score(row: Any) -> str:
    text = f"on {row.measure}, the published {row.published:.4f}"
    if row.reproduced == 0:
        return f"{text} has nothing to be set beside"
    if row.reproduced == 1:
        return f"{text} stands beside a single {row.lowest:.4f} here"
    span = f"{row.lowest:.4f} to {row.highest:.4f}"
    if row.reproduced == row.higher:
        place = f"is lower than all {row.reproduced} here ({span})"
    elif row.reproduced == row.lower:
        place = f"is higher than all {row.reproduced} here ({span})"
    else:
        place = f"lies within the range of the {row.reproduced} here ({span})"
    return f"{text} {place}"


def on_published(differences: pd.DataFrame, repeats: int, objective: Objective) -> str:
    """Where the published differences fall among those of the repeats.

    Parameters
    ----------
    differences
        See `tuner_trials.extras.analysis.published.published_differences_table`.
    repeats
        Of each search.
    """
    if differences.empty:
        return "A single strategy was published, so there is no difference to repeat."
    rows = differences.itertuples()
    return " ".join(_published_difference(row, repeats, objective) for row in rows)


def _published_difference(row: Any, repeats: int, objective: Objective) -> str:
    text = (
        f"On {row.measure}, {row.strategy} minus {row.opponent} was published as"
        f" {objective.difference(row.published)}"
    )
    if repeats == 1:
        return f"{text}; a single repeat gives no independent searches to set beside it."
    if row.reproduced == 0:
        return f"{text}; too few retrainings came to their end to set one beside it."
    ahead = f"{row.strategy} is ahead in {row.ahead} of the {row.reproduced}"
    if row.level:
        ahead += f", level in {row.level}"
    return (
        f"{text}. In {row.reproduced} pairs from {repeats} repeats it {_span(row, objective)};"
        f" {_place(row, repeats)}. {ahead}."
    )


def _span(row: Any, objective: Objective) -> str:
    """The reproduced differences, as they are printed."""
    lowest, highest, mean = map(objective.signed, (row.lowest, row.highest, row.mean))
    unit = objective.difference(row.mean).removeprefix(mean)
    if lowest == highest:
        return f"is always {mean}{unit}"
    return f"ranges from {lowest} to {highest}{unit}, {mean} on average"


def _place(row: Any, repeats: int) -> str:
    """Where the published difference falls among them."""
    if row.reproduced in (row.lower, row.higher):
        return (
            f"the published one is {'higher' if row.lower else 'lower'} than all of them, which"
            f" with {repeats} repeats may still be luck"
        )
    counts = {"lower": row.lower, "equal": row.equal, "higher": row.higher}
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    return f"the published one lies among them ({', '.join(parts)}), so luck alone can give it"
