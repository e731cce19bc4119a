"""Seconds an epoch: stock Keras `fit`, our engine, and the matrix products alone.

    uv run benchmarks/training_speed.py

Every measurement runs in a process of its own with one thread; the three take turns, round by
round, so that a machine that is busy for a while slows all of them. An epoch is 48,000 training
images of 28 x 28 and the evaluation on 12,000, with one hidden layer and batches of 128; the
content of the images does not matter for the time, so they are made up. Medians over all rounds
are printed, as a Markdown table.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
UNITS = (64, 256, 512)
BATCH_SIZE = 128
ROWS, VALIDATION_ROWS = 48_000, 12_000
WAYS = ("fit", "engine", "products")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def images(rows: int) -> tuple[Any, Any]:
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (rows, 28, 28), np.uint8)
    return x, rng.integers(0, 10, rows)


def fit(units: int, epochs: int) -> list[float]:
    """As the published notebook calls it: images as floats, `fit` with its defaults."""
    from tuner_trials.tasks.keras.engine import load_model_builder, use_one_thread

    use_one_thread()
    import keras

    x, y = images(ROWS)
    x_validation, y_validation = images(VALIDATION_ROWS)
    model = load_model_builder(PROJECT / "models/fcnn.py")({"units": units}, (28, 28), 10)
    starts: list[float] = []
    ends: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: starts.append(time.perf_counter()),
        on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter()),
    )

    model.fit(
        x.astype("float32") / 255,
        y,
        batch_size=BATCH_SIZE,
        epochs=epochs,
        validation_data=(x_validation.astype("float32") / 255, y_validation),
        callbacks=[clock],
        verbose=0,
    )
    return [end - start for start, end in zip(starts, ends, strict=True)]


def engine(units: int, epochs: int) -> list[float]:
    from tuner_trials.tasks.keras.engine import (
        Part,
        Task,
        Training,
        load_model_builder,
        use_one_thread,
    )

    use_one_thread()
    builder = load_model_builder(PROJECT / "models/fcnn.py")
    task = Task(builder, Part(*images(ROWS)), Part(*images(VALIDATION_ROWS)), outputs=10)
    training = Training(task, {"units": units}, seed=1)
    times = []
    for _ in range(epochs):
        started = time.perf_counter()
        training.advance()
        times.append(time.perf_counter() - started)
    return times


def products(units: int, epochs: int) -> list[float]:
    """The hidden layer's two large products of a step: forward, and the weights' gradient."""
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.random((ROWS, 784), np.float32)
    weights = rng.random((784, units), np.float32)
    gradients = rng.random((ROWS, units), np.float32)
    outputs = np.empty((BATCH_SIZE, units), np.float32)
    weight_gradients = np.empty((784, units), np.float32)
    times = []
    for _ in range(epochs):
        started = time.perf_counter()
        for i in range(0, ROWS, BATCH_SIZE):
            batch = x[i : i + BATCH_SIZE]
            np.matmul(batch, weights, out=outputs)
            np.matmul(batch.T, gradients[i : i + BATCH_SIZE], out=weight_gradients)
        times.append(time.perf_counter() - started)
    return times


def measure(way: str, units: int, epochs: int) -> float:
    """The median epoch of a fresh process; the first epoch, which builds the graph, is left out."""
    command = [sys.executable, __file__, "--measure", way, str(units), str(epochs + 1)]
    environment = os.environ | ONE_THREAD
    if way == "fit":
        environment["TF_ENABLE_ONEDNN_OPTS"] = "1"
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return statistics.median(json.loads(output.stdout.splitlines()[-1])[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=4, help="counted epochs a round")
    parser.add_argument("--measure", nargs=3, metavar=("WAY", "UNITS", "EPOCHS"))
    arguments = parser.parse_args()
    if arguments.measure:
        way, units, epochs = arguments.measure
        print(json.dumps(globals()[way](int(units), int(epochs))))
        return

    times: dict[tuple[str, int], list[float]] = {
        (way, units): [] for way in WAYS for units in UNITS
    }
    for _ in range(arguments.rounds):
        for units in UNITS:
            for way in WAYS:
                times[way, units].append(measure(way, units, arguments.epochs))
    print("| units | `fit` (s) | engine (s) | products (s) | engine / `fit` | engine / products |")
    print("|---|---|---|---|---|---|")
    for units in UNITS:
        a, b, c = (statistics.median(times[way, units]) for way in WAYS)
        print(f"| {units} | {a:.2f} | {b:.2f} | {c:.2f} | {b / a:.2f} | {b / c:.2f} |")


if __name__ == "__main__":
    main()
