"""Train one configuration, exactly and at the machine's speed.

An epoch is one call of a compiled function that loops over the batches by itself: no Python and no
``tf.data`` between the steps. Images stay bytes in memory and become floats a batch at a time, and
the optimizer updates each variable with one fused kernel. What is computed is what
``keras.Model.fit`` computes: a new order of all rows every epoch, the last batch smaller, dropout
and batch normalisation in training mode, penalties in the loss, which is scaled where the optimizer
wants that, and averages of the weights put in place at the end.

Of the hooks that Keras' trainer calls (keras/src/backend/tensorflow/trainer.py), the engine calls
those that decide what is computed: the model itself, ``compute_loss``, the optimizer's
``scale_loss``, ``apply_gradients`` and ``finalize_variable_values``. A model that overrides one of
the others is refused: see `overridden_hooks`.
"""

import gc
import math
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MethodType
from typing import Any

# TensorFlow reads these while it is imported. Its messages would drown the line a trial; without
# oneDNN's rewrites the same float32 training was a tenth faster on two AMD cores.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# Whatever ~/.keras/keras.json says.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np

from tuner_trials.foundation.seeds import derive_seed
from tuner_trials.objectives import OBJECTIVES, Objective
from tuner_trials.space.search_space import Configuration
from tuner_trials.tasks.base import CURVES, History, State
from tuner_trials.tasks.hyperparameters_argument import as_builder
from tuner_trials.user_code.causes import blamed_on_the_model, of_the_model
from tuner_trials.user_code.python_file import run_python_file

# Keras does without these where they are missing, which saves two seconds of seven at every start:
# they serve wrappers and plots that no training needs.
_unneeded = {"matplotlib", "sklearn"} - set(sys.modules)
sys.modules.update(dict.fromkeys(_unneeded))  # type: ignore[arg-type]  # None: not to be had
try:
    import keras
    import tensorflow as tf
finally:
    for _name in _unneeded:
        del sys.modules[_name]

# Whole tracebacks: they tell a fault of a model from one of this package (see
# `tuner_trials.user_code.causes`).
keras.config.disable_traceback_filtering()
tf.debugging.disable_traceback_filtering()
tf.get_logger().setLevel("ERROR")  # or it warns that every trial has a graph of its own

ModelBuilder = Callable[[Configuration, tuple[int, ...], int], keras.Model]
LoopState = tuple[tf.Tensor, ...]  # where a pass over rows is, and what it has so far

# Methods of a model that ``fit`` calls, or is, and the engine does not; their work is done here.
HOOKS_NOT_CALLED = (
    *("fit", "train_step", "make_train_function", "train_on_batch"),
    *("evaluate", "test_step", "make_test_function", "test_on_batch"),
)
EVALUATION_ROWS = 2_000  # a matrix of this many rows by 512 units still fits the processor's cache


def use_one_thread() -> None:
    """Give this process one computing thread; call it before the first TensorFlow operation.

    Trials run side by side in processes of their own: two processes of one thread each finish more
    trials than one of two threads, and one thread always adds numbers up in the same order. On a
    GPU, which has many, TensorFlow is told to keep an order and to share the memory.
    """
    # Clearing a model away walks through all objects, half a million of them from the imports
    # alone: a quarter of a second a trial that frozen objects are spared.
    gc.freeze()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
        tf.config.experimental.enable_op_determinism()


# Keras' settings for the whole process that may change what a model computes, as they are usually.
KERAS_SETTINGS = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


def pin_keras_settings(precision: str = "float32") -> None:
    """Give Keras' settings their usual values, whatever a file or an earlier trial has set.

    Else a trial would depend on the trials before it in its job, and on ``~/.keras/keras.json``.
    """
    for name, value in KERAS_SETTINGS.items():
        getattr(keras.config, f"set_{name}")(value)
    keras.config.set_dtype_policy(precision)


def changed_keras_settings() -> list[str]:
    """The names of those settings that are not as they usually are."""
    now = {name: getattr(keras.config, name)() for name in KERAS_SETTINGS}
    changed = [name for name, value in now.items() if value != KERAS_SETTINGS[name]]
    return changed + ["dtype policy"] * (keras.config.dtype_policy().name != "float32")


def device_kinds() -> list[str]:
    """What TensorFlow computes on: ``["CPU"]``, or the names of its GPUs."""
    gpus = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(gpu).get("device_name") for gpu in gpus]
    return [name or "GPU" for name in names] or ["CPU"]


