"""Check the model.

Needs the description of the split; leaves model.json: which hyperparameters the model ignores. A
model that cannot work is refused here, and by every training job before its first trial.
"""

# At most so many configurations are tried until every hyperparameter was read.
MOST_BUILDS = 100


rule check_model:
    input:
        split=rules.split_dataset.output.summary,
        model=EXPERIMENT.model,
        model_files=MODEL_FILES,
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
        settings={
            "model": TRAINING_SETTINGS["model"],
            "search_space": EXPERIMENT.search_space.definition(),
            "seed": EXPERIMENT.seed,
            "configurations": min(MOST_BUILDS, EXPERIMENT.random_configurations),
        },
        source=source_of("scripts/check_model.py"),
    script:
        "../scripts/check_model.py"
