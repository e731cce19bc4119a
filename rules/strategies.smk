"""The strategies: a job for each search.

Needs the training and validation parts; leaves <strategy>/repeat-<r>/trials.json. Every strategy
has a target of its own name: `snakemake bayesian`.
"""


rule run_search:
    input:
        train=rules.split_dataset.output.train,
        validation=rules.split_dataset.output.validation,
        model=EXPERIMENT.model,
        source=TRAINING_SOURCE,
        search_source=expand(
            f"{PACKAGE}/{{module}}.py",
            module=[
                "search",
                "search_space",
                "strategies/base",
                "strategies/keras_tuner_oracles",
                "strategies/refined_random",
            ],
        ),
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
    threads: 1
    resources:
        mem_mb=2000,
        runtime=240,
        gpu_jobs=1,
    params:
        **TRAINING_SETTINGS,
        strategy=lambda wildcards: EXPERIMENT.strategies[wildcards.strategy].model_dump(),
        search_space=EXPERIMENT.search_space.definition(),
        budget=EXPERIMENT.budget,
        tuner_versions={name: version(name) for name in ("keras-tuner", "scikit-learn", "scipy")},
    script:
        "../scripts/run_search.py"


for strategy in EXPERIMENT.strategies:

    rule:
        name:
            strategy
        input:
            expand(
                rules.run_search.output[0],
                strategy=strategy,
                repeat=range(EXPERIMENT.repeats),
            ),
