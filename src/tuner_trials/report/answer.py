"""The answer in words, generated from the tables and so true for every outcome."""

from math import isfinite, isinf

import pandas as pd

from tuner_trials.analysis.significance import (
    ENOUGH_REPEATS,
    SIGNIFICANT,
    repeats_for_significance,
    smallest_p_values,
)
from tuner_trials.random_search import SAME_BUDGET, WHOLE_POOL
from tuner_trials.report.words import counted, listed, signed

OUTCOMES = {
    "better": "better than {}",
    "worse": "worse than {}",
    "equivalent": "as good as {} for all practical purposes",
    "undecided": "not told apart from {}",
}
REVERSED = {"better": "worse", "worse": "better"}


def answer(
    comparisons: pd.DataFrame,
    equivalents: pd.DataFrame,
    *,
    budget: int,
    pool: int,
    equivalence: float,
    manual: str | None = None,
) -> tuple[list[str], list[str]]:
    """The answer, and after it how each strategy got there and what the repeats allow to say.

    Parameters
    ----------
    comparisons
        See `tuner_trials.analysis.comparisons.comparisons_table`.
    equivalents
        See `tuner_trials.analysis.random_equivalents.random_equivalents_table`.
    budget
        Full trainings a repeat.
    pool
        Trials of the pool of random search.
    equivalence
        Half width of the region of practical equivalence, as a difference in accuracy (0..1).
    manual
        The strategy that stands for random search with manual tuning, if there is one.

    Returns
    -------
    tuple of list of str
        Paragraphs of plain text: those that answer the question, and those for who wants to know
        more.
    """
    against = comparisons[comparisons["opponent"] == SAME_BUDGET]
    whole = comparisons[comparisons["opponent"] == WHOLE_POOL].set_index("strategy")
    equivalents = equivalents.set_index("strategy")
    pairs = comparisons[comparisons["opponent"].isin(against["strategy"])]
    tuned = (pairs[["strategy", "opponent"]] == manual).any(axis=1)
    against_manual = (
        [_seen_from(row, manual) for _, row in pairs[tuned].iterrows()] if manual else []
    )
    others = pairs[~tuned]

    short = [
        f"With a budget of {counted(budget, 'full training')},"
        f" {_verdicts([row for _, row in against.iterrows()], 'random search')}."
        " In brackets: the difference in validation accuracy, and its 95 % interval."
    ]
    if against_manual:
        short.append(
            f"Against random search with manual tuning, which {manual} stands for,"
            f" {_verdicts(against_manual, 'it')}."
        )
    details = [
        _strategy(row, whole.loc[row["strategy"]], equivalents.loc[row["strategy"]], budget, pool)
        for _, row in against.iterrows()
    ]
    if len(others):
        sentences = [
            f"{row['strategy']} is {OUTCOMES[row['verdict']].format(row['opponent'])}"
            f" ({_difference(row)})"
            for _, row in others.iterrows()
        ]
        details.append(f"Against each other, repeat by repeat: {'; '.join(sentences)}.")
    repeats = int(against["repeats"].min())
    details.append(_limits(len(against), repeats, pool // budget, equivalence))
    return short, details


def _seen_from(row: pd.Series, manual: str) -> pd.Series:
    """A comparison with random search tuned by hand, turned round if that comes first in it."""
    if row["opponent"] == manual:
        return row
    return pd.Series(
        {
            "strategy": row["opponent"],
            "difference": -row["difference"],
            "lower": -row["upper"],
            "upper": -row["lower"],
            "verdict": REVERSED.get(row["verdict"], row["verdict"]),
        }
    )


def amount(value: float, least: float, most: float, form: str) -> str:
    """A number of `random_equivalents`; 0 is less than the ``least``, infinite beyond the pool."""
    if value == 0:
        return f"less than {least:{form}}"
    return f"{value:{form}}" if isfinite(value) else f"more than {most:{form}}"


def _verdicts(rows: list[pd.Series], opponent: str) -> str:
    """All strategies that are better, all that are worse, ..., with their numbers."""
    parts = []
    for verdict, words in OUTCOMES.items():
        names = [
            f"{row['strategy']} ({_difference(row)})" for row in rows if row["verdict"] == verdict
        ]
        if names:
            verb = "is" if len(names) == 1 else "are"
            parts.append(f"{listed(names)} {verb} {words.format(opponent)}")
    return "; ".join(parts)


def _strategy(
    row: pd.Series, whole: pd.Series, equivalent: pd.Series, budget: int, pool: int
) -> str:
    mean = equivalent["mean_best"]
    trainings = _range(equivalent, "random_equivalent", 1, pool, ".0f")
    times = _range(equivalent, "speed_up", 1 / budget, pool / budget, ".2f")
    noun = "training" if equivalent["random_equivalent"] < 1.5 else "trainings"
    beyond = "That lies beyond the pool. " if isinf(equivalent["random_equivalent"]) else ""
    lower, upper = equivalent["random_equivalent_lower"], equivalent["random_equivalent_upper"]
    undecided = (
        " The range holds the budget itself: neither a gain nor a loss is certain."
        if lower <= budget <= upper
        else ""
    )
    return (
        f"{row['strategy']}: its best validation accuracy is {mean:.2%} on average over"
        f" {counted(row['repeats'], 'repeat')}. Random search is expected to find"
        f" {mean - row['difference']:.2%} with {counted(budget, 'training')}, and"
        f" {mean - whole['difference']:.2%} with its whole pool of {pool} (difference"
        f" {_difference(whole)}). {beyond}It takes random search {trainings.format(noun)} to reach"
        f" {mean:.2%} in expectation: {times.format('times the budget')}.{undecided}"
    )


def _range(equivalent: pd.Series, name: str, least: float, most: float, form: str) -> str:
    """A number of `random_equivalents`, a place for its noun, and its range."""
    number, lower, upper = (
        amount(equivalent[f"{name}{end}"], least, most, form) for end in ("", "_lower", "_upper")
    )
    ends = "at both ends of its interval too" if lower == upper else f"from {lower} to {upper}"
    return f"{number} {{}} ({ends})"


def _limits(strategies: int, repeats: int, searches: int, equivalence: float) -> str:
    tests = strategies * (strategies + 1) // 2
    sentences = [
        f"A difference within {100 * equivalence:.1f} points counts as equivalent; an interval that"
        " holds both 0 and more than that decides nothing."
    ]
    if repeats == 1:
        sentences.append("One repeat gives no interval, and so decides nothing.")
    elif tests > 1:
        sentences.append(
            f"Each interval holds on its own in 95 % of cases; that any of {tests} verdicts sees a"
            f" difference where there is none is likelier (up to {min(100, 5 * tests)} %)."
        )
    return " ".join([*sentences, *_p_values(strategies, repeats, searches, tests)])


def _p_values(strategies: int, repeats: int, searches: int, tests: int) -> list[str]:
    """What Wilcoxon's tests are, or why none is shown, or why none says anything."""
    smallest = smallest_p_values(strategies, repeats, searches)
    least = min(smallest.values())
    holm = f" and Holm's correction for {tests} tests" if tests > 1 else ""
    given = f"With {counted(repeats, 'repeat')}{holm}"
    few = repeats < ENOUGH_REPEATS
    if least >= SIGNIFICANT:
        enough = repeats_for_significance(strategies, searches)
        return [
            f"{given}, no test of Wilcoxon's can be significant: were all repeats on one side, p"
            f" would still be {least:.2g}. That takes {counted(enough, 'repeat')}"
            + (f"; p-values are shown from {ENOUGH_REPEATS} on." if few else ".")
        ]
    if few:
        return [
            f"{given}, the smallest p that a test of Wilcoxon's can give is {least:.2g}; p-values"
            f" are shown from {ENOUGH_REPEATS} repeats on."
        ]
    sentences = [
        "p-values are Wilcoxon's: of rank sums against the random searches of the same budget that"
        f" the pool holds side by side ({searches})"
        + (", and of signed ranks between strategies." if tests > 1 else ".")
        + " The whole pool, another budget, is not tested."
    ]
    if tests > 1:
        sentences.append(
            f"They are corrected for all {tests} tests (Holm), which the verdicts are not: better"
            " may well stand beside a p above 0.05."
        )
    for kind, words in (("against_random", "Against random search"), ("between", "In pairs")):
        if smallest.get(kind, 0) >= SIGNIFICANT:
            sentences.append(
                f"{words} none can be significant: p is {smallest[kind]:.2g} at least."
            )
    return sentences


def _difference(row: pd.Series) -> str:
    """In points; the interval that one repeat does not give is named as missing."""
    if not isfinite(row["lower"]):
        return f"{signed(row['difference'])} points, no interval"
    return f"{signed(row['difference'])} points, {signed(row['lower'])} to {signed(row['upper'])}"
