"""Get the dataset, verify it, and split it into the parts for training, validation and test."""

from pathlib import Path

from tuner_trials.data.dataset_file import read_dataset
from tuner_trials.data.named import NAMED_DATASETS
from tuner_trials.data.split import split, write_parts
from tuner_trials.job_log import job_log

settings = dict(snakemake.params.settings)
source, folder = settings.pop("source"), settings.pop("path")
target = settings.pop("target")
del settings["content"]  # for Snakemake alone
settings["columns"] = {n: kind for kind, ns in settings["columns"].items() for n in ns}
with job_log(snakemake.log[0]) as say:
    if source in NAMED_DATASETS:
        from tuner_trials.data.datasets import cached  # whose packages others need not wait for

        file = cached(source, folder, Path("results/datasets"), say)
    else:
        file = snakemake.input.dataset
    arrays, classes = read_dataset(file, say, target)
    if source in NAMED_DATASETS:
        classes = list(NAMED_DATASETS[source].class_names) or classes
    parts, summary = split(arrays, classes=classes, say=say, **settings)
    write_parts(Path(snakemake.output.train).parent, parts, summary)
    say(", ".join(f"{name}: {len(part[1])}" for name, part in parts.items()))
