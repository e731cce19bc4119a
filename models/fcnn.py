"""A fully connected network, built from a configuration of the default search space."""

from typing import Any

import keras


def build_model(
    configuration: dict[str, Any], input_shape: tuple[int, ...], outputs: int
) -> keras.Model:
    """Build and compile the network that a configuration describes.

    Every hidden layer is Dense -> batch normalisation (optional) -> activation -> dropout, and all
    of them have the same width.

    Parameters
    ----------
    configuration
        ``hidden_layers`` (int >= 1), ``units`` (int >= 1), ``activation`` (a Keras name),
        ``batch_normalization`` (bool), ``dropout_rate`` (0 <= rate < 1), ``l2`` (>= 0, weight decay
        as a penalty on the kernels), ``optimizer`` (a Keras name) and ``learning_rate`` (> 0).
        A hyperparameter that is left out keeps the default written below.
    input_shape
        Shape of one sample, for example ``(28, 28)``.
    outputs
        Number of classes, with one softmax probability for each; or 1 for a target to regress on.
    """
    l2 = configuration.get("l2", 0.0)
    # No penalty rather than one of zero, which would still be computed at every step.
    regularizer = keras.regularizers.L2(l2) if l2 else None
    batch_normalization = configuration.get("batch_normalization", False)

    inputs = keras.Input(input_shape)
    x = keras.layers.Flatten()(inputs)
    for _ in range(configuration.get("hidden_layers", 1)):
        x = keras.layers.Dense(
            configuration.get("units", 128),
            kernel_regularizer=regularizer,
            # Batch normalisation adds its own offset, so a bias before it would be redundant.
            use_bias=not batch_normalization,
        )(x)
        if batch_normalization:
            x = keras.layers.BatchNormalization()(x)
        x = keras.layers.Activation(configuration.get("activation", "relu"))(x)
        x = keras.layers.Dropout(configuration.get("dropout_rate", 0.0))(x)
    # The outputs stay float32 when the layers before them compute in bfloat16.
    activation = "softmax" if outputs > 1 else None
    x = keras.layers.Dense(outputs, activation=activation, dtype="float32")(x)
    loss = "sparse_categorical_crossentropy" if outputs > 1 else "mean_squared_error"

    model = keras.Model(inputs, x)
    optimizer = keras.optimizers.get(configuration.get("optimizer", "adam"))
    optimizer.learning_rate = configuration.get("learning_rate", 1e-3)
    model.compile(optimizer=optimizer, loss=loss)
    return model
