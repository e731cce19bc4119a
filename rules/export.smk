"""Write the results in the formats of tools that people already use.

Needs tables alone; leaves export/: an Optuna storage, a TensorBoard log and a Parquet file. Not part
of the report: the packages that write them come with the extra `export`. See docs/export.md.
"""


rule export_optuna:
    input:
        tables=expand(
            "<results>/tables/{table}.csv", table=["trials", "epochs", "timings", "test_scores"]
        ),
        source=imported_files(PACKAGE, "scripts/export_optuna.py"),
    output:
        "<results>/export/optuna.db",
    log:
        "<logs>/export_optuna.log",
    conda:
        ENVIRONMENT
    params:
        search_space=EXPERIMENT.search_space.definition(),
    script:
        "../scripts/export_optuna.py"


rule export_tensorboard:
    input:
        tables=rules.export_optuna.input.tables,
        source=imported_files(PACKAGE, "scripts/export_tensorboard.py"),
    output:
        directory("<results>/export/tensorboard"),
    log:
        "<logs>/export_tensorboard.log",
    conda:
        ENVIRONMENT
    params:
        search_space=EXPERIMENT.search_space.definition(),
    script:
        "../scripts/export_tensorboard.py"


rule export_parquet:
    input:
        tables=expand("<results>/tables/{table}.csv", table=["trials", "epochs", "timings"]),
        source=imported_files(PACKAGE, "scripts/export_parquet.py"),
    output:
        "<results>/export/epochs.parquet",
    log:
        "<logs>/export_parquet.log",
    conda:
        ENVIRONMENT
    params:
        search_space=EXPERIMENT.search_space.definition(),
    script:
        "../scripts/export_parquet.py"


rule export:
    input:
        rules.export_optuna.output,
        rules.export_tensorboard.output,
        rules.export_parquet.output,
