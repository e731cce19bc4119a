"""Train the winners of a strategy's searches again with fresh seeds, and test them."""

from itertools import product

from tuner_trials.files import write_json
from tuner_trials.incumbents import incumbents
from tuner_trials.job_log import job_log
from tuner_trials.jobs import load_retrainer
from tuner_trials.random_search import as_random_search
from tuner_trials.tables import read_records

settings, inputs = snakemake.params.settings, snakemake.input
with job_log(snakemake.log[0]) as say:
    retrainer = load_retrainer(inputs, settings, say)
    records = read_records(inputs.records)
    _, _, search = snakemake.wildcards.strategy.partition("-")
    if search:  # one of the random searches that the pool holds
        records = as_random_search(records, int(search))
    rows = []
    for record, retraining in product(incumbents(records), range(settings["retrainings"])):
        rows.append(retrainer(record, retraining))
        say(
            "test  {strategy} {repeat}  retraining {retraining}  {test_accuracy}".format(**rows[-1])
        )
    write_json(snakemake.output[0], rows)
