"""The experiment, checked, and what several rules declare.

Needs the loaded configuration; leaves EXPERIMENT and the lists below. Scripts see only what is handed
to them as `params:` and `input:`, so that Snakemake notices every change that matters: settings, the
versions that train, and the modules of the package that a result relies on.
"""

import inspect
import os
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

from tuner_trials.experiment import NAMED_DATASETS, ExperimentError, check_experiment, job_names
from tuner_trials.figures import FIGURES
from tuner_trials.imports import imported_files
from tuner_trials.incumbents import random_searches
from tuner_trials.locks import clear_stale_locks
from tuner_trials.orphans import cancel_orphans

try:
    EXPERIMENT = check_experiment(config, *workflow.configfiles)
except ExperimentError as error:
    sys.exit(str(error))

# A run that was killed is simply started again. (The variable keeps the file open, which says that
# this run is alive; jobs are no runs.)
ALIVE = clear_stale_locks() if workflow.is_main_process else None


onstart:
    # Not before: a dry run must leave them alone.
    cancel_orphans(ALIVE)


# For provenance.json: jobs are processes of their own, which inherit what was typed. (As a parameter
# it would make Snakemake take every other command line for a change.)
os.environ.setdefault("TUNER_TRIALS_COMMAND", shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]))

# For the training jobs: storing trials changes no result either.
os.environ["TUNER_TRIALS_STORE"] = str(EXPERIMENT.trial_store or "")


envvars:
    "TUNER_TRIALS_COMMAND",
    "TUNER_TRIALS_STORE",


# On a cluster these run where Snakemake runs: all together they take a minute, less than a single job
# may wait in the queue, and the download needs the internet, which nodes may lack. record_provenance
# is none of them: what it records of the machine is to be true of those that train.
localrules:
    fetch_dataset,
    split_dataset,
    sample_configurations,
    tabulate_trials,
    tabulate_test_scores,
    analyse_trials,
    rank_strategies,
    measure_importance,
    judge_early_stopping,
    measure_leak,
    draw_figure,
    execute_notebook,
    export_optuna,
    export_tensorboard,
    export_parquet,


PACKAGE = "src/tuner_trials"
ENVIRONMENT = "../envs/tuner-trials.yaml"

RECORDS = [
    *expand(
        "<results>/random/trials/{number:04d}.json",
        number=range(EXPERIMENT.random_configurations),
    ),
    *expand(
        "<results>/{strategy}/repeat-{repeat}/trials.json",
        strategy=EXPERIMENT.strategies,
        repeat=range(EXPERIMENT.repeats),
    ),
]


# Whose winners are tested, and their trial files: of each strategy, of the whole pool, and of the
# random searches with the strategies' budget that it holds, which need not wait for the rest of it.
TESTED = {
    strategy: [record for record in RECORDS if f"<results>/{strategy}/" in record]
    for strategy in ("random", *EXPERIMENT.strategies)
} | {
    f"random-{search}": [RECORDS[trial] for trial in trials]
    for search, trials in enumerate(
        random_searches(EXPERIMENT.random_configurations, EXPERIMENT.budget)
    )
}


# Besides data and model, whatever changes these may change the result of a training.
TRAINING_SOURCE = expand(f"{PACKAGE}/{{module}}.py", module=["training", "trials", "seeds"])


def search_source(wildcards):
    """What decides the suggestions of one strategy, and not those of the others."""
    own = os.path.relpath(inspect.getfile(type(EXPERIMENT.strategies[wildcards.strategy])))
    files = {own, *imported_files(f"{PACKAGE}/search.py", own)} - set(TRAINING_SOURCE)
    return sorted(file for file in files if Path(file).name != "__init__.py")


TRAINING_SETTINGS = {
    "epochs": EXPERIMENT.epochs,
    "batch_size": EXPERIMENT.batch_size,
    "precision": EXPERIMENT.precision,
    "seed": EXPERIMENT.seed,
    "versions": {name: version(name) for name in ("tensorflow", "keras", "numpy")},
}

TABLES = {
    "trials": "A row a trial: its status, its cost, its scores and its configuration.",
    "epochs": "A row an epoch of a trial: loss and accuracy, on training and on validation.",
    "timings": "A row a trial: seconds of suggestion and of training, never the same in two runs.",
    "test_scores": "A row a retraining of an incumbent: its accuracy on validation and on test.",
    "summary": "A row a strategy: what it spent, what it found, and what the test says.",
    "comparisons": "A row a comparison, against random search and against each other: the"
    " difference with its 95 % interval, and the verdict.",
    "test_comparisons": "A row a strategy: its winners on test, against those of random searches with"
    " the same budget.",
    "random_statistics": "A row a number of random trials: what the best of them is worth, counted"
    " over all subsets of the pool.",
    "random_equivalents": "A row a strategy: how many random trainings reach the same score in"
    " expectation, with the range (0: fewer than one; inf: beyond the pool).",
    "hyperparameter_effects": "A row a hyperparameter: how honest and leaky scores go along with it.",
    "importance": "A row a hyperparameter: its share of the variance of the scores (fANOVA).",
    "early_stopping": "A row an epoch: how well its ranking of the pool foretells the final one.",
    "ranks": "A row a full training and a strategy: its mean rank (empty below eight repeats).",
    "leak": "A row a search: how a score on training rows flatters, reorders and chooses.",
}
if EXPERIMENT.published:
    TABLES |= {
        "published": "A row a strategy and part of the data: the published accuracy beside ours.",
        "published_differences": "A row a pair of strategies and part of the data: where the"
        " published difference falls among those of the repeats.",
        "published_winners": "A row a search: its winner, the published one first.",
    }


def table(name):
    """A table that `snakemake --report` shows."""
    return report(
        f"<results>/tables/{name}.csv",
        caption="caption.rst",
        category="Tables",
        labels={"table": name},
    )


def describe(*names):
    """What stands in the tables of a job, as a list for its caption."""
    return "\n".join(f"- **{name}**: {TABLES[name]}" for name in names)
