"""A model is tried before it is trained: what cannot work is refused, what it ignores is named."""

import pytest
from conftest import PROJECT

from tuner_trials.report.summaries import on_model
from tuner_trials.tasks.hyperparameters_argument import Recorder
from tuner_trials.tasks.keras.engine import use_one_thread
from tuner_trials.tasks.keras.model_check import ModelError, check_model


@pytest.fixture(autouse=True)
def one_thread():
    use_one_thread()  # before the first operation, or those who train later may not


NET = """
import keras
from keras import layers

Theirs = type("Theirs", (), {"__module__": "tf_keras.models"})

def build_model(configuration, input_shape, classes):
    units = configuration["units"]
    if configuration.get("deep"):
        units = configuration["second_units"]
    inputs = keras.Input(input_shape)
    x = layers.Dense(units)(layers.Flatten()(inputs))
    outputs = layers.Dense(classes, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile(loss="sparse_categorical_crossentropy")
    return model
"""
LOSS = 'loss="sparse_categorical_crossentropy"'
CONFIGURATIONS = [
    {"units": 4 + n, "deep": n == 7, "second_units": 3, "l2": 0.1, "batch_size": 8}
    for n in range(10)
]


@pytest.fixture
def check(tmp_path):
    """Checks a model's source, on samples of 4 x 4 and three classes."""

    def check(source, configurations=CONFIGURATIONS):
        path = tmp_path / "net.py"
        path.write_text(source)
        return check_model(path, configurations, list(CONFIGURATIONS[0]), (4, 4), 3)

    return check


def test_a_hyperparameter_is_ignored_if_no_build_of_the_pool_reads_it(check):
    # second_units is read by the eighth configuration alone, batch_size by the training.
    assert check(NET) == {"builds": 10, "failed": 0, "ignored": ["l2"]}


def test_three_builds_are_enough_where_everything_is_read(check):
    source = NET.replace("units = conf", 'l2, units = configuration["l2"], conf', 1)
    source = source.replace('if configuration.get("deep"):', 'if configuration["deep"] or True:')
    assert check(source) == {"builds": 3, "failed": 0, "ignored": []}


def test_what_no_configuration_holds_is_not_held_against_the_model(check):
    """Conditional hyperparameters may be inactive in all of the pool."""
    pool = [{"units": 4, "deep": False} for _ in range(4)]
    assert check(NET, pool) == {"builds": 4, "failed": 0, "ignored": []}


@pytest.mark.parametrize(
    "copied",
    [
        "{**configuration}",
        "dict(configuration)",
        "configuration | {}",
        "{} | configuration",
        "configuration.copy()",
        "dict(configuration.items())",
        "dict(zip(configuration, configuration.values()))",
        "(lambda **all: all)(**configuration)",
    ],
)
def test_who_copies_the_configuration_has_read_all_of_it(copied):
    configuration = Recorder(CONFIGURATIONS[0])
    copy = eval(copied, {"configuration": configuration})
    assert copy == CONFIGURATIONS[0]
    assert configuration.read == set(CONFIGURATIONS[0])


def test_looking_at_one_hyperparameter_reads_no_other():
    configuration = Recorder(CONFIGURATIONS[0])
    assert "l2" in configuration and len(configuration) == 5
    assert configuration.read == set()
    configuration["units"], configuration.get("deep"), configuration.pop("second_units")
    configuration.setdefault("momentum", 0.9)
    assert configuration.read == {"units", "deep", "second_units", "momentum"}


