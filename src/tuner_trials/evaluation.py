"""Test an incumbent: train it again with fresh seeds and score it on the test part.

Nothing here feeds a search: the test part is looked at once, when all searches are over.
"""

from typing import Any

from tuner_trials.seeds import derive_seed
from tuner_trials.training import Part, Task, Training


def retraining_seed(experiment_seed: int, strategy: str, repeat: int, retraining: int) -> int:
    """A seed that no trial has used."""
    return derive_seed(experiment_seed, "retraining", strategy, repeat, retraining)


def incumbents(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The best trial of each repeat, the earliest where several share the best score."""
    best: dict[int, dict[str, Any]] = {}
    for record in sorted(records, key=lambda record: (record["repeat"], record["trial"])):
        leader = best.setdefault(record["repeat"], record)
        if record["score"] > leader["score"]:
            best[record["repeat"]] = record
    return list(best.values())


def score_incumbent(
    task: Task, test: Part, record: dict[str, Any], epochs: int, retraining: int, seed: int
) -> dict[str, Any]:
    """Train a configuration in full and test it as it was after its best validation epoch.

    Parameters
    ----------
    record
        The incumbent's trial record.
    epochs
        Of a full training, also where the incumbent was found in a shorter one.
    retraining
        Number of the retraining, from 0; with the experiment's ``seed`` it gives the training seed.

    Returns
    -------
    dict
        A row of ``test_scores.csv``: accuracies are 0..1, None if the training diverged.
    """
    strategy, repeat = record["strategy"], record["repeat"]
    own_seed = retraining_seed(seed, strategy, repeat, retraining)
    training = Training(task, record["configuration"], own_seed)
    best, best_state = -1.0, None
    while training.epochs < epochs and not training.diverged:
        training.train_epoch()
        accuracy = training.history["val_accuracy"][-1]
        if accuracy > best:
            best, best_state = accuracy, training.state
    row = {"strategy": strategy, "repeat": repeat, "retraining": retraining, "seed": own_seed}
    if training.diverged:
        return row | {"val_accuracy": None, "test_accuracy": None}
    training.restore(best_state, training.history)
    return row | {"val_accuracy": best, "test_accuracy": training.accuracy(test)}
