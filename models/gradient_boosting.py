"""Gradient boosting of trees for tables: scikit-learn's `HistGradientBoosting`, classes or targets.

An epoch adds ``TREES`` rounds of boosting to the trees that are there (``warm_start``), so that a
trial that is continued costs only what is added.
"""

import pickle
from collections.abc import Iterator
from typing import Any

from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

TREES = 10  # rounds of boosting in an epoch


def train(configuration: dict[str, Any], data: Any, seed: int) -> Iterator[Any]:
    """Yield the ensemble after every epoch.

    Parameters
    ----------
    configuration
        ``learning_rate`` (> 0), ``max_leaf_nodes`` (int >= 2), ``min_samples_leaf`` (int >= 1),
        ``l2_regularization`` (>= 0) and ``max_features`` (0 < share <= 1); a hyperparameter that is
        left out keeps scikit-learn's default.
    data
        ``x`` ``(n, ...)``, ``y`` ``(n,)``, ``weights`` ``(n,)`` or None, and ``classes``, None for
        targets.
    """
    estimator = HistGradientBoostingClassifier if data.classes else HistGradientBoostingRegressor
    model = estimator(
        **configuration, max_iter=0, warm_start=True, early_stopping=False, random_state=seed
    )
    yield from _boosted(model, data)


def save(model: Any) -> bytes:
    """The ensemble, to be continued."""
    return pickle.dumps(model)


def load(state: bytes, configuration: dict[str, Any], data: Any, seed: int) -> Iterator[Any]:
    """Go on with a saved ensemble."""
    yield from _boosted(pickle.loads(state), data)


def _boosted(model: Any, data: Any) -> Iterator[Any]:
    x = data.x.reshape(len(data.x), -1)
    while True:
        model.max_iter += TREES
        model.fit(x, data.y, sample_weight=data.weights)
        yield model
