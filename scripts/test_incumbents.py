"""Train the winners of a strategy's searches again with fresh seeds, and test them."""

from itertools import product

from tuner_trials.evaluation import incumbents, score_incumbent
from tuner_trials.files import write_json
from tuner_trials.jobs import load_task
from tuner_trials.progress import job_log
from tuner_trials.split import read_part
from tuner_trials.tables import read_records
from tuner_trials.training import Part

params, inputs = snakemake.params, snakemake.input
with job_log(snakemake.log[0]) as say:
    task = load_task(inputs, params)
    test = Part(*read_part(inputs.test))
    rows = []
    for record, retraining in product(
        incumbents(read_records(inputs.records)), range(params.retrainings)
    ):
        rows.append(score_incumbent(task, test, record, params.epochs, retraining, params.seed))
        say(
            "test  {strategy} {repeat}  retraining {retraining}  {test_accuracy}".format(**rows[-1])
        )
    write_json(snakemake.output[0], rows)
