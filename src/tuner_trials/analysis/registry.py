"""The analyses: a table each. Snakemake reads this list when it starts, so it imports nothing."""

from dataclasses import dataclass

# All others are made from these, which `tuner_trials.results.tables` makes from trial files.
TRIAL_TABLES = ("trials", "epochs", "epoch_seconds", "timings", "test_scores", "baseline")


@dataclass(frozen=True)
class Analysis:
    """What is known of a table before it is made.

    Attributes
    ----------
    description
        What a row is, and what it says.
    tables
        The tables that it is made from: of the trials, or of other analyses.
    settings
        What it needs of the experiment besides: ``budget`` (full trainings), ``epochs`` (of one),
        ``equivalence`` (in the objective's unit), ``looks`` (numbers of
        repeats at which verdicts are looked at), ``search_space`` (of the tuned hyperparameters,
        their `definition`) or ``published`` (by strategy).
    room
        The package with its module, which has its name.
    """

    description: str
    tables: tuple[str, ...]
    settings: tuple[str, ...] = ()
    room: str = "analysis"


ANALYSES = {
    "summary": Analysis(
        "One row per strategy: what it spent, what it found, and what the test says.",
        ("trials", "incumbents", "test_scores"),
        ("budget",),
    ),
    "incumbents": Analysis(
        "One row per search: its best trial, when it was found, and what the test says of it.",
        ("trials", "test_scores"),
    ),
    "comparisons": Analysis(
        "One row per comparison, against random search and against each other: the difference with"
        " its interval, and the verdict.",
        ("trials",),
        ("budget", "equivalence", "looks"),
    ),
    "looks": Analysis(
        "One row per look and strategy: the comparison with random search as it stood then.",
        ("trials",),
        ("budget", "equivalence", "looks"),
    ),
    "repeats_needed": Analysis(
        "One row per strategy: how probably more repeats would decide, and what they would cost.",
        ("trials",),
        ("budget", "equivalence", "looks"),
    ),
    "targets": Analysis(
        "One row per strategy and target: how often a search reaches what random search has after"
        " so many trials, and the expected number of epochs until then.",
        ("trials", "random_statistics"),
        ("budget",),
    ),
    "retrained_comparisons": Analysis(
        "One row per part and comparison: the retrained winners on validation and on test.",
        ("test_scores",),
        ("equivalence", "looks"),
    ),
    "random_statistics": Analysis(
        "One row per number of random trials: what the best of them is worth, counted over all"
        " subsets of the pool.",
        ("trials",),
    ),
    "use_of_budget": Analysis(
        "One row per strategy: how much of its budget bought something new.",
        ("trials",),
        ("budget",),
    ),
    "bounds": Analysis(
        "One row per end of a hyperparameter's range: how many searches were won there.",
        ("trials",),
        ("search_space",),
    ),
    "ranks": Analysis(
        "One row per full training and strategy: its mean rank (empty below eight repeats).",
        ("trials",),
        ("budget", "epochs"),
    ),
    "optimism": Analysis(
        "One row per strategy: how the winners' scores fall from where they won to the test.",
        ("incumbents",),
    ),
    "hyperparameter_groups": Analysis(
        "One row per value of a hyperparameter, or a third of its values: the median scores there.",
        ("trials",),
        ("search_space",),
    ),
    "hyperparameter_effects": Analysis(
        "One row per hyperparameter: how honest and leaky scores correlate with it.",
        ("trials", "hyperparameter_groups"),
        ("search_space",),
    ),
    "importance": Analysis(
        "One row per hyperparameter: its share of the variance of the scores (fANOVA).",
        ("trials",),
        ("search_space",),
    ),
    "early_stopping": Analysis(
        "One row per epoch: how well its ranking of the pool predicts the final one.",
        ("trials", "epochs"),
    ),
}
