"""Test an incumbent: train it again with fresh seeds and score it on the test part.

Nothing here feeds a search: the test part is looked at once, when all searches are over.
"""

from typing import Any

import numpy as np

from tuner_trials.data.arrays import hash_array
from tuner_trials.fingerprints import hash_file
from tuner_trials.origin import commit, processor
from tuner_trials.search_space import Configuration
from tuner_trials.seeds import derive_seed
from tuner_trials.store import Store
from tuner_trials.training import Part, State, Task, Training

NO_SCORES: dict[str, float | None] = {"val_accuracy": None, "test_accuracy": None}


def retraining_seed(experiment_seed: int, strategy: str, repeat: int, retraining: int) -> int:
    """A seed that no trial has used."""
    return derive_seed(experiment_seed, "retraining", strategy, repeat, retraining)


class Retrainer:
    """Trains an incumbent again in full, and tests it as it was after its best validation epoch.

    Parameters
    ----------
    task, test
        What is trained, and the part that tests it.
    circumstances
        See `tuner_trials.store.circumstances`.
    store
        Asked first; what it does not know is left there.
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
            "test": [hash_array(np.asarray(array)) for array in (test.x, test.y)],
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
            ``processor`` it was trained. Accuracies are 0..1, None if the training diverged, or if
            no trial of the search was completed: then nothing is trained.
        """
        strategy, repeat = record["strategy"], record["repeat"]
        seed = retraining_seed(self.seed, strategy, repeat, retraining)
        row = {
            "strategy": strategy,
            "repeat": repeat,
            "retraining": retraining,
            "seed": seed,
            "precision": self.task.precision,
        }
        if record["status"] != "completed":
            return row | NO_SCORES
        configuration = record["configuration"]
        question = [self.circumstances, configuration, self.epochs, seed]
        if stored := self.store.read(question):
            return row | stored[0]
        scores = self._score(configuration, seed)
        answer = scores | {"commit": commit(), "processor": processor()}
        self.store.write(question, answer)
        return row | answer

    def _score(self, configuration: Configuration, seed: int) -> dict[str, float | None]:
        training = Training(self.task, configuration, seed)
        best, best_state = -1.0, State()
        while training.epochs < self.epochs and not training.diverged:
            training.train_epoch()
            accuracy = training.history["val_accuracy"][-1]
            if accuracy > best:
                best, best_state = accuracy, training.state
        if training.diverged:
            return NO_SCORES
        training.restore(best_state, training.history)
        training.finish()
        return {"val_accuracy": best, "test_accuracy": training.accuracy(self.test)}
