"""Draw the configurations of the random-search pool, a file each."""

import numpy as np

from tuner_trials.files import write_json
from tuner_trials.job_log import job_log
from tuner_trials.search_space import SearchSpace
from tuner_trials.seeds import derive_seed

with job_log(snakemake.log[0]) as say:
    space = SearchSpace(snakemake.params.search_space)
    rng = np.random.default_rng(derive_seed(snakemake.params.seed, "pool"))
    configurations = space.sample_distinct(len(snakemake.output), rng)
    for path, configuration in zip(snakemake.output, configurations, strict=True):
        write_json(path, configuration)
    say(f"{len(configurations)} configurations sampled")
