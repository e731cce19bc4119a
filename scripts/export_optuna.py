"""Write the trials as an Optuna storage."""

from pathlib import Path

from tuner_trials.export import searches
from tuner_trials.export.optuna_storage import optuna_storage
from tuner_trials.foundation.files import atomic_writer
from tuner_trials.objectives import Objective
from tuner_trials.results.tables import read_table
from tuner_trials.space.search_space import SearchSpace
from tuner_trials.workflow.job_log import job_log

with job_log(snakemake.log[0]) as say:
    objective = Objective(**snakemake.params.settings["objective"])
    space = SearchSpace(snakemake.params.settings["search_space"])
    found = searches({Path(path).stem: read_table(path) for path in snakemake.input.tables})
    with atomic_writer(snakemake.output[0]) as file:
        file.write(optuna_storage(found, space, objective))
    say(f"{len(found)} studies written")
