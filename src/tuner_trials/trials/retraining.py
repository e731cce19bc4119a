"""Test an incumbent: train it again with fresh seeds and score it on the test part.

Nothing here feeds a search: the test part is looked at once, when all searches are over.
"""

import math
from typing import Any

import numpy as np

from tuner_trials.foundation.fingerprints import hash_file
from tuner_trials.foundation.origin import commit, processor
from tuner_trials.foundation.seeds import derive_seed
from tuner_trials.space.search_space import Configuration
from tuner_trials.tasks.base import Part, Task, baseline
from tuner_trials.tasks.data.arrays import hash_array
from tuner_trials.trials.store import Store

NO_VALUES: dict[str, float | None] = {"validation": None, "test": None}


def retraining_seed(
    experiment_seed: int, repeat: int, configuration: Configuration, retraining: int
) -> int:
    """A seed that no trial has used.

    Where two searches of a repeat were won by the same configuration, it is trained alike, and
    once: there is no difference between what they found.
    """
    return derive_seed(experiment_seed, "retraining", repeat, configuration, retraining)


class Retrainer:
    """Trains an incumbent again in full, and tests it as it was after its best validation epoch.

    Parameters
    ----------
    task, test
        What is trained, and the part that tests it.
    circumstances
        See `tuner_trials.trials.store.circumstances`.
    store
        Searched first; trainings that it does not contain are added.
    epochs
        Of a full training, also where the incumbent was found in a shorter one.
    seed
        The experiment's.
    """

    def __init__(
        self,
        task: Task,
        test: Part,
        circumstances: dict[str, Any],
        store: Store,
        epochs: int,
        seed: int,
    ):
        self.task, self.test, self.store, self.epochs, self.seed = task, test, store, epochs, seed
        self.circumstances = circumstances | {
            "test": [hash_array(np.asarray(array)) for array in (test.x, test.labels)],
            "evaluation": hash_file(__file__),
        }

    def __call__(self, record: dict[str, Any], retraining: int) -> dict[str, Any]:
        """Test an incumbent with the seed of a retraining.

        Parameters
        ----------
        record
            The incumbent's trial record.
        retraining
            Its number, from 0.

        Returns
        -------
        dict
            What a row of ``test_scores.csv`` needs, the precision, and by which ``commit`` on which
            ``processor`` it was trained. ``validation`` and ``test`` are values of the objective,
            None if the training diverged, or if no trial of the search was completed: then nothing
            is trained.
        """
        strategy, repeat = record["strategy"], record["repeat"]
        seed = retraining_seed(self.seed, repeat, record["configuration"], retraining)
        row = {
            "strategy": strategy,
            "repeat": repeat,
            "retraining": retraining,
            "seed": seed,
            "precision": self.task.precision,
        }
        if record["status"] != "completed":
            return row | NO_VALUES
        configuration = record["configuration"]
        key = [self.circumstances, configuration, self.epochs, seed]
        with self.store.alone(key):
            if stored := self.store.read(key):
                return row | stored[0]
            values = self._values(configuration, seed)
            value = values | {"commit": commit(), "processor": processor()}
            self.store.write(key, value)
        return row | value

    def _values(self, configuration: Configuration, seed: int) -> dict[str, float | None]:
        training, objective = self.task.start(configuration, seed), self.task.objective
        best, test = -math.inf, None
        while training.epochs < self.epochs and not training.diverged:
            training.advance()
            score = objective.sign * training.history["validation"][-1]
            if score > best:
                best, test = score, training.remember(self.test)
        if training.diverged or test is None:
            return NO_VALUES
        return {"validation": objective.sign * best, "test": test()}

    def baseline(self) -> dict[str, float]:
        """Values of the objective, by part, of the predictor that knows nothing."""
        parts = {"validation": self.task.validation, "test": self.test}
        sign = self.task.objective.sign
        return {name: sign * baseline(self.task, part) for name, part in parts.items()}
