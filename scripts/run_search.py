"""Run one search by one strategy."""

import os

# A job of several threads trains as many trials at once. Each has one, and so has the strategy: the
# number of threads must not decide in which order numbers are added up.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

from pydantic import TypeAdapter

from tuner_trials.files import write_json
from tuner_trials.job_log import job_log
from tuner_trials.progress import Progress
from tuner_trials.search import SuggestionError, run_search
from tuner_trials.search_space import SearchSpace
from tuner_trials.strategies.named import AnyStrategy
from tuner_trials.workers import load_trainers

if __name__ == "__main__":  # Worker processes import this file, too.
    params, name = snakemake.params, snakemake.wildcards.strategy
    repeat = int(snakemake.wildcards.repeat)
    # Fewer than are open where there are fewer cores, or where less of a GPU may be used.
    count = min(snakemake.threads, snakemake.resources.gpu_jobs)
    with (
        job_log(snakemake.log[0]) as say,
        load_trainers(count, snakemake.input, params, say) as trainer,
    ):
        try:
            trials = run_search(
                trainer.begin,
                SearchSpace(params.search_space),
                TypeAdapter(AnyStrategy).validate_python(params.strategy),
                name,
                repeat,
                budget=params.budget,
                epochs=params.epochs,
                seed=params.seed,
                report=Progress(say, f"{name} {repeat}", params.budget * params.epochs, trainer),
                parallel_trials=params.parallel_trials,
            )
        except SuggestionError as error:
            raise SystemExit(str(error)) from None
        write_json(snakemake.output[0], [trial.record() for trial in trials])
        trainer.drop_states(trials)
