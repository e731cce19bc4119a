"""The figures: a module and a caption each. Snakemake reads this list: it imports nothing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drawing:
    """What is known of a figure before it is drawn.

    Attributes
    ----------
    title
        Says what is seen.
    alternative
        For who does not see it: what kind of chart it is, what its axes are, and where the report
        says in words or numbers what the figure shows.
    tables
        The tables that the figure reads; if the first is empty, there is nothing to draw.
    room
        The package with its module, which has its name. Beside that, ``<name>.rst`` is its caption:
        whole sentences that say what to look for.
    """

    title: str
    alternative: str
    tables: tuple[str, ...]
    room: str = "figures"


FIGURES = {  # in the order of the report
    "differences": Drawing(
        "Differences to random search",
        "A dot plot: the difference to random search from left to right, and three rows with an"
        " interval for each strategy. The numbers are in the tables under Is the difference real?",
        ("comparisons", "retrained_comparisons"),
    ),
    "score_over_epochs": Drawing(
        "Best score on validation so far, by epochs spent",
        "A line chart: the best validation score so far, upwards, against the epochs spent,"
        ' on a log scale. What the searches end with is in the table under "Where they ended".',
        ("trials", "random_statistics"),
    ),
    "score_over_seconds": Drawing(
        "Best score on validation so far, by seconds of one core",
        "A line chart: the best validation score so far, upwards, against seconds, on a log"
        ' scale. The seconds of whole searches are in the table under "What it cost".',
        ("trials", "timings", "random_statistics"),
    ),
    "ranks_over_time": Drawing(
        "Mean rank of the incumbents, by epochs spent",
        "A line chart: the mean rank, from 1 downwards, against the epochs spent; a line is a"
        " strategy. The sentence before it tells the ranks at the end.",
        ("ranks",),
    ),
    "final_comparison": Drawing(
        "Winners of the searches, on validation and on test",
        "A dot plot: the score from left to right, and three rows of dots for each strategy."
        " Their means and ranges are in the table before it.",
        ("summary", "incumbents", "test_scores", "random_statistics", "baseline"),
    ),
    "learning_curves": Drawing(
        "Learning curves of all trials",
        "Line charts, one for each strategy: the objective on validation, upwards, against"
        " the epoch."
        ' The best trial of each search is in the table under "What they found".',
        ("epochs", "trials", "incumbents"),
    ),
    "early_stopping": Drawing(
        "Would early stopping have known?",
        "Two line charts against the epoch: rank correlations on the left, a rank on the right."
        " The sentences before them tell how they begin and end.",
        ("early_stopping",),
    ),
    "importance": Drawing(
        "Which hyperparameters decide the score",
        "A bar chart: a bar for each hyperparameter, its length a share of the variance in"
        " percent. The numbers are in the table after it.",
        ("importance",),
    ),
    "hyperparameter_scores": Drawing(
        "Scores across each hyperparameter",
        "Scatter plots, one for each hyperparameter: the objective on validation, upwards, against"
        " the value. Best and worst values and rank correlations are in the table before them.",
        ("trials", "incumbents", "hyperparameter_groups"),
    ),
    "parallel_coordinates": Drawing(
        "What good configurations have in common",
        "Parallel coordinates: an axis for each hyperparameter, one below the other, the score"
        ' last. Winning configurations are in the table under "What they found".',
        ("trials",),
    ),
}
