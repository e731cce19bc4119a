"""Draw the figures from their tables."""

from pathlib import Path

from tuner_trials.extras.chapters import figures_for
from tuner_trials.figures import draw
from tuner_trials.figures.style import save
from tuner_trials.objectives import Objective
from tuner_trials.results.tables import read_table
from tuner_trials.workflow.job_log import job_log

settings, output = dict(snakemake.params.settings), snakemake.output
with job_log(snakemake.log[0]) as say:
    settings["objective"] = Objective(**settings["objective"])
    figures = figures_for(settings["chapters"])
    tables = {Path(path).stem: read_table(path) for path in snakemake.input.tables}
    for svg, png in zip(output.svg, output.png, strict=True):
        name = Path(svg).stem
        own = {table: tables[table] for table in figures[name].tables}
        save(draw(name, figures[name].title, own, settings, figures[name].room), svg, png)
        say(f"{name} drawn")
