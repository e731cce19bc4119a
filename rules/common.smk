"""The checked experiment, and definitions that several rules share.

Needs the loaded configuration; leaves EXPERIMENT and the lists below. Scripts see only what they
get through `params:` and `input:`, so that Snakemake notices every change that matters. A rule has
a single parameter `settings`, a dictionary: of several parameters, Snakemake records the values
without their names, and would not notice if two were exchanged. Its parameter `source` is a
fingerprint of all the code that its script runs.
"""

import getpass
import json
import os
import shlex
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import update_config

from tuner_trials.extras.chapters import analyses_for, figures_for
from tuner_trials.foundation import paths
from tuner_trials.analysis.registry import TRIAL_TABLES
from tuner_trials.foundation.versions import versions
from tuner_trials.tasks.data.registry import NAMED_DATASETS
from tuner_trials.foundation.errors import UserError
from tuner_trials.experiment import check_experiment, nested_values
from tuner_trials.foundation.fingerprints import fingerprint
from tuner_trials.user_code.imports import imported_beside, imported_files, imported_versions
from tuner_trials.workflow import COMMAND_VARIABLE
from tuner_trials.workflow.names import names_in_use
from tuner_trials.workflow.slurm_cleanup import cancel_orphans, noted_in
from tuner_trials.search.random_search import RANDOM, batch_size, batches
from tuner_trials.search.strategies.keras_tuner_oracles import RandomSearch
from tuner_trials.tasks.keras import check_backend
from tuner_trials.tasks.kinds import KINDS, training_kind

if paths.CLONE.resolve() != CLONE.resolve():
    raise WorkflowError(
        f"the package of {paths.CLONE} is loaded already, so the rules of {CLONE} cannot be used"
        " beside it: import all modules from one clone"
    )

try:
    # A workflow that imports this one may hand over its own configuration, or another one.
    if ours := config is workflow.modifier_stack[0].globals["config"]:
        update_config(config, nested_values(workflow.config_settings.config_args or []))
    EXPERIMENT = check_experiment(
        # Snakemake itself reads `pathvars`.
        {key: value for key, value in config.items() if key != "pathvars"},
        *(workflow.configfiles if ours else []),
        beside=workflow.configfiles,
        taken=names_in_use(
            [CLONE / "Snakefile", CLONE / "workflow/Snakefile", *CLONE.glob("rules/*.smk")]
        ),
    )
    # Files of the user's and of this clone are local: a module's `prefix` and a storage are for results.
    MODEL = local(EXPERIMENT.model)
    KIND = KINDS[training_kind(MODEL)]
    if KIND is KINDS["keras"]:
        check_backend()
except UserError as error:
    raise WorkflowError(str(error)) from None


onstart:
    # Not before: a dry run must leave them alone.
    check_packages(workflow.dag.needrun_jobs())
    if workflow.executor_plugin.name == "slurm":
        cancel_orphans(
            number
            for job in workflow.dag.needrun_jobs()
            for number in (*workflow.persistence.external_jobids(job), *noted_in(job.log))
        )


try:
    getpass.getuser()
except (KeyError, OSError):  # as in many containers: Snakemake itself, among others, asks for it
    os.environ |= {"LOGNAME": f"user {os.getuid()}"}

if workflow.exec_mode.name == "DEFAULT":  # not in the process of a job, which is told
    os.environ[COMMAND_VARIABLE] = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])


envvars:
    COMMAND_VARIABLE,


