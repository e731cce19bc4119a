"""Write the trials of a large batch, a file each."""

import json
from pathlib import Path

from tuner_trials.foundation.files import write_json
from tuner_trials.workflow.job_log import job_log

with job_log(snakemake.log[0]) as say:
    records = json.loads(Path(snakemake.input[0]).read_text(encoding="utf-8"))
    for path, record in zip(snakemake.output, records, strict=True):
        write_json(path, record)
    say(f"{len(records)} trials written")
