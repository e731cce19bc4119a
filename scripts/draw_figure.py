"""Draw one figure from its tables."""

from pathlib import Path

from tuner_trials.figures import draw
from tuner_trials.figures.style import save
from tuner_trials.objectives import Objective
from tuner_trials.results.tables import read_table
from tuner_trials.workflow.job_log import job_log

settings, output = dict(snakemake.params.settings), snakemake.output
with job_log(snakemake.log[0]) as say:
    settings["objective"] = Objective(**settings["objective"])
    tables = {Path(path).stem: read_table(path) for path in snakemake.input.tables}
    figure = draw(snakemake.wildcards.figure, settings["title"], tables, settings, settings["room"])
    save(figure, output.svg, output.png)
    say(f"{snakemake.wildcards.figure} drawn")
