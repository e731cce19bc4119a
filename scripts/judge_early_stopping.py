"""Ask how early the pool's learning curves show how they will end."""

from tuner_trials.analysis.early_stopping import early_stopping_table
from tuner_trials.job_log import job_log
from tuner_trials.tables import read_table, write_table

with job_log(snakemake.log[0]) as say:
    table = early_stopping_table(
        read_table(snakemake.input.trials), read_table(snakemake.input.epochs)
    )
    write_table(snakemake.output[0], table)
    say(table[["epoch", "spearman", "rank_of_best"]].to_string(index=False))
