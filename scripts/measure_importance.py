"""Ask which hyperparameters decide the score."""

from tuner_trials.analysis.importance import importance_table
from tuner_trials.job_log import job_log
from tuner_trials.tables import read_table, write_table

with job_log(snakemake.log[0]) as say:
    trials = read_table(snakemake.input.trials)
    table = importance_table(trials, snakemake.params.search_space)
    write_table(snakemake.output[0], table)
    say(table[["hyperparameter", "importance"]].to_string(index=False))
