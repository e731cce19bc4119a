"""Write all epochs of all trials as one Parquet file."""

from pathlib import Path

from tuner_trials.foundation.files import atomic_writer
from tuner_trials.results.tables import read_table
from tuner_trials.workflow.job_log import job_log

with job_log(snakemake.log[0]) as say:
    # Not above: its packages may be missing, which is said in the log.
    from tuner_trials.export.parquet import parquet_file

    tables = {Path(path).stem: read_table(path) for path in snakemake.input.tables}
    with atomic_writer(snakemake.output[0]) as file:
        file.write(parquet_file(tables))
    say(f"{len(tables['epochs'])} epochs written")
