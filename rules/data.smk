"""Get the dataset and split it, once.

Needs nothing; leaves results/datasets/<source>.npz, which experiments share, and the three parts.
test.npz has a single reader, the rule that tests the incumbents.
"""


rule fetch_dataset:
    input:
        f"{PACKAGE}/datasets.py",
    output:
        f"results/datasets/{EXPERIMENT.dataset.source}.npz",
    log:
        "<logs>/fetch_dataset.log",
    conda:
        ENVIRONMENT
    params:
        source=EXPERIMENT.dataset.source,
        path=EXPERIMENT.dataset.path,
    script:
        "../scripts/fetch_dataset.py"


rule split_dataset:
    input:
        dataset=rules.fetch_dataset.output[0],
        source=f"{PACKAGE}/split.py",
    output:
        train="<results>/data/train.npz",
        validation="<results>/data/validation.npz",
        test="<results>/data/test.npz",
        summary="<results>/data/split.json",
    log:
        "<logs>/split_dataset.log",
    conda:
        ENVIRONMENT
    params:
        seed=EXPERIMENT.seed,
        validation_fraction=EXPERIMENT.dataset.validation_fraction,
        test_fraction=EXPERIMENT.dataset.test_fraction,
        image_size=EXPERIMENT.dataset.image_size,
    script:
        "../scripts/split_dataset.py"
