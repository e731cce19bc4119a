"""Execute the report's notebook, and make a page of it."""

from pathlib import Path

from tuner_trials.job_log import job_log
from tuner_trials.report.page import execute_notebook, export_page

log, output, results = snakemake.log, snakemake.output, snakemake.params.settings["results"]
with job_log(log.messages) as say:
    execute_notebook(snakemake.input.notebook, results, output.notebook, log.notebook)
    export_page(output.notebook, output.page, f"Tuner Trials: {Path(results).name}")
    say(f"open {output.page}")
