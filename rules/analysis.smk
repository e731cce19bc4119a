"""Gather trials into tables, and draw figures from tables.

Needs the trial files and the test scores; leaves tables/*.csv and figures/*.svg, *.png. A figure
reads tables alone: what it shows can be looked up.
"""


rule tabulate_trials:
    input:
        records=RECORDS,
        source=f"{PACKAGE}/tables.py",
    output:
        trials="<results>/tables/trials.csv",
        epochs="<results>/tables/epochs.csv",
        timings="<results>/tables/timings.csv",
    log:
        "<logs>/tabulate_trials.log",
    conda:
        ENVIRONMENT
    script:
        "../scripts/tabulate_trials.py"


rule tabulate_test_scores:
    input:
        expand(
            "<results>/test/{strategy}.json",
            strategy=["random", *EXPERIMENT.strategies],
        ),
    output:
        "<results>/tables/test_scores.csv",
    log:
        "<logs>/tabulate_test_scores.log",
    conda:
        ENVIRONMENT
    script:
        "../scripts/tabulate_test_scores.py"


rule analyse_trials:
    input:
        trials=rules.tabulate_trials.output.trials,
        test_scores=rules.tabulate_test_scores.output[0],
        source=expand(
            f"{PACKAGE}/{{module}}.py", module=["tables", "random_statistics", "comparison"]
        ),
    output:
        random_statistics="<results>/tables/random_statistics.csv",
        effects="<results>/tables/hyperparameter_effects.csv",
        summary="<results>/tables/summary.csv",
        comparisons="<results>/tables/comparisons.csv",
        random_equivalents="<results>/tables/random_equivalents.csv",
    log:
        "<logs>/analyse_trials.log",
    conda:
        ENVIRONMENT
    params:
        budget=EXPERIMENT.budget,
        equivalence=EXPERIMENT.equivalence,
        search_space=EXPERIMENT.search_space.definition(),
    script:
        "../scripts/analyse_trials.py"


rule draw_figure:
    input:
        tables=lambda wildcards: expand(
            "<results>/tables/{table}.csv", table=FIGURES[wildcards.figure]
        ),
        source=[
            f"{PACKAGE}/figures/{{figure}}.py",
            *expand(
                f"{PACKAGE}/figures/{{module}}.py",
                module=["__init__", "style", "anytime", "incumbents"],
            ),
            f"{PACKAGE}/tables.py",
        ],
    output:
        svg="<results>/figures/{figure}.svg",
        png="<results>/figures/{figure}.png",
    log:
        "<logs>/draw_figure/{figure}.log",
    conda:
        ENVIRONMENT
    params:
        search_space=EXPERIMENT.search_space.definition(),
        budget=EXPERIMENT.budget,
        epochs=EXPERIMENT.epochs,
    script:
        "../scripts/draw_figure.py"


rule tables:
    input:
        rules.tabulate_trials.output,
        rules.tabulate_test_scores.output,
        rules.analyse_trials.output,


rule figures:
    input:
        expand("<results>/figures/{figure}.{kind}", figure=FIGURES, kind=["svg", "png"]),
