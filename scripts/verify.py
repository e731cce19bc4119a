"""Fail unless all rows agree with the reference."""

from tuner_trials.results.verification import check_agreement, read_comparison
from tuner_trials.workflow.job_log import job_log

with job_log(snakemake.log[0]) as say:
    lines = read_comparison(snakemake.input[0])
    check_agreement(lines, snakemake.input[0])
    say(f"the run agrees with the reference in all of {len(lines)} rows")
