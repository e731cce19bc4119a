"""Verify the dataset, and split it into the parts for training, validation and test."""

from pathlib import Path

from tuner_trials.data.dataset_file import read_dataset
from tuner_trials.data.split import split, write_parts
from tuner_trials.job_log import job_log

with job_log(snakemake.log[0]) as say:
    arrays, classes = read_dataset(snakemake.input.dataset, say)
    parts, summary = split(arrays, classes=classes, **dict(snakemake.params.items()))
    write_parts(Path(snakemake.output.train).parent, parts, summary)
    say(", ".join(f"{name}: {len(y)}" for name, (_, y) in parts.items()))
