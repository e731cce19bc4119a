"""What the workflow and its jobs must agree on, in a module that imports nothing heavy."""

import os
from importlib.metadata import version

from tuner_trials.errors import UserError


def training_versions() -> dict[str, str]:
    """The versions of the packages that a training depends on."""
    return {name: version(name) for name in ("tensorflow", "keras", "numpy")}


def check_backend() -> None:
    """Refuse another backend of Keras than TensorFlow, before anything has imported Keras.

    Raises
    ------
    UserError
        With what to do.
    """
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise UserError(
            f"KERAS_BACKEND is {backend}, but models are trained with TensorFlow here; unset it"
        )


# What jobs are told by the environment, since neither changes a result: the folder of the trial
# store, and the command that was typed.
STORE_VARIABLE = "TUNER_TRIALS_STORE"
COMMAND_VARIABLE = "TUNER_TRIALS_COMMAND"
