"""The answer in words, generated from the tables and so true for every outcome."""

import numpy as np
import pandas as pd

from tuner_trials.comparison import ENOUGH_REPEATS, SAME_BUDGET, WHOLE_POOL

OUTCOMES = {
    "better": "better than random search",
    "worse": "worse than random search",
    "equivalent": "as good as random search for all practical purposes",
    "undecided": "not told apart from random search",
}


def answer(
    comparisons: pd.DataFrame, equivalents: pd.DataFrame, budget: int, equivalence: float
) -> list[str]:
    """The overall answer, a sentence for each strategy, and what the repeats allow to say.

    Parameters
    ----------
    comparisons
        See `tuner_trials.comparison.compare`.
    equivalents
        See `tuner_trials.comparison.random_equivalents`.
    budget
        Full trainings a repeat.
    equivalence
        Half width of the region of practical equivalence, as a difference in accuracy (0..1).

    Returns
    -------
    list of str
        Paragraphs of plain text; the first answers the question.
    """
    against = comparisons[comparisons["opponent"] == SAME_BUDGET].set_index("strategy")
    pool = comparisons[comparisons["opponent"] == WHOLE_POOL].set_index("strategy")
    equivalents = equivalents.set_index("strategy")
    sentences = [
        _strategy(name, row, pool.loc[name], equivalents.loc[name], budget)
        for name, row in against.iterrows()
    ]
    repeats = int(against["repeats"].min())
    return [_overall(against, budget), *sentences, _limits(repeats, equivalence)]


def _overall(against: pd.DataFrame, budget: int) -> str:
    parts = []
    for verdict, words in OUTCOMES.items():
        names = list(against.index[against["verdict"] == verdict])
        if names:
            parts.append(f"{_list(names)} {'is' if len(names) == 1 else 'are'} {words}")
    return f"With a budget of {budget} full trainings, {'; '.join(parts)}."


def _strategy(
    name: str, row: pd.Series, pool: pd.Series, equivalent: pd.Series, budget: int
) -> str:
    mean = equivalent["mean_best"]
    if np.isinf(equivalent["random_equivalent"]):
        reach = (
            "no number of trainings from the pool reaches that in expectation: it lies beyond it"
        )
    else:
        reach = (
            f"random search needs about {equivalent['random_equivalent']:.0f} trainings to get as"
            f" far, which makes {name} {equivalent['speed_up']:.1f} times as fast"
        )
    return (
        f"{name} is {OUTCOMES[row['verdict']]} at the same budget: its best validation accuracy is"
        f" {mean:.2%} on average over {_count(row['repeats'], 'repeat')}, random search's with"
        f" {_count(budget, 'training')} is {mean - row['difference']:.2%} in expectation. The"
        f" difference is {_points(row['difference'])}, {_interval(row)}; {reach}. Against the"
        f" whole pool of random search the difference is {_points(pool['difference'])},"
        f" {_interval(pool)}."
    )


def _interval(row: pd.Series) -> str:
    if not np.isfinite(row["lower"]):
        return "and one repeat gives no interval"
    return f"with a 95 % interval from {_points(row['lower'])} to {_points(row['upper'])}"


def _limits(repeats: int, equivalence: float) -> str:
    region = (
        f"A difference within {100 * equivalence:.1f} points counts as equivalent; an interval that"
        " holds both 0 and more than that decides nothing."
    )
    if repeats >= ENOUGH_REPEATS:
        return f"{region} p-values are Wilcoxon's, with Holm's correction for all comparisons."
    return (
        f"{region} With {_count(repeats, 'repeat')} no test of Wilcoxon's can be significant (its"
        f" smallest p is 2/2^{repeats} = {min(1.0, 2 / 2**repeats):.3g}), so none is shown:"
        f" it takes {ENOUGH_REPEATS} repeats, and the intervals speak until then."
    )


def _points(difference: float) -> str:
    return f"{100 * difference:+.2f} points"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _list(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
