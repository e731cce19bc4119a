"""The project's own net, which writes down every training that begins, and misbehaves on demand."""

import json
import os
import sys
from pathlib import Path

import keras

from tuner_trials.training import load_model_builder

build_fcnn = load_model_builder("models/fcnn.py")


def build_model(configuration, input_shape, classes):
    """`models/fcnn.py`'s, with a hyperparameter ``trouble`` and a journal where there is one."""
    # A check of the model, which hands over a dictionary of its own kind, is no training.
    if type(configuration) is dict and (journal := os.environ.get("FAULTS_JOURNAL")):
        with Path(journal).open("a") as file:
            job = getattr(sys.modules["__main__"], "snakemake", None)
            rule = job.rule if job else "run_search"  # whose worker process this is
            print(json.dumps([os.getpid(), rule]), file=file)
    match configuration.get("trouble"):
        case "divergence":
            configuration = configuration | {"optimizer": "sgd", "learning_rate": 1e30}
        case "exception":
            raise RuntimeError("nothing can be built\nfrom this")
        case "memory":
            keras.layers.Dense(2**26)(keras.Input((64,)))  # 16 GiB of weights
    return build_fcnn(configuration, input_shape, classes)
