"""What a model imports and reads is watched, and Keras' own settings change nothing."""

import dataclasses
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import yaml
from conftest import PROJECT
from faults.project_copy import copy_project

from tuner_trials.tasks.keras.engine import load_model_builder, use_one_thread
from tuner_trials.tasks.keras.model_check import ModelError, check_model
from tuner_trials.trials.trial import train
from tuner_trials.user_code.imports import imported_beside
from tuner_trials.user_code.python_file import run_python_file


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    use_one_thread()  # before the first operation, or those who train later may not


MODEL = """
import keras
from wide import widest

def build_model(configuration, input_shape, classes):
    from nets.parts import dense
    import numpy as np
    {reads}
    layers = [keras.layers.Flatten(), dense(widest), keras.layers.Dense(classes, "softmax")]
    model = keras.Sequential(layers)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model
"""


@pytest.fixture
def folder(tmp_path):
    """A model with a module and a package beside it, and one that it does not import."""
    files = {
        "model.py": MODEL.format(reads=""),
        "wide.py": "from deep_below import widest\n",
        "deep_below.py": "widest = 4\n",
        "nets/__init__.py": "",
        "nets/parts.py": "import keras\nfrom .kinds import KIND\n\ndef dense(units):\n"
        "    return keras.layers.Dense(units, KIND)\n",
        "nets/kinds.py": "KIND = 'relu'\n",
        "unused.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    yield tmp_path
    for name in ("wide", "deep_below", "nets", "nets.parts", "nets.kinds"):
        sys.modules.pop(name, None)


def test_what_a_file_imports_from_beside_it_is_found(folder):
    found = {os.path.relpath(path, folder) for path in imported_beside(folder / "model.py")}
    assert found == {
        "wide.py",
        "deep_below.py",
        "nets/__init__.py",
        "nets/parts.py",
        "nets/kinds.py",
    }


def test_it_is_imported_without_a_word_about_paths(folder):
    before = list(sys.path)
    check = check_model(
        folder / "model.py", [{}] * 3, [], (4, 4), 3, imported_beside(folder / "model.py")
    )
    assert check["failed"] == 0 and sys.path == before
    with pytest.raises(ImportError):
        __import__("unused")


def test_a_package_without_an_init_may_be_loaded_twice(folder):
    (folder / "nets/__init__.py").unlink()
    for _ in range(2):
        assert run_python_file(folder / "model.py")
        __import__("nets.parts")


def test_imports_in_any_branch_are_found(tmp_path):
    (tmp_path / "model.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import unused\nelse:\n"
        "    import used\ntry:\n    from " + "." * 99 + " import x\nexcept ImportError:\n    pass\n"
    )
    for name in ("used", "unused"):
        (tmp_path / f"{name}.py").write_text("")
    assert imported_beside(tmp_path / "model.py") == [str(tmp_path / "used.py")]


def test_what_libraries_keep_for_themselves_is_not_the_models(folder, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    (folder / "cache").mkdir()
    (folder / "cache/fonts.json").write_text("[]")
    path = folder / "model.py"
    path.write_text(MODEL.format(reads=f"open({str(folder / 'cache/fonts.json')!r}).close()"))
    assert check_model(path, [{}] * 3, [], (4, 4), 3, imported_beside(path))["failed"] == 0


def test_a_module_of_a_name_that_is_taken_is_refused(folder):
    (folder / "random.py").write_text("")
    (folder / "model.py").write_text("import random\n")
    with pytest.raises(ImportError, match=r"imports random from beside it, but another module"):
        run_python_file(folder / "model.py")


def test_a_file_that_is_read_and_not_named_is_refused_with_what_to_write(folder, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(folder))  # which is watched, too, but for keras.json
    np.save(folder / "embedding.npy", np.zeros(3))
    path = folder / "model.py"
    path.write_text(MODEL.format(reads=f"np.load({str(folder / 'embedding.npy')!r})"))
    beside = imported_beside(path)
    with pytest.raises(
        ModelError, match=r"model: .*model\.py: reads .*embedding\.npy, .* Add `model_files: \["
    ) as error:
        check_model(path, [{}] * 3, [], (4, 4), 3, beside)
    assert "\n" not in str(error.value)
    named = [*beside, str(folder / "embedding.npy")]
    assert check_model(path, [{}] * 3, [], (4, 4), 3, named)["failed"] == 0


def test_a_file_that_the_model_has_written_itself_is_its_own(folder):
    path = folder / "model.py"
    own = str(folder / "own.npy")
    path.write_text(MODEL.format(reads=f"np.save({own!r}, np.zeros(2)); np.load({own!r})"))
    assert check_model(path, [{}] * 3, [], (4, 4), 3, imported_beside(path))["failed"] == 0


SETTING = """
import keras
{at_the_top}
def build_model(configuration, input_shape, classes):
    if configuration["other"]:
        keras.config.set_epsilon(0.1)
        keras.config.set_image_data_format("channels_first")
        keras.config.set_floatx("float16")
    model = keras.Sequential([
        keras.Input(input_shape), keras.layers.Reshape((8, 8, 1)),
        keras.layers.MaxPooling2D((2, 1), padding="same"), keras.layers.Flatten(),
        keras.layers.BatchNormalization(), keras.layers.Dense(8, "relu"),
        keras.layers.Dense(classes, "softmax", dtype="float32"),
    ])
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    return model
"""


def test_what_a_trial_sets_in_keras_ends_with_it(task, tmp_path):
    path = tmp_path / "setting.py"
    path.write_text(SETTING.format(at_the_top=""))
    own = dataclasses.replace(task, build_model=load_model_builder(path))
    first, _ = train(own, {"other": False}, 2, 7)
    other, _ = train(own, {"other": True}, 2, 7)
    again, _ = train(own, {"other": False}, 2, 7)
    assert first.status == "completed"
    assert again.history == first.history
    assert other.history != first.history


def test_a_model_that_sets_keras_when_it_is_loaded_is_refused(tmp_path):
    path = tmp_path / "setting.py"
    path.write_text(SETTING.format(at_the_top='keras.config.set_floatx("float64")'))
    with pytest.raises(ModelError, match="sets Keras' floatx when it is loaded"):
        check_model(path, [{"other": False}] * 3, [], (8, 8), 10)


TRAIN = """
import sys
import numpy as np
from tuner_trials.tasks.data.datasets import load_digits
from tuner_trials.tasks.keras.engine import Part, Task, load_model_builder, use_one_thread
from tuner_trials.trials.trial import train
use_one_thread()
digits = load_digits()
x, y = digits["x_train"], digits["y_train"]
parts = Part(x[:200], y[:200]), Part(x[200:300], y[200:300])
task = Task(load_model_builder("models/cnn.py"), *parts, 10)
outcome, _ = train(task, {"filters": 4, "blocks": 1}, 1, 7)
print(outcome.status, outcome.history)
"""


def test_a_keras_json_of_ones_own_changes_nothing(tmp_path):
    (tmp_path / "keras.json").write_text(
        '{"floatx": "float64", "epsilon": 0.1, "backend": "jax", "image_data_format":'
        ' "channels_first"}'
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", TRAIN],
            cwd=PROJECT,
            env=os.environ | extra,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for extra in ({}, {"KERAS_HOME": str(tmp_path)})
    ]
    assert said[0].startswith("completed") and said[0] == said[1]


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_is_refused_in_a_line(backend):
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", "-n"],
        cwd=PROJECT,
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert f"KERAS_BACKEND is {backend}, but models are trained with TensorFlow here" in (
        run.stdout + run.stderr
    )
    assert "Traceback" not in run.stdout + run.stderr


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished pool of a model with a module beside it and a file that it names."""
    folder = tmp_path_factory.mktemp("reads") / "project"
    copy_project(folder)
    (folder / "mine").mkdir()
    (folder / "mine/net.py").write_text(
        "import numpy as np\nfrom my_layers import hidden\nfrom models_of_mine import plain\n"
        "\ndef build_model(configuration, input_shape, classes):\n"
        "    weights = np.load('mine/embedding.npy')\n"
        "    return plain(hidden(int(weights[0])), input_shape, classes)\n"
    )
    (folder / "mine/my_layers.py").write_text(
        "import keras\n\ndef hidden(units):\n    return keras.layers.Dense(units, 'relu')\n"
    )
    (folder / "mine/models_of_mine.py").write_text(
        "import keras\n\ndef plain(layer, input_shape, classes):\n"
        "    model = keras.Sequential([keras.Input(input_shape), keras.layers.Flatten(), layer,\n"
        "        keras.layers.Dense(classes, 'softmax')])\n"
        "    model.compile('adam', 'sparse_categorical_crossentropy')\n    return model\n"
    )
    np.save(folder / "mine/embedding.npy", np.array([8.0]))
    config = yaml.safe_load((folder / "tests/faults/tiny.yaml").read_text("utf-8"))
    config |= {"model": "mine/net.py", "model_files": ["mine/embedding.npy"]}
    (folder / "mine.yaml").write_text(yaml.safe_dump(config), "utf-8")
    run = snakemake(folder, "random", "--cores", "1")
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def snakemake(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *arguments, "--configfile", "mine.yaml"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
    )


def losses(folder):
    return re.findall(
        r'"validation_loss": \[\s*([\d.]+)',
        (folder / "results/tiny/random/trials/0003.json").read_text(),
    )


@pytest.mark.parametrize(
    "change", ["my_layers.py", pytest.param("embedding.npy", marks=pytest.mark.long)]
)
def test_what_a_model_reads_trains_again_when_it_is_replaced(finished, tmp_path, change):
    folder = tmp_path / "project"
    shutil.copytree(finished, folder)
    assert "Nothing to be done" in snakemake(folder, "random", "-n", "--cores", "1").stdout
    path = folder / "mine" / change
    if path.suffix == ".npy":
        np.save(path, np.array([16.0]))
    else:
        path.write_text(path.read_text().replace("relu", "tanh"))
    os.utime(path, (1, 1))  # older than all that was trained
    before = losses(folder)
    run = snakemake(folder, "random", "--cores", "1")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "(stored)" not in run.stderr and losses(folder) != before
    assert "Nothing to be done" in snakemake(folder, "random", "-n", "--cores", "1").stdout
