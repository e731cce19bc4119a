"""Gather all trial files into tables, unless too many trials failed."""

from pathlib import Path

from tuner_trials.foundation.files import write_json
from tuner_trials.results.failures import check_failures
from tuner_trials.results.tables import (
    column_types,
    epoch_seconds_table,
    epochs_table,
    read_records,
    timings_table,
    trials_table,
    write_table,
)
from tuner_trials.workflow.job_log import job_log
from tuner_trials.workflow.results_folder import ResultsFolder

output = snakemake.output
results = ResultsFolder(Path(output.trials).parents[1])
with job_log(snakemake.log[0]) as say:
    records = read_records(snakemake.input.records)
    check_failures(records, snakemake.params.settings["max_failed_share"], results.trial_file)
    settings = snakemake.params.settings
    space = settings["search_space"]
    trials = trials_table(records, space, settings["sign"])
    write_json(output.columns, column_types(space))
    write_table(output.trials, trials)
    write_table(output.epochs, epochs_table(records))
    write_table(output.epoch_seconds, epoch_seconds_table(records))
    write_table(output.timings, timings_table(records))
    say(f"{len(records)} trials tabulated")
