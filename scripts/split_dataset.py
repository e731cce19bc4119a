"""Get the dataset, verify it, and split it into the parts for training, validation and test."""

from pathlib import Path

from tuner_trials.foundation.files import one_at_a_time
from tuner_trials.tasks.data.dataset_file import read_dataset
from tuner_trials.tasks.data.registry import NAMED_DATASETS
from tuner_trials.tasks.data.split import split, write_parts
from tuner_trials.workflow.job_log import job_log

settings = dict(snakemake.params.settings)
source, folder = settings.pop("source"), settings.pop("path")
target, task = settings.pop("target"), settings.pop("task")
del settings["content"]  # for Snakemake alone
settings["columns"] = {n: kind for kind, ns in settings["columns"].items() for n in ns}
with job_log(snakemake.log[0]) as say:
    if source in NAMED_DATASETS:
        from tuner_trials.tasks.data.datasets import (
            cached,  # whose packages others need not wait for
        )

        cache = Path(snakemake.params.cache)
        with one_at_a_time(cache / f".{source}.lock"):  # several experiments want it fetched once
            file = cached(source, folder, cache, say)
    else:
        file = snakemake.input.dataset
    arrays, classes = read_dataset(file, say, target, settings["columns"], task)
    if source in NAMED_DATASETS:
        classes = list(NAMED_DATASETS[source].class_names) or classes
    parts, summary = split(arrays, classes=classes, say=say, **settings)
    write_parts(Path(snakemake.output.train).parent, parts, summary)
    say(", ".join(f"{name}: {len(part[1])}" for name, part in parts.items()))
