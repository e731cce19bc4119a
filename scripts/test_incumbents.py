"""Train the winners of a strategy's searches again with fresh seeds, and test them."""

import tuner_trials.workflow.one_thread  # noqa: F401, I001 (before all others)
from itertools import product

from tuner_trials.foundation.files import write_json
from tuner_trials.results.best_trials import incumbents
from tuner_trials.workflow.job_log import job_log
from tuner_trials.trials.trainer_factory import load_retrainer
from tuner_trials.trials.store import Store
from tuner_trials.results.tables import read_records

settings, inputs = snakemake.params.settings, snakemake.input
with job_log(snakemake.log[0]) as say:
    retrainer = load_retrainer(inputs, settings, Store(snakemake.params.store, say))
    records = read_records(inputs.records)
    rows = []
    for record, retraining in product(incumbents(records), range(settings["retrainings"])):
        rows.append(retrainer(record, retraining))
        say("test  {strategy} {repeat}  retraining {retraining}  {test}".format(**rows[-1]))
    write_json(snakemake.output[0], {"baseline": retrainer.baseline(), "retrainings": rows})
