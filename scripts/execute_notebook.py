"""Execute the report's notebook, and make a page of it."""

from pathlib import Path

from tuner_trials.report.page import execute_notebook, export_page
from tuner_trials.workflow.job_log import job_log

log, output = snakemake.log, snakemake.output
results = Path(output.page).parent
chapters = snakemake.params.settings["chapters"]
with job_log(log.messages) as say:
    execute_notebook(snakemake.input.notebook, results, output.notebook, log.notebook, chapters)
    export_page(output.notebook, output.page, f"Tuner Trials: {results.name}")
    say(f"open {output.page}")
