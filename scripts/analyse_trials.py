"""Compare the strategies with random search, and the hyperparameters with each other."""

from tuner_trials.analysis.comparison import compare, compare_on_test, random_equivalents
from tuner_trials.analysis.hyperparameter_effects import hyperparameter_effects_table
from tuner_trials.analysis.random_statistics import random_statistics_table
from tuner_trials.analysis.summary import summary_table
from tuner_trials.job_log import job_log
from tuner_trials.tables import read_table, write_table

params, output = snakemake.params, snakemake.output
with job_log(snakemake.log[0]) as say:
    trials = read_table(snakemake.input.trials)
    test_scores = read_table(snakemake.input.test_scores)
    statistics = random_statistics_table(trials)
    summary = summary_table(trials, test_scores, statistics, params.budget)
    write_table(output.random_statistics, statistics)
    write_table(output.effects, hyperparameter_effects_table(trials, params.search_space))
    write_table(output.summary, summary)
    write_table(output.comparisons, compare(trials, params.budget, params.equivalence))
    write_table(output.test_comparisons, compare_on_test(test_scores, params.equivalence))
    write_table(output.random_equivalents, random_equivalents(trials, params.budget))
    say(summary[["strategy", "best_mean", "test_mean"]].to_string(index=False))
