"""The published notebook's random search: a plain loop against `snakemake random` on all cores.

    uv run benchmarks/experiment_speed.py

Twenty configurations (one hidden layer, 64 to 512 units, batch 128) are trained for ten epochs, by
`keras.Model.fit` one after another in one process as the notebook does, and by this workflow. Both
times are wall-clock and include every start-up; the data are there before. Beside them stands what
no float32 training of these trials can do without: their large matrix products alone, in NumPy, on
all cores. The three take turns, round by round. Then it is told where the workflow's time went.
Takes about eight minutes a round, in a temporary copy of the project.
"""

import argparse
import csv
import json
import os
import shutil
import statistics
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

# Forward and the weights' gradient for 48,000 rows, forward for 12,000, ten times for each trial.
PRODUCTS = """
import json, sys, time
import numpy as np
seconds = 0
x, y = np.random.random((48_000, 784)).astype("f4"), np.random.random((12_000, 784)).astype("f4")
for path in sys.argv[1:]:
    units = json.load(open(path))["units"]
    weights = np.random.random((784, units)).astype("f4")
    gradients = np.random.random((48_000, units)).astype("f4")
    out, out_gradients = np.empty((2_000, units), "f4"), np.empty((784, units), "f4")
    started = time.perf_counter()
    for epoch in range(10):
        for i in range(0, 48_000, 128):
            np.matmul(x[i : i + 128], weights, out=out[:128])
            np.matmul(x[i : i + 128].T, gradients[i : i + 128], out=out_gradients)
        for i in range(0, 12_000, 2_000):
            np.matmul(y[i : i + 2_000], weights, out=out)
    seconds += time.perf_counter() - started
print(seconds)
"""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def seconds(command: list[str], folder: Path) -> float:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def product_seconds(configurations: list[Path]) -> float:
    """Seconds until a process of one thread on each core has its trials' products."""
    cores = os.cpu_count()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PRODUCTS, *configurations[core::cores]],
            env=os.environ | ONE_THREAD,
            stdout=subprocess.PIPE,
        )
        for core in range(cores)
    ]
    return max(float(process.communicate()[0]) for process in processes)


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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds

    snakemake = [sys.executable, "-m", "snakemake", "--cores", "all"]
    configuration = ["--configfile", "speed.yaml"]
    plain, ours, products, training, jobs = ([] for _ in range(5))
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copy_project(folder)
        (folder / "speed.yaml").write_text(yaml.safe_dump(EXPERIMENT))
        prepared = [
            str(RESULTS / "data/train.npz"),
            str(RESULTS / "random/configurations/0000.json"),
        ]
        seconds([*snakemake, *prepared, *configuration], folder)
        configurations = sorted((folder / RESULTS / "random/configurations").iterdir())
        for _ in range(rounds):
            plain.append(seconds([sys.executable, "-c", PLAIN_LOOP], folder))
            ours.append(seconds([*snakemake, "random", *configuration], folder))
            products.append(product_seconds(configurations))

            trials = folder / RESULTS / "random/trials"
            records = [json.loads(path.read_text()) for path in trials.iterdir()]
            training.append(sum(record["train_seconds"] for record in records))
            jobs.append(job_seconds(folder / RESULTS))
            shutil.rmtree(trials)

    cores = os.cpu_count()
    print("| wall-clock (s) | each round | median | ratio |\n|---|---|---|---|")
    loop = statistics.median(plain)
    for name, times in (
        ("plain loop, one process", plain),
        (f"`snakemake random`, {cores} cores", ours),
        (f"the matrix products alone, {cores} cores", products),
    ):
        median = statistics.median(times)
        each = ", ".join(f"{time:.0f}" for time in times)
        print(f"| {name} | {each} | {median:.0f} | {median / loop:.2f} |")
    whole, job, trained = (statistics.median(times) for times in (ours, jobs, training))
    print(f"\n| where {cores} cores' {cores * whole:.0f} s went | s | share |\n|---|---|---|")
    for name, part in (
        ("training", trained),
        ("start-up of the jobs", job - trained),
        ("Snakemake, and idle cores", cores * whole - job),
    ):
        print(f"| {name} | {part:.0f} | {part / (cores * whole):.0%} |")


if __name__ == "__main__":
    main()
