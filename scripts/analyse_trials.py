"""Compare the strategies with random search, and the hyperparameters with each other."""

import pandas as pd

from tuner_trials.progress import job_log
from tuner_trials.tables import (
    hyperparameter_effects_table,
    random_statistics_table,
    summary_table,
    write_table,
)

with job_log(snakemake.log[0]) as say:
    trials = pd.read_csv(snakemake.input.trials)
    test_scores = pd.read_csv(snakemake.input.test_scores)
    statistics = random_statistics_table(trials)
    summary = summary_table(trials, test_scores, statistics, snakemake.params.budget)
    effects = hyperparameter_effects_table(trials, snakemake.params.search_space)
    write_table(snakemake.output.random_statistics, statistics)
    write_table(snakemake.output.hyperparameter_effects, effects)
    write_table(snakemake.output.summary, summary)
    say(summary[["strategy", "best_mean", "test_mean"]].to_string(index=False))
