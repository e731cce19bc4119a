"""The published notebook's random search: a plain loop against `snakemake random` on all cores.

    uv run benchmarks/experiment_speed.py

Twenty configurations (one hidden layer, 64 to 512 units, batch 128) are trained for ten epochs, by
`keras.Model.fit` one after another in one process as the notebook does, and by this workflow. Both
times are wall-clock and include every start-up; the data are there before. Then it is told where
the workflow's time went. Takes about ten minutes, in a temporary copy of the project.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

PROJECT = Path(__file__).parents[1]
EXPERIMENT = {
    "name": "speed",
    "seed": 42,
    "dataset": {"source": "fashion_mnist"},
    "model": "models/fcnn.py",
    "epochs": 10,
    "batch_size": 128,
    "random_configurations": 20,
    "budget": 20,
    "strategies": {"random_search": {"algorithm": "RandomSearch"}},
    "search_space": {
        "units": {"type": "int", "low": 64, "high": 512, "step": 64},
        "dropout_rate": {"type": "float", "low": 0.0, "high": 0.5, "step": 0.1},
        "learning_rate": {"type": "float", "low": 1e-4, "high": 1e-2, "scale": "log"},
    },
    "trial_store": False,
}
RESULTS = Path("results/speed")

PLAIN_LOOP = """
import json, sys
from pathlib import Path
import keras, numpy as np
def part(name):
    arrays = np.load(f"results/speed/data/{name}.npz")
    return arrays["x"].astype("float32") / 255, arrays["y"]
(x, y), validation = part("train"), part("validation")
best = 0.0
for path in sorted(Path("results/speed/random/configurations").iterdir()):
    configuration = json.loads(path.read_text())
    model = keras.Sequential([
        keras.Input((28, 28)),
        keras.layers.Flatten(),
        keras.layers.Dense(configuration["units"], activation="relu"),
        keras.layers.Dropout(configuration["dropout_rate"]),
        keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(
        optimizer=keras.optimizers.Adam(configuration["learning_rate"]),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(x, y, batch_size=128, epochs=10, validation_data=validation, verbose=0)
    best = max(best, *history.history["val_accuracy"])
print(best)
"""


def seconds(command: list[str], folder: Path) -> float:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def copy_project(folder: Path) -> None:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)


def job_seconds(results: Path) -> float:
    """Wall-clock seconds of all training jobs, as Snakemake's `benchmark:` wrote them."""
    total = 0.0
    for path in (results / "benchmarks/train_trials").glob("*.tsv"):
        with path.open() as file:
            total += sum(float(row["s"]) for row in csv.DictReader(file, delimiter="\t"))
    return total


def main() -> None:
    snakemake = [sys.executable, "-m", "snakemake", "--cores", "all"]
    configuration = ["--configfile", "speed.yaml"]
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copy_project(folder)
        (folder / "speed.yaml").write_text(yaml.safe_dump(EXPERIMENT))
        prepared = [
            str(RESULTS / "data/train.npz"),
            str(RESULTS / "random/configurations/0000.json"),
        ]
        seconds([*snakemake, *prepared, *configuration], folder)

        plain = seconds([sys.executable, "-c", PLAIN_LOOP], folder)
        ours = seconds([*snakemake, "random", *configuration], folder)

        records = [
            json.loads(path.read_text()) for path in (folder / RESULTS / "random/trials").iterdir()
        ]
        training = sum(record["train_seconds"] for record in records)
        jobs = job_seconds(folder / RESULTS)
    cores = os.cpu_count() or 1
    print("| | wall-clock (s) | ratio |\n|---|---|---|")
    print(f"| plain loop, one process | {plain:.0f} | 1 |")
    print(f"| `snakemake random`, {cores} cores | {ours:.0f} | {ours / plain:.2f} |")
    print(f"\n| where {cores} cores' {cores * ours:.0f} s went | s | share |\n|---|---|---|")
    for name, part in (
        ("training", training),
        ("start-up of the jobs", jobs - training),
        ("Snakemake, and idle cores", cores * ours - jobs),
    ):
        print(f"| {name} | {part:.0f} | {part / (cores * ours):.0%} |")


if __name__ == "__main__":
    main()