def load_model_builder(path: str | Path) -> ModelBuilder:
    """The function ``build_model(configuration, input_shape, classes)`` of a Python file.

    Or ``build_model(hp)``, as keras-tuner has it: see the module `hyperparameters_argument`.

    Raises
    ------
    AttributeError
        If the file defines no such function.
    Exception
        See `tuner_trials.user_code.python_file.run_python_file`.
    """
    module = run_python_file(path)
    if not hasattr(module, "build_model"):
        of_keras_tuner = any(
            isinstance(value, type)
            and value.__module__ == module.__name__
            and hasattr(value, "build")
            for value in vars(module).values()
        )
        raise AttributeError(
            f"{path} defines no build_model(configuration, input_shape, classes)"
            + ("; of a HyperModel, write build_model = MyHyperModel().build" * of_keras_tuner)
        )
    return as_builder(module.build_model)


def call_builder(
    build_model: ModelBuilder, configuration: Configuration, shape: tuple[int, ...], classes: int
) -> keras.Model:
    """Call ``build_model``; any exception that it raises is attributed to the model."""
    with blamed_on_the_model():
        return build_model(configuration, shape, classes)


def _held(x: np.ndarray) -> tf.Tensor:
    """An array as a tensor, of which there is one copy: `tf.constant` makes and keeps two.

    Kernels expect memory that begins at a multiple of 64 bytes, which NumPy does not promise.
    """
    if tf.config.list_physical_devices("GPU"):
        return tf.constant(x)
    memory = np.empty(x.nbytes + 64, np.uint8)
    start = -memory.ctypes.data % 64
    aligned = memory[start : start + x.nbytes].view(x.dtype).reshape(x.shape)
    aligned[...] = x
    return tf.experimental.dlpack.from_dlpack(aligned.__dlpack__())


class Part:
    """Samples and labels, held once for all trials of a process.

    ``x`` has shape ``(n, ...)``: uint8 in 0..255 (scaled to 0..1 on use), or float32 (used as it
    is). ``y`` has shape ``(n,)`` and holds class numbers (int) or targets (float), which the model
    sees as ``(y - centre) / spread``. ``weights``, ``(n,)``, is what each row counts for in the
    loss; None for one each.
    """

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        weights: np.ndarray | None = None,
        centre: float = 0.0,
        spread: float = 1.0,
    ):
        self.labels = y
        self.centre, self.spread = centre, spread
        self.x = _held(x)
        if y.dtype.kind == "f":
            self.y = tf.constant((y - centre) / spread, tf.float32)
        else:
            self.y = tf.constant(y, tf.int32)
        self.weights = None if weights is None else tf.constant(weights, tf.float32)

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Task:
    """What all trials of an experiment share: see `tuner_trials.tasks.Task`.

    ``outputs`` is the number of classes, or 1 for a target.
    """

    build_model: ModelBuilder
    train: Part
    validation: Part
    outputs: int
    batch_size: int = 128  # where the configuration does not set it
    precision: str = "float32"
    objective: Objective = OBJECTIVES["accuracy"]

    def start(self, configuration: Configuration, seed: int) -> "Training":
        """Begin to train a configuration."""
        return Training(self, configuration, seed)

    def key(self) -> dict[str, Any]:
        """What a training depends on besides the data, the files of the model and this package."""
        return {
            "batch_size": self.batch_size,
            "precision": self.precision,
            "keras": KERAS_SETTINGS,
            "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS"),
            "devices": device_kinds(),
        }


