"""Gather trials into tables, and draw figures from tables.

Needs the trial files and the test scores; leaves tables/*.csv and figures/*.svg, *.png. A figure
reads tables alone: what it shows can be looked up.
"""


rule tabulate_trials:
    input:
        records=sum(RECORDS.values(), []),
    output:
        trials="<results>/tables/trials.csv",
        epochs="<results>/tables/epochs.csv",
        timings="<results>/tables/timings.csv",
    log:
        "<logs>/tabulate_trials.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings={
            "max_failed_share": EXPERIMENT.max_failed_share,
            "hyperparameters": list(EXPERIMENT.search_space),
        },
        source=source_of("scripts/tabulate_trials.py"),
    script:
        "../scripts/tabulate_trials.py"


rule tabulate_test_scores:
    input:
        records=expand("<results>/test/{strategy}.json", strategy=TESTED),
    output:
        table("test_scores"),
    log:
        "<logs>/tabulate_test_scores.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        caption="A row a retraining of an incumbent: its accuracy on validation and on test.",
        source=source_of("scripts/tabulate_test_scores.py"),
    script:
        "../scripts/tabulate_test_scores.py"


rule analyse_trials:
    input:
        tables=lambda wildcards: expand(
            "<results>/tables/{table}.csv", table=ANALYSES[wildcards.analysis].tables
        ),
    output:
        table("{analysis}"),
    log:
        "<logs>/analyse_trials/{analysis}.log",
    wildcard_constraints:
        analysis="|".join(name for name in ANALYSES if name != "importance"),
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings=lambda wildcards: {
            # Of all hyperparameters: it says how the tables are read.
            "search_space": EXPERIMENT.search_space.definition(),
            "analysis": {name: SETTINGS[name] for name in ANALYSES[wildcards.analysis].settings},
        },
        caption=lambda wildcards: ANALYSES[wildcards.analysis].description,
        source=lambda wildcards: source_of(
            "scripts/analyse_trials.py", f"{PACKAGE}/analysis/{wildcards.analysis}.py"
        ),
    script:
        "../scripts/analyse_trials.py"


# The one analysis that takes long: seven minutes for a pool of 1,000. On a cluster it is submitted.
use rule analyse_trials as measure_importance with:
    wildcard_constraints:
        analysis="importance",
    localrule: False
    resources:
        mem_mb=2000,
        runtime=max(240, EXPERIMENT.random_configurations // 50),


rule draw_figure:
    input:
        tables=lambda wildcards: expand(
            "<results>/tables/{table}.csv", table=FIGURES[wildcards.figure].tables
        ),
    output:
        svg=report(
            "<results>/figures/{figure}.svg",
            caption="caption.rst",
            category="Figures",
            labels=lambda wildcards: {"figure": FIGURES[wildcards.figure].title},
        ),
        png="<results>/figures/{figure}.png",
    log:
        "<logs>/draw_figure/{figure}.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings=lambda wildcards: {
            "search_space": EXPERIMENT.search_space.tuned(),
            "budget": EXPERIMENT.budget,
            "epochs": EXPERIMENT.epochs,
            "title": FIGURES[wildcards.figure].title,
        },
        caption=lambda wildcards: FIGURES[wildcards.figure].caption,
        source=lambda wildcards: source_of(
            "scripts/draw_figure.py", f"{PACKAGE}/figures/{wildcards.figure}.py"
        ),
    script:
        "../scripts/draw_figure.py"


rule tables:
    input:
        expand("<results>/tables/{table}.csv", table=[*TRIAL_TABLES, *ANALYSES]),


rule figures:
    input:
        expand("<results>/figures/{figure}.{kind}", figure=FIGURES, kind=["svg", "png"]),
