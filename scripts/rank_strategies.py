"""Ask who is ahead, and when."""

from tuner_trials.analysis.ranks import ranks_table
from tuner_trials.job_log import job_log
from tuner_trials.tables import read_table, write_table

params = snakemake.params
with job_log(snakemake.log[0]) as say:
    table = ranks_table(read_table(snakemake.input.trials), params.budget, params.epochs)
    write_table(snakemake.output[0], table)
    say(f"{len(table)} mean ranks" if len(table) else "too few repeats for ranks")
