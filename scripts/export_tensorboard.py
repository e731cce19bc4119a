"""Write the trials as a TensorBoard log."""

from pathlib import Path

from tuner_trials.export import searches
from tuner_trials.results.tables import read_table
from tuner_trials.space.search_space import SearchSpace
from tuner_trials.workflow.job_log import job_log

with job_log(snakemake.log[0]) as say:
    # Not above: its packages may be missing, which is said in the log.
    from tuner_trials.export.tensorboard_log import write_tensorboard_log

    space = SearchSpace(snakemake.params.settings["search_space"])
    found = searches({Path(path).stem: read_table(path) for path in snakemake.input.tables})
    write_tensorboard_log(Path(snakemake.output[0]), found, space)
    say(f"{sum(map(len, found.values()))} runs written")
