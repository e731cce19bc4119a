"""Try the learner with some configurations of the pool, and say what it ignores."""

import tuner_trials.workflow.one_thread  # noqa: F401, I001 (before all others)
from functools import partial

from tuner_trials.foundation.files import write_json
from tuner_trials.space.pool import pool
from tuner_trials.space.search_space import SearchSpace
from tuner_trials.tasks.kinds import backend
from tuner_trials.tasks.loading import load_task
from tuner_trials.workflow.job_log import job_log

settings, inputs = snakemake.params.settings, snakemake.input
with job_log(snakemake.log[0]) as say:
    space = SearchSpace(settings["search_space"])
    configurations = pool(space, settings["seed"], settings["configurations"])
    # Others may depend on a hyperparameter, which has its effect without being read.
    names = [name for name in space if name not in space.parents()]
    load = partial(load_task, inputs, settings)
    check = backend(inputs.model).check(inputs, settings, configurations, names, load)
    write_json(snakemake.output[0], check)
    if not check.get("continued", True):
        say(f"{inputs.model} has no save: a continued trial trains again from the start")
    ignored = ", ".join(check["ignored"]) or "no hyperparameter"
    builds, failed = check["builds"], check["failed"]
    say(f"{inputs.model}: {builds} builds, {failed} of them failed; ignores {ignored}")
