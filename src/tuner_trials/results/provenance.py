"""Where results come from: what to say when somebody asks how a number was obtained."""

import os
import platform
from importlib.metadata import version
from typing import Any

import pandas as pd

from tuner_trials.foundation.origin import commit, processor
from tuner_trials.results.tables import ORIGIN

PACKAGES = (
    "tensorflow",
    "keras",
    "keras-tuner",
    "numpy",
    "scipy",
    "scikit-learn",
    "optuna",
    "cmaes",
    "pandas",
    "snakemake",
    "tuner-trials",
)


def provenance(
    split: dict[str, Any],
    trainings: pd.DataFrame,
    command: str = "unknown",
) -> dict[str, Any]:
    """Everything that a run depended on, ready for JSON.

    Trainings may be older than the run that writes this: ``trained`` says by which commit and on
    which processor how many of them were done.

    Parameters
    ----------
    split
        The content of ``data/split.json``: sizes, class counts and fingerprints of the parts.
    trainings
        With columns ``commit`` and ``processor``; one row per trial or retraining.
    command
        What was typed to start the run.
    """
    return {
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "commit": commit(),
        "processor": processor(),
        "trained": trainings.groupby(ORIGIN)
        .size()
        .rename("trainings")
        .reset_index()
        .to_dict("records"),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "command": command,
        "data": split,
    }


def trained_elsewhere(record: dict[str, Any]) -> str:
    """A sentence on the trainings that are not of the record's commit and processor, if any."""
    others = [
        origin
        for origin in record["trained"]
        if any(origin[name] != record[name] for name in ORIGIN)
    ]
    if not others:
        return ""
    told = ", ".join(
        f"{origin['trainings']} by commit {origin['commit']} on {origin['processor']}"
        for origin in others
    )
    total = sum(origin["trainings"] for origin in record["trained"])
    return f"Of {total} trainings, not all are of this commit and processor: {told}."
