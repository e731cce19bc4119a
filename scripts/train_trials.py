"""Train neighbouring configurations of the pool, a result file each."""

from pathlib import Path

from tuner_trials.files import write_json
from tuner_trials.job_log import job_log
from tuner_trials.jobs import load_trainer, open_store, train_pool_trial
from tuner_trials.progress import Progress
from tuner_trials.random_search import RANDOM, read_configuration
from tuner_trials.search_space import SearchSpace

settings, inputs = snakemake.params.settings, snakemake.input
epochs, seed = settings["epochs"], settings["seed"]
with job_log(snakemake.log[0]) as say:
    space = SearchSpace(settings["search_space"])
    configurations = [read_configuration(path, space) for path in inputs.configurations]
    trainer = load_trainer(inputs, settings, open_store(say))
    progress = Progress(say, RANDOM, epochs * len(configurations), trainer)
    for target, configuration in zip(snakemake.output, configurations, strict=True):
        trial = train_pool_trial(trainer, configuration, int(Path(target).stem), epochs, seed)
        write_json(target, trial.record())
        progress(trial)
