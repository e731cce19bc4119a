"""Draw the configurations of the random-search pool, a file each."""

from tuner_trials.files import write_json
from tuner_trials.job_log import job_log
from tuner_trials.random_search import pool
from tuner_trials.search_space import SearchSpace

with job_log(snakemake.log[0]) as say:
    space = SearchSpace(snakemake.params.search_space)
    configurations = pool(space, snakemake.params.seed, len(snakemake.output))
    for path, configuration in zip(snakemake.output, configurations, strict=True):
        write_json(path, configuration)
    say(f"{len(configurations)} configurations sampled")
