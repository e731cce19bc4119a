"""Gather trials into tables, and draw figures from tables.

Needs the trial files and the test scores; leaves tables/*.csv and figures/*.svg, *.png. A figure
reads tables alone: what it shows can be looked up.
"""


rule tabulate_trials:
    input:
        records=lambda wildcards: all_records(),
    output:
        # The types of the hyperparameters' columns in all tables.
        columns="<results>/tables/columns.json",
        trials="<results>/tables/trials.csv",
        epochs="<results>/tables/epochs.csv",
        timings="<results>/tables/timings.csv",
        epoch_seconds="<results>/tables/epoch_seconds.csv",
    log:
        "<logs>/tabulate_trials.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings={
            "max_failed_share": EXPERIMENT.max_failed_share,
            "search_space": EXPERIMENT.search_space.definition(),
            "sign": OBJECTIVE.sign,
        },
        source=source_of("scripts/tabulate_trials.py"),
    script:
        "../scripts/tabulate_trials.py"


rule tabulate_test_scores:
    input:
        records=expand("<results>/test/{strategy}.json", strategy=TESTED),
    output:
        test_scores=table("test_scores"),
        baseline="<results>/tables/baseline.csv",
    log:
        "<logs>/tabulate_test_scores.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        caption="One row per retraining of an incumbent: the objective on validation and on test.",
        source=source_of("scripts/tabulate_test_scores.py"),
    script:
        "../scripts/tabulate_test_scores.py"


rule analyse_trials:
    input:
        tables=lambda wildcards: expand(
            "<results>/tables/{table}.csv", table=ANALYSES[wildcards.analysis].tables
        ),
        columns=rules.tabulate_trials.output.columns,
        baseline=lambda wildcards: (
            rules.tabulate_test_scores.output.baseline
            if "equivalence" in ANALYSES[wildcards.analysis].settings
            else []
        ),
        look=lambda wildcards: (
            f"<results>/looks/{repeats_of_the_run()}.json"
            if "looks" in ANALYSES[wildcards.analysis].settings
            else []
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
            "sign": OBJECTIVE.sign,
            "room": ANALYSES[wildcards.analysis].room,
            "analysis": {name: SETTINGS[name] for name in ANALYSES[wildcards.analysis].settings},
        },
        caption=lambda wildcards: ANALYSES[wildcards.analysis].description,
        source=lambda wildcards: source_of(
            "scripts/analyse_trials.py",
            module_file(ANALYSES[wildcards.analysis].room, wildcards.analysis),
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
        columns=rules.tabulate_trials.output.columns,
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
            "objective": OBJECTIVE.described(),
            "title": FIGURES[wildcards.figure].title,
            "room": FIGURES[wildcards.figure].room,
        },
        caption=lambda wildcards: FIGURES[wildcards.figure].caption,
        source=lambda wildcards: source_of(
            "scripts/draw_figure.py",
            module_file(FIGURES[wildcards.figure].room, wildcards.figure),
        ),
    script:
        "../scripts/draw_figure.py"


rule tables:
    input:
        expand("<results>/tables/{table}.csv", table=[*TRIAL_TABLES, *ANALYSES]),


rule figures:
    input:
        expand("<results>/figures/{figure}.{kind}", figure=FIGURES, kind=["svg", "png"]),
