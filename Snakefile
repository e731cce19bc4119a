"""Tuner Trials: which hyperparameter tuner is worth it?

Run `snakemake --cores all` for the report on the experiment that config.yaml describes.
"""

from snakemake.utils import min_version

min_version("9.12")


# --configfile replaces the default; Snakemake by itself would merge the two.
if not workflow.configfiles:

    configfile: "config.yaml"


include: "rules/common.smk"


pathvars:
    results=f"results/{EXPERIMENT.name}",
    logs=f"results/{EXPERIMENT.name}/logs",
    benchmarks=f"results/{EXPERIMENT.name}/benchmarks",


wildcard_constraints:
    start=r"\d+",
    repeat=r"\d+",
    strategy="|".join(EXPERIMENT.strategies),
    analysis="|".join(ANALYSES),
    figure="|".join(FIGURES),


localrules:
    all,


rule all:
    default_target: True
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
