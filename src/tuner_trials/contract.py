"""What the workflow and its jobs must agree on, in a module that imports nothing heavy."""

from importlib.metadata import version


def training_versions() -> dict[str, str]:
    """The versions of the packages that a training depends on."""
    return {name: version(name) for name in ("tensorflow", "keras", "numpy")}


# What jobs are told by the environment, since neither changes a result: the folder of the trial
# store, and the command that was typed.
STORE_VARIABLE = "TUNER_TRIALS_STORE"
COMMAND_VARIABLE = "TUNER_TRIALS_COMMAND"
