"""Say what the experiment will cost, and what differences it can find."""

import numpy as np

from tuner_trials.analysis.plan import plan_table
from tuner_trials.foundation.errors import UserError
from tuner_trials.objectives import Objective
from tuner_trials.report.formatting import counted
from tuner_trials.results.tables import read_records
from tuner_trials.workflow.job_log import job_log

settings = snakemake.params.settings
objective = Objective(**settings["objective"])
with job_log(snakemake.log[0]) as say:
    records = read_records(snakemake.input.records)
    records = [record for record in records if record["status"] == "completed"]
    if len(records) < 2:
        raise UserError("plan: too few random trials completed to say anything")
    seconds = np.mean([record["train_seconds"] for record in records])
    scores = np.array([record["score"] for record in records])
    table = plan_table(scores, settings["budget"], settings["strategies"], settings["looks"])
    say(f"from {len(records)} random trials; a full training took {seconds:.1f} s of one core")
    for row in table.itertuples():
        trainings = settings["trainings"][str(row.repeats)]
        cost = f"{trainings} full trainings, at most {trainings * seconds / 3600:.2f} core hours"
        finds = (
            f"a difference of {objective.size(row.difference)} is found with a probability of 80 %;"
            " if there is none, equivalence is found with 80 % for a margin of"
            f" {objective.size(row.equivalence)} or more"
        )
        if row.repeats == 1:
            finds = "one repeat gives no interval, and so decides nothing"
        say(f"{counted(row.repeats, 'repeat')}: {cost}; {finds}")
    say("searches share trainings, which makes it less; what tuners take to suggest comes on top")
