"""Ask what a score on training rows would have chosen."""

from tuner_trials.analysis.leak import leak_table
from tuner_trials.job_log import job_log
from tuner_trials.tables import read_table, write_table

with job_log(snakemake.log[0]) as say:
    table = leak_table(read_table(snakemake.input.trials), read_table(snakemake.input.epochs))
    write_table(snakemake.output[0], table)
    say(table[["strategy", "repeat", "flattery", "cost"]].to_string(index=False))
