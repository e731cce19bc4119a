"""Gather the test scores of all strategies into one table."""

from tuner_trials.job_log import job_log
from tuner_trials.tables import read_records, test_scores_table, write_table

with job_log(snakemake.log[0]) as say:
    scores = test_scores_table(read_records(snakemake.input.records))
    write_table(snakemake.output[0], scores)
    say(f"{len(scores)} retrainings tabulated")
