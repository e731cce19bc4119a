"""Whatever model is compiled, the engine computes what ``fit`` computes, or refuses it in words."""

import math
from itertools import count

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tuner_trials.foundation.seeds import derive_seed
from tuner_trials.tasks.data.datasets import load_digits
from tuner_trials.tasks.keras.engine import Part, Task, Training, use_one_thread
from tuner_trials.tasks.keras.model_check import ModelError, check_model

ROWS, CLASSES, EPOCHS, BATCH = 44, 3, 3, 16
SEED = 5


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    use_one_thread()


# In our histories, and in those of fit.
LOSSES = {"train_loss": "loss", "validation_loss": "val_loss"}


def parts(words: bool):
    """Samples of a task that can be learned, of numbers or of the numbers of words."""
    rng = np.random.default_rng(3)
    x = rng.integers(0, 6, (2 * ROWS, 4)) if words else rng.normal(size=(2 * ROWS, 5))
    y = (x[:, 0] > x[:, 1]).astype(int) + (x[:, 2] > x[:, 3])
    x = x.astype(np.float32)
    return (x[:ROWS], y[:ROWS]), (x[ROWS:], y[ROWS:])


def ordered_batches(x, y, batch_size, seed):
    """The batches of all epochs, in the engine's order."""
    for epoch in count():
        order = np.random.default_rng(derive_seed(seed, "order", epoch)).permutation(len(x))
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            yield x[rows], y[rows]


def fitted(build, train, validation, epochs=EPOCHS, batch_size=BATCH, seed=SEED):
    """A model after one call of Keras' own ``fit``, and its history."""
    keras.backend.clear_session()
    keras.config.set_dtype_policy("float32")
    keras.utils.set_random_seed(seed)
    model = build({}, train[0].shape[1:], CLASSES)
    model.jit_compile = False
    result = model.fit(
        ordered_batches(*train, batch_size, seed),
        steps_per_epoch=math.ceil(len(train[0]) / batch_size),
        epochs=epochs,
        validation_data=validation,
        validation_batch_size=batch_size,
        verbose=0,
    )
    return model, result.history


def engine(build, train, validation, epochs=EPOCHS, batch_size=BATCH, seed=SEED, classes=CLASSES):
    training = Training(Task(build, Part(*train), Part(*validation), classes, batch_size), {}, seed)
    for _ in range(epochs):
        training.advance()
    training.finish()
    return training


def assert_alike(build, words=False, rtol=2e-3, atol=2e-4):
    train, validation = parts(words)
    try:
        model, history = fitted(build, train, validation)
    except Exception as error:  # noqa: BLE001 (say, a scaled loss of an embedding)
        with pytest.raises(type(error)):
            engine(build, train, validation)
        return
    weights = [weight.numpy() for weight in model.weights]
    training = engine(build, train, validation)
    for name, in_fit in LOSSES.items():
        np.testing.assert_allclose(training.history[name], history[in_fit], rtol=rtol, atol=atol)
    for ours, theirs in zip(training.model.weights, weights, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs, rtol=rtol, atol=atol)


OPTIMIZERS = {
    "SGD": [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}],
    "RMSprop": [{}, {"momentum": 0.5}, {"centered": True}],
    "Adam": [{}, {"amsgrad": True}, {"beta_1": 0.5, "epsilon": 1e-3}],
    "AdamW": [{}],
    "Adadelta": [{}],
    "Adagrad": [{}],
    "Adamax": [{}],
    "Adafactor": [{}],
    "Nadam": [{}],
    "Ftrl": [{}, {"l1_regularization_strength": 0.01}],
    "Lamb": [{}],
    "Lion": [{}],
}


@st.composite
def optimizers(draw):
    """A recipe of a Keras optimizer, with any of its options."""
    name = draw(st.sampled_from(sorted(OPTIMIZERS)))
    options = dict(draw(st.sampled_from(OPTIMIZERS[name])))
    rate = draw(st.sampled_from([0.002, 0.02]))
    schedule = draw(st.sampled_from([None, "exponential", "cosine"]))
    if draw(st.booleans()):
        options["weight_decay"] = 0.02
    clip = draw(st.sampled_from([None, "clipnorm", "clipvalue", "global_clipnorm"]))
    if clip:
        options[clip] = 0.05
    if draw(st.booleans()):
        options |= {"use_ema": True, "ema_momentum": draw(st.sampled_from([0.5, 0.9]))}
        options["ema_overwrite_frequency"] = draw(st.sampled_from([None, 2, 4]))
    options["gradient_accumulation_steps"] = draw(st.sampled_from([None, None, 2]))
    scaling = draw(st.sampled_from([None, None, "factor", "dynamic"]))
    if scaling == "factor":
        options["loss_scale_factor"] = 256.0

    def make():
        schedules = keras.optimizers.schedules
        rates = {
            None: lambda: rate,
            "exponential": lambda: schedules.ExponentialDecay(rate, 3, 0.8),
            "cosine": lambda: schedules.CosineDecay(rate, 8),
        }
        optimizer = getattr(keras.optimizers, name)(rates[schedule](), **options)
        if scaling == "dynamic":
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer, dynamic_growth_steps=3)
        return optimizer

    # What hypothesis shows of an example that fails.
    make.__name__ = f"{name}({rate}, {schedule}, {options}), scaled: {scaling}"
    return make