SEQUENTIAL = """
import keras
from keras import layers

def build_model(configuration, input_shape, classes):
    model = keras.Sequential([layers.Flatten(), layers.BatchNormalization(), layers.Dense(classes)])
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
"""
SUBCLASSED = """
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self, classes):
        super().__init__()
        dense = layers.Dense(5, activity_regularizer="l2")
        self.inner = keras.Sequential([layers.Flatten(), dense])
        self.dropout = layers.Dropout(0.5)
        self.outer = layers.Dense(classes, activation="softmax")

    def call(self, x, training=False):
        return self.outer(self.dropout(self.inner(x), training=training))

def build_model(configuration, input_shape, classes):
    model = Net(classes)
    model.compile(keras.optimizers.SGD(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""


@pytest.mark.parametrize("source", [SEQUENTIAL, SUBCLASSED], ids=["sequential", "subclassed"])
def test_a_model_whose_weights_wait_for_an_input_is_fine(check, source):
    assert check(source)["failed"] == 0


@pytest.mark.parametrize("name", ["fcnn", "cnn"])
@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 3)])
def test_the_models_that_come_with_the_project_take_grey_and_coloured_images(name, shape):
    check = check_model(PROJECT / f"models/{name}.py", [{}] * 3, [], shape, 10)
    assert check == {"builds": 3, "failed": 0, "ignored": []}


def test_a_model_that_fails_for_some_configurations_is_fine(check):
    source = NET.replace("units =", "assert configuration['units'] != 5, 'five'\n    units =", 1)
    result = check(source)
    assert result == {"builds": 10, "failed": 1, "ignored": ["l2"]}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("def build_model", "def build", "cannot be used: AttributeError: .* defines no build_mod"),
        ("import layers", "import layer", "cannot be used: ImportError: "),
        ("keras.Model(", "keras.Modell(", "build_model failed for each of 10 configurations, first"
         " with AttributeError: .*Modell"),
        ("    return model", "", "build_model gave None; does it end with `return model`?"),
        ("    return model", "    return Theirs()", "build_model gave Theirs of tf_keras, not a"
         " model of Keras .*; write `import keras`, whose"),
        ("def build_model", "class Net:\n    def build(self): pass\n\ndef other", "cannot be"
         r" used: .*; of a HyperModel, write build_model = MyHyperModel\(\).build"),
        ('configuration["units"]', "configuration.units", "build_model failed .* AttributeError:"
         r" a configuration is a dictionary; write configuration\[.units.\]"),
        (', activation="softmax"', "", "the model gives outputs below 0, which the loss ignores;"
         " add softmax to the last layer, or give the loss from_logits=True"),
        (LOSS, "loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)", "the outputs"
         " are probabilities, and the loss takes them for logits; leave out from_logits=True"),
        (f"model.compile({LOSS})", "", "build_model gave a model that is not compiled"),
        ("Dense(classes, ", "Dense(1, ", r"the output has shape \(None, 1\); it needs a number for"
         r" each of the 3 classes, \(None, 3\)"),
        ("layers.Flatten()(inputs)", "inputs", r"the output has shape \(None, 4, 3\)"),
        ("Model(inputs, outputs)", "Model(inputs, [outputs, x])", "the model gives 2 outputs in a"
         " list; it needs a single one"),
        ("Model(inputs, outputs)", "Model(inputs, [outputs])", "the model gives 1 outputs in a"),
        ("Model(inputs, outputs)", "Model([inputs, keras.Input((2,))], outputs)", "the model has 2"
         " inputs; it needs one"),
        (LOSS, 'loss="categorical_crossentropy"', "the loss cannot be computed .*sparse_categ"),
        (LOSS, 'loss="mse"', "the loss does not fall as the right class's output rises; "),
        (LOSS, 'loss="binary_crossentropy"', "the loss (does not fall|cannot be computed)"),
        (LOSS, "", "the loss (does not fall|cannot be computed)"),
        ("    model = keras.Model(", "    class Own(keras.Model):\n        def train_step(self, x):"
         "\n            pass\n    model = Own(", "Own overrides train_step"),
    ],
)  # fmt: skip
def test_a_model_that_cannot_be_trained_here_is_refused_with_the_reason(check, old, new, words):
    assert old in NET
    with pytest.raises(ModelError, match=f"^model: .*net.py: {words}") as error:
        check(NET.replace(old, new))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "loss",
    [
        LOSS + ", loss_weights=[1e-4]",
        "loss=lambda y, p: 1e-6 * keras.losses.sparse_categorical_crossentropy(y, p)",
        "loss=lambda y, p: 1e6 * keras.losses.sparse_categorical_crossentropy(y, p)",
    ],
)
def test_a_loss_may_be_as_small_or_large_as_it_likes(check, loss):
    assert check(NET.replace(LOSS, loss))["failed"] == 0


def test_a_loss_on_logits_takes_logits(check):
    loss = "loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
    assert check(NET.replace(', activation="softmax"', "").replace(LOSS, loss))["failed"] == 0


def test_a_single_output_for_two_classes_is_told_what_to_write(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(NET.replace('Dense(classes, activation="softmax")', "Dense(1, 'sigmoid')"))
    with pytest.raises(ModelError, match=r'write Dense\(2, activation="softmax"\) and sparse_cat'):
        check_model(path, CONFIGURATIONS, [], (4, 4), 2)


def test_a_thousand_classes_cost_the_check_no_more_samples_than_ten(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(
        NET.replace("return model", "assert classes == 1000; return model").replace(
            "layers.Flatten()(inputs)", "layers.Flatten()(Rows()(inputs))"
        )
        + """
