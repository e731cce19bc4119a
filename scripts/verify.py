"""Compare this run's tables with the reference's, row by row."""

from pathlib import Path

from tuner_trials.job_log import job_log
from tuner_trials.tables import write_table
from tuner_trials.verification import check_agreement, summarise, verify

log = snakemake.log
with job_log(log.messages) as say:
    lines = verify(Path(snakemake.input.tables[0]).parent, snakemake.params.settings["reference"])
    write_table(log.rows, lines)
    say(summarise(lines))
    check_agreement(lines, log.rows)
    say("the run agrees with the reference")
