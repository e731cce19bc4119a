"""Where results come from: what to say when somebody asks how a number was obtained."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tuner_trials.contract import COMMAND_VARIABLE

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


def provenance(experiment: dict[str, Any], split: dict[str, Any]) -> dict[str, Any]:
    """Everything that a run depended on, ready for JSON.

    Parameters
    ----------
    experiment
        The checked configuration, defaults filled in.
    split
        The content of ``data/split.json``: sizes, class counts and fingerprints of the parts.
    """
    return {
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in PACKAGES},
        "commit": commit(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "command": os.environ.get(COMMAND_VARIABLE, "unknown"),
        "experiment": experiment,
        "data": split,
    }


def commit() -> str:
    """The commit of the code, with ``+ changes`` where files differ from it; or ``unknown``."""
    try:
        name = _git("rev-parse", "HEAD")
        return f"{name} + changes" if _git("status", "--porcelain") else name
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def processor() -> str:
    """The processor's name, as the system gives it."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()
