"""The files of a run, ``results/<experiment>/``: where each is, and how it is read."""

import json
import math
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from tuner_trials.results.tables import read_table
from tuner_trials.search.random_search import RANDOM, SAME_BUDGET, batches


class ResultsFolder:
    """What a finished run left; a file is read when it is asked for.

    Parameters
    ----------
    path
        The experiment's folder.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)

    @cached_property
    def experiment(self) -> dict[str, Any]:
        """The checked configuration, defaults filled in."""
        return self._json("experiment.json")

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """See `tuner_trials.results.provenance`."""
        return self._json("provenance.json")

    @cached_property
    def split(self) -> dict[str, Any]:
        """Sizes, classes and fingerprints of the parts."""
        return self._json("data/split.json")

    @property
    def model_check(self) -> dict[str, Any]:
        """What building the model for some configurations showed."""
        return self._json("model.json")

    def table(self, name: str) -> pd.DataFrame:
        """A table, with the types of the search space."""
        return read_table(self.path / "tables" / f"{name}.csv")

    def figure(self, name: str) -> bytes:
        """A figure as SVG."""
        return (self.path / f"figures/{name}.svg").read_bytes()

    @cached_property
    def repeats(self) -> int:
        """Searches of each strategy."""
        return int(self.table("trials")["repeat"].max()) + 1

    def job_seconds(self, strategy: str) -> float:
        """Seconds of all jobs of a strategy's searches; NaN where Snakemake did not measure them.

        With several trials in training at once, the seconds of a job are not those of its
        trainings, and NaN as well.
        """
        plan = self.experiment
        if strategy == RANDOM:
            jobs = batches(plan["random_configurations"])
            names = [f"train_trials/{job.start:04d}" for job in jobs]
        elif plan["parallel_trials"] > 1:
            return math.nan
        else:
            folder = RANDOM if strategy == SAME_BUDGET else strategy
            names = [f"run_search/{folder}-{repeat}" for repeat in range(self.repeats)]
        files = [self.path / f"benchmarks/{name}.tsv" for name in names]
        if not all(file.exists() for file in files):
            return math.nan
        return sum(pd.read_csv(file, sep="\t")["s"].iloc[-1] for file in files)

    def trial_file(self, record: dict[str, Any]) -> Path:
        """The file with the record of a trial."""
        if record["strategy"] == RANDOM:
            return self.path / f"random/trials/{record['trial']:04d}.json"
        folder = RANDOM if record["strategy"] == SAME_BUDGET else record["strategy"]
        return self.path / folder / f"repeat-{record['repeat']}/trials.json"

    def _json(self, name: str) -> Any:
        return json.loads((self.path / name).read_text(encoding="utf-8"))
