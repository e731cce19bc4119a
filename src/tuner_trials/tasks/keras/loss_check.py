"""Check a model's loss on what it will be given: class numbers, and the model's own outputs."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

MOST_ROWS = 16  # so that the check costs the same with a thousand classes
NOTABLE = 1e-3  # a change of a loss by a smaller share is rounding
ADVICE = "labels are class numbers, so compile the model with sparse_categorical_crossentropy"


def complaint_about_loss(model: keras.Model, input_shape: tuple[int, ...], classes: int) -> str:
    """What is wrong with a loss, and what to write instead; empty if nothing is.

    A loss must fall as the output for the right class rises, by however little: a weighted one may
    be as small as it likes. And it must read the outputs as what they are: Keras' losses on
    probabilities ignore what is below 0, as half of all logits are, and those on logits squeeze
    probabilities a second time. Both train, and to a fraction of the accuracy.

    Parameters
    ----------
    model
        Compiled; takes samples of ``input_shape`` and gives a number for each of ``classes`` (at
        least 2).
    """
    rows = min(classes, MOST_ROWS)
    rng = np.random.default_rng(0)
    x, y = rng.random((rows, *input_shape), np.float32), np.arange(rows)
    # Before any loss, or those of layers would have no samples. As plain numbers: Keras remembers
    # which logits a softmax was made from.
    outputs = np.asarray(model(x, training=False), np.float32)
    right = np.full((rows, classes), 0.1 / (classes - 1), np.float32)
    right[y, y] = 0.9
    penalties = float(sum(float(loss) for loss in model.losses))

    def loss_of(values: Any) -> float:
        return float(model.compute_loss(x, y, values, training=False)) - penalties

    try:
        low, high = loss_of(right), loss_of(np.roll(right, 1, axis=1))
    except (ValueError, TypeError) as error:
        first, *_ = str(error).splitlines() or [""]
        return f"the loss cannot be computed ({first}); {ADVICE}"
    if not high - low > NOTABLE * (abs(high) + abs(low)):
        return f"the loss does not fall as the right class's output rises; {ADVICE}"
    if _are_probabilities(outputs) and abs(loss_of(right + 3) - low) < NOTABLE * (high - low):
        return (
            "the outputs are probabilities, and the loss takes them for logits; leave out"
            " from_logits=True, or the softmax"
        )
    if _ignores_negative(model, x, outputs):
        return (
            "the model gives outputs below 0, which the loss ignores; add softmax to the last"
            " layer, or give the loss from_logits=True"
        )
    return ""


def _are_probabilities(outputs: np.ndarray) -> bool:
    return bool((outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1, atol=1e-2))


def _ignores_negative(model: keras.Model, x: np.ndarray, outputs: np.ndarray) -> bool:
    """Whether no output below 0 has an influence, were its class the right one."""
    lowest, negative = outputs.argmin(axis=1), outputs.min(axis=1) < 0
    values = tf.constant(outputs)
    with tf.GradientTape() as tape:
        tape.watch(values)
        loss = model.compute_loss(x, lowest, values, training=False)
    slopes = tape.gradient(loss, values).numpy()[np.arange(len(lowest)), lowest]
    return bool(negative.any() and not slopes[negative].any())
