"""The project's own net, which keeps a journal and misbehaves on demand."""

import keras
from training_journal import begin_training

from tuner_trials.tasks.hyperparameters_argument import Recorder
from tuner_trials.tasks.keras.engine import load_model_builder

build_fcnn = load_model_builder("models/fcnn.py")


def build_model(configuration, input_shape, classes):
    """`models/fcnn.py`'s, with a hyperparameter ``trouble``."""
    # A check of the model, which looks at what is read, is no training.
    if not isinstance(configuration, Recorder):
        begin_training()
    match configuration.get("trouble"):
        case "divergence":
            configuration = configuration | {"optimizer": "sgd", "learning_rate": 1e30}
        case "exception":
            raise RuntimeError("nothing can be built\nfrom this")
        case "memory":
            keras.layers.Dense(2**26)(keras.Input((64,)))  # 16 GiB of weights
    return build_fcnn(configuration, input_shape, classes)
