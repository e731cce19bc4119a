"""A job holds its data once, and asks the scheduler for what that takes."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
import yaml
from conftest import PROJECT
from faults.project_copy import copy_project

JOB = """
import resource, sys
from types import SimpleNamespace
from tuner_trials.trials.trainer_factory import load_trainer
from tuner_trials.objectives import OBJECTIVES
from tuner_trials.trials.store import Store

folder = sys.argv[1]
inputs = SimpleNamespace(
    train=f"{folder}/train.npz", validation=f"{folder}/validation.npz", model=f"{folder}/net.py",
    model_files=[],
)
settings = {
    "batch_size": 128, "precision": "float32", "epochs": 1, "seed": 1,
    "class_weight": None, "versions": {},
    "objective": OBJECTIVES["accuracy"].described(),
    "search_space": {"units": {"type": "int", "low": 4, "high": 8}},
}
trainer = load_trainer(inputs, settings, Store(None, print))
assert trainer({"units": 4}, 1, 1).status == "completed"
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""
NET = """
import keras

def build_model(configuration, input_shape, classes):
    layers = [
        keras.Input(input_shape), keras.layers.AveragePooling2D(16), keras.layers.Flatten(),
        keras.layers.Dense(configuration["units"]), keras.layers.Dense(classes, "softmax"),
    ]
    model = keras.Sequential(layers)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model
"""


def peak(folder, rows):
    folder.mkdir()
    (folder / "net.py").write_text(NET)
    rng = np.random.default_rng(0)
    for name, count in (("train", rows), ("validation", rows // 4)):
        x = rng.integers(0, 256, (count, 64, 64, 3), np.uint8)
        np.savez(folder / f"{name}.npz", x=x, y=(np.arange(count) % 2).astype(np.int32))
    run = subprocess.run(
        [sys.executable, "-c", JOB, folder],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT / "src")},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return int(run.stdout)


@pytest.mark.long
def test_a_training_job_needs_one_copy_of_its_data_and_a_second_of_a_part_for_a_moment(tmp_path):
    rows = 12_000
    size = rows * 5 // 4 * 64 * 64 * 3
    more = peak(tmp_path / "large", rows) - peak(tmp_path / "small", 200)
    assert more < 1.8 * size  # 4.4 with two copies that are kept, and one for the hash


@pytest.mark.parametrize(
    ("megabytes", "threads", "memory"),
    [(1, 1, 2000), (1000, 1, 800 + 1600), (2500, 2, 2 * (800 + 4000))],
)
def test_a_job_asks_for_the_memory_that_its_data_need(tmp_path, megabytes, threads, memory):
    folder = tmp_path / "project"
    copy_project(folder)
    config = yaml.safe_load((folder / "tests/faults/tiny.yaml").read_text("utf-8"))
    (folder / "mine.yaml").write_text(yaml.safe_dump(config | {"parallel_trials": threads}))
    data = folder / "results/tiny/data"
    data.mkdir(parents=True)
    (data / "split.json").write_text("{}")
    for name, share in (("train", 0.8), ("validation", 0.2), ("test", 0)):
        with (data / f"{name}.npz").open("wb") as file:
            file.truncate(int(share * megabytes * 2**20))  # holes, which take no place
    run = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "snakemake",
                "results/tiny/bayesian/repeat-0/trials.json",
                "-n",
            ),
            *("--cores", "2", "--configfile", "mine.yaml", "--rerun-triggers", "mtime"),
        ],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    [found] = re.findall(r"mem_mb=(\d+)", run.stdout)
    assert memory <= int(found) <= memory + 2
