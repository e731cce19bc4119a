"""Write the trials as a TensorBoard log."""

from pathlib import Path

from tuner_trials.export import read_tables, searches
from tuner_trials.job_log import job_log
from tuner_trials.search_space import SearchSpace

with job_log(snakemake.log[0]) as say:
    # Not above: its packages may be missing, which is said in the log.
    from tuner_trials.export.tensorboard_log import write_tensorboard_log

    space = SearchSpace(snakemake.params.settings["search_space"])
    found = searches(read_tables(snakemake.input.tables, space))
    write_tensorboard_log(Path(snakemake.output[0]), found, space)
    say(f"{sum(map(len, found.values()))} runs written")
