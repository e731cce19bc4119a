"""Split the dataset into the parts for training, validation and test."""

from pathlib import Path

from tuner_trials.datasets import load_arrays
from tuner_trials.progress import job_log
from tuner_trials.split import split, write_parts

with job_log(snakemake.log[0]) as say:
    arrays = load_arrays(snakemake.input.dataset)
    try:
        parts, summary = split(arrays, **dict(snakemake.params.items()))
    except ValueError as error:  # a fraction that leaves a class without a row, say
        raise SystemExit(str(error)) from None
    write_parts(Path(snakemake.output.train).parent, parts, summary)
    say(", ".join(f"{name}: {len(y)}" for name, (_, y) in parts.items()))
