"""Record the provenance of the results, and write the report.

Needs all tables and figures; leaves provenance.json, the checked experiment.json and the report, as
an executed notebook and as a single page that works offline. `snakemake --report report.zip` packs
it with all figures and tables.
"""

if not IMPORTED:

    report: "workflow.rst"


rule record_provenance:
    input:
        tables=rules.tables.input,
        # Which say where they were trained.
        timings=rules.tabulate_trials.output.timings,
        retrainings=rules.tabulate_test_scores.input.records,
        split=rules.split_dataset.output.summary,
    output:
        provenance="<results>/provenance.json",
        experiment="<results>/experiment.json",
    log:
        "<logs>/record_provenance.log",
    conda:
        ENVIRONMENT
    params:
        settings={"experiment": EXPERIMENT.model_dump(mode="json")},
        source=source_of("scripts/record_provenance.py"),
    script:
        "../scripts/record_provenance.py"


rule execute_notebook:
    input:
        notebook=NOTEBOOK,
        tables=rules.tables.input,
        figures=rules.figures.input,
        split=rules.split_dataset.output.summary,
        model=rules.check_model.output[0],
        provenance=rules.record_provenance.output,
        # What the jobs took, for the table of costs.
        measurements=measurements,
    output:
        notebook="<results>/report.ipynb",
        page=report(
            "<results>/report.html",
            caption="report.rst",
            category="Report",
            labels={"page": "The answer, and how it was found"},
        ),
    log:
        # The notebook as far as it got: a failed job's output is deleted, its log is not.
        notebook="<logs>/report.ipynb",
        messages="<logs>/execute_notebook.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings={"chapters": EXPERIMENT.chapters},
        source=source_of(
            "scripts/execute_notebook.py",
            f"{PACKAGE}/report/sections.py",
            f"{PACKAGE}/report/page.css",
            *files_of(FIGURES, ".rst"),
        ),
    script:
        "../scripts/execute_notebook.py"


rule report:
    input:
        "<results>/report.ipynb",
        "<results>/report.html",
