"""Compare this run's tables with the reference's, row by row."""

from tuner_trials.results.tables import write_table
from tuner_trials.results.verification import summarise, verify
from tuner_trials.workflow.job_log import job_log

with job_log(snakemake.log[0]) as say:
    lines = verify(snakemake.input.tables, snakemake.input.reference)
    write_table(snakemake.output[0], lines)
    say(summarise(lines))
