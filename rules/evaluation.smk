"""Test the incumbents.

Needs the trials of a strategy and all three parts; leaves the test scores of its winners, and beside
those of the pool also of the random searches with the strategies' budget that it holds. This is
the only stage that may read test.npz, and nothing that it leaves goes back into a search.
"""


rule test_incumbents:
    input:
        records=lambda wildcards: TESTED[wildcards.strategy],
        train=rules.split_dataset.output.train,
        validation=rules.split_dataset.output.validation,
        test=rules.split_dataset.output.test,
        model=EXPERIMENT.model,
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
        mem_mb=2000,
        runtime=60,
        gpu_jobs=1,
    params:
        settings={**TRAINING_SETTINGS, "retrainings": EXPERIMENT.retrainings},
        source=source_of("scripts/test_incumbents.py"),
    script:
        "../scripts/test_incumbents.py"
