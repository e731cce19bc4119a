"""Ask and tell keras-tuner's oracles, in its own words for the search space.

Only its oracles are used, the part that suggests configurations: training, files on disk and
retries are ours. Its known faults are caught here; each is described where it is caught.

keras-tuner takes seconds to import, so that is done when a search starts: checking a configuration
file must not pay for it.
"""

from typing import TYPE_CHECKING, Any

from tuner_trials.search.strategies.base import Suggestion
from tuner_trials.search.strategies.without_keras import import_keras_tuner
from tuner_trials.space.search_space import (
    Boolean,
    Choice,
    Fixed,
    Float,
    Hyperparameter,
    Int,
    SearchSpace,
)

if TYPE_CHECKING:
    import keras_tuner


class OracleSearch:
    """A search by a keras-tuner oracle."""

    def __init__(self, oracle: "keras_tuner.Oracle", space: SearchSpace, epochs: int):
        # The oracle prints a table for each trial and overwrites its saved state after it. Neither
        # is needed: a search is repeated by asking the same questions again.
        oracle.verbose = 0
        oracle.save = lambda: None
        oracle._save_trial = lambda trial: None
        self.oracle, self.space, self.epochs = oracle, space, epochs
        self.trials: list[keras_tuner.engine.trial.Trial] = []

    def ask(self) -> Suggestion | None:
        # A tuner of its own for each trial: one that asks again would get its open trial again.
        trial = self.oracle.create_trial(f"tuner {len(self.trials)}")
        if trial.status != "RUNNING":
            return None
        self.trials.append(trial)
        import numpy as np

        values = {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in trial.hyperparameters.values.items()
        }
        plan = {key: values.pop(key) for key in list(values) if key.startswith("tuner/")}
        parent = plan.get("tuner/trial_id")
        return Suggestion(
            # A whole number on a log scale can come back as high + 1: train inside the range.
            self.space.clip(values),
            plan.get("tuner/epochs", self.epochs),
            # keras-tuner numbers its trials as we do, in words.
            continues=None if parent is None else int(parent),
        )

    def tell(self, trial: int, score: float) -> None:
        # A failed trial would be invisible to the Gaussian process, cost Hyperband a promotion, and
        # three in a row would end the search: every trial is told as completed, with its score.
        told = self.trials[trial]
        self.oracle.update_trial(told.trial_id, {"score": score})
        told.status = "COMPLETED"
        self.oracle.end_trial(told)


def common(space: SearchSpace, seed: int) -> dict[str, Any]:
    """The arguments that all of keras-tuner's oracles share."""
    keras_tuner = import_keras_tuner()
    return {
        "objective": keras_tuner.Objective("score", direction="max"),
        "hyperparameters": to_keras_tuner(space),
        "seed": seed,
        "allow_new_entries": False,
    }


def to_keras_tuner(space: SearchSpace) -> "keras_tuner.HyperParameters":
    """Convert a search space to keras-tuner's hyperparameters."""
    keras_tuner = import_keras_tuner()
    from keras_tuner.engine import hyperparameters as theirs

    # Its public conditional_scope knows no child of two parents that do not depend on each other.
    from keras_tuner.src.engine.conditions import Parent

    hyperparameters = keras_tuner.HyperParameters()
    for name, hyperparameter in space.items():
        about = {
            "name": name,
            "conditions": [
                Parent(parent, _met_by(space[parent], values))
                for parent, values in hyperparameter.active_if.items()
            ],
        }
        match hyperparameter:
            case Int(low=low, high=high, step=step, scale="linear"):
                said = theirs.Int(min_value=low, max_value=high, step=step or 1, **about)
            case Float(low=low, high=high, step=step, scale="linear"):
                # keras-tuner counts the steps with //, by which 0.5 is 4 steps of 0.1: half a step
                # more makes it 5, and the last value one that is tried.
                top = high if step is None else hyperparameter.last() + step / 2
                said = theirs.Float(min_value=low, max_value=top, step=step, **about)
            case Int(low=low, high=high):
                said = theirs.Int(min_value=low, max_value=high, sampling="log", **about)
            case Float(low=low, high=high):
                said = theirs.Float(min_value=low, max_value=high, sampling="log", **about)
            case Choice(values=values):
                said = theirs.Choice(values=values, **about)
            case Boolean():
                said = theirs.Boolean(**about)
            case Fixed(value=value):
                said = theirs.Fixed(value=value, **about)
        hyperparameters.merge([said])
    return hyperparameters


def _met_by(parent: Hyperparameter, values: list[Any]) -> list[Any]:
    """The values of a parent that meet a condition, as keras-tuner may have them."""
    met = [parent.clip(value) for value in values]
    # Clipped to high when it leaves the oracle: the child must be there by then.
    if parent.type == "int" and parent.scale == "log" and parent.high in met:
        met.append(parent.high + 1)
    return met
