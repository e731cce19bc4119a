"""Write the results in the formats of tools that people already use.

Needs tables alone; leaves export/: an Optuna storage, a TensorBoard log and a Parquet file. Not part
of the report: the packages that write them come with the extra `export`. See docs/export.md.
"""


rule export_optuna:
    input:
        tables=expand(
            "<results>/tables/{table}.csv", table=["trials", "epochs", "timings", "test_scores"]
        ),
        columns=rules.tabulate_trials.output.columns,
    output:
        "<results>/export/optuna.db",
    log:
        "<logs>/export_optuna.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings={
            "search_space": EXPERIMENT.search_space.definition(),
            "objective": OBJECTIVE.described(),
        },
        source=source_of("scripts/export_optuna.py"),
    script:
        "../scripts/export_optuna.py"


rule export_tensorboard:
    input:
        tables=rules.export_optuna.input.tables,
        columns=rules.tabulate_trials.output.columns,
    output:
        directory("<results>/export/tensorboard"),
    log:
        "<logs>/export_tensorboard.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings={"search_space": EXPERIMENT.search_space.definition()},
        source=source_of("scripts/export_tensorboard.py"),
    script:
        "../scripts/export_tensorboard.py"


rule export_parquet:
    input:
        tables=expand("<results>/tables/{table}.csv", table=["trials", "epochs", "timings"]),
        columns=rules.tabulate_trials.output.columns,
    output:
        "<results>/export/epochs.parquet",
    log:
        "<logs>/export_parquet.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        source=source_of("scripts/export_parquet.py"),
    script:
        "../scripts/export_parquet.py"


rule export:
    input:
        rules.export_optuna.output,
        rules.export_tensorboard.output,
        rules.export_parquet.output,
