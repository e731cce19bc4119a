"""Run one search by one strategy."""

from pydantic import TypeAdapter

from tuner_trials.files import write_json
from tuner_trials.jobs import load_task
from tuner_trials.progress import Progress, job_log
from tuner_trials.search import run_search
from tuner_trials.search_space import SearchSpace
from tuner_trials.strategies import AnyStrategy

params, inputs, wildcards = snakemake.params, snakemake.input, snakemake.wildcards
with job_log(snakemake.log[0]) as say:
    task = load_task(
        inputs.train, inputs.validation, inputs.model, params.batch_size, params.precision
    )
    trials = run_search(
        task,
        SearchSpace(params.search_space),
        TypeAdapter(AnyStrategy).validate_python(params.strategy),
        wildcards.strategy,
        int(wildcards.repeat),
        budget=params.budget,
        epochs=params.epochs,
        seed=params.seed,
        report=Progress(
            say, f"{wildcards.strategy} {wildcards.repeat}", params.budget * params.epochs
        ),
    )
    write_json(snakemake.output[0], [trial.record() for trial in trials])
