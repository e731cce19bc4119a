"""Get the dataset, verified, into one file."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tuner_trials.data.arrays import save_arrays
from tuner_trials.data.datasets import fetch
from tuner_trials.job_log import job_log

with job_log(snakemake.log[0]) as say, TemporaryDirectory() as scratch:
    arrays = fetch(snakemake.params.source, snakemake.params.path, Path(scratch))
    save_arrays(snakemake.output[0], arrays)
    say(f"{snakemake.params.source}: {len(arrays['y_train'])} training samples")
