"""Get the dataset, verified, into one file."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tuner_trials.data.datasets import DatasetError, fetch, save_arrays
from tuner_trials.job_log import job_log

with job_log(snakemake.log[0]) as say, TemporaryDirectory() as scratch:
    try:
        arrays = fetch(snakemake.params.source, snakemake.params.path, Path(scratch))
    except DatasetError as error:
        raise SystemExit(str(error)) from None
    save_arrays(snakemake.output[0], arrays)
    say(f"{snakemake.params.source}: {len(arrays['y_train'])} training samples")
