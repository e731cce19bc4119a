"""Gather trials into tables, and draw figures from tables.

Needs the trial files and the test scores; leaves tables/*.csv and figures/*.svg, *.png. A figure
reads tables alone: what it shows can be looked up.
"""


rule tabulate_trials:
    input:
        records=RECORDS,
        source=imported_files("scripts/tabulate_trials.py"),
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
        max_failed_share=EXPERIMENT.max_failed_share,
        hyperparameters=list(EXPERIMENT.search_space),
    script:
        "../scripts/tabulate_trials.py"


rule tabulate_test_scores:
    input:
        records=expand("<results>/test/{strategy}.json", strategy=TESTED),
        source=imported_files("scripts/tabulate_test_scores.py"),
    output:
        table("test_scores"),
    log:
        "<logs>/tabulate_test_scores.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        caption=describe("test_scores"),
    script:
        "../scripts/tabulate_test_scores.py"


rule analyse_trials:
    input:
        trials="<results>/tables/trials.csv",
        test_scores="<results>/tables/test_scores.csv",
        source=imported_files("scripts/analyse_trials.py"),
    output:
        random_statistics=table("random_statistics"),
        effects=table("hyperparameter_effects"),
        summary=table("summary"),
        comparisons=table("comparisons"),
        test_comparisons=table("test_comparisons"),
        random_equivalents=table("random_equivalents"),
    log:
        "<logs>/analyse_trials.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        budget=EXPERIMENT.budget,
        equivalence=EXPERIMENT.equivalence,
        search_space=EXPERIMENT.search_space.tuned(),
        caption=describe(
            "random_statistics",
            "hyperparameter_effects",
            "summary",
            "comparisons",
            "test_comparisons",
            "random_equivalents",
        ),
    script:
        "../scripts/analyse_trials.py"


rule rank_strategies:
    input:
        trials="<results>/tables/trials.csv",
        source=imported_files("scripts/rank_strategies.py"),
    output:
        table("ranks"),
    log:
        "<logs>/rank_strategies.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        budget=EXPERIMENT.budget,
        epochs=EXPERIMENT.epochs,
        caption=describe("ranks"),
    script:
        "../scripts/rank_strategies.py"


rule measure_importance:
    input:
        trials="<results>/tables/trials.csv",
        source=imported_files("scripts/measure_importance.py"),
    output:
        table("importance"),
    log:
        "<logs>/measure_importance.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=2000,
        runtime=240,  # minutes; a pool of 1,000 takes seven
    params:
        search_space=EXPERIMENT.search_space.tuned(),
        caption=describe("importance"),
    script:
        "../scripts/measure_importance.py"


rule judge_early_stopping:
    input:
        trials="<results>/tables/trials.csv",
        epochs="<results>/tables/epochs.csv",
        source=imported_files("scripts/judge_early_stopping.py"),
    output:
        table("early_stopping"),
    log:
        "<logs>/judge_early_stopping.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        caption=describe("early_stopping"),
    script:
        "../scripts/judge_early_stopping.py"


rule measure_leak:
    input:
        trials="<results>/tables/trials.csv",
        epochs="<results>/tables/epochs.csv",
        source=imported_files("scripts/measure_leak.py"),
    output:
        table("leak"),
    log:
        "<logs>/measure_leak.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        caption=describe("leak"),
    script:
        "../scripts/measure_leak.py"


if EXPERIMENT.published:

    rule compare_with_published:
        input:
            trials="<results>/tables/trials.csv",
            test_scores="<results>/tables/test_scores.csv",
            source=imported_files("scripts/compare_with_published.py"),
        output:
            published=table("published"),
            differences=table("published_differences"),
            winners=table("published_winners"),
        log:
            "<logs>/compare_with_published.log",
        localrule: True
        conda:
            ENVIRONMENT
        params:
            # Without the seconds, which no table that can be reproduced may depend on.
            published={
                name: result.model_dump(exclude={"seconds"})
                for name, result in EXPERIMENT.published.items()
            },
            caption=describe("published", "published_differences", "published_winners"),
        script:
            "../scripts/compare_with_published.py"


rule draw_figure:
    input:
        tables=lambda wildcards: expand(
            "<results>/tables/{table}.csv", table=FIGURES[wildcards.figure].tables
        ),
        source=lambda wildcards: imported_files(
            "scripts/draw_figure.py", f"{PACKAGE}/figures/{wildcards.figure}.py"
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
        search_space=EXPERIMENT.search_space.tuned(),
        budget=EXPERIMENT.budget,
        epochs=EXPERIMENT.epochs,
        caption=lambda wildcards: FIGURES[wildcards.figure].caption,
    script:
        "../scripts/draw_figure.py"


rule tables:
    input:
        expand("<results>/tables/{table}.csv", table=TABLES),


rule figures:
    input:
        expand("<results>/figures/{figure}.{kind}", figure=FIGURES, kind=["svg", "png"]),
