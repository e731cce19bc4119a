"""The answer in words, generated from the tables and so true for every outcome."""

from collections.abc import Callable, Iterable
from math import isinf

import pandas as pd

from tuner_trials.analysis.intervals import BETTER, WORSE
from tuner_trials.objectives import Objective
from tuner_trials.report.formatting import counted, listed
from tuner_trials.search.random_search import SAME_BUDGET

OUTCOMES = {
    "better by at least the margin": "better than {} by at least the margin",
    "better": "better than {}",
    "worse by at least the margin": "worse than {} by at least the margin",
    "worse": "worse than {}",
    "equivalent": "equivalent to {}",
    "undecided": "not distinguishable from {} yet",
}
REVERSED = dict(zip((*BETTER, *WORSE), (*WORSE[::-1], *BETTER[::-1]), strict=True))


def answer(
    comparisons: pd.DataFrame,
    retrained: pd.DataFrame,
    needed: pd.DataFrame,
    *,
    budget: int,
    equivalence: float,
    objective: Objective,
    hours: Callable[[float], str],
    manual: str | None = None,
) -> tuple[list[str], list[str]]:
    """The answer, and after it what it rests on.

    Parameters
    ----------
    comparisons
        See `tuner_trials.analysis.comparisons.comparisons_table`.
    retrained
        See `tuner_trials.analysis.retrained_comparisons.retrained_comparisons_table`.
    needed
        See `tuner_trials.analysis.repeats_needed.repeats_needed_table`.
    budget
        Full trainings per repeat.
    equivalence
        Half width of the region of practical equivalence, as a difference of scores.
    objective
        What the scores are of.
    hours
        What a number of full trainings costs, in words.
    manual
        The strategy that stands for random search with manual tuning, if there is one.

    Returns
    -------
    tuple of list of str
        Paragraphs of plain text: those that answer the question, and those for who wants to know
        more.
    """
    family, pairs = _split(comparisons)
    on_test = _split(retrained[retrained["part"] == "test"])[0]
    searches = f"searches of {counted(budget, 'full training')}"
    by_search = _verdicts(family, "random search", objective)
    if len(on_test):
        short = [
            "Is it inherently better? On this task,"
            f" {_verdicts(on_test, 'random search', objective)}, by the test scores of the winners"
            f" of {searches}.",
            f"By the best validation scores of the searches themselves, {by_search}.",
        ]
    else:
        short = [
            f"Is it inherently better? On this task, {by_search}, by the best validation scores of"
            f" {searches}. On test there is nothing to compare: no winner could be trained again to"
            " the end."
        ]
    short += [_needed(row, hours) for _, row in needed.iterrows() if row["verdict"] == "undecided"]
    tuned = (pairs[["strategy", "opponent"]] == manual).any(axis=1)
    if tuned.any():
        seen = pd.DataFrame([_seen_from(row, str(manual)) for _, row in pairs[tuned].iterrows()])
        short.append(
            f"Against random search with manual tuning, which {manual} stands for,"
            f" {_verdicts(seen, 'it', objective)} (on validation)."
        )
    details = [_limits(family, objective.size(equivalence))]
    others = [
        f"{row['strategy']} is {OUTCOMES[row['verdict']].format(row['opponent'])}"
        f" ({_difference(row, objective)})"
        for _, row in pairs.iterrows()
    ]
    if others:
        details.append(f"Against each other, which is exploratory: {'; '.join(others)}.")
    return short, details


def _split(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Comparisons with random search, and those of two strategies."""
    family = table["opponent"] == SAME_BUDGET
    return table[family], table[~family]


def _seen_from(row: pd.Series, manual: str) -> pd.Series:
    """A comparison with random search tuned by hand, reversed if that comes first in it."""
    if row["opponent"] == manual:
        return row
    verdict = REVERSED.get(row["verdict"], row["verdict"])
    reverse = {"strategy": row["opponent"], "difference": -row["difference"], "verdict": verdict}
    return pd.Series(reverse)


def _verdicts(table: pd.DataFrame, opponent: str, objective: Objective) -> str:
    """All strategies that are better, all that are worse, ..., and by how much."""
    parts = []
    for verdict, words in OUTCOMES.items():
        rows = table[table["verdict"] == verdict]
        if rows.empty:
            continue
        verb = "is" if len(rows) == 1 else "are"
        parts.append(f"{listed(rows['strategy'])} {verb} {words.format(opponent)}")
        if verdict in (*BETTER, *WORSE):
            amounts = (objective.difference(difference) for difference in rows["difference"])
            parts[-1] += f" ({listed(amounts)})"
    return "; ".join(parts)


def _needed(row: pd.Series, hours: Callable[[float], str]) -> str:
    """What would decide a comparison that is undecided."""
    name, repeats = row["strategy"], row["repeats"]
    if repeats == 1:
        return f"{name}: one repeat gives no interval, and so decides nothing."
    tried = {
        int(column.removeprefix("decided_by_")): share
        for column, share in row.items()
        if str(column).startswith("decided_by_") and pd.notna(share)
    }
    if not tried:
        return f"{name} is undecided after {repeats} repeats, where the forecast ends."
    beyond = isinf(row["repeats_needed"])
    number = max(tried) if beyond else int(row["repeats_needed"])
    outcomes = {name: row[name] for name in ("better", "equivalent", "worse")}
    shares = ", ".join(f"{word} {share:.0%}" for word, share in outcomes.items() if share >= 0.005)
    return (
        f"{name} is undecided after {repeats} repeats. If these are typical, {number} repeats"
        f" {'still decide only' if beyond else 'decide'} with a probability of {tried[number]:.0%}"
        + (f" ({shares})" if shares else "")
        + f"; that would take {counted(round(row['trainings']), 'more full training')} of all"
        f" searches together, {hours(row['trainings'])}."
    )


def _limits(family: pd.DataFrame, equivalence: str) -> str:
    repeats = int(family["repeats"].min())
    error = float(family["error"].sum())
    text = (
        f"Each of the {counted(repeats, 'repeat')} has a random search beside the strategies, with"
        " the same budget, seed and first configurations; the differences to it are compared. The"
        f" margin is {equivalence}: a difference within it is called equivalent."
    )
    if repeats == 1:
        return f"{text} One repeat gives no interval, and so decides nothing."
    return (
        f"{text} That any of the {counted(len(family), 'verdict')} against random search is wrong,"
        f" at any planned look, has a probability of at most {error:.0%}; so the interval of each"
        f" is one of {1 - error / len(family):.1%}. If repeats are added later, their intervals"
        " account for the earlier looks, but the error of this report has been spent. A run that"
        " stopped at a decision shows differences that are somewhat too large, on average."
    )


def _difference(row: pd.Series, objective: Objective) -> str:
    """With its interval; one that a single repeat does not give is named as missing."""
    difference = objective.difference(row["difference"])
    if isinf(row["lower"]):
        return f"{difference}, no interval"
    ends: Iterable[float] = (row["lower"], row["upper"])[:: objective.sign]
    return f"{difference}, {' to '.join(map(objective.signed, ends))}"
