"""Check the model.

Needs the description of the split; leaves model.json: which hyperparameters the model ignores. A
model that cannot work is refused here, and by every training job before its first trial.
"""


rule check_model:
    input:
        split=rules.split_dataset.output.summary,
        model=EXPERIMENT.model,
        source=imported_files(PACKAGE, "scripts/check_model.py"),
    output:
        "<results>/model.json",
    log:
        "<logs>/check_model.log",
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=2000,
        gpu_jobs=1,
    params:
        search_space=EXPERIMENT.search_space.definition(),
        seed=EXPERIMENT.seed,
        configurations=min(100, EXPERIMENT.random_configurations),
    script:
        "../scripts/check_model.py"
