"""Write all epochs of all trials as one Parquet file."""

from tuner_trials.export import read_tables
from tuner_trials.files import atomic_writer
from tuner_trials.job_log import job_log
from tuner_trials.search_space import SearchSpace

with job_log(snakemake.log[0]) as say:
    # Not above: its packages may be missing, which is said in the log.
    from tuner_trials.export.parquet import parquet_file

    tables = read_tables(
        snakemake.input.tables, SearchSpace(snakemake.params.settings["search_space"])
    )
    with atomic_writer(snakemake.output[0]) as file:
        file.write(parquet_file(tables))
    say(f"{len(tables['epochs'])} epochs written")
