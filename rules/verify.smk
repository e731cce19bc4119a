"""Compare a finished run with the reference that comes with the project.

Needs all tables, and those in reference/<experiment>/tables/, here or in the clone; leaves
verification.csv, a row for each row of a table: whether it agrees to the bit, within the tolerance,
or not. `verify` fails if one does not agree.
"""


rule compare:
    input:
        tables=rules.tables.input,
        reference=reference_tables(),
    output:
        "<results>/verification.csv",
    log:
        "<logs>/compare.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        source=source_of("scripts/compare.py"),
    script:
        "../scripts/compare.py"


rule verify:
    input:
        rules.compare.output,
    log:
        "<logs>/verify.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        source=source_of("scripts/verify.py"),
    script:
        "../scripts/verify.py"