class Training:
    """One configuration in training.

    The initial weights, the order of the rows and dropout follow from ``seed`` alone, so the same
    arguments give the same history, bit for bit, on the same kind of machine. Training 4 epochs,
    taking the ``state`` and going on to 10 in another process is training 10.

    Parameters
    ----------
    task
        Data, model and settings.
    configuration
        A value for each hyperparameter; ``batch_size``, if it is one, sets the rows a step.
    seed
        In 1..2^31 - 1.
    """

    def __init__(self, task: Task, configuration: Configuration, seed: int):
        # The models of earlier trials stay in Keras' global state until it is cleared.
        keras.backend.clear_session()
        pin_keras_settings(task.precision)
        keras.utils.set_random_seed(seed)
        self.task, self.seed = task, seed
        shape = tuple(task.train.x.shape[1:])
        self.model = call_builder(task.build_model, configuration, shape, task.outputs)
        if not isinstance(self.model, keras.Model) or not self.model.compiled:
            raise of_the_model(TypeError("build_model gave no compiled model"))
        if not all(layer.built for layer in self.model._flatten_layers()):
            # Its weights wait for a first input, whose shape is enough (as for Keras' own `fit`).
            self.model(keras.KerasTensor((None, *task.train.x.shape[1:]), "float32"))
        self.model.optimizer.build(self.model.trainable_variables)
        # Of one that scales the loss, the optimizer within it does the work.
        optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
        fuse_updates(optimizer)
        # Summing gradients over replicas, of which there is one, would register a gradient function
        # that TensorFlow never forgets, and with it this model's graph: 4 MB a trial.
        optimizer._all_reduce_sum_gradients = list
        batch_size = int(configuration.get("batch_size", task.batch_size))
        self._train_epoch = _epoch_function(self.model, task.train, batch_size)
        self._evaluate = _evaluation_function(self.model, task.validation, batch_size)
        self.history: History = {name: [] for name in CURVES}
        self.seconds: list[float] = []

    @property
    def epochs(self) -> int:
        """Epochs trained so far."""
        return len(self.history["validation"])

    @property
    def diverged(self) -> bool:
        """Whether a loss or an output was not a finite number; training stops at that step."""
        return not all(math.isfinite(value[-1]) for value in self.history.values() if value)

    def advance(self) -> None:
        """Train one epoch and evaluate it on the validation part."""
        started = time.perf_counter()
        rng = np.random.default_rng(derive_seed(self.seed, "order", self.epochs))
        order = rng.permutation(len(self.task.train)).astype(np.int32)
        loss = self._train_epoch(tf.constant(order))
        self.history["train_loss"].append(float(loss) / len(self.task.train))
        validation = self.task.validation
        loss, outputs = self._evaluate(validation.x, validation.y)
        self.history["validation_loss"].append(float(loss) / len(validation))
        value = self.task.objective.value(validation.labels, self._in_unit(outputs))
        self.history["validation"].append(value)
        self.seconds.append(time.perf_counter() - started)

    def predict(self, part: Part, rows: int | None = None) -> np.ndarray:
        """The outputs ``(n, outputs)`` of the model as it is now, in the unit of the targets.

        On a part, or on its first ``rows`` rows.
        """
        _, outputs = self._evaluate(part.x[:rows], part.y[:rows])
        return self._in_unit(outputs)

    def _in_unit(self, outputs: tf.Tensor) -> np.ndarray:
        values = outputs.numpy()
        train = self.task.train
        if train.labels.dtype.kind != "f":
            return values
        return values.astype(np.float64) * train.spread + train.centre

    def evaluate(self, part: Part, rows: int | None = None) -> float:
        """The objective on a part, or on its first rows."""
        return self.task.objective.value(part.labels[:rows], self.predict(part, rows))

    def finish(self) -> None:
        """Do what ``fit`` does at its end: where weights are averaged, the average is put in place.

        After the ``state`` was taken, if the training is to go on from there.
        """
        self.model.optimizer.finalize_variable_values(self.model.trainable_weights)

    @property
    def state(self) -> State:
        """All that the next epoch depends on besides the arguments: weights, optimizer, dropout."""
        return [variable.numpy() for variable in self._variables()]

    def restore(self, state: State, history: History) -> None:
        """Go on from a ``state`` that was taken after the epochs of ``history``."""
        for variable, value in zip(self._variables(), state, strict=True):
            variable.assign(value)
        self.history = {name: list(values) for name, values in history.items()}

    def remember(self, part: Part) -> Callable[[], float]:
        """The objective of the model as it is now, computed when it is asked for.

        Then training has ended: it cannot go on from there.
        """
        state = self.state

        def value() -> float:
            self.restore(state, self.history)
            self.finish()
            return self.evaluate(part)

        return value

    def _variables(self) -> list[Any]:
        return self.model.variables + self.model.optimizer.variables


