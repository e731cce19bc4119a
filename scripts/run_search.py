"""Run one search by one strategy."""

import os

# A job of several threads trains as many trials at once. Each has one, and so has the strategy: the
# number of threads must not decide in which order numbers are added up.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

from tuner_trials.files import write_json
from tuner_trials.job_log import job_log
from tuner_trials.progress import Progress
from tuner_trials.search import run_search
from tuner_trials.search_space import SearchSpace
from tuner_trials.strategies.named import read_strategy
from tuner_trials.workers import load_trainers

if __name__ == "__main__":  # Worker processes import this file, too.
    settings, name = snakemake.params.settings, snakemake.wildcards.strategy
    repeat = int(snakemake.wildcards.repeat)
    job = snakemake.threads, snakemake.resources.gpu_jobs, snakemake.input, settings
    loop = {key: settings[key] for key in ("budget", "epochs", "seed", "parallel_trials")}
    with job_log(snakemake.log[0]) as say, load_trainers(*job, say) as trainer:
        space = SearchSpace(settings["search_space"])
        strategy = read_strategy(settings["strategy"])
        progress = Progress(
            say, f"{name} {repeat}", settings["budget"] * settings["epochs"], trainer
        )
        trials = run_search(trainer.begin, space, strategy, name, repeat, on_trial=progress, **loop)
        write_json(snakemake.output[0], [trial.record() for trial in trials])
        trainer.drop_states(trials)
