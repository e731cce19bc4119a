"""The strategies: a job for each search.

Needs the training and validation parts; leaves <strategy>/repeat-<r>/trials.json. Every strategy
has a target of its own name: `snakemake bayesian`.
"""


rule run_search:
    input:
        train=rules.split_dataset.output.train,
        validation=rules.split_dataset.output.validation,
        model=EXPERIMENT.model,
        model_files=MODEL_FILES,
    output:
        "<results>/{strategy}/repeat-{repeat}/trials.json",
    log:
        "<logs>/run_search/{strategy}-{repeat}.log",
    benchmark:
        "<benchmarks>/run_search/{strategy}-{repeat}.tsv"
    # Searches are sequential and long: with them first, no core idles at the end.
    priority: 10
    conda:
        ENVIRONMENT
    # As many trials as are open can be in training at once. A job that gets fewer threads trains
    # fewer at once, with the same outcome; memory and GPU follow the threads.
    threads: EXPERIMENT.parallel_trials
    resources:
        mem_mb=lambda wildcards, threads: 2000 * threads,
        runtime=240,
        gpu_jobs=lambda wildcards, threads: threads,
    params:
        settings=lambda wildcards: {
            **TRAINING_SETTINGS,
            "parallel_trials": EXPERIMENT.parallel_trials,
            "strategy": EXPERIMENT.strategies[wildcards.strategy].model_dump(),
            "search_space": EXPERIMENT.search_space.definition(),
            "budget": EXPERIMENT.budget,
            "tuner_versions": {
                name: version(name) for name in EXPERIMENT.strategies[wildcards.strategy].packages
            },
        },
        source=search_source,
    script:
        "../scripts/run_search.py"


for strategy in EXPERIMENT.strategies:

    rule:
        name:
            strategy
        input:
            RECORDS[strategy],