def _epoch_function(model: keras.Model, part: Part, batch_size: int) -> Callable[..., tf.Tensor]:
    """A compiled epoch: takes the order of the rows, returns the sum of losses."""
    steps, call = math.ceil(len(part) / batch_size), _caller(model)

    # jit_compile: XLA on a processor makes these matrix products 4 to 8 times slower.
    # autograph: there is no Python control flow to rewrite, and looking for it costs time a trial.
    @tf.function(jit_compile=False, autograph=False)
    def train_epoch(order: tf.Tensor) -> tf.Tensor:
        def step(i: tf.Tensor, loss_sum: tf.Tensor) -> LoopState:
            rows = order[i * batch_size : (i + 1) * batch_size]
            x, y = _scaled(tf.gather(part.x, rows)), tf.gather(part.y, rows)
            row_weights = None if part.weights is None else tf.gather(part.weights, rows)
            with tf.GradientTape() as tape:
                outputs = call(x, training=True)
                loss = model._compute_loss(x, y, outputs, row_weights, training=True)
                scaled = model.optimizer.scale_loss(loss)
            if weights := model.trainable_weights:
                gradients = tape.gradient(scaled, weights)
                model.optimizer.apply_gradients(zip(gradients, weights, strict=True))
            return i + 1, loss_sum + _total(loss, y)

        def finite_and_unfinished(i: tf.Tensor, loss_sum: tf.Tensor) -> tf.Tensor:
            return (i < steps) & tf.math.is_finite(loss_sum)

        start = (0, tf.constant(0.0, tf.float64))
        return tf.while_loop(finite_and_unfinished, step, start, parallel_iterations=1)[1]

    return train_epoch


