"""Write down what the results came from."""

import json
import os
from pathlib import Path

import pandas as pd

from tuner_trials.foundation.files import write_json
from tuner_trials.results.provenance import provenance, trained_elsewhere
from tuner_trials.results.tables import ORIGIN, read_records
from tuner_trials.workflow import COMMAND_VARIABLE
from tuner_trials.workflow.job_log import job_log

with job_log(snakemake.log[0]) as say:
    files = snakemake.input
    split = json.loads(Path(files.split).read_text(encoding="utf-8"))
    records = read_records(files.retrainings)
    retrainings = pd.DataFrame(row for record in records for row in record["retrainings"])
    trainings = pd.concat([pd.read_csv(files.timings), retrainings.reindex(columns=ORIGIN)])
    record = provenance(split, trainings, os.environ[COMMAND_VARIABLE])
    write_json(snakemake.output.provenance, record)
    write_json(snakemake.output.experiment, snakemake.params.settings["experiment"])
    say(f"commit {record['commit']} on {record['processor']}. {trained_elsewhere(record)}")
