"""Gather the test scores of all strategies into one table."""

import pandas as pd

from tuner_trials.progress import job_log
from tuner_trials.tables import read_records, write_table

with job_log(snakemake.log[0]) as say:
    scores = pd.DataFrame(read_records(snakemake.input))
    write_table(snakemake.output[0], scores)
    say(f"{len(scores)} retrainings tabulated")
