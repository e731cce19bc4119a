"""The trial store saves time and changes nothing."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import PROJECT

from tuner_trials.objectives import OBJECTIVES
from tuner_trials.tasks.keras.engine import Part, Task
from tuner_trials.trials import store
from tuner_trials.trials.store import Store, StoringTrainer, circumstances
from tuner_trials.trials.trial import Trial, train

CONFIGURATION = {"units": 16, "dropout_rate": 0.2, "learning_rate": 0.01}


@pytest.fixture
def said():
    return []


@pytest.fixture
def trainer(task, tmp_path, said):
    return StoringTrainer(task, about(task), Store(tmp_path / "store", said.append), epochs=4)


def about(task):
    return circumstances(task, [PROJECT / "models/fcnn.py"], {})


def anew(trainer):
    """The same trainer in another process."""
    return StoringTrainer(trainer.task, trainer.circumstances, trainer.store, trainer.epochs)


def key(trainer, *training):
    """The file of a training, by its name."""
    return trainer.store.path(trainer.key(*training)).name


def files(trainer):
    return [path for path in trainer.store.folder.rglob("*") if path.is_file()]


def test_nothing_is_trained_twice(trainer):
    first = trainer(CONFIGURATION, 4, seed=1)
    assert trainer.trained == 1
    other = anew(trainer)
    assert other(CONFIGURATION, 4, seed=1) == first  # its time included
    assert other.trained == 0


def test_two_that_want_the_same_training_do_it_once(trainer):
    both = [anew(trainer) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda one: one(CONFIGURATION, 4, 1), both)
    assert first == second
    assert sum(one.trained for one in both) == 1
    assert [path.suffix for path in files(trainer)] == [".trial"]


def test_continued_training_is_the_whole_training(task, trainer):
    trainer(CONFIGURATION, 2, seed=1)
    continued = anew(trainer)(CONFIGURATION, 4, seed=1, continues=2)
    whole, _ = train(task, CONFIGURATION, 4, 1)
    assert len(continued.epoch_seconds) == 4
    timeless = {"train_seconds": 0, "epoch_seconds": []}
    assert dataclasses.replace(continued, **timeless) == dataclasses.replace(whole, **timeless)


def test_without_a_folder_continuation_works_as_well(task):
    trainer = StoringTrainer(task, about(task), Store(None, pytest.fail), epochs=4)
    trainer(CONFIGURATION, 2, seed=1)
    assert trainer(CONFIGURATION, 4, seed=1, continues=2).history["train_loss"]


def test_a_state_is_kept_only_while_it_may_be_needed(trainer):
    trainer(CONFIGURATION, 2, seed=1)
    [unfinished] = files(trainer)
    with_state = unfinished.stat().st_size
    outcome = trainer(CONFIGURATION, 2, seed=1)
    trainer.drop_states([Trial("ours", 0, 0, CONFIGURATION, 1, 2, 2, outcome)])
    assert unfinished.stat().st_size < with_state / 2
    # The outcome is still there, and a continuation begins anew.
    other = anew(trainer)
    assert other(CONFIGURATION, 2, seed=1) == outcome
    assert other.trained == 0
    other(CONFIGURATION, 4, seed=1, continues=2)
    assert other.trained == 1


@pytest.mark.parametrize("damage", ["truncated", "flipped", "emptied"])
def test_a_damaged_file_is_noticed_reported_and_trained_again(trainer, said, damage):
    outcome = trainer(CONFIGURATION, 4, seed=1)
    [file] = files(trainer)
    content = bytearray(file.read_bytes())
    if damage == "flipped":
        content[len(content) // 2] ^= 1
    file.write_bytes({"truncated": content[:-20], "flipped": content, "emptied": b""}[damage])
    again = anew(trainer)(CONFIGURATION, 4, seed=1)
    assert again.history == outcome.history
    assert len(said) == 1 and f"{file} is damaged" in said[0]
    assert anew(trainer)(CONFIGURATION, 4, seed=1) == again  # repaired
    assert len(said) == 1


def test_a_store_that_cannot_be_written_is_reported_and_stops_nothing(task, tmp_path, said):
    (tmp_path / "store").write_text("a file where the folder should be")
    trainer = StoringTrainer(task, about(task), Store(tmp_path / "store", said.append), epochs=2)
    assert trainer(CONFIGURATION, 2, seed=1).status == "completed"
    assert "cannot be written" in said[0]


def test_a_file_that_cannot_be_read_is_reported_and_stops_nothing(trainer, said):
    outcome = trainer(CONFIGURATION, 4, seed=1)
    [file] = files(trainer)
    file.unlink()
    file.mkdir()  # as root, who may read every file, the tests can make none that cannot be read
    assert anew(trainer)(CONFIGURATION, 4, seed=1).history == outcome.history
    assert f"{file} cannot be read" in said[0]


@pytest.mark.parametrize(
    "training",
    [(CONFIGURATION | {"units": 17}, 4, 1), (CONFIGURATION, 2, 1), (CONFIGURATION, 4, 2)],
    ids=["configuration", "epochs", "seed"],
)
def test_every_training_has_its_own_key(trainer, training):
    assert key(trainer, *training) != key(trainer, CONFIGURATION, 4, 1)


@pytest.mark.parametrize(
    "change",
    ["model", "source", "versions", *(field.name for field in dataclasses.fields(Task)[1:])],
)
def test_everything_that_a_training_depends_on_is_part_of_its_key(
    task, trainer, change, tmp_path, monkeypatch
):
    model = tmp_path / "model.py"
    model.write_bytes((PROJECT / "models/fcnn.py").read_bytes())
    assert circumstances(task, [model], {}) == trainer.circumstances  # wherever it lies
    versions = {}
    match change:
        case "model":
            model.write_text(model.read_text("utf-8") + "\n", "utf-8")
        case "train" | "validation":
            part = getattr(task, change)
            y = part.y.numpy().copy()
            y[0] = (y[0] + 1) % 10
            task = dataclasses.replace(task, **{change: Part(part.x.numpy(), y)})
        case "source":
            monkeypatch.setattr(store, "imported_files", lambda *files: [model, *files[1:]])
        case "versions":
            versions = {"keras": "3"}
        case "objective":
            task = dataclasses.replace(task, objective=OBJECTIVES["f1_macro"])
        case setting:  # of the task
            value = getattr(task, setting)
            other = value + 1 if isinstance(value, int) else f"other {value}"
            task = dataclasses.replace(task, **{setting: other})
    changed = StoringTrainer(task, circumstances(task, [model], versions), trainer.store, epochs=4)
    assert key(changed, CONFIGURATION, 4, 1) != key(trainer, CONFIGURATION, 4, 1)


def test_order_of_the_hyperparameters_does_not_matter(trainer):
    turned = dict(reversed(CONFIGURATION.items()))
    assert key(trainer, turned, 4, 1) == key(trainer, CONFIGURATION, 4, 1)


def test_a_failure_gets_another_chance(trainer):
    broken = CONFIGURATION | {"activation": "no such activation"}
    assert trainer(broken, 4, seed=1).status == "failed"
    assert files(trainer) == []
