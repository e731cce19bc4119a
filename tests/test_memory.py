"""A job holds its data once: what it takes grows hardly more than they do."""

import os
import subprocess
import sys

import numpy as np
import pytest
from conftest import PROJECT

JOB = """
import resource, sys
from types import SimpleNamespace
from tuner_trials.jobs import load_trainer
from tuner_trials.store import Store

folder = sys.argv[1]
inputs = SimpleNamespace(
    train=f"{folder}/train.npz", validation=f"{folder}/validation.npz", model=f"{folder}/net.py",
    model_files=[],
)
settings = {
    "batch_size": 128, "precision": "float32", "epochs": 1, "seed": 1,
    "class_weight": None,
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
