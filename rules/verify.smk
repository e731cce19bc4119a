"""Compare a finished run with the reference that comes with the project.

Needs all tables, and those in reference/<experiment>/tables/; leaves verification.csv, a line a row
of a table: whether it agrees to the bit, within the tolerance, or not.
"""


rule verify:
    input:
        tables=rules.tables.input,
    log:
        # Logs, since a failed job's output is deleted: what disagrees is what one wants to read.
        rows="<results>/verification.csv",
        messages="<logs>/verify.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        settings={"reference": f"reference/{EXPERIMENT.name}/tables"},
        source=source_of("scripts/verify.py"),
    script:
        "../scripts/verify.py"
