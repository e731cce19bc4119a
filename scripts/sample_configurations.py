"""Draw the configurations of a batch of the random-search pool, a file each."""

from pathlib import Path

from tuner_trials.foundation.files import write_json
from tuner_trials.space.pool import pool
from tuner_trials.space.search_space import SearchSpace
from tuner_trials.workflow.job_log import job_log

settings, numbers = snakemake.params.settings, [int(Path(path).stem) for path in snakemake.output]
with job_log(snakemake.log[0]) as say:
    # A larger pool begins with the same configurations.
    configurations = pool(SearchSpace(settings["search_space"]), settings["seed"], max(numbers) + 1)
    for path, number in zip(snakemake.output, numbers, strict=True):
        write_json(path, configurations[number])
    say(f"{len(numbers)} configurations sampled")
