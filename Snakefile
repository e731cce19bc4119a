"""Tuner Trials: which hyperparameter tuner is worth it?

Run `snakemake --cores all` for the report on the experiment that config.yaml describes. How to run
it in another folder, and as a module of another workflow: docs/another_folder.md.
"""

import gc
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from snakemake.utils import min_version

min_version("9.12")

# Collecting garbage visits every object, most of them from Snakemake's own imports, which stay: to
# leave these out saves a fifth of a dry run.
gc.freeze()

# Where this file and its package are, whatever the working directory.
if workflow.current_basedir.is_local:
    CLONE = Path(workflow.current_basedir.get_path_or_uri(secret_free=True))
else:
    # A module from github(...) or gitlab(...), of which Snakemake has the repository without its
    # files. Each commit is unpacked once; a job of another process may do it at the same time.
    repository = workflow.current_basedir.hosted_repo.repo
    commit = repository.commit(workflow.current_basedir.ref).hexsha
    CLONE = Path(".snakemake/tuner-trials", commit).absolute()
    if not CLONE.exists():
        CLONE.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=CLONE.parent) as folder:
            archive = Path(folder) / "archive.tar"
            repository.git.archive(commit, output=str(archive))
            shutil.unpack_archive(archive, Path(folder) / commit)
            with suppress(OSError):
                (Path(folder) / commit).rename(CLONE)

sys.path.insert(0, str(CLONE / "src"))
IMPORTED = not workflow.modifier.is_main_snakefile()

# --configfile replaces the default; Snakemake by itself would merge the two. A workflow that imports
# this one brings a configuration.
if not config if IMPORTED else not workflow.configfiles:
    own_default = Path("config.yaml")
    if IMPORTED or not own_default.exists():
        own_default = CLONE / own_default

    configfile: str(own_default)


include: "rules/common.smk"


pathvars:
    results=f"results/{EXPERIMENT.name}",
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


wildcard_constraints:
    start=r"\d+",
    repeat=r"\d+",
    strategy="|".join(EXPERIMENT.strategies),


rule all:
    input:
        "<results>/report.html",
        "<results>/provenance.json",


include: "rules/data.smk"
include: "rules/model.smk"
include: "rules/random_search.smk"
include: "rules/strategies.smk"
include: "rules/evaluation.smk"
include: "rules/analysis.smk"
include: "rules/report.smk"
include: "rules/verify.smk"
include: "rules/export.smk"
