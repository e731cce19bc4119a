"""A small convolutional network for images, grey or in colours."""

from typing import Any

import keras


def build_model(
    configuration: dict[str, Any], input_shape: tuple[int, ...], outputs: int
) -> keras.Model:
    """Build and compile the network that a configuration describes.

    Every block is Conv2D -> batch normalisation (optional) -> ReLU -> max pooling, which halves the
    image; every further block has twice the filters. Averages over the image that is left go
    through dropout to the output.

    Parameters
    ----------
    configuration
        ``blocks`` (int >= 1), ``filters`` of the first block (int >= 1), ``kernel_size`` (pixels a
        side, odd), ``batch_normalization`` (bool), ``dropout_rate`` (0 <= rate < 1) and
        ``learning_rate`` (> 0) of Adam. A hyperparameter that is left out keeps the default below.
    input_shape
        ``(height, width)`` or ``(height, width, channels)``, at least 2 ** blocks pixels a side.
    outputs
        Number of classes, with one softmax probability for each; or 1 for a target to regress on.
    """
    batch_normalization = configuration.get("batch_normalization", False)
    filters = configuration.get("filters", 16)

    inputs = keras.Input(input_shape)
    # A grey image has no axis for its channel; convolutions want one.
    x = keras.layers.Reshape((*input_shape, 1))(inputs) if len(input_shape) == 2 else inputs
    for block in range(configuration.get("blocks", 2)):
        x = keras.layers.Conv2D(
            filters * 2**block,
            configuration.get("kernel_size", 3),
            padding="same",
            # Batch normalisation adds its own offset, so a bias before it would be redundant.
            use_bias=not batch_normalization,
        )(x)
        if batch_normalization:
            x = keras.layers.BatchNormalization()(x)
        x = keras.layers.Activation("relu")(x)
        x = keras.layers.MaxPooling2D()(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(configuration.get("dropout_rate", 0.0))(x)
    # The outputs stay float32 when the layers before them compute in bfloat16.
    activation = "softmax" if outputs > 1 else None
    x = keras.layers.Dense(outputs, activation=activation, dtype="float32")(x)
    loss = "sparse_categorical_crossentropy" if outputs > 1 else "mean_squared_error"

    model = keras.Model(inputs, x)
    learning_rate = configuration.get("learning_rate", 1e-3)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss=loss)
    return model