def smoothed(y, p):
    """Label smoothing, of class numbers."""
    return keras.losses.categorical_crossentropy(
        keras.ops.one_hot(y, CLASSES), p, label_smoothing=0.2
    )


@st.composite
def models(draw):
    """A small model, as the function that builds it, and whether it reads words."""
    words = draw(st.booleans())
    hidden = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "units": st.sampled_from([3, 6]),
                    "activation": st.sampled_from(["relu", "tanh", "gelu"]),
                    "kernel_regularizer": st.sampled_from([None, "l1", "l2"]),
                    "activity_regularizer": st.sampled_from([None, None, "l2"]),
                    "then": st.sampled_from(["", "", "batch", "layer", "dropout"]),
                }
            ),
            min_size=1,
            max_size=2,
        )
    )
    loss = draw(st.sampled_from(["name", "logits", "sum", "smoothed"]))
    optimizer = draw(optimizers())

    def build(configuration, input_shape, classes):
        layers = keras.layers
        model = keras.Sequential([keras.Input(input_shape)])
        if words:
            model.add(layers.Embedding(6, 3))
            model.add(layers.Flatten())
        for layer in hidden:
            options = {name: value for name, value in layer.items() if name != "then"}
            model.add(layers.Dense(**options))
            match layer["then"]:
                case "batch":
                    model.add(layers.BatchNormalization())
                case "layer":
                    model.add(layers.LayerNormalization())
                case "dropout":
                    model.add(layers.Dropout(0.3))
        model.add(layers.Dense(classes, None if loss == "logits" else "softmax"))
        losses = {
            "name": "sparse_categorical_crossentropy",
            "logits": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            "sum": keras.losses.SparseCategoricalCrossentropy(reduction="sum"),
            "smoothed": smoothed,
        }
        model.compile(optimizer(), losses[loss])
        return model

    build.__name__ = f"words: {words}, {hidden}, {loss}, {optimizer.__name__}"
    return build, words


checks = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # each example takes a second
    suppress_health_check=list(HealthCheck),
)


@given(models())
@settings(checks, max_examples=8)
def test_eight_models_are_trained_as_by_fit(model):
    assert_alike(*model)


@pytest.mark.long
@given(models())
@settings(checks, max_examples=30)
def test_thirty_models_are_trained_as_by_fit(model):
    assert_alike(*model)


def net(optimizer, kind=keras.Sequential, policy=None, embedding=False):
    """The builder of a plain net with an optimizer, which is made anew for each model."""

    def build(configuration, input_shape, classes):
        if policy:
            keras.config.set_dtype_policy(policy)
        layers = [keras.Input(input_shape)]
        if embedding:
            layers += [keras.layers.Embedding(6, 4), keras.layers.GlobalAveragePooling1D()]
        layers += [keras.layers.Dense(8, "relu"), keras.layers.Dense(classes, "softmax")]
        model = kind(layers)
        model.compile(optimizer(), "sparse_categorical_crossentropy")
        return model

    return build


class Signed(keras.optimizers.Adam):
    """An optimizer with an ``apply_gradients`` of its own."""

    def apply_gradients(self, grads_and_vars):
        return super().apply_gradients([(tf.sign(grad), var) for grad, var in grads_and_vars])


class Slow(keras.optimizers.Adam):
    """An optimizer that assigns in a way of its own."""

    def assign_sub(self, variable, value):
        super().assign_sub(variable, value / 2)


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: keras.optimizers.SGD(0.1, loss_scale_factor=512.0),
        lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1)),
        lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01)),
        *(
            lambda momentum=momentum: keras.optimizers.Adam(
                0.01, use_ema=True, ema_momentum=momentum
            )
            for momentum in (0.5, 0.9, 0.99)
        ),
        lambda: keras.optimizers.Adam(0.01, use_ema=True, ema_overwrite_frequency=3),
        lambda: Signed(0.01),
        lambda: Slow(0.01),
    ],
    ids=["factor", "sgd", "adam", "ema .5", "ema .9", "ema .99", "overwrite", "signed", "slow"],
)
def test_an_optimizer_with_ways_of_its_own_is_taken_as_it_is(optimizer):
    assert_alike(net(optimizer))


