"""Verify the dataset, and split it into the parts for training, validation and test."""

from pathlib import Path

from tuner_trials.data.dataset_file import read_dataset
from tuner_trials.data.datasets import DatasetError
from tuner_trials.data.split import split, write_parts
from tuner_trials.job_log import job_log

with job_log(snakemake.log[0]) as say:
    try:
        arrays, classes = read_dataset(snakemake.input.dataset, say)
        parts, summary = split(arrays, classes=classes, **dict(snakemake.params.items()))
    # ValueError: a fraction that leaves a class without a row, say
    except (DatasetError, ValueError) as error:
        raise SystemExit(str(error)) from None
    write_parts(Path(snakemake.output.train).parent, parts, summary)
    say(", ".join(f"{name}: {len(y)}" for name, (_, y) in parts.items()))
