"""A small convolutional network for images, grey or in colours."""

from typing import Any

import keras


def build_model(
    configuration: dict[str, Any], input_shape: tuple[int, ...], classes: int
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
    classes
        Number of classes; the output is one softmax probability for each.
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
    # The probabilities stay float32 when the layers before them compute in bfloat16.
    outputs = keras.layers.Dense(classes, activation="softmax", dtype="float32")(x)

    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(configuration.get("learning_rate", 1e-3)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model
