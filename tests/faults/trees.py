"""Trees on the net's hyperparameters, for tests of what is the same with any learner.

They grow in milliseconds, and no TensorFlow is imported; each epoch sees more of the rows.
"""

from sklearn.tree import DecisionTreeClassifier
from training_journal import begin_training


class Tree:
    """What a training comes to after an epoch, from 1."""

    def __init__(self, configuration, data, seed, epoch):
        self.epoch, rows = epoch, epoch * len(data.x) // 3
        self.tree = DecisionTreeClassifier(
            max_leaf_nodes=configuration["units"],
            min_impurity_decrease=configuration["learning_rate"] / 10,
            max_features=1 - configuration["dropout_rate"],
            random_state=seed,
        ).fit(data.x[:rows].reshape(rows, -1), data.y[:rows])

    def predict_proba(self, x):
        return self.tree.predict_proba(x.reshape(len(x), -1))


def train(configuration, data, seed):
    begin_training()
    epoch = 0
    while True:
        epoch += 1
        yield Tree(configuration, data, seed, epoch)


def save(tree):
    return str(tree.epoch).encode()


def load(state, configuration, data, seed):
    begin_training()
    epoch = int(state)
    while True:
        epoch += 1
        yield Tree(configuration, data, seed, epoch)
