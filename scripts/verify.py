"""Compare this run's tables with the reference's, row by row."""

from pathlib import Path

from tuner_trials.job_log import job_log
from tuner_trials.tables import write_table
from tuner_trials.verification import VerificationError, complaint, summarise, verify

log = snakemake.log
with job_log(log.messages) as say:
    try:
        lines = verify(Path(snakemake.input.tables[0]).parent, snakemake.params.reference)
    except VerificationError as error:
        raise SystemExit(str(error)) from None
    write_table(log.rows, lines)
    say(summarise(lines))
    if problem := complaint(lines, log.rows):
        raise SystemExit(problem)
    say("the run agrees with the reference")
