"""Train neighbouring configurations of the pool, a result file each."""

import json
from pathlib import Path

from tuner_trials.files import write_json
from tuner_trials.job_log import job_log
from tuner_trials.jobs import load_trainer, open_store
from tuner_trials.progress import Progress
from tuner_trials.trials import Trial, trial_seed

params, targets = snakemake.params, [Path(target) for target in snakemake.output]
configurations = Path(snakemake.input.configurations[0]).parent
with job_log(snakemake.log[0]) as say:
    trainer = load_trainer(snakemake.input, params, open_store(say))
    progress = Progress(say, "random", params.epochs * len(targets), trainer)
    for target in targets:
        configuration = json.loads((configurations / target.name).read_text("utf-8"))
        seed = trial_seed(params.seed, 0, configuration)
        outcome = trainer(configuration, params.epochs, seed)
        trial = Trial(
            *("random", 0, int(target.stem), configuration, seed, params.epochs, params.epochs),
            outcome,
        )
        write_json(target, trial.record())
        progress(trial)
