"""The analyses: a table each. Snakemake reads this list when it starts, so it imports nothing."""

from dataclasses import dataclass

# All others are made from these, which `tuner_trials.tables` makes from the files of the trials.
TRIAL_TABLES = ("trials", "epochs", "timings", "test_scores")


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
        ``equivalence`` (accuracy, 0..1), ``search_space`` (of the tuned hyperparameters, their
        `definition`) or ``published`` (by strategy).
    """

    description: str
    tables: tuple[str, ...]
    settings: tuple[str, ...] = ()


ANALYSES = {
    "summary": Analysis(
        "A row a strategy: what it spent, what it found, and what the test says.",
        ("trials", "incumbents", "test_scores", "random_statistics"),
        ("budget",),
    ),
    "incumbents": Analysis(
        "A row a search: its best trial, when it was found, and what the test says of it.",
        ("trials", "test_scores"),
    ),
    "comparisons": Analysis(
        "A row a comparison, against random search and against each other: the difference with its"
        " 95 % interval, and the verdict.",
        ("trials",),
        ("budget", "equivalence"),
    ),
    "test_comparisons": Analysis(
        "A row a strategy: its winners on test, against those of random searches with the same"
        " budget.",
        ("test_scores",),
        ("equivalence",),
    ),
    "random_statistics": Analysis(
        "A row a number of random trials: what the best of them is worth, counted over all subsets"
        " of the pool.",
        ("trials",),
    ),
    "random_equivalents": Analysis(
        "A row a strategy: how many random trainings reach the same score in expectation, with the"
        " range (0: fewer than one; inf: beyond the pool).",
        ("trials",),
        ("budget",),
    ),
    "use_of_budget": Analysis(
        "A row a strategy: how much of its budget bought something new.",
        ("trials",),
        ("budget",),
    ),
    "bounds": Analysis(
        "A row an end of a hyperparameter's range: how many searches were won there.",
        ("trials",),
        ("search_space",),
    ),
    "ranks": Analysis(
        "A row a full training and a strategy: its mean rank (empty below eight repeats).",
        ("trials",),
        ("budget", "epochs"),
    ),
    "optimism": Analysis(
        "A row a strategy: how the winners' scores fall from where they won to the test.",
        ("incumbents",),
    ),
    "leak": Analysis(
        "A row a search: how a score on training rows flatters, reorders and chooses.",
        ("trials", "epochs"),
    ),
    "leak_by_strategy": Analysis(
        "A row a strategy: the same, in the mean over its searches.",
        ("leak",),
    ),
    "hyperparameter_groups": Analysis(
        "A row a value of a hyperparameter, or a third of its values: the median scores there.",
        ("trials",),
        ("search_space",),
    ),
    "hyperparameter_effects": Analysis(
        "A row a hyperparameter: how honest and leaky scores go along with it.",
        ("trials", "hyperparameter_groups"),
        ("search_space",),
    ),
    "importance": Analysis(
        "A row a hyperparameter: its share of the variance of the scores (fANOVA).",
        ("trials",),
        ("search_space",),
    ),
    "early_stopping": Analysis(
        "A row an epoch: how well its ranking of the pool foretells the final one.",
        ("trials", "epochs"),
    ),
}
PUBLISHED_ANALYSES = {  # where an experiment repeats a publication
    "published": Analysis(
        "A row a strategy and part of the data: the published accuracy beside ours.",
        ("trials", "test_scores"),
        ("published",),
    ),
    "published_differences": Analysis(
        "A row a pair of strategies and part of the data: where the published difference falls"
        " among those of the repeats.",
        ("trials", "test_scores"),
        ("published",),
    ),
    "published_winners": Analysis(
        "A row a search: its winner, the published one first.",
        ("incumbents",),
        ("published",),
    ),
}
