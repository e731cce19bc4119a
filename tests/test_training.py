"""The engine trains as Keras does, exactly, and goes on where it stopped."""

import dataclasses
import gc

import keras
import numpy as np
import pytest
import tensorflow as tf

from tuner_trials.foundation.seeds import derive_seed
from tuner_trials.tasks.keras.engine import Training, fuse_updates

EVERYTHING = {
    "hidden_layers": 2,
    "units": 24,
    "dropout_rate": 0.3,
    "batch_normalization": True,
    "l2": 1e-3,
    "activation": "gelu",
    "learning_rate": 3e-3,
    "batch_size": 96,
}
OPTIMIZERS = {
    "adam": lambda: keras.optimizers.Adam(3e-3),
    "adamw, clipped": lambda: keras.optimizers.AdamW(3e-3, weight_decay=0.01, clipnorm=0.5),
    "amsgrad, not fused": lambda: keras.optimizers.Adam(3e-3, amsgrad=True),
    "scheduled adam": lambda: keras.optimizers.Adam(
        keras.optimizers.schedules.ExponentialDecay(1e-2, 5, 0.9)
    ),
    "rmsprop": lambda: keras.optimizers.RMSprop(1e-3),
    "rmsprop with momentum": lambda: keras.optimizers.RMSprop(1e-3, momentum=0.9),
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "sgd with momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
}


def fit_history(task, configuration, seed, epochs):
    """The same training by Keras' own ``fit``, fed the same batches in the same order."""
    keras.utils.set_random_seed(seed)
    model = task.build_model(configuration, tuple(task.train.x.shape[1:]), task.outputs)
    model.compile(model.optimizer, model.loss, metrics=["accuracy"])
    model.jit_compile = False
    x, y = task.train.x.numpy() / np.float32(255), task.train.y.numpy()
    validation = (task.validation.x.numpy() / np.float32(255), task.validation.y.numpy())
    history = []
    for epoch in range(epochs):
        order = np.random.default_rng(derive_seed(seed, "order", epoch)).permutation(len(x))
        batch_size = configuration.get("batch_size", task.batch_size)
        result = model.fit(
            x[order],
            y[order],
            batch_size=batch_size,
            shuffle=False,
            validation_data=validation,
            verbose=0,
        )
        history.append({name: values[0] for name, values in result.history.items()})
    return {name: [epoch[name] for epoch in history] for name in history[0]}


def train(task, configuration, seed, epochs):
    training = Training(task, configuration, seed)
    for _ in range(epochs):
        training.advance()
    return training


def assert_alike(ours, theirs):
    np.testing.assert_allclose(ours["train_loss"], theirs["loss"], rtol=2e-4)
    np.testing.assert_allclose(ours["validation_loss"], theirs["val_loss"], rtol=2e-4)
    # Float error may move a sample or two across the decision boundary.
    np.testing.assert_allclose(ours["validation"], theirs["val_accuracy"], atol=0.011)


@pytest.mark.parametrize(
    "configuration", [{}, EVERYTHING], ids=["plain", "dropout, L2 and batch normalisation"]
)
def test_engine_gives_the_same_curve_as_fit(task, configuration):
    ours = train(task, configuration, seed=7, epochs=4).history
    theirs = fit_history(task, configuration, seed=7, epochs=4)
    assert_alike(ours, theirs)


class Subclassed(keras.Model):
    """Weights, dropout and batch normalisation that wait for a first input."""

    def __init__(self, classes):
        super().__init__()
        self.inner = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(24)])
        self.normalization = keras.layers.BatchNormalization()
        self.dropout = keras.layers.Dropout(0.3)
        self.outer = keras.layers.Dense(classes)

    def call(self, x, training=False):
        x = keras.ops.relu(self.normalization(self.inner(x), training=training))
        return self.outer(self.dropout(x, training=training))


def subclassed(configuration, input_shape, classes):
    model = Subclassed(classes)
    model.compile(
        keras.optimizers.Adam(3e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
    )
    return model


def sequential(configuration, input_shape, classes):
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Flatten(),
            layers.Dense(24, "tanh", kernel_regularizer="l2"),
            layers.Dropout(0.2),
            layers.Dense(classes, "softmax"),
        ]
    )
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.parametrize("build_model", [sequential, subclassed])
def test_a_model_that_waits_for_its_input_is_trained_as_by_fit_and_goes_on(task, build_model):
    task = dataclasses.replace(task, build_model=build_model)
    ours = train(task, {"batch_size": 96}, seed=7, epochs=4)
    theirs = fit_history(task, {"batch_size": 96}, seed=7, epochs=4)
    assert_alike(ours.history, theirs)
    first = train(task, {"batch_size": 96}, seed=7, epochs=1)
    second = Training(task, {"batch_size": 96}, seed=7)
    second.restore(first.state, first.history)
    while second.epochs < 4:
        second.advance()
    assert second.history == ours.history


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_fused_update_is_the_optimizers_own(make):
    def weights_after_20_steps(fuse):
        keras.backend.clear_session()
        weights = [keras.Variable(np.linspace(-1, 1, 12).reshape(3, 4).astype("float32"))]
        optimizer = make()
        optimizer.build(weights)
        if fuse:
            fuse_updates(optimizer)
        rng = np.random.default_rng(0)
        for _ in range(20):
            gradient = tf.constant(rng.normal(size=(3, 4)), tf.float32)
            optimizer.apply([gradient], weights)
        return weights[0].numpy()

    np.testing.assert_allclose(
        weights_after_20_steps(fuse=True), weights_after_20_steps(fuse=False), rtol=1e-5, atol=1e-6
    )


def test_the_same_seed_gives_the_same_history_bit_for_bit(task):
    assert train(task, EVERYTHING, 5, 2).history == train(task, EVERYTHING, 5, 2).history
    assert train(task, EVERYTHING, 5, 2).history != train(task, EVERYTHING, 6, 2).history


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "sgd"])
def test_four_epochs_and_six_more_are_ten(task, optimizer):
    configuration = EVERYTHING | {"optimizer": optimizer}
    whole = train(task, configuration, seed=11, epochs=10)
    first = train(task, configuration, seed=11, epochs=4)
    second = Training(task, configuration, seed=11)
    second.restore(first.state, first.history)
    while second.epochs < 10:
        second.advance()
    assert second.history == whole.history
    for ours, theirs in zip(second.state, whole.state, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_training_stops_at_the_first_loss_that_is_not_finite(task):
    training = train(task, {"learning_rate": 1e30, "optimizer": "sgd"}, seed=3, epochs=1)
    assert training.diverged
    assert not np.isfinite(training.history["train_loss"]).all()


def test_lower_precision_is_used_where_asked_for(task):
    training = Training(dataclasses.replace(task, precision="mixed_bfloat16"), {}, seed=1)
    assert training.model.layers[2].compute_dtype == "bfloat16"
    training.advance()
    assert training.history["validation"][0] > 0.2
    assert Training(task, {}, seed=1).model.layers[2].compute_dtype == "float32"


def test_a_trained_model_leaves_memory(task):
    def graphs():
        keras.backend.clear_session()
        return sum(isinstance(kept, tf.Graph) for kept in gc.get_objects())

    train(task, EVERYTHING | {"units": 8}, seed=1, epochs=1)
    before = graphs()
    for units in (8, 16, 24):
        train(task, EVERYTHING | {"units": units}, seed=1, epochs=1)
    assert graphs() == before
