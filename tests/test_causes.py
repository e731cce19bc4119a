"""A failure says its cause, and what all failures have in common is named."""

import dataclasses

import numpy as np
import pytest

from tuner_trials.foundation.errors import UserError
from tuner_trials.results.failures import check_failures
from tuner_trials.search.random_search import batches
from tuner_trials.tasks.keras.engine import load_model_builder
from tuner_trials.trials.trial import train
from tuner_trials.user_code.causes import cause, is_ours, shared_values
from tuner_trials.workflow.results_folder import ResultsFolder


@pytest.fixture(autouse=True)
def one_thread():
    from tuner_trials.tasks.keras.engine import use_one_thread

    use_one_thread()  # before the first operation, or those who train later may not


def test_an_exception_in_a_layer_shows_what_went_wrong_there():
    import keras

    for whole in (True, False):  # Keras wraps what it shows to people who build nets by hand
        keras.config.disable_traceback_filtering() if whole else (
            keras.config.enable_traceback_filtering()
        )
        error = raised(lambda: keras.layers.MaxPooling2D(4)(keras.Input((3, 3, 1))))
        assert ("Exception encountered" in str(error)) != whole
        assert cause(error).startswith("ValueError: Computed output size would be zero")
    keras.config.disable_traceback_filtering()


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


def raised(call):
    """The exception that a call ends with."""
    with pytest.raises(Exception) as error:  # noqa: PT011
        call()
    return error.value


def test_a_fault_of_the_package_is_ours():
    from tuner_trials.space.search_space import SearchSpace
    from tuner_trials.tasks.keras.engine import Part

    space = SearchSpace({"units": {"type": "int", "low": 1, "high": 9}})
    assert is_ours(raised(lambda: space.check(None)))
    assert is_ours(raised(lambda: space.sample_distinct(1, "no generator")))
    # numpy, or TensorFlow, called by us with what is none of the model's.
    assert is_ours(raised(lambda: batches(None)))
    assert not is_ours(raised(lambda: Part(np.zeros((2, 1)), np.array(["a", "b"]))))


def test_a_fault_of_the_model_is_not(tmp_path):
    from tuner_trials.tasks.keras.engine import load_model_builder

    def build(body, configuration=None):
        path = tmp_path / "net.py"
        path.write_text(f"import keras, numpy\ndef build_model(hp):\n    {body}\n")
        return raised(lambda: load_model_builder(path)(configuration or {}, (4,), 2))

    assert not is_ours(build("raise ValueError"))
    assert not is_ours(build("keras.layers.Dense('many')"))
    assert not is_ours(build("numpy.zeros(-1)"))
    assert not is_ours(build("hp.Int('units', 1, 9)"))
    assert not is_ours(build("hp['units']"))
    assert not is_ours(MemoryError())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return None", "TypeError: build_model gave no compiled model"),
        ("return keras.Sequential([keras.layers.Dense(2)])", "gave no compiled model"),
        ("return statistics.mean([])", "StatisticsError"),  # of a library, called by the model
    ],
)
def test_whatever_building_a_model_raises_is_a_failed_trial(task, tmp_path, body, message):
    path = tmp_path / "net.py"
    path.write_text(
        "import keras, statistics\nfrom functools import partial\n"
        f"def build_model(configuration, input_shape, classes):\n    {body}\n"
    )
    own = dataclasses.replace(task, build_model=load_model_builder(path))
    outcome, _ = train(own, {}, 2, 1)
    assert outcome.status == "failed" and message in outcome.message


def test_a_library_may_be_the_models_own(task):
    """Whose frames are those of an installed package, and of nobody else."""
    own = dataclasses.replace(task, build_model=np.broadcast_shapes)
    outcome, _ = train(own, {}, 2, 1)
    assert outcome.status == "failed"


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
        check_failures(trials, 0.1, ResultsFolder("results/mine").trial_file)
