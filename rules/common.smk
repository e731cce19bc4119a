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

from tuner_trials.analysis.catalogue import ANALYSES, PUBLISHED_ANALYSES, TRIAL_TABLES
from tuner_trials.contract import (
    COMMAND_VARIABLE,
    STORE_VARIABLE,
    TRAINING_MODULES,
    training_versions,
)
from tuner_trials.data.named import NAMED_DATASETS
from tuner_trials.experiment import ExperimentError, check_experiment
from tuner_trials.figures.catalogue import FIGURES
from tuner_trials.imports import imported_files
from tuner_trials.locks import clear_stale_locks
from tuner_trials.orphans import cancel_orphans
from tuner_trials.random_search import RANDOM, job_names, random_searches

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
os.environ.setdefault(COMMAND_VARIABLE, shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]))

# For the training jobs: storing trials changes no result either.
os.environ[STORE_VARIABLE] = str(EXPERIMENT.trial_store or "")


envvars:
    COMMAND_VARIABLE,
    STORE_VARIABLE,


PACKAGE = "src/tuner_trials"
ENVIRONMENT = "../envs/tuner-trials.yaml"

# The trial files of each strategy.
RECORDS = {
    RANDOM: expand(
        "<results>/random/trials/{number:04d}.json",
        number=range(EXPERIMENT.random_configurations),
    )
} | {
    strategy: expand(
        f"<results>/{strategy}/repeat-{{repeat}}/trials.json", repeat=range(EXPERIMENT.repeats)
    )
    for strategy in EXPERIMENT.strategies
}

# Whose winners are tested, and their trial files: of each strategy, of the whole pool, and of the
# random searches with the strategies' budget that it holds, which need not wait for the rest of it.
TESTED = RECORDS | {
    f"{RANDOM}-{search}": [RECORDS[RANDOM][trial] for trial in trials]
    for search, trials in enumerate(
        random_searches(EXPERIMENT.random_configurations, EXPERIMENT.budget)
    )
}


# Besides data and model, whatever changes these may change the result of a training.
TRAINING_SOURCE = expand(f"{PACKAGE}/{{module}}.py", module=TRAINING_MODULES)


def search_source(wildcards):
    """What decides the suggestions of one strategy, and not those of the others."""
    own = os.path.relpath(inspect.getfile(type(EXPERIMENT.strategies[wildcards.strategy])))
    files = {own, *imported_files(PACKAGE, f"{PACKAGE}/search.py", own)} - set(TRAINING_SOURCE)
    no_matter = {"__init__.py", "errors.py", "python_file.py"}
    return sorted(file for file in files if Path(file).name not in no_matter)


TRAINING_SETTINGS = {
    "epochs": EXPERIMENT.epochs,
    "batch_size": EXPERIMENT.batch_size,
    "precision": EXPERIMENT.precision,
    "seed": EXPERIMENT.seed,
    "versions": training_versions(),
}

if EXPERIMENT.published:
    ANALYSES = ANALYSES | PUBLISHED_ANALYSES

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
