"""Check the model.

Needs the description of the split; leaves model.json: which hyperparameters the model ignores. A
model that cannot work is refused here, and by every training job before its first trial.
"""

# At most so many configurations are tried until every hyperparameter was read.
MOST_BUILDS = 100


rule check_model:
    input:
        split=rules.split_dataset.output.summary,
        # A learner that is not Keras is tried on the data themselves.
        train=rules.split_dataset.output.train if KIND.checked_on_data else [],
        validation=rules.split_dataset.output.validation if KIND.checked_on_data else [],
        model=MODEL,
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
            **(
                TRAINING_SETTINGS
                if KIND.checked_on_data
                else {"model": TRAINING_SETTINGS["model"]}
            ),
            "search_space": EXPERIMENT.search_space.definition(),
            "seed": EXPERIMENT.seed,
            "configurations": min(MOST_BUILDS, EXPERIMENT.random_configurations),
        },
        source=source_of("scripts/check_model.py", TRAINS),
    script:
        "../scripts/check_model.py"
