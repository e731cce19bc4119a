"""Random search: the pool of trials that every strategy is measured against.

Needs the training and validation parts; leaves a file a configuration and a file a trial. Neighbours
share a job, so that starting TensorFlow is paid once for ten trials or more.
"""

# What decides the configurations, besides space and seed.
SAMPLING_SOURCE = expand(
    f"{PACKAGE}/{{module}}.py", module=["random_search", "search_space", "seeds"]
)

# How the numbers of the trials that share a job end.
_, ENDS = job_names(EXPERIMENT.random_configurations)


rule sample_configurations:
    input:
        SAMPLING_SOURCE,
    output:
        expand(
            "<results>/random/configurations/{number:04d}.json",
            number=range(EXPERIMENT.random_configurations),
        ),
    log:
        "<logs>/sample_configurations.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        search_space=EXPERIMENT.search_space.definition(),
        seed=EXPERIMENT.seed,
    script:
        "../scripts/sample_configurations.py"


rule train_trials:
    input:
        # A job's first configuration stands for the others: Snakemake looks for the rule that makes a
        # file through all outputs of a rule, so naming each would take a time that grows with their
        # square. It is missing where the pool has grown, which samples the pool anew. Ancient: that
        # begins with the same configurations, which must not be trained again. What decides them is
        # named below instead: space, seed and sampling.
        configurations=ancient(
            expand(
                "<results>/random/configurations/{{start}}{end}.json",
                end=ENDS[:1],
            )
        ),
        sampling=[*SAMPLING_SOURCE, "scripts/sample_configurations.py"],
        train=rules.split_dataset.output.train,
        validation=rules.split_dataset.output.validation,
        model=EXPERIMENT.model,
        source=TRAINING_SOURCE,
    output:
        expand(
            "<results>/random/trials/{{start}}{end}.json",
            end=ENDS,
        ),
    log:
        "<logs>/train_trials/{start}.log",
    benchmark:
        "<benchmarks>/train_trials/{start}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=2000,
        # Minutes; a trial of the default experiment takes seconds.
        runtime=6 * len(ENDS),
        gpu_jobs=1,
    params:
        **TRAINING_SETTINGS,
        search_space=EXPERIMENT.search_space.definition(),
    script:
        "../scripts/train_trials.py"


rule random:
    input:
        RECORDS[RANDOM],
