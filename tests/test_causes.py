"""A failure says its cause, and what all failures have in common is named."""

import pytest

from tuner_trials.causes import cause, shared_values
from tuner_trials.errors import UserError
from tuner_trials.failures import check_failures


@pytest.fixture(autouse=True)
def one_thread():
    from tuner_trials.training import use_one_thread

    use_one_thread()  # before the first operation, or those who train later may not


def test_an_exception_in_a_layer_shows_what_went_wrong_there():
    import keras

    with pytest.raises(ValueError, match="Exception encountered") as error:
        keras.layers.MaxPooling2D(4)(keras.Input((3, 3, 1)))
    assert cause(error.value).startswith("ValueError: Computed output size would be zero")


def test_an_exception_in_the_compiled_graph_shows_what_went_wrong_there():
    import tensorflow as tf

    @tf.function
    def product(x):
        return tf.matmul(x, tf.reshape(x, (-1, 1)))

    with pytest.raises(tf.errors.OpError) as error:
        product.get_concrete_function(tf.TensorSpec(None))(tf.ones((2, 3)))
    assert "Matrix size-incompatible: In[0]: [2,3], In[1]: [6,1]" in cause(error.value)


def test_what_an_exception_was_raised_from_is_said():
    error = RuntimeError("no such net")
    error.__cause__ = KeyError("units")
    assert cause(error) == "RuntimeError: no such net (KeyError: 'units')"


@pytest.mark.parametrize("text", ["", "\n", "   \n\n"])
def test_an_exception_without_words_is_named(text):
    assert cause(MemoryError(text)) == "MemoryError"


def records(**values):
    """A trial a value of each hyperparameter; those marked with ! failed."""
    count = len(next(iter(values.values())))
    return [
        {
            "strategy": "random",
            "repeat": 0,
            "trial": number,
            "message": "ValueError: no",
            "status": "failed" if "!" in next(iter(values.values()))[number] else "completed",
            "configuration": {
                name: float(value.strip("!")) if "." in value else int(value.strip("!"))
                for name, all_values in values.items()
                if (value := all_values[number]) != "-"
            },
        }
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("1 2 3 !4 !5 2 3 1 !5 2 3 1", ["`blocks` of 4 and 5"]),
        ("!1 2 3 !1 2 3 2 3 !1 2", ["`blocks` of 1"]),
        ("10 20 30 40 50 60 70 !512 !600 !700", ["`blocks` from 512"]),
        ("!0.1 !0.2 !0.25 0.3 0.4 0.5 0.6 0.7 0.8 0.9", ["`blocks` up to 0.25"]),
        ("1 2 3 !4 5 4 2 3 !5 2 3 1", []),  # 4 and 5 work, too
        ("1 2 3 !4", []),  # a single one may be luck
        ("1 2 3", []),
        ("!1 !2 !3", []),
    ],
)
def test_values_that_all_failures_share_are_named(values, said):
    assert shared_values(records(blocks=values.split())) == said


def test_they_are_said_where_a_run_is_refused():
    trials = records(blocks=list("1239923")) + records(blocks=["!4", "!5", "!5"])
    with pytest.raises(UserError, match="All trials with `blocks` of 4 and 5 failed, and no other"):
        check_failures(trials, 0.1, "results/mine")
