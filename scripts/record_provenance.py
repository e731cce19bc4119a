"""Write down what the results came from."""

import json
from pathlib import Path

import pandas as pd

from tuner_trials.files import write_json
from tuner_trials.job_log import job_log
from tuner_trials.report.provenance import provenance, trained_elsewhere
from tuner_trials.tables import ORIGIN, read_records

with job_log(snakemake.log[0]) as say:
    files = snakemake.input
    split = json.loads(Path(files.split).read_text(encoding="utf-8"))
    retrainings = pd.DataFrame(read_records(files.retrainings))
    trainings = pd.concat([pd.read_csv(files.timings), retrainings.reindex(columns=ORIGIN)])
    record = provenance(snakemake.params.settings["experiment"], split, trainings)
    write_json(snakemake.output[0], record)
    say(f"commit {record['commit']} on {record['processor']}. {trained_elsewhere(record)}")
