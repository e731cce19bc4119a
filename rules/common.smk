"""The experiment, checked, and what several rules declare.

Needs the loaded configuration; leaves EXPERIMENT and the lists below. Scripts see only what is handed
to them as `params:` and `input:`, so that Snakemake notices every change that matters: settings, the
versions that train, and the modules of the package that a result relies on.
"""

import os
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

from tuner_trials.analysis.catalogue import ANALYSES, PUBLISHED_ANALYSES
from tuner_trials.experiment import NAMED_DATASETS, ExperimentError, check_experiment, job_names
from tuner_trials.figures.catalogue import FIGURES
from tuner_trials.imports import imported_files
from tuner_trials.incumbents import random_searches
from tuner_trials.locks import clear_stale_locks
from tuner_trials.orphans import cancel_orphans
from tuner_trials.strategies.from_file import is_python_file

try:
    EXPERIMENT = check_experiment(config, *workflow.configfiles)
except ExperimentError as error:
    sys.exit(str(error))

# A run that was killed is simply started again. (The variable keeps the file open, which says that
# this run is alive; jobs are no runs.)
if workflow.is_main_process:
    ALIVE = clear_stale_locks()


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


def search_source(wildcards):
    """What decides the suggestions of one strategy, and not those of the others."""
    strategy = EXPERIMENT.strategies[wildcards.strategy]
    modules = ["search", "search_space", "strategies/base", *strategy.modules]
    own = [strategy.algorithm] if is_python_file(strategy.algorithm) else []
    return expand(f"{PACKAGE}/{{module}}.py", module=modules) + own


# Besides data and model, whatever changes these may change the result of a training.
TRAINING_SOURCE = expand(f"{PACKAGE}/{{module}}.py", module=["training", "trials", "seeds"])
TRAINING_SETTINGS = {
    "epochs": EXPERIMENT.epochs,
    "batch_size": EXPERIMENT.batch_size,
    "precision": EXPERIMENT.precision,
    "seed": EXPERIMENT.seed,
    "versions": {name: version(name) for name in ("tensorflow", "keras", "numpy")},
}

TRIAL_TABLES = ["trials", "epochs", "timings", "test_scores"]
if EXPERIMENT.published:
    ANALYSES |= PUBLISHED_ANALYSES

# What an analysis may want to know of the experiment.
SETTINGS = {
    "budget": EXPERIMENT.budget,
    "epochs": EXPERIMENT.epochs,
    "equivalence": EXPERIMENT.equivalence,
    "search_space": EXPERIMENT.search_space.tuned(),
    # Without the seconds, which no table that can be reproduced may depend on.
    "published": {
        name: result.model_dump(exclude={"seconds"})
        for name, result in EXPERIMENT.published.items()
    },
}


def table(name):
    """A table that `snakemake --report` shows."""
    return report(
        f"<results>/tables/{name}.csv",
        caption="caption.rst",
        category="Tables",
        labels=lambda wildcards: {"table": wildcards.get("analysis", name)},
    )
