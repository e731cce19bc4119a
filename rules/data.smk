"""Get the dataset and split it, once.

Needs the user's own .npz, or nothing; leaves a named dataset under results/datasets/, which
experiments share, and the three parts. test.npz has a single reader, the rule that tests the
incumbents.
"""

if EXPERIMENT.dataset.source in NAMED_DATASETS:

    rule fetch_dataset:
        input:
            expand(f"{PACKAGE}/data/{{module}}.py", module=["datasets", "arrays"]),
        output:
            EXPERIMENT.dataset.file,
        log:
            "<logs>/fetch_dataset.log",
        localrule: True
        conda:
            ENVIRONMENT
        params:
            source=EXPERIMENT.dataset.source,
            path=EXPERIMENT.dataset.path,
        script:
            "../scripts/fetch_dataset.py"


rule split_dataset:
    input:
        dataset=EXPERIMENT.dataset.file,
        source=expand(f"{PACKAGE}/data/{{module}}.py", module=["dataset_file", "split", "arrays"]),
    output:
        train="<results>/data/train.npz",
        validation="<results>/data/validation.npz",
        test="<results>/data/test.npz",
        summary="<results>/data/split.json",
    log:
        "<logs>/split_dataset.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        seed=EXPERIMENT.seed,
        validation_fraction=EXPERIMENT.dataset.validation_fraction,
        test_fraction=EXPERIMENT.dataset.test_fraction,
        image_size=EXPERIMENT.dataset.image_size,
        standardize=EXPERIMENT.dataset.standardize,
    script:
        "../scripts/split_dataset.py"
