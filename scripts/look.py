"""Compare the searches after so many repeats, and say whether that decides between them."""

from pathlib import Path

import numpy as np

from tuner_trials.analysis.comparisons import best_scores
from tuner_trials.analysis.looks import looks_table
from tuner_trials.foundation.files import write_json
from tuner_trials.objectives import Objective, equivalence
from tuner_trials.results.failures import check_failures
from tuner_trials.results.looks import earlier_looks
from tuner_trials.results.tables import read_records, trials_table
from tuner_trials.workflow.job_log import job_log
from tuner_trials.workflow.results_folder import ResultsFolder

settings, inputs = snakemake.params.settings, snakemake.input
output, repeats = Path(snakemake.output[0]), int(snakemake.wildcards.repeats)
objective = Objective(**settings["objective"])
with job_log(snakemake.log[0]) as say:
    records = read_records(inputs.records)
    results = ResultsFolder(output.parents[1])
    check_failures(records, settings["max_failed_share"], results.trial_file)
    trials = trials_table(records, settings["search_space"], objective.sign)
    best = {name: list(scores) for name, scores in best_scores(trials).items()}

    earlier = earlier_looks(output.parent, best)
    looks = sorted({*settings["looks"], *earlier, repeats})
    if unplanned := [look for look in looks if look not in (*settings["looks"], repeats)]:
        say(f"corrected for the looks at {unplanned} repeats, which {output.parent} remembers")
    train, validation = (np.load(part)["y"] for part in (inputs.train, inputs.validation))
    margin = equivalence(settings["equivalence"], objective.know_nothing(train, validation))
    table = looks_table(trials, settings["budget"], margin, looks)
    verdicts = table[table["repeats"] == repeats].set_index("strategy")["verdict"].to_dict()
    decided = "undecided" not in verdicts.values()
    for strategy, verdict in verdicts.items():
        say(f"after {repeats} repeats, {strategy}: {verdict}")
    write_json(
        output,
        {
            "repeats": repeats,
            "looks": looks,
            "decided": decided,
            "verdicts": verdicts,
            "best": best,
        },
    )
