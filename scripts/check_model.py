"""Build the model for some configurations of the pool, and say what it ignores."""

import json
from pathlib import Path

from tuner_trials.files import write_json
from tuner_trials.job_log import job_log
from tuner_trials.model_check import check_model
from tuner_trials.random_search import pool
from tuner_trials.search_space import SearchSpace
from tuner_trials.training import use_one_thread

settings, model = snakemake.params.settings, snakemake.input.model
with job_log(snakemake.log[0]) as say:
    split = json.loads(Path(snakemake.input.split).read_text(encoding="utf-8"))
    shape, classes = tuple(split["parts"]["train"]["shape"]), len(split["classes"])
    use_one_thread()
    space = SearchSpace(settings["search_space"])
    configurations = pool(space, settings["seed"], settings["configurations"])
    # Others may depend on a hyperparameter, which has its effect without being read.
    names = [name for name in space if name not in space.parents()]
    files = snakemake.input.model_files
    largest = max(abs(end) for line in split["inputs"] for end in line["after"])
    check = check_model(model, configurations, names, shape, classes, files, largest)
    write_json(snakemake.output[0], check)
    ignored = ", ".join(check["ignored"]) or "no hyperparameter"
    say(f"{model}: {check['builds']} builds, {check['failed']} of them failed; ignores {ignored}")
