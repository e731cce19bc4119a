"""A model that takes its samples for something else is refused before anything is trained."""

import pytest

from tuner_trials.tasks.keras.engine import use_one_thread
from tuner_trials.tasks.keras.model_check import ModelError, check_model

NET = """
import keras
from keras.layers import *

def build_model(configuration, input_shape, classes):
    model = keras.Sequential([
        keras.Input(input_shape), {first} Flatten(), Dense(8, "relu"), Dense(classes, "softmax")
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
"""


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    use_one_thread()  # before the first operation, or those who train later may not


def check(tmp_path, first, shape, largest=1.0):
    path = tmp_path / "net.py"
    path.write_text(NET.format(first=first))
    return check_model(path, [{}] * 3, [], shape, 3, largest=largest)


@pytest.mark.parametrize(
    ("first", "shape", "words"),
    [
        ("Rescaling(1 / 255),", (8, 8, 3), "Rescaling divides samples that are at most 1 by 255"),
        ("Rescaling(1 / 127.5, offset=-1),", (8, 8, 3), "Rescaling divides samples"),
        ("RandomBrightness(0.2),", (8, 8, 3), "RandomBrightness expects values from 0 to 255"),
        ("RandomFlip(),", (8, 8), "RandomFlip takes a batch of grey images for one image"),
        ("RandomTranslation(0.1, 0.1),", (8, 8), "RandomTranslation takes a batch"),
        ("keras.Sequential([RandomRotation(0.1)]),", (8, 8), "RandomRotation takes a batch"),
    ],
)
def test_layers_that_take_samples_for_something_else_are_refused(tmp_path, first, shape, words):
    with pytest.raises(ModelError, match=words) as error:
        check(tmp_path, first, shape)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("first", "shape", "largest"),
    [
        ("", (8, 8), 1.0),
        ("Rescaling(1 / 255),", (8, 8, 3), 255.0),
        ("Rescaling(1 / 255),", (8, 8, 3), 0.0),
        ("Rescaling(0.0),", (8, 8, 3), 1.0),
        ("Conv2D(4, 3), Rescaling(0.01), Conv2D(4, 3),", (8, 8, 3), 1.0),
        ("Rescaling(2, offset=-1),", (8, 8, 3), 1.0),
        ("RandomBrightness(0.2),", (8, 8, 3), 255.0),
        ("RandomBrightness(0.2, value_range=(0, 1)),", (8, 8, 3), 1.0),
        ("Reshape((8, 8, 1)), RandomFlip(),", (8, 8), 1.0),
        ("RandomFlip(), RandomRotation(0.1),", (8, 8, 3), 1.0),
    ],
)
def test_those_that_fit_are_taken(tmp_path, first, shape, largest):
    assert check(tmp_path, first, shape, largest)["failed"] == 0


EMBEDDING = """
import keras
from keras.layers import *

def build_model(configuration, input_shape, classes):
    samples = keras.Input(input_shape)
    x = Embedding(100, 4)({of})
    outputs = Dense(classes, "softmax")(Flatten()(x))
    model = {kind}
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
"""
FUNCTIONAL = "keras.Model(samples, outputs)"
SEQUENTIAL = "keras.Sequential([samples, Embedding(100, 4), Flatten(), Dense(classes, 'softmax')])"


@pytest.mark.parametrize(
    ("of", "kind", "largest", "words"),
    [
        ("samples", FUNCTIONAL, 2.37, "Embedding takes the numbers of words, and the samples are"),
        ("samples", SEQUENTIAL, 2.37, "Embedding takes the numbers of words, and the samples are"),
        (
            "samples",
            FUNCTIONAL,
            100,
            r"from 0 to 99, and .* up to 100; write Embedding\(101",
        ),
        (
            "samples",
            SEQUENTIAL,
            100,
            r"from 0 to 99, and .* up to 100; write Embedding\(101",
        ),
        ("samples", FUNCTIONAL, 99, None),
        ("samples", SEQUENTIAL, 99, None),
        ("samples[:, 2:]", FUNCTIONAL, 2.37, None),  # of some columns
        ("samples[:, 2:]", FUNCTIONAL, 500, None),
    ],
)
def test_an_embedding_gets_numbers_that_it_knows(tmp_path, of, kind, largest, words):
    path = tmp_path / "net.py"
    path.write_text(EMBEDDING.format(of=of, kind=kind))
    if words is None:
        assert check_model(path, [{}] * 3, [], (7,), 3, largest=largest)["failed"] == 0
    else:
        with pytest.raises(ModelError, match=words):
            check_model(path, [{}] * 3, [], (7,), 3, largest=largest)
