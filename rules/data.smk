"""Fetch the dataset and split it once.

Needs the user's own file, or nothing; leaves the three parts, and a named dataset under
results/datasets/. That is a cache for all experiments and not an output: deleting the outputs of
one experiment does not affect the others. Only the rule that tests the incumbents reads test.npz.
"""


rule split_dataset:
    input:
        dataset=(
            [] if EXPERIMENT.dataset.source in NAMED_DATASETS else local(EXPERIMENT.dataset.source)
        ),
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
        settings={
            "source": EXPERIMENT.dataset.source,
            "content": content_of(EXPERIMENT.dataset),
            "path": EXPERIMENT.dataset.path,
            "target": EXPERIMENT.dataset.target,
            "task": OBJECTIVE.task,
            "seed": EXPERIMENT.seed,
            "validation_fraction": EXPERIMENT.dataset.validation_fraction,
            "test_fraction": EXPERIMENT.dataset.test_fraction,
            "image_size": EXPERIMENT.dataset.image_size,
            "scale": EXPERIMENT.dataset.scale,
            "columns": EXPERIMENT.dataset.columns,
        },
        cache=DATASETS,
        source=source_of("scripts/split_dataset.py"),
    script:
        "../scripts/split_dataset.py"
