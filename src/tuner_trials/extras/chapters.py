"""What each chapter adds. Snakemake reads this list when it starts, so it imports nothing."""

from collections.abc import Collection

from tuner_trials.analysis.registry import ANALYSES, Analysis
from tuner_trials.figures.registry import FIGURES, Drawing

LEAK_ANALYSES = {  # what a score on training rows would have done
    "leak": Analysis(
        "One row per search: how a score on training rows flatters, reorders and chooses.",
        ("trials", "epochs"),
        room="extras.analysis",
    ),
    "leak_by_strategy": Analysis(
        "One row per strategy: the same, in the mean over its searches.",
        ("leak",),
        room="extras.analysis",
    ),
}
LEAK_FIGURES = {  # for experiments that ask for the chapter
    "leak": Drawing(
        "What a score on training rows would have chosen",
        "Left a scatter plot: the score on training rows, upwards, against that on validation."
        " Right a bar chart: a rank correlation for each hyperparameter and score. The"
        " sentences before them and the table after them tell the numbers.",
        ("leak", "trials", "hyperparameter_effects"),
        room="extras.figures",
    ),
}
PUBLISHED_ANALYSES = {  # where an experiment repeats a publication
    "published": Analysis(
        "One row per strategy and part of the data: the published value beside ours.",
        ("trials", "test_scores"),
        ("published",),
        room="extras.analysis",
    ),
    "published_differences": Analysis(
        "One row per pair of strategies and part of the data: where the published difference falls"
        " among those of the repeats.",
        ("trials", "test_scores"),
        ("published",),
        room="extras.analysis",
    ),
    "published_winners": Analysis(
        "One row per search: its winner, the published one first.",
        ("incumbents",),
        ("published",),
        room="extras.analysis",
    ),
}


def analyses_for(chapters: Collection[str]) -> dict[str, Analysis]:
    """The analyses of an experiment that has these chapters."""
    leak = LEAK_ANALYSES if "leak" in chapters else {}
    published = PUBLISHED_ANALYSES if "published" in chapters else {}
    return ANALYSES | leak | published


def figures_for(chapters: Collection[str]) -> dict[str, Drawing]:
    """The figures of an experiment that has these chapters."""
    return FIGURES | (LEAK_FIGURES if "leak" in chapters else {})
