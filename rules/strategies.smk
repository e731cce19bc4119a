"""The searches: in each repeat one job per strategy, and one for random search, their twin.

Needs the training and validation parts; leaves <strategy>/repeat-<r>/trials.json, and at each look
looks/<repeats>.json: the verdicts, and whether all are decided. Every strategy has a target with
its name: `snakemake bayesian`.
"""


rule run_search:
    input:
        train=rules.split_dataset.output.train,
        validation=rules.split_dataset.output.validation,
        model=MODEL,
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
        mem_mb=memory_for,
        runtime=240,
        gpu_jobs=lambda wildcards, threads: threads,
    params:
        settings=lambda wildcards: {
            **TRAINING_SETTINGS,
            "parallel_trials": EXPERIMENT.parallel_trials,
            "strategy": SEARCHES[wildcards.strategy].model_dump(),
            "search_space": EXPERIMENT.search_space.definition(),
            "budget": EXPERIMENT.budget,
            "tuner_versions": versions(SEARCHES[wildcards.strategy].packages),
        },
        store=STORE,
        source=search_source,
    script:
        "../scripts/run_search.py"


# The others begin a repeat with the same configurations, and find them in the trial store.
use rule run_search as run_random_search with:
    wildcard_constraints:
        strategy=RANDOM,
    priority: 20


checkpoint look:
    input:
        records=lambda wildcards: all_records(int(wildcards.repeats)),
        train=rules.split_dataset.output.train,
        validation=rules.split_dataset.output.validation,
    output:
        "<results>/looks/{repeats}.json",
    log:
        "<logs>/look/{repeats}.log",
    wildcard_constraints:
        repeats=r"\d+",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings={
            "max_failed_share": EXPERIMENT.max_failed_share,
            "search_space": EXPERIMENT.search_space.definition(),
            "objective": OBJECTIVE.described(),
            "budget": EXPERIMENT.budget,
            "equivalence": SETTINGS["equivalence"],
            "looks": EXPERIMENT.looks,
        },
        source=source_of("scripts/look.py"),
    script:
        "../scripts/look.py"


last_of_the_pool = f"results/{EXPERIMENT.name}/{POOL[-1].removeprefix('<results>/')}"


# Before the searches: what they will cost, and what they can find.
rule plan:
    input:
        # All of it, if it is there.
        records=POOL if Path(last_of_the_pool).exists() else POOL[:10],
    log:
        "<logs>/plan.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings={
            "objective": OBJECTIVE.described(),
            "budget": EXPERIMENT.budget,
            "strategies": len(EXPERIMENT.strategies),
            "looks": EXPERIMENT.looks,
            "trainings": {str(look): EXPERIMENT.trainings(look) for look in EXPERIMENT.looks},
        },
        source=source_of("scripts/plan.py"),
    script:
        "../scripts/plan.py"


for strategy in EXPERIMENT.strategies:

    rule:
        name:
            strategy
        input:
            records_of(strategy, EXPERIMENT.looks[0]),
