"""Random search: the pool of trials that every strategy is measured against.

Needs the training and validation parts; leaves a file a configuration and a file a trial. Ten
configurations share a job, so that starting TensorFlow is paid once for ten trials.
"""


rule sample_configurations:
    input:
        f"{PACKAGE}/search_space.py",
    output:
        expand(
            "<results>/random/configurations/{number:04d}.json",
            number=range(EXPERIMENT.random_configurations),
        ),
    log:
        "<logs>/sample_configurations.log",
    conda:
        ENVIRONMENT
    params:
        search_space=EXPERIMENT.search_space.definition(),
        seed=EXPERIMENT.seed,
    script:
        "../scripts/sample_configurations.py"


rule train_trials:
    input:
        # Ancient: a larger pool is sampled anew and begins with the same configurations, which must
        # not be trained again. What decides them is named below instead: space, seed and sampling.
        configurations=ancient(
            expand(
                "<results>/random/configurations/{{ten}}{unit}.json",
                unit=range(TRIALS_PER_JOB),
            )
        ),
        sampling=[f"{PACKAGE}/search_space.py", "scripts/sample_configurations.py"],
        train=rules.split_dataset.output.train,
        validation=rules.split_dataset.output.validation,
        model=EXPERIMENT.model,
        source=TRAINING_SOURCE,
    output:
        expand("<results>/random/trials/{{ten}}{unit}.json", unit=range(TRIALS_PER_JOB)),
    log:
        "<logs>/train_trials/{ten}.log",
    benchmark:
        "<benchmarks>/train_trials/{ten}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
        gpu_jobs=1,
    params:
        **TRAINING_SETTINGS,
        search_space=EXPERIMENT.search_space.definition(),
    script:
        "../scripts/train_trials.py"


rule random:
    input:
        [record for record in RECORDS if "/random/trials/" in record],
