"""What a large pool costs before and beside its trainings.

    uv run benchmarks/scale.py

In a temporary copy of the project, for pools of 100 to 100,000 configurations of the digits: how
long Snakemake takes to build the graph of a whole experiment (a dry run) and how much memory, and
how long `snakemake random` takes on all cores if training takes no time at all. The last is left
out for the largest pool, where it would take hours. Takes three minutes.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from experiment_speed import copy_project

PROJECT = Path(__file__).parents[1]
POOLS = (100, 1_000, 10_000, 100_000)
LARGEST_RUN = 10_000
EXPERIMENT = {
    "name": "scale",
    "seed": 42,
    "dataset": {"source": "digits"},
    "model": "models/fcnn.py",
    "epochs": 10,
    "budget": 20,
    "strategies": {"hyperband": {"algorithm": "Hyperband"}},
    "search_space": {
        "units": {"type": "int", "low": 32, "high": 256, "scale": "log"},
        "learning_rate": {"type": "float", "low": 1e-4, "high": 1e-2, "scale": "log"},
    },
}

# Takes the place of scripts/train_trials.py, in the copy alone.
INSTANT_TRIALS = """
from pathlib import Path

for target in snakemake.output:
    Path(target).write_text("{}")
"""


def snakemake(folder: Path, *arguments: str) -> tuple[float, float]:
    """Wall-clock seconds of a run, and the resident memory of its largest process in MB."""
    command = [sys.executable, "-m", "snakemake", *arguments, "--configfile", "scale.yaml"]
    with (folder / "log").open("w") as log:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    if status:
        raise SystemExit((folder / "log").read_text()[-3000:])
    return seconds, usage.ru_maxrss / (1000 if sys.platform == "linux" else 1_000_000)


def measure(pool: int) -> str:
    """The table's row for a pool of that size."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copy_project(folder)
        (folder / "scripts/train_trials.py").write_text(INSTANT_TRIALS)
        plan = EXPERIMENT | {"random_configurations": pool}
        (folder / "scale.yaml").write_text(yaml.safe_dump(plan))
        graph, memory = snakemake(folder, "--dry-run", "--quiet", "all", "--cores", "all")
        if pool > LARGEST_RUN:
            return f"| {pool:,} | {graph:.1f} | {memory:.0f} | | |"
        snakemake(folder, "results/scale/data/train.npz", "--cores", "all")
        run, _ = snakemake(folder, "random", "--cores", "all")
    return f"| {pool:,} | {graph:.1f} | {memory:.0f} | {run:.0f} | {1000 * run / pool:.0f} |"


def main() -> None:
    print("| configurations | graph (s) | memory (MB) | run (s) | run, ms a trial |")
    print("|---|---|---|---|---|")
    for pool in POOLS:
        print(measure(pool), flush=True)


if __name__ == "__main__":
    main()
