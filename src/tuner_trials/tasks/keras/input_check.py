"""Whether a model's first layers take the samples for what they are."""

import keras

# Those that take a batch of three axes for one image, and mix the samples of a batch of grey ones.
_OF_IMAGES = keras.layers.RandomFlip.__mro__[1]
NOTHING_LEFT = 0.05  # of inputs that end below this, a net learns next to nothing


def complaint_about_inputs(model: keras.Model, largest: float) -> str | None:
    """What is wrong with the layers that scale or change images, if anything.

    Parameters
    ----------
    model
        A built model.
    largest
        The largest absolute value of the samples as the model sees them; bytes reach it as 0 to 1.
    """
    if complaint := _complaint_about_word_numbers(model, largest):
        return complaint
    untouched = True  # until a layer with weights has made something else of the samples
    for layer in model._flatten_layers():
        name = type(layer).__name__
        untouched = untouched and (isinstance(layer, keras.Model) or not layer.weights)
        if isinstance(layer, keras.layers.Rescaling) and untouched:
            scale = layer.scale
            if isinstance(scale, int | float) and 0 < abs(scale) * largest < NOTHING_LEFT:
                return (
                    f"{name} divides samples that are at most {largest:g} by {1 / scale:g}; take it"
                    " out, or write dataset.scale: none for bytes that are not divided before"
                )
        if isinstance(layer, _OF_IMAGES):
            if _axes(layer) == 3:
                return (
                    f"{name} takes a batch of grey images for one image, and mixes the samples; add"
                    " an axis for the colour before, Reshape((height, width, 1))"
                )
            value_range = getattr(layer, "value_range", None)
            if value_range is not None and max(value_range) > 100 * largest:
                return (
                    f"{name} expects values from {value_range[0]:g} to {value_range[1]:g}, and the"
                    f" samples are at most {largest:g}; write value_range=(0, {largest:g})"
                )
    return None


def _complaint_about_word_numbers(model: keras.Model, largest: float) -> str | None:
    """Whether an embedding of the samples themselves gets numbers that it does not know."""
    for layer in model._flatten_layers(include_self=False, recursive=False):
        if not isinstance(layer, keras.layers.Embedding) or not _takes_samples(model, layer):
            continue
        if not float(largest).is_integer():
            return (
                "Embedding takes the numbers of words, and the samples are scaled (to at most"
                f" {largest:.3g}); write dataset.scale: none"
            )
        if largest >= layer.input_dim:
            return (
                f"Embedding knows the numbers from 0 to {layer.input_dim - 1}, and the samples hold"
                f" some up to {largest:g}; write Embedding({largest + 1:.0f}, ...)"
            )
    return None


def _takes_samples(model: keras.Model, layer: keras.Layer) -> bool:
    """Whether a layer's input is the model's, all of it."""
    try:
        return layer.input is model.inputs[0]
    except (AttributeError, ValueError):  # of a model that is not functional
        return False


def _axes(layer: keras.Layer) -> int | None:
    """Of a layer's input, with the one of the batch; None where the layer was never called."""
    try:
        return len(layer.input.shape)
    except AttributeError:  # of a model that is not functional
        return None
