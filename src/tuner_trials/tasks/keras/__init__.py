"""Training with Keras: the engine, and checks of the user's model.

Importing this package does not import Keras.
"""

import os

from tuner_trials.foundation.errors import UserError


def check_backend() -> None:
    """Refuse any backend of Keras other than TensorFlow, before anything imports Keras.

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
