"""Write the trials as an Optuna storage."""

from tuner_trials.export import read_tables, searches
from tuner_trials.export.optuna_storage import optuna_storage
from tuner_trials.files import atomic_writer
from tuner_trials.job_log import job_log
from tuner_trials.search_space import SearchSpace

with job_log(snakemake.log[0]) as say:
    space = SearchSpace(snakemake.params.settings["search_space"])
    found = searches(read_tables(snakemake.input.tables, space))
    with atomic_writer(snakemake.output[0]) as file:
        file.write(optuna_storage(found, space))
    say(f"{len(found)} studies written")
