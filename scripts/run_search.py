"""Run one search by one strategy."""

import tuner_trials.workflow.one_thread  # noqa: F401 (before all others)
from tuner_trials.foundation.files import write_json
from tuner_trials.objectives import Objective
from tuner_trials.search.loop import run_search
from tuner_trials.search.random_search import RANDOM, SAME_BUDGET
from tuner_trials.search.strategies.registry import read_strategy
from tuner_trials.space.search_space import SearchSpace
from tuner_trials.trials.store import Store
from tuner_trials.trials.workers import load_trainers
from tuner_trials.workflow.job_log import job_log
from tuner_trials.workflow.progress import Progress

if __name__ == "__main__":  # Worker processes import this file, too.
    settings, name = snakemake.params.settings, snakemake.wildcards.strategy
    name = SAME_BUDGET if name == RANDOM else name
    repeat = int(snakemake.wildcards.repeat)
    job = snakemake.threads, snakemake.resources.gpu_jobs, snakemake.input, settings
    store = snakemake.params.store
    loop = {key: settings[key] for key in ("budget", "epochs", "seed", "parallel_trials")}
    with job_log(snakemake.log[0]) as say:
        strategy = read_strategy(settings["strategy"])
        with load_trainers(*job, Store(store, say)) as trainer:
            space = SearchSpace(settings["search_space"])
            whole = settings["budget"] * settings["epochs"]
            objective = Objective(**settings["objective"])
            progress = Progress(say, f"{name} {repeat}", whole, trainer, objective)
            trials = run_search(
                trainer.begin, space, strategy, name, repeat, on_trial=progress, **loop
            )
            write_json(snakemake.output[0], [trial.record() for trial in trials])
            trainer.drop_states(trials)
