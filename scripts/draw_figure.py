"""Draw one figure from its tables."""

from pathlib import Path

from tuner_trials.figures import draw
from tuner_trials.figures.style import save
from tuner_trials.job_log import job_log
from tuner_trials.tables import read_table

settings, output = snakemake.params.settings, snakemake.output
with job_log(snakemake.log[0]) as say:
    tables = {
        Path(path).stem: read_table(path, settings["search_space"])
        for path in snakemake.input.tables
    }
    figure = draw(snakemake.wildcards.figure, settings["title"], tables, settings)
    save(figure, output.svg, output.png)
    say(f"{snakemake.wildcards.figure} drawn")