# For the scripts, the processes that they start and the notebook: whatever is installed, they run the
# package of this clone. Every process of Snakemake sets it anew.
os.environ |= {
    "PYTHONPATH": os.pathsep.join(
        dict.fromkeys([str(CLONE / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    )
}

PACKAGE = str(CLONE / "src/tuner_trials")
NOTEBOOK = local(paths.seen_from_here(CLONE / "notebooks/analysis.ipynb"))
# Whether jobs run in another environment than this process.
DEPLOYED = bool(
    {"CONDA", "APPTAINER"} & {how.name for how in workflow.deployment_settings.deployment_method}
)
# None where it is not used: Snakemake would keep the file's content with each file that a job makes.
ENVIRONMENT = lambda wildcards: "../envs/tuner-trials.yaml" if DEPLOYED else None

# What the rules that train get besides settings. As functions of the output these parameters are not
# compared with those of an earlier run: neither changes a result.
STORE = lambda wildcards, output: EXPERIMENT.trial_store or None
DATASETS = lambda wildcards, output: "results/datasets"

# The trials of the pool that share a job.
POOL_JOBS = batches(EXPERIMENT.random_configurations)

# The trial files of the pool.
POOL = expand(
    "<results>/random/trials/{number:04d}.json", number=range(EXPERIMENT.random_configurations)
)
# What searches in each repeat: random search as well, in its folder, and the strategies.
SEARCHES = {RANDOM: RandomSearch(algorithm="RandomSearch")} | EXPERIMENT.strategies
# Whose winners are tested: those of the pool, and of all searches.
TESTED = [RANDOM, "random-searches", *EXPERIMENT.strategies]


def repeats_of_the_run():
    """The number of repeats: fixed, or decided by the verdicts of the repeats so far.

    Raises Snakemake's exception for an incomplete checkpoint if a look is still to be taken.
    """
    *looks, last = EXPERIMENT.looks
    for look in looks:
        with open(checkpoints.look.get(repeats=look).output[0], encoding="utf-8") as file:
            if json.load(file)["decided"]:
                return look
    return last


def records_of(folder, repeats=None):
    """The trial files of the searches in a folder, of all repeats or the first ``repeats``."""
    repeats = range(repeats_of_the_run() if repeats is None else repeats)
    return [f"<results>/{folder}/repeat-{repeat}/trials.json" for repeat in repeats]


def all_records(repeats=None):
    """The trial files of the pool and of all searches."""
    return [*POOL, *(file for name in SEARCHES for file in records_of(name, repeats))]


def measurements(wildcards):
    """What the jobs that train took, by Snakemake's own measurement."""
    repeats = range(repeats_of_the_run())
    return [
        *(f"<benchmarks>/train_trials/{job.start:04d}.tsv" for job in POOL_JOBS),
        *(
            f"<benchmarks>/run_search/{name}-{repeat}.tsv"
            for name in SEARCHES
            for repeat in repeats
        ),
    ]


@cache
def source_of(*files, not_through=()):
    """A fingerprint of a script and of everything in the package that it imports."""
    files = [str(CLONE / file) for file in files]
    code = [file for file in files if file.endswith(".py")]
    return fingerprint({*files, *imported_files(PACKAGE, *code, not_through=not_through)})


def files_of(registry, ending=".py"):
    """The files of the package that have the names of its analyses or figures."""
    return [
        f"{PACKAGE}/{about.room.replace('.', '/')}/{name}{ending}"
        for name, about in registry.items()
    ]


SEARCH_RULES = {"run_search", "run_random_search"}


def check_packages(jobs):
    """Refuse to start searches whose packages are missing; their own jobs would do it much later."""
    problems = []
    for name in sorted({job.wildcards.strategy for job in jobs if job.rule.name in SEARCH_RULES}):
        try:
            SEARCHES[name].check_packages()
        except UserError as error:
            problems.append(f"strategies.{name}: {error}")
    if problems and not DEPLOYED:
        raise WorkflowError("\n".join(problems))


def reference_tables():
    """The reference of this experiment, if one comes with the folder or with the clone."""
    for folder in (Path.cwd(), CLONE):
        if found := sorted(folder.glob(f"reference/{EXPERIMENT.name}/tables/*.csv")):
            return [local(paths.seen_from_here(file)) for file in found]
    return []


def search_source(wildcards):
    """What decides a search by one strategy, and not what decides those by others alone."""
    strategy = SEARCHES[wildcards.strategy]
    package, *module = type(strategy).__module__.split(".")
    own = strategy.algorithm  # a file of the user's, or the name of one of the package's
    if package == Path(PACKAGE).name:
        own = f"{'/'.join([PACKAGE, *module])}.py"
    own = str(Path(own).absolute())
    all_strategies = f"{PACKAGE}/search/strategies/registry.py"
    beside = []
    if not own.startswith(PACKAGE):
        beside = [*imported_beside(own), f"{PACKAGE}/search/strategies/from_file.py"]
    return source_of("scripts/run_search.py", TRAINS, own, *beside, not_through=(all_strategies,))


def content_of(dataset):
    """What tells the user's file from another one, also where that is older."""
    if dataset.source in NAMED_DATASETS:
        return None
    status = Path(dataset.source).stat()
    if status.st_size > LARGE:  # the Snakefile is read by every job
        return [status.st_size, status.st_mtime_ns]
    return fingerprint([dataset.source])


LARGE = 2**26  # bytes, which take a tenth of a second to hash

# What the model imports from beside it, and what it says that it reads.
MODEL_FILES = [local(file) for file in sorted({*imported_beside(MODEL), *EXPERIMENT.model_files})]

OBJECTIVE = EXPERIMENT.judged_by
# The module that trains; no import leads to it, since only one of them is loaded.
TRAINS = str(CLONE / f"src/{KIND.module.replace('.', '/')}.py")
if OBJECTIVE.file:
    files = {OBJECTIVE.file, *imported_beside(OBJECTIVE.file)} - set(MODEL_FILES)
    MODEL_FILES += [local(file) for file in sorted(files)]

TRAINING_SETTINGS = {
    # Its content, also where a file is replaced by an older one.
    "model": fingerprint([MODEL, *MODEL_FILES]),
    "epochs": EXPERIMENT.epochs,
    "batch_size": EXPERIMENT.batch_size,
    "precision": EXPERIMENT.precision,
    "class_weight": EXPERIMENT.class_weight,
    "seed": EXPERIMENT.seed,
    "objective": OBJECTIVE.described(),
    "versions": {
        **(versions(KIND.packages) if KIND.packages else imported_versions(MODEL, *MODEL_FILES)),
        **(imported_versions(OBJECTIVE.file) if OBJECTIVE.file else versions(OBJECTIVE.packages)),
    },
}

ANALYSES = analyses_for(EXPERIMENT.chapters)
QUICK_ANALYSES = {name: about for name, about in ANALYSES.items() if name != "importance"}
FIGURES = figures_for(EXPERIMENT.chapters)

# What an analysis may want to know of the experiment.
SETTINGS = {
    "budget": EXPERIMENT.budget,
    "epochs": EXPERIMENT.epochs,
    "looks": None,  # what the last look says
    # None is a share of the baseline.
    "equivalence": (
        OBJECTIVE.equivalence if EXPERIMENT.equivalence is None else EXPERIMENT.equivalence
    ),
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


def memory_for(wildcards, input, threads):
    """Megabytes for a job that trains, by the size of its data: what was measured, and not less.

    Each thread has a process that holds the data. Where they are not made yet, Snakemake asks again
    when they are.
    """
    return threads * max(2000, round(800 + 1.6 * input.size_mb))


def table(name, description):
    """A table that `snakemake --report` shows."""
    return report(
        f"<results>/tables/{name}.csv",
        category="Tables",
        labels={"table": name, "content": description},
    )