def _evaluation_function(
    model: keras.Model, part: Part, batch_size: int
) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
    """A compiled evaluation of samples and labels: the sum of losses, and the outputs."""
    # As ``fit`` does, where it matters for the loss how the rows are cut.
    batch_rows = EVALUATION_ROWS if _is_a_mean_over_rows(model) else batch_size
    call = _caller(model)
    # With the number of rows left open, one graph serves the validation part and all others.
    rows = [
        tf.TensorSpec([None, *part.x.shape[1:]], part.x.dtype),
        tf.TensorSpec([None], part.y.dtype),
    ]

    @tf.function(input_signature=rows, jit_compile=False, autograph=False)
    def evaluate(all_x: tf.Tensor, all_y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        steps = -(-tf.size(all_y) // batch_rows)
        batches = tf.TensorArray(tf.float32, steps, infer_shape=False)

        def step(i: tf.Tensor, loss_sum: tf.Tensor, batches: tf.TensorArray) -> LoopState:
            rows = slice(i * batch_rows, (i + 1) * batch_rows)
            x, y = _scaled(all_x[rows]), all_y[rows]
            outputs = call(x, training=False)
            loss = model._compute_loss(x, y, outputs, training=False)
            batches = batches.write(i, tf.cast(outputs, tf.float32))
            return i + 1, loss_sum + _total(loss, y), batches

        start = (0, tf.constant(0.0, tf.float64), batches)
        _, loss_sum, batches = tf.while_loop(
            lambda i, *_: i < steps, step, start, parallel_iterations=1
        )
        return loss_sum, batches.concat()

    return evaluate


def _caller(model: keras.Model) -> Callable[..., tf.Tensor]:
    """The model, called as ``fit`` does: it may not know of training."""
    if model._call_has_training_arg:
        return model
    return lambda x, training: model(x)


def _is_a_mean_over_rows(model: keras.Model) -> bool:
    """Whether the loss of some rows is the mean of the losses of their parts.

    That is known of Keras' own losses by name or with their usual reduction, where no layer adds
    another: what regularises activities is a sum over the rows.
    """
    loss = model.loss
    if isinstance(loss, keras.losses.Loss):
        mean = type(loss).__module__.startswith("keras.") and "mean" in _reduction(loss)
    else:
        mean = isinstance(loss, str)
    added = any(map(_adds_a_loss, model._flatten_layers()))
    return mean and not added and type(model).compute_loss is keras.Model.compute_loss


def _adds_a_loss(layer: keras.Layer) -> bool:
    code = [getattr(method, "__code__", None) for method in vars(type(layer)).values()]
    own = type(layer).__module__.partition(".")[0] != "keras"
    return layer.activity_regularizer is not None or (
        own and any("add_loss" in method.co_names for method in code if method)
    )


def _reduction(loss: keras.losses.Loss) -> str:
    return str(loss.reduction).replace("sum_over_batch_size", "mean")


def overridden_hooks(model: keras.Model) -> list[str]:
    """The names of hooks of Keras' trainer that a model overrides, and that are not called here."""
    return [
        name
        for name in HOOKS_NOT_CALLED
        if name in vars(model) or getattr(type(model), name) is not getattr(keras.Model, name)
    ]


def _scaled(x: tf.Tensor) -> tf.Tensor:
    return tf.cast(x, tf.float32) * (1 / 255) if x.dtype == tf.uint8 else x


def _total(loss: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    return tf.cast(loss, tf.float64) * tf.cast(tf.size(y), tf.float64)


def fuse_updates(optimizer: keras.Optimizer) -> None:
    """Let a built Keras optimizer update each variable with one of TensorFlow's fused kernels.

    Keras writes Adam's rule as a dozen operations, each a pass over the weights; the kernel needs
    one. Only the innermost step is replaced, so learning-rate schedules, clipping, weight decay and
    moving averages stay Keras' own. Optimizers without such a kernel are left as they are.
    """
    kernel: Callable[..., None]
    known: tuple[type[keras.Optimizer], ...]
    if "update_step" in vars(optimizer):
        return  # somebody's own
    match optimizer:
        case keras.optimizers.Adam() if not optimizer.amsgrad:
            known, kernel = (keras.optimizers.Adam, keras.optimizers.AdamW), _adam_step
        case keras.optimizers.RMSprop() if not optimizer.centered:
            # The kernel wants a place for the momentum even where there is none.
            scratch = [tf.Variable(tf.zeros_like(slot)) for slot in optimizer._velocities]
            momentums = [slot.value for slot in optimizer._momentums] or scratch
            known, kernel = (keras.optimizers.RMSprop,), _rmsprop_step(momentums)
        case keras.optimizers.SGD() if optimizer.momentum:
            known, kernel = (keras.optimizers.SGD,), _momentum_step
        case _:
            return
    if type(optimizer) not in known:
        return  # a subclass may assign in ways of its own
    keras_step = optimizer.update_step

    def update_step(
        optimizer: keras.Optimizer, gradient: Any, variable: keras.Variable, learning_rate: Any
    ) -> None:
        # Of some rows alone, as of an embedding: Keras updates a row that was looked up twice in a
        # batch once for each time, the kernel once for their sum.
        sparse = isinstance(gradient, tf.IndexedSlices)
        (keras_step if sparse else partial(kernel, optimizer))(gradient, variable, learning_rate)

    optimizer.update_step = MethodType(update_step, optimizer)


def _adam_step(
    optimizer: keras.Optimizer, gradient: Any, variable: keras.Variable, learning_rate: Any
) -> None:
    index = optimizer._get_variable_index(variable)
    step = tf.cast(optimizer.iterations + 1, variable.dtype)
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=optimizer._momentums[index].value.handle,
        v=optimizer._velocities[index].value.handle,
        beta1_power=tf.pow(tf.cast(optimizer.beta_1, variable.dtype), step),
        beta2_power=tf.pow(tf.cast(optimizer.beta_2, variable.dtype), step),
        lr=tf.cast(learning_rate, variable.dtype),
        beta1=optimizer.beta_1,
        beta2=optimizer.beta_2,
        epsilon=optimizer.epsilon,
        grad=tf.cast(gradient, variable.dtype),
    )


def _rmsprop_step(momentums: list[tf.Variable]) -> Callable[..., None]:
    def step(
        optimizer: keras.Optimizer, gradient: Any, variable: keras.Variable, learning_rate: Any
    ) -> None:
        index = optimizer._get_variable_index(variable)
        tf.raw_ops.ResourceApplyRMSProp(
            var=variable.handle,
            ms=optimizer._velocities[index].value.handle,
            mom=momentums[index].handle,
            lr=tf.cast(learning_rate, variable.dtype),
            rho=optimizer.rho,
            momentum=optimizer.momentum,
            epsilon=optimizer.epsilon,
            grad=tf.cast(gradient, variable.dtype),
        )

    return step


def _momentum_step(
    optimizer: keras.Optimizer, gradient: Any, variable: keras.Variable, learning_rate: Any
) -> None:
    index = optimizer._get_variable_index(variable)
    tf.raw_ops.ResourceApplyKerasMomentum(
        var=variable.handle,
        accum=optimizer.momentums[index].value.handle,
        lr=tf.cast(learning_rate, variable.dtype),
        grad=tf.cast(gradient, variable.dtype),
        momentum=optimizer.momentum,
        use_nesterov=optimizer.nesterov,
    )
