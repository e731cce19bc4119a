"""Gather the test scores of all strategies into one table."""

import pandas as pd

from tuner_trials.results.tables import read_records, test_scores_table, write_table
from tuner_trials.workflow.job_log import job_log

with job_log(snakemake.log[0]) as say:
    records = read_records(snakemake.input.records)
    scores = test_scores_table(record for one in records for record in one["retrainings"])
    write_table(snakemake.output.test_scores, scores)
    # The same for all winners: it follows from the labels of the parts.
    baseline = pd.Series(records[0]["baseline"], name="baseline")
    write_table(snakemake.output.baseline, baseline.rename_axis("part").reset_index())
    say(f"{len(scores)} retrainings tabulated")
