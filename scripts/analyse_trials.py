"""Make tables from those of the trials, and from each other."""

import json
from pathlib import Path

from tuner_trials.analysis import analyse_all
from tuner_trials.extras.chapters import analyses_for
from tuner_trials.objectives import Objective
from tuner_trials.results.tables import read_table, write_table
from tuner_trials.workflow.job_log import job_log

settings, inputs = dict(snakemake.params.settings), snakemake.input
with job_log(snakemake.log[0]) as say:
    if "looks" in settings:
        settings["looks"] = json.loads(Path(inputs.look).read_text(encoding="utf-8"))["looks"]
    paths = {Path(path).stem: path for path in snakemake.output}
    known = analyses_for(settings.get("chapters", ()))
    tables = analyse_all(
        {name: known[name] for name in paths},
        {Path(path).stem: read_table(path) for path in inputs.tables},
        settings,
        Objective(**settings["objective"]),
    )
    for name, table in tables.items():
        write_table(paths[name], table)
        say(f"{name}: {len(table)} rows")
