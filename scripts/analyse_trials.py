"""Make one table from others."""

import json
from pathlib import Path

from tuner_trials.analysis import analyse
from tuner_trials.objectives import equivalence
from tuner_trials.results.tables import read_table, with_scores, write_table
from tuner_trials.workflow.job_log import job_log

name, settings = snakemake.wildcards.analysis, snakemake.params.settings
with job_log(snakemake.log[0]) as say:
    sign = settings["sign"]
    tables = [with_scores(read_table(path), sign) for path in snakemake.input.tables]
    if "equivalence" in settings["analysis"]:
        baseline = read_table(snakemake.input.baseline).set_index("part")["baseline"]
        settings["analysis"]["equivalence"] = equivalence(
            settings["analysis"]["equivalence"], baseline["validation"]
        )
    if "looks" in settings["analysis"]:
        look = json.loads(Path(snakemake.input.look).read_text(encoding="utf-8"))
        settings["analysis"]["looks"] = look["looks"]
    table = analyse(name, *tables, *settings["analysis"].values(), room=settings["room"])
    write_table(snakemake.output[0], table)
    say(f"{name}: {len(table)} rows")
