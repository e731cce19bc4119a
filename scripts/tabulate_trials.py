"""Gather all trial files into tables, unless too many trials failed."""

from pathlib import Path

from tuner_trials.failures import check_failures
from tuner_trials.job_log import job_log
from tuner_trials.tables import (
    epochs_table,
    read_records,
    timings_table,
    trials_table,
    write_table,
)

output, results = snakemake.output, Path(snakemake.output.trials).parents[1]
with job_log(snakemake.log[0]) as say:
    records = read_records(snakemake.input.records)
    check_failures(records, snakemake.params.settings["max_failed_share"], results)
    write_table(output.trials, trials_table(records, snakemake.params.settings["hyperparameters"]))
    write_table(output.epochs, epochs_table(records))
    write_table(output.timings, timings_table(records))
    say(f"{len(records)} trials tabulated")
