"""Where the time of a finished run went.

    uv run benchmarks/time_shares.py results/fashion_mnist .snakemake/log/DATE.snakemake.log

Reads the seconds of every job from Snakemake's log and those of every trial from the tables, and
prints them as a Markdown table. Meant for a run that started from nothing and was not interrupted.
"""

import argparse
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pandas as pd

PREPARING = {"fetch_dataset", "sample_configurations", "split_dataset", "check_model"}
TRAINING = {"train_trials", "run_search"}
TESTING = {"test_incumbents"}


def job_seconds(log: str) -> tuple[dict[str, float], float]:
    """Wall-clock seconds of all jobs by rule, and of the run; Snakemake tells whole seconds."""
    seconds: dict[str, float] = defaultdict(float)
    started: dict[str, datetime] = {}
    now = datetime.min
    for line in log.splitlines():
        if time := re.fullmatch(r"\[(.+)\]", line):
            now = datetime.strptime(time[1], "%a %b %d %H:%M:%S %Y")
        elif job := re.fullmatch(r"\s+jobid: (\d+)", line):
            started[job[1]] = now
        elif end := re.match(r"Finished jobid: (\d+) \(Rule: (\w+)\)", line):
            seconds[end[2]] += (now - started[end[1]]).total_seconds()
    elapsed = re.search(r"Elapsed time: (\d+):(\d+):([\d.]+)", log)
    if elapsed is None:
        raise SystemExit("the log does not say how long the run took: did it come to its end?")
    hours, minutes, rest = elapsed.groups()
    return seconds, 3600 * int(hours) + 60 * int(minutes) + float(rest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("log", type=Path)
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    arguments = parser.parse_args()

    jobs, wall = job_seconds(arguments.log.read_text("utf-8"))
    trials = pd.read_csv(arguments.results / "tables/timings.csv")
    pool = trials["strategy"] == "random"
    training, suggesting = trials["train_seconds"].sum(), trials["suggest_seconds"].sum()

    def of_rules(rules: Iterable[str]) -> float:
        return sum(jobs[rule] for rule in rules)

    pool_share = 1 - trials.loc[pool, "train_seconds"].sum() / jobs["train_trials"]
    parts = {
        "training": training,
        "suggestions": suggesting,
        "start-up of the training jobs": of_rules(TRAINING) - training - suggesting,
        "retraining and testing the winners": of_rules(TESTING),
        "data, split, check of the model": of_rules(PREPARING),
        "tables, figures, report": of_rules(jobs.keys() - PREPARING - TRAINING - TESTING),
    }
    total = arguments.cores * wall
    parts["Snakemake, and idle cores"] = total - sum(parts.values())
    print(f"| where {arguments.cores} cores' {total:.0f} s went | s | share |\n|---|---|---|")
    for name, seconds in parts.items():
        print(f"| {name} | {seconds:.0f} | {seconds / total:.1%} |")
    print(
        f"\nStart-up is {pool_share:.1%} of the pool's jobs; the run took {wall / 60:.1f} minutes."
    )


if __name__ == "__main__":
    main()