@pytest.mark.parametrize("name", ["Adam", "AdamW", "RMSprop", "SGD"])
def test_a_word_that_is_looked_up_twice_in_a_batch_is_updated_as_by_fit(name):
    options = {"momentum": 0.9} if name == "SGD" else {}
    build = net(lambda: getattr(keras.optimizers, name)(0.02, **options), embedding=True)
    assert_alike(build, words=True)


def test_a_model_may_ask_for_half_precision_which_scales_its_loss():
    build = net(lambda: keras.optimizers.SGD(0.1), policy="mixed_float16")
    assert_alike(build, rtol=0.02, atol=0.02)


def test_a_loss_scale_no_longer_divides_the_step():
    """On the digits; with the loss not scaled, this net ended at .10."""
    digits = load_digits()
    x, y = (digits["x_train"][:900] / np.float32(255)).reshape(900, -1), digits["y_train"][:900]
    build = net(lambda: keras.optimizers.SGD(0.1, loss_scale_factor=1024.0))
    training = engine(build, (x[:700], y[:700]), (x[700:], y[700:]), epochs=8, classes=10)
    assert training.history["validation"][-1] > 0.6


def test_averaged_weights_go_on_from_where_they_were():
    """What a training is continued from are the weights themselves, not their average."""
    train, validation = parts(words=False)
    build = net(lambda: keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.8))
    task = Task(build, Part(*train), Part(*validation), CLASSES, BATCH)
    whole = engine(build, train, validation, epochs=5)
    first = Training(task, {}, SEED)
    for _ in range(2):
        first.advance()
    state, history = first.state, first.history
    first.finish()
    second = Training(task, {}, SEED)
    second.restore(state, history)
    for _ in range(3):
        second.advance()
    second.finish()
    assert second.history == whole.history
    for ours, theirs in zip(second.model.weights, whole.model.weights, strict=True):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.parametrize("name", ["fit", "train_step", "test_step", "make_train_function"])
def test_a_model_that_overrides_what_is_not_called_is_refused_in_a_line(tmp_path, name):
    path = tmp_path / "net.py"
    path.write_text(f"""
import keras

class Own(keras.Sequential):
    def {name}(self, *arguments, **options):
        return super().{name}(*arguments, **options)

def build_model(configuration, input_shape, classes):
    model = Own([keras.Input(input_shape), keras.layers.Dense(classes, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
""")
    with pytest.raises(
        ModelError, match=rf"Own overrides {name}, which is not called here"
    ) as error:
        check_model(path, [{}] * 3, [], (5,), 3)
    assert "\n" not in str(error.value)


def test_a_model_may_compute_its_loss_itself():
    class Own(keras.Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
            return 3 * super().compute_loss(x, y, y_pred, sample_weight) + keras.ops.sum(y_pred**2)

    assert_alike(net(lambda: keras.optimizers.SGD(0.02), kind=Own))


@pytest.mark.parametrize("loss", ["mean", "sum"])
def test_rows_and_classes_may_be_weighted(loss):
    train, validation = parts(words=False)
    weights = np.random.default_rng(0).uniform(0, 3, ROWS).astype(np.float32)
    reduction = {"mean": "sum_over_batch_size", "sum": "sum"}[loss]

    def build(configuration, input_shape, classes):
        layers = [keras.Input(input_shape), keras.layers.Dense(classes, "softmax")]
        model = keras.Sequential(layers)
        loss = keras.losses.SparseCategoricalCrossentropy(reduction=reduction)
        model.compile(keras.optimizers.SGD(0.02), loss)
        return model

    weighted = [train[0], train[1], weights]
    orders = zip(ordered_batches(*train, BATCH, SEED), _weights(weights), strict=False)
    keras.utils.set_random_seed(SEED)
    keras.backend.clear_session()
    model = build({}, (5,), CLASSES)
    steps = math.ceil(ROWS / BATCH)
    batches = ((x, y, w) for (x, y), w in orders)
    options = {"steps_per_epoch": steps, "epochs": EPOCHS, "verbose": 0}
    options["validation_batch_size"] = BATCH
    history = model.fit(batches, validation_data=validation, **options).history
    training = Training(Task(build, Part(*weighted), Part(*validation), CLASSES, BATCH), {}, SEED)
    for _ in range(EPOCHS):
        training.advance()
    for name, theirs in LOSSES.items():
        np.testing.assert_allclose(training.history[name], history[theirs], rtol=1e-4, atol=1e-5)


def _weights(weights):
    for rows, _ in ordered_batches(np.arange(ROWS), np.arange(ROWS), BATCH, SEED):
        yield weights[rows]


def test_a_model_that_asks_to_run_eagerly_is_refused(tmp_path):
    path = tmp_path / "net.py"
    path.write_text("""
import keras

def build_model(configuration, input_shape, classes):
    model = keras.Sequential([keras.Input(input_shape), keras.layers.Dense(classes, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    return model
""")
    with pytest.raises(ModelError, match="asks for run_eagerly"):
        check_model(path, [{}] * 3, [], (5,), 3)
