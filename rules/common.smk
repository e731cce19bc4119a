"""The experiment, checked, and what several rules declare.

Needs the loaded configuration; leaves EXPERIMENT and the lists below. Scripts see only what is handed
to them as `params:` and `input:`, so that Snakemake notices every change that matters. A rule has one
parameter `settings`, a dictionary: of several, Snakemake remembers the values without their names,
and would take two that were exchanged for the same. Its parameter `source` tells one version of all
the code that its script runs from another.
"""

import os
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

from snakemake.utils import update_config

from tuner_trials.analysis.catalogue import ANALYSES, PUBLISHED_ANALYSES, TRIAL_TABLES
from tuner_trials.contract import (
    COMMAND_VARIABLE,
    STORE_VARIABLE,
    check_backend,
    training_versions,
)
from tuner_trials.data.named import NAMED_DATASETS
from tuner_trials.errors import UserError
from tuner_trials.experiment import check_experiment, nested_values
from tuner_trials.figures.catalogue import FIGURES
from tuner_trials.fingerprints import fingerprint
from tuner_trials.imports import imported_beside, imported_files
from tuner_trials.orphans import cancel_orphans, noted_in
from tuner_trials.random_search import RANDOM, batch_size, batches, random_searches

try:
    check_backend()
    update_config(config, nested_values(workflow.config_settings.config_args or []))
    EXPERIMENT = check_experiment(config, *workflow.configfiles)
except UserError as error:
    sys.exit(str(error))


onstart:
    # Not before: a dry run must leave them alone.
    if workflow.executor_plugin.name == "slurm":
        cancel_orphans(
            number
            for job in workflow.dag.needrun_jobs()
            for number in (*workflow.persistence.external_jobids(job), *noted_in(job.log))
        )


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

# The trials of the pool that share a job.
POOL_JOBS = batches(EXPERIMENT.random_configurations)

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

# What the jobs that train took, by Snakemake's own measurement.
MEASUREMENTS = [
    *(f"<benchmarks>/train_trials/{job.start:04d}.tsv" for job in POOL_JOBS),
    *expand(
        "<benchmarks>/run_search/{strategy}-{repeat}.tsv",
        strategy=EXPERIMENT.strategies,
        repeat=range(EXPERIMENT.repeats),
    ),
]

# Whose winners are tested, and their trial files: of each strategy, of the whole pool, and of the
# random searches with the strategies' budget that it holds, which need not wait for the rest of it.
TESTED = RECORDS | {
    f"{RANDOM}-{search}": [RECORDS[RANDOM][trial] for trial in trials]
    for search, trials in enumerate(
        random_searches(EXPERIMENT.random_configurations, EXPERIMENT.budget)
    )
}


def source_of(*files, not_through=()):
    """What changes with a script, or with anything of the package that it imports."""
    code = [file for file in files if file.endswith(".py")]
    return fingerprint({*files, *imported_files(PACKAGE, *code, not_through=not_through)})


def search_source(wildcards):
    """What decides a search by one strategy, and not what decides those by others alone."""
    strategy = EXPERIMENT.strategies[wildcards.strategy]
    package, *module = type(strategy).__module__.split(".")
    own = strategy.algorithm  # a file of the user's, or the name of one of the package's
    if package == Path(PACKAGE).name:
        own = f"{'/'.join([PACKAGE, *module])}.py"
    all_strategies = f"{PACKAGE}/strategies/named.py"
    beside = [] if own.startswith(PACKAGE) else imported_beside(own)
    return source_of("scripts/run_search.py", own, *beside, not_through=[all_strategies])


def content_of(dataset):
    """What tells the user's file from another one, also where that is older."""
    if dataset.source in NAMED_DATASETS:
        return None
    status = Path(dataset.file).stat()
    if status.st_size > LARGE:  # the Snakefile is read by every job
        return [status.st_size, status.st_mtime_ns]
    return fingerprint([dataset.file])


LARGE = 2**26  # bytes, which take a tenth of a second to hash

# What the model imports from beside it, and what it says that it reads.
MODEL_FILES = sorted({*imported_beside(EXPERIMENT.model), *EXPERIMENT.model_files})

TRAINING_SETTINGS = {
    # Its content, also where a file is replaced by an older one.
    "model": fingerprint([EXPERIMENT.model, *MODEL_FILES]),
    "epochs": EXPERIMENT.epochs,
    "batch_size": EXPERIMENT.batch_size,
    "precision": EXPERIMENT.precision,
    "class_weight": EXPERIMENT.class_weight,
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


def minutes_for(trials):
    """What a job asks a cluster for: a trial of the default experiment takes seconds."""
    return 6 * len(trials)


def table(name):
    """A table that `snakemake --report` shows."""
    return report(
        f"<results>/tables/{name}.csv",
        caption="caption.rst",
        category="Tables",
        labels=lambda wildcards: {"table": wildcards.get("analysis", name)},
    )