class Rows(layers.Layer):
    def call(self, x):
        assert x.shape[0] is None or x.shape[0] <= 16, "all that many rows"
        return x
"""
    )
    assert check_model(path, CONFIGURATIONS, [], (4, 4), 1000)["failed"] == 0


HP = """
import keras
from keras import layers

def build_model(hp):
    model = keras.Sequential([layers.Flatten()])
    for _ in range(hp.Int("depth", 1, 3)):
        model.add(layers.Dense(hp.Int("units", min_value=4, max_value=64, step=4), "relu"))
    if hp.Boolean("dropout"):
        with hp.conditional_scope("dropout", True):
            model.add(layers.Dropout(hp.Float("rate", 0.0, 0.5, default=0.25)))
    model.add(layers.Dense(hp.Fixed("classes", 3), activation=hp.Choice("last", ["softmax"])))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""
HP_CONFIGURATIONS = [
    {"depth": 2, "units": 4 + n, "dropout": n % 2 == 0, "rate": 0.1, "last": "softmax"}
    for n in range(10)
]


def check_hp(tmp_path, source=HP, configurations=HP_CONFIGURATIONS):
    path = tmp_path / "net.py"
    path.write_text(source)
    return check_model(path, configurations, list(HP_CONFIGURATIONS[0]), (4, 4), 3)


def test_a_function_written_for_keras_tuner_works_as_it_stands(tmp_path):
    assert check_hp(tmp_path) == {"builds": 3, "failed": 0, "ignored": []}


def test_so_does_the_build_method_of_a_hypermodel(tmp_path):
    source = HP.replace("def build_model(hp)", "class Mine:\n  def build(self, hp)").replace(
        "\n    ", "\n      "
    )
    assert check_hp(tmp_path, source + "\nbuild_model = Mine().build\n")["failed"] == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"units": 65},
            r'hp.Int\("units"\): 65 is not 4 to 64; the range under search_space counts',
        ),
        ({"last": "relu"}, r'hp.Choice\("last"\): relu is not one of \[\'softmax\'\]'),
        (
            {"depth": None},
            r'hp.Int\("depth"\): depth is not in the search space, or not active here',
        ),
    ],
)
def test_a_space_that_disagrees_with_the_function_is_refused(tmp_path, change, words):
    configurations = [
        {name: value for name, value in (known | change).items() if value is not None}
        for known in HP_CONFIGURATIONS
    ]
    with pytest.raises(ModelError, match=words):
        check_hp(tmp_path, configurations=configurations)


def test_the_finding_says_what_is_ignored():
    check = {"builds": 3, "failed": 0, "ignored": []}
    assert on_model("models/x.py", check).endswith(
        "models/x.py was built for 3 configurations of the pool; it reads every hyperparameter."
    )
    text = on_model("models/x.py", check | {"ignored": ["l2"]})
    assert "It never reads l2: tuning it" in text
    text = on_model("models/x.py", check | {"failed": 1, "ignored": ["l2", "units"]})
    assert "1 of them failed" in text and "never reads l2, units: tuning them" in text


def test_a_model_in_a_file_that_is_no_python_file_is_refused_with_the_reason(tmp_path):
    path = tmp_path / "net.txt"
    path.write_text(NET)
    with pytest.raises(ModelError, match=r"net\.txt is no Python file: .* end with \.py"):
        check_model(path, CONFIGURATIONS, list(CONFIGURATIONS[0]), (4, 4), 3)
