"""Random search: the pool of trials that every strategy is measured against.

Needs the training and validation parts; leaves one file per configuration and one per trial. Neighbours
share a job, so that starting TensorFlow is paid once for ten trials or more. A batch is a rule's
wildcard: `start` is how its numbers begin. Batches of a hundred (from trial 1,000 on) and of a
thousand (from 10,000 on) have rules of their own, and so has the last one if it is not full. Their
trials leave the job in one file, which is then unpacked: Snakemake notes all inputs of a job with
each of its outputs, and hundreds of configurations with hundreds of trials each would be megabytes.
"""

# What decides the configurations, besides the batch.
SAMPLING = {"search_space": EXPERIMENT.search_space.definition(), "seed": EXPERIMENT.seed}
# The numbers of a batch, by its size.
TENS, HUNDREDS, THOUSANDS = (
    [f"{{start}}{end:0{digits}d}" for end in range(10**digits)] for digits in (1, 2, 3)
)
BELOW_1000, FROM_1000 = r"0\d\d", r"[1-9]\d"
REST = [f"{number:04d}" for number in POOL_JOBS[-1]]


rule sample_configurations:
    output:
        expand("<results>/random/configurations/{number}.json", number=TENS),
    log:
        f"<logs>/sample_configurations/{TENS[0]}.log",
    wildcard_constraints:
        start=BELOW_1000,
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings=SAMPLING,
        source=source_of("scripts/sample_configurations.py"),
    script:
        "../scripts/sample_configurations.py"


rule train_trials:
    input:
        configurations=rules.sample_configurations.output,
        train=rules.split_dataset.output.train,
        validation=rules.split_dataset.output.validation,
        model=MODEL,
        model_files=MODEL_FILES,
    output:
        expand("<results>/random/trials/{number}.json", number=TENS),
    log:
        f"<logs>/train_trials/{TENS[0]}.log",
    benchmark:
        f"<benchmarks>/train_trials/{TENS[0]}.tsv"
    wildcard_constraints:
        start=BELOW_1000,
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=memory_for,
        runtime=minutes_for(TENS),
        gpu_jobs=1,
    params:
        settings={**TRAINING_SETTINGS, **SAMPLING},
        store=STORE,
        source=source_of("scripts/train_trials.py", TRAINS),
    script:
        "../scripts/train_trials.py"


# Rules that a pool does not need would cost time at every start.
if EXPERIMENT.random_configurations > 1000:

    use rule sample_configurations as sample_hundreds with:
        output:
            expand("<results>/random/configurations/{number}.json", number=HUNDREDS),
        log:
            f"<logs>/sample_configurations/{HUNDREDS[0]}.log",
        wildcard_constraints:
            start=FROM_1000,

    use rule train_trials as train_hundreds with:
        input:
            configurations=rules.sample_hundreds.output,
            train=rules.split_dataset.output.train,
            validation=rules.split_dataset.output.validation,
            model=MODEL,
            model_files=MODEL_FILES,
        output:
            batch=f"<results>/random/batches/{HUNDREDS[0]}.json",
        log:
            f"<logs>/train_trials/{HUNDREDS[0]}.log",
        benchmark:
            f"<benchmarks>/train_trials/{HUNDREDS[0]}.tsv"
        wildcard_constraints:
            start=FROM_1000,
        resources:
            mem_mb=memory_for,
            runtime=minutes_for(HUNDREDS),
            gpu_jobs=1,

    rule unpack_hundreds:
        input:
            rules.train_hundreds.output.batch,
        output:
            expand("<results>/random/trials/{number}.json", number=HUNDREDS),
        log:
            f"<logs>/unpack_trials/{HUNDREDS[0]}.log",
        wildcard_constraints:
            start=FROM_1000,
        localrule: True
        conda:
            ENVIRONMENT
        params:
            source=source_of("scripts/unpack_trials.py"),
        script:
            "../scripts/unpack_trials.py"


if EXPERIMENT.random_configurations >= 11_000:

    use rule sample_configurations as sample_thousands with:
        output:
            expand("<results>/random/configurations/{number}.json", number=THOUSANDS),
        log:
            f"<logs>/sample_configurations/{THOUSANDS[0]}.log",
        wildcard_constraints:
            start=FROM_1000,

    use rule train_trials as train_thousands with:
        input:
            configurations=rules.sample_thousands.output,
            train=rules.split_dataset.output.train,
            validation=rules.split_dataset.output.validation,
            model=MODEL,
            model_files=MODEL_FILES,
        output:
            batch=f"<results>/random/batches/{THOUSANDS[0]}.json",
        log:
            f"<logs>/train_trials/{THOUSANDS[0]}.log",
        benchmark:
            f"<benchmarks>/train_trials/{THOUSANDS[0]}.tsv"
        wildcard_constraints:
            start=FROM_1000,
        resources:
            mem_mb=memory_for,
            runtime=minutes_for(THOUSANDS),
            gpu_jobs=1,

    use rule unpack_hundreds as unpack_thousands with:
        input:
            rules.train_thousands.output.batch,
        output:
            expand("<results>/random/trials/{number}.json", number=THOUSANDS),
        log:
            f"<logs>/unpack_trials/{THOUSANDS[0]}.log",


if len(REST) < batch_size(POOL_JOBS[-1].start):

    use rule sample_configurations as sample_rest with:
        output:
            expand("<results>/random/configurations/{number}.json", number=REST),
        log:
            f"<logs>/sample_configurations/{REST[0]}.log",

    if batch_size(POOL_JOBS[-1].start) == len(TENS):

        use rule train_trials as train_rest with:
            input:
                configurations=rules.sample_rest.output,
                train=rules.split_dataset.output.train,
                validation=rules.split_dataset.output.validation,
                model=MODEL,
                model_files=MODEL_FILES,
            output:
                expand("<results>/random/trials/{number}.json", number=REST),
            log:
                f"<logs>/train_trials/{REST[0]}.log",
            benchmark:
                f"<benchmarks>/train_trials/{REST[0]}.tsv"
            resources:
                mem_mb=memory_for,
                runtime=minutes_for(REST),
                gpu_jobs=1,

    else:

        use rule train_hundreds as train_rest with:
            input:
                configurations=rules.sample_rest.output,
                train=rules.split_dataset.output.train,
                validation=rules.split_dataset.output.validation,
                model=MODEL,
                model_files=MODEL_FILES,
            output:
                batch=f"<results>/random/batches/{REST[0]}.json",
            log:
                f"<logs>/train_trials/{REST[0]}.log",
            benchmark:
                f"<benchmarks>/train_trials/{REST[0]}.tsv"
            resources:
                mem_mb=memory_for,
                runtime=minutes_for(REST),
                gpu_jobs=1,

        use rule unpack_hundreds as unpack_rest with:
            input:
                rules.train_rest.output.batch,
            output:
                expand("<results>/random/trials/{number}.json", number=REST),
            log:
                f"<logs>/unpack_trials/{REST[0]}.log",

    ruleorder: sample_rest > sample_configurations
    ruleorder: train_rest > train_trials


rule random:
    input:
        POOL,
        records_of(RANDOM, EXPERIMENT.looks[0]),
