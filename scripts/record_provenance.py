"""Write down what the results came from."""

import json
from pathlib import Path

from tuner_trials.files import write_json
from tuner_trials.job_log import job_log
from tuner_trials.report.provenance import provenance

with job_log(snakemake.log[0]) as say:
    split = json.loads(Path(snakemake.input.split).read_text(encoding="utf-8"))
    record = provenance(snakemake.params.settings["experiment"], split)
    write_json(snakemake.output[0], record)
    say(f"commit {record['commit']} on {record['processor']}")
