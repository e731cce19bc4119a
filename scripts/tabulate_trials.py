"""Gather all trial files into tables."""

from tuner_trials.progress import job_log
from tuner_trials.tables import (
    epochs_table,
    read_records,
    timings_table,
    trials_table,
    write_table,
)

with job_log(snakemake.log[0]) as say:
    records = read_records(snakemake.input.records)
    write_table(snakemake.output.trials, trials_table(records))
    write_table(snakemake.output.epochs, epochs_table(records))
    write_table(snakemake.output.timings, timings_table(records))
    say(f"{len(records)} trials tabulated")
