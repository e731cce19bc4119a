"""The figures: a module each. Snakemake reads this list when it starts, so it imports nothing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Drawing:
    """What is known of a figure before it is drawn.

    Attributes
    ----------
    title
        Says what is seen.
    caption
        Whole sentences that say what to look for.
    alternative
        For who does not see it: what kind of chart it is, what its axes are, and where the report
        says in words or numbers what the figure shows.
    tables
        The tables that the figure reads; if the first is empty, there is nothing to draw.
    room
        The package with its module, which has its name.
    """

    title: str
    caption: str
    alternative: str
    tables: tuple[str, ...]
    room: str = "figures"


FIGURES = {  # in the order of the report
    "differences": Drawing(
        "Differences to random search",
        "A mark is the mean difference to the random search of the same repeat, to the right if the"
        " strategy is better. The thin line is the interval that decides on better and worse, the"
        " thick one that on equivalence; the thin lines of one kind of mark cover the true"
        " differences simultaneously with 95 % confidence."
        " Within the grey region, the margin, a difference is too small to matter.",
        "A dot plot: the difference to random search from left to right, and three rows with an"
        " interval for each strategy. The numbers are in the tables under Is the difference real?",
        ("comparisons", "retrained_comparisons"),
    ),
    "score_over_epochs": Drawing(
        "Best score on validation so far, by epochs spent",
        "Thin lines are single searches, thick lines the median over the repeats. The grey line is"
        " the median best score of so many random trials, and in the band lies the middle half of"
        " all such searches that the pool holds. Towards its end the band closes, since the pool"
        " holds few different searches of that size, and not because more is known. A line above"
        " the band is a hint and no proof: the median of three random searches ends there in one"
        " case of six. The verdicts weigh that.",
        "A line chart: the best validation score so far, upwards, against the epochs spent,"
        ' on a log scale. What the searches end with is in the table under "Where they ended".',
        ("trials", "random_statistics"),
    ),
    "score_over_seconds": Drawing(
        "Best score on validation so far, by seconds of one core",
        "The same against time: the seconds a search takes on one core, the tuner's own time to"
        " suggest a configuration included. A random search is placed at the mean duration of a"
        " random trial times their number. A strategy that favours large nets pays for them here.",
        "A line chart: the best validation score so far, upwards, against seconds, on a log"
        ' scale. The seconds of whole searches are in the table under "What it cost".',
        ("trials", "timings", "random_statistics"),
    ),
    "ranks_over_time": Drawing(
        "Mean rank of the incumbents, by epochs spent",
        "Who is ahead after so many epochs? In every repeat the strategies are ranked by the best"
        " score that they have found so far; 1 is the best, and the band is one standard error of"
        " the mean over the repeats. Random search takes part with the search of the same repeat."
        " Ranks say who leads and not by how much; where the bands overlap, nobody does.",
        "A line chart: the mean rank, from 1 downwards, against the epochs spent; a line is a"
        " strategy. The sentence before it tells the ranks at the end.",
        ("ranks",),
    ),
    "final_comparison": Drawing(
        "Winners of the searches, on validation and on test",
        "Discs are the scores that made each search's winner win; they flatter it, as any maximum"
        " does. Circles and diamonds are the same configurations trained again with fresh seeds,"
        " on validation and on test. Bars are means. The vertical lines are the scores that random"
        " search is expected to win with: given the same budget, and given its whole pool.",
        "A dot plot: the score from left to right, and three rows of dots for each strategy."
        " Their means and ranges are in the table before it.",
        ("summary", "incumbents", "test_scores", "random_statistics", "baseline"),
    ),
    "learning_curves": Drawing(
        "Learning curves of all trials",
        "A thin line is a trial; the thick ones are the incumbents, with a ring at the epoch that"
        " gave the score. Points mark trials that were stopped early, as most of Hyperband's are."
        " Where curves still rise at the end, more epochs could change the picture.",
        "Line charts, one for each strategy: the objective on validation, upwards, against"
        " the epoch."
        ' The best trial of each search is in the table under "What they found".',
        ("epochs", "trials", "incumbents"),
    ),
    "early_stopping": Drawing(
        "Would early stopping have known?",
        "A trial's score after so many epochs is that of its best one so far."
        " Left: how well the ranking of the pool's trials by it agrees with that by their final"
        " scores, where 1 is the same order and 0 is none. Right: the rank that the trial with the"
        " best final score had on its way. Where it lies in the blue region, a halving that lets"
        " the best third go on would have kept it; outside, it would have been thrown away.",
        "Two line charts against the epoch: rank correlations on the left, a rank on the right."
        " The sentences before them tell how they begin and end.",
        ("early_stopping",),
    ),
    "importance": Drawing(
        "Which hyperparameters decide the score",
        "A random forest predicts the pool's scores; of the variance of its prediction, a bar is"
        " the share that a hyperparameter explains on its own (fANOVA). The lines span ten"
        " forests, all of this pool: where they overlap, the order is open; another pool may give"
        " another. Bad trials count as much as good ones: a long bar says that a wrong value does"
        " harm, not that fine tuning helps. One with an asterisk depends on others, and is judged"
        " among the trials that have it.",
        "A bar chart: a bar for each hyperparameter, its length a share of the variance in"
        " percent. The numbers are in the table after it.",
        ("importance",),
    ),
    "hyperparameter_scores": Drawing(
        "Scores across each hyperparameter",
        "Each point is a random trial; all its other hyperparameters are random too, which is why"
        " the clouds are wide. The bars are medians (numbers are cut in thirds). Large points in"
        " colour are the incumbents of the strategies. Scores below the axis stand at its foot as"
        " triangles, failed and diverged trials as crosses. A trial that lacks a hyperparameter is"
        " not among its points.",
        "Scatter plots, one for each hyperparameter: the objective on validation, upwards, against"
        " the value. Best and worst values and rank correlations are in the table before them.",
        ("trials", "incumbents", "hyperparameter_groups"),
    ),
    "parallel_coordinates": Drawing(
        "What good configurations have in common",
        "A line is a random trial: it crosses each hyperparameter's axis at its value, and ends at"
        " its score, whose colour it has. The ten best are drawn thick and on top. Where the thick"
        " lines come together, the value matters; where they spread, it does not. Worse scores"
        " than the axis has stand at its left end; trials of one value are spread out a little. A"
        " trial that lacks a hyperparameter passes its axis on the left, at the word absent.",
        "Parallel coordinates: an axis for each hyperparameter, one below the other, the score"
        ' last. Winning configurations are in the table under "What they found".',
        ("trials",),
    ),
}
