"""Train neighbouring configurations of the pool, a result file each."""

import json
from pathlib import Path

from tuner_trials.files import write_json
from tuner_trials.job_log import job_log
from tuner_trials.jobs import load_trainer, open_store, train_pool_trial
from tuner_trials.progress import Progress
from tuner_trials.random_search import RANDOM

params, targets = snakemake.params, [Path(target) for target in snakemake.output]
configurations = Path(snakemake.input.configurations[0]).parent
with job_log(snakemake.log[0]) as say:
    trainer = load_trainer(snakemake.input, params, open_store(say))
    progress = Progress(say, RANDOM, params.epochs * len(targets), trainer)
    for target in targets:
        configuration = json.loads((configurations / target.name).read_text("utf-8"))
        number = int(target.stem)
        trial = train_pool_trial(trainer, configuration, number, params.epochs, params.seed)
        write_json(target, trial.record())
        progress(trial)
