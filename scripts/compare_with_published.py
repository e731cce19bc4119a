"""Set what was published beside what the repeats give."""

from tuner_trials.analysis.published import (
    published_differences_table,
    published_table,
    winners_table,
)
from tuner_trials.job_log import job_log
from tuner_trials.tables import read_table, write_table

output = snakemake.output
with job_log(snakemake.log[0]) as say:
    results = (
        snakemake.params.published,
        read_table(snakemake.input.trials),
        read_table(snakemake.input.test_scores),
    )
    table = published_table(*results)
    write_table(output.published, table)
    write_table(output.differences, published_differences_table(*results))
    write_table(output.winners, winners_table(*results))
    say(table[["strategy", "measure", "published", "mean"]].to_string(index=False))
