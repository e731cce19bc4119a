"""Draw one figure from its tables."""

from pathlib import Path

import pandas as pd

from tuner_trials.figures import draw
from tuner_trials.figures.style import save
from tuner_trials.progress import job_log

with job_log(snakemake.log[0]) as say:
    tables = {
        # An empty field is missing; the word None may be one of the values to choose from.
        Path(path).stem: pd.read_csv(path, keep_default_na=False, na_values=[""])
        for path in snakemake.input.tables
    }
    figure = draw(snakemake.wildcards.figure, tables, dict(snakemake.params.items()))
    save(figure, snakemake.output.svg, snakemake.output.png)
    say(f"{snakemake.wildcards.figure} drawn")
