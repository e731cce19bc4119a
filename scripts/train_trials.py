"""Train ten neighbouring configurations of the pool, a result file each."""

import json
from pathlib import Path

from tuner_trials.files import write_json
from tuner_trials.jobs import load_task
from tuner_trials.progress import Progress, job_log
from tuner_trials.trials import run_trial, trial_seed

params, inputs = snakemake.params, snakemake.input
with job_log(snakemake.log[0]) as say:
    task = load_task(
        inputs.train, inputs.validation, inputs.model, params.batch_size, params.precision
    )
    progress = Progress(say, "random", params.epochs * len(snakemake.output))
    for source, target in zip(inputs.configurations, snakemake.output, strict=True):
        configuration = json.loads(Path(source).read_text())
        seed = trial_seed(params.seed, 0, configuration)
        number = int(Path(source).stem)
        trial = run_trial(task, "random", 0, number, configuration, params.epochs, seed)
        write_json(target, trial.record())
        progress(trial)
