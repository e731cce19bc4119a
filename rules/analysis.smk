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
        test_scores=table(
            "test_scores",
            "One row per retraining of an incumbent: the objective on validation and on test.",
        ),
        baseline="<results>/tables/baseline.csv",
    log:
        "<logs>/tabulate_test_scores.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        source=source_of("scripts/tabulate_test_scores.py"),
    script:
        "../scripts/tabulate_test_scores.py"


# All in one job: to start one takes longer than most of them.
rule analyse_trials:
    input:
        tables=[
            rules.tabulate_trials.output.trials,
            rules.tabulate_trials.output.epochs,
            rules.tabulate_test_scores.output,
        ],
        columns=rules.tabulate_trials.output.columns,
        look=lambda wildcards: f"<results>/looks/{repeats_of_the_run()}.json",
    output:
        [table(name, about.description) for name, about in QUICK_ANALYSES.items()],
    log:
        "<logs>/analyse_trials.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings={
            "objective": OBJECTIVE.described(),
            "chapters": EXPERIMENT.chapters,
            **SETTINGS,
        },
        source=source_of("scripts/analyse_trials.py", *files_of(QUICK_ANALYSES)),
    script:
        "../scripts/analyse_trials.py"


# It takes seven minutes for a pool of 1,000. On a cluster it is submitted.
rule measure_importance:
    input:
        tables=[rules.tabulate_trials.output.trials],
        columns=rules.tabulate_trials.output.columns,
    output:
        table("importance", ANALYSES["importance"].description),
    log:
        "<logs>/measure_importance.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=2000,
        runtime=max(240, EXPERIMENT.random_configurations // 50),
    params:
        settings={
            "objective": OBJECTIVE.described(),
            "search_space": SETTINGS["search_space"],
        },
        source=source_of("scripts/analyse_trials.py", f"{PACKAGE}/analysis/importance.py"),
    script:
        "../scripts/analyse_trials.py"


rule draw_figures:
    input:
        tables=sorted(
            {
                f"<results>/tables/{name}.csv"
                for drawing in FIGURES.values()
                for name in drawing.tables
            }
        ),
        columns=rules.tabulate_trials.output.columns,
    output:
        svg=[
            report(
                f"<results>/figures/{name}.svg",
                caption=f"../src/tuner_trials/{drawing.room.replace('.', '/')}/{name}.rst",
                category="Figures",
                labels={"figure": drawing.title},
            )
            for name, drawing in FIGURES.items()
        ],
        png=expand("<results>/figures/{figure}.png", figure=FIGURES),
    log:
        "<logs>/draw_figures.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings={
            "search_space": EXPERIMENT.search_space.tuned(),
            "budget": EXPERIMENT.budget,
            "epochs": EXPERIMENT.epochs,
            "objective": OBJECTIVE.described(),
            "chapters": EXPERIMENT.chapters,
        },
        source=source_of("scripts/draw_figures.py", *files_of(FIGURES)),
    script:
        "../scripts/draw_figures.py"


rule tables:
    input:
        expand("<results>/tables/{table}.csv", table=[*TRIAL_TABLES, *ANALYSES]),


rule figures:
    input:
        rules.draw_figures.output,
