"""Run one search by one strategy."""

from pydantic import TypeAdapter

from tuner_trials.files import write_json
from tuner_trials.jobs import load_trainer
from tuner_trials.progress import Progress, job_log
from tuner_trials.search import run_search
from tuner_trials.search_space import SearchSpace
from tuner_trials.strategies import AnyStrategy

params, name, repeat = snakemake.params, snakemake.wildcards.strategy, snakemake.wildcards.repeat
with job_log(snakemake.log[0]) as say:
    trainer = load_trainer(snakemake.input, params, say)
    trials = run_search(
        trainer,
        SearchSpace(params.search_space),
        TypeAdapter(AnyStrategy).validate_python(params.strategy),
        name,
        int(repeat),
        budget=params.budget,
        epochs=params.epochs,
        seed=params.seed,
        report=Progress(say, f"{name} {repeat}", params.budget * params.epochs, trainer),
    )
    write_json(snakemake.output[0], [trial.record() for trial in trials])
    trainer.drop_states(trials)
