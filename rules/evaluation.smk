"""Test the incumbents.

Needs the trials of a strategy and all three parts; leaves the test scores of its winners. This is
the only stage that may read test.npz, and nothing that it leaves goes back into a search.
"""


rule test_incumbents:
    input:
        records=lambda wildcards: (
            POOL
            if wildcards.strategy == RANDOM
            else records_of(wildcards.strategy.removesuffix("-searches"))
        ),
        train=rules.split_dataset.output.train,
        validation=rules.split_dataset.output.validation,
        test=rules.split_dataset.output.test,
        model=MODEL,
        model_files=MODEL_FILES,
    output:
        "<results>/test/{strategy}.json",
    log:
        "<logs>/test_incumbents/{strategy}.log",
    benchmark:
        "<benchmarks>/test_incumbents/{strategy}.tsv"
    wildcard_constraints:
        strategy="|".join(TESTED),
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=memory_for,
        runtime=60,
        gpu_jobs=1,
    params:
        settings={**TRAINING_SETTINGS, "retrainings": EXPERIMENT.retrainings},
        store=STORE,
        source=source_of("scripts/test_incumbents.py", TRAINS),
    script:
        "../scripts/test_incumbents.py"
