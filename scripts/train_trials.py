"""Train neighbouring configurations of the pool, a result file each."""

import tuner_trials.workflow.one_thread  # noqa: F401, I001 (before all others)
from pathlib import Path

from tuner_trials.foundation.files import write_json
from tuner_trials.workflow.job_log import job_log
from tuner_trials.trials.trainer_factory import load_trainer
from tuner_trials.objectives import Objective
from tuner_trials.workflow.progress import Progress
from tuner_trials.search.pool_trials import train_pool_trial
from tuner_trials.search.random_search import RANDOM
from tuner_trials.space.pool import read_configuration
from tuner_trials.space.search_space import SearchSpace
from tuner_trials.trials.store import Store

settings, inputs = snakemake.params.settings, snakemake.input
epochs, seed = settings["epochs"], settings["seed"]
with job_log(snakemake.log[0]) as say:
    space = SearchSpace(settings["search_space"])
    configurations = [read_configuration(path, space) for path in inputs.configurations]
    trainer = load_trainer(inputs, settings, Store(snakemake.params.store, say))
    objective = Objective(**settings["objective"])
    progress = Progress(say, RANDOM, epochs * len(configurations), trainer, objective)
    batch, records = snakemake.output.get("batch"), []
    targets = [None] * len(configurations) if batch else snakemake.output
    for path, target, configuration in zip(
        inputs.configurations, targets, configurations, strict=True
    ):
        trial = train_pool_trial(trainer, configuration, int(Path(path).stem), epochs, seed)
        records.append(trial.record())
        if target:
            write_json(target, records[-1])
        progress(trial)
    if batch:
        write_json(batch, records)
