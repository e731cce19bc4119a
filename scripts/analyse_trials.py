"""Make one table from others."""

from tuner_trials.analysis import analyse
from tuner_trials.job_log import job_log
from tuner_trials.tables import read_table, write_table

name, settings = snakemake.wildcards.analysis, snakemake.params.settings
with job_log(snakemake.log[0]) as say:
    tables = [read_table(path, settings["search_space"]) for path in snakemake.input.tables]
    table = analyse(name, *tables, *settings["analysis"].values())
    write_table(snakemake.output[0], table)
    say(f"{name}: {len(table)} rows")
