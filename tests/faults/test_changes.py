"""What a change concerns is made again, and nothing else."""

import pytest

from faults.project_copy import FCNN
from tuner_trials.search.random_search import SAME_BUDGET

pytestmark = pytest.mark.long


def test_a_change_of_what_a_training_depends_on_trains_the_pool_again(copy, tmp_path):
    package = str(copy.folder / "src")
    copy.run("random", *FCNN)

    def trained_again(path=package):
        run = copy.run("random", *FCNN, environment={"PYTHONPATH": path})
        assert [who[0] for who in run.trials()].count("random") == 10
        assert run.trials(stored=True) == []

    for file in ("models/fcnn.py", "src/tuner_trials/tasks/keras/engine.py"):
        with (copy.folder / file).open("a") as source:
            source.write("# changed\n")
        trained_again()
    # What says of itself to be installed, and comes first.
    description = tmp_path / "other/tensorflow-9.9.dist-info/METADATA"
    description.parent.mkdir(parents=True)
    description.write_text("Metadata-Version: 2.1\nName: tensorflow\nVersion: 9.9\n")
    trained_again(f"{package}:{tmp_path / 'other'}")


def test_a_larger_pool_and_more_repeats_train_only_what_is_new(finished, copy):
    larger = ("tables", "--config", "random_configurations=20", "repeats=2")
    run = finished.run(*larger)
    # Only what the searches of a repeat share comes from the store.
    assert {who[1] for who in run.trials(stored=True)} <= {"1"}
    pool = [trial for strategy, _, trial, _ in run.trials() if strategy == "random"]
    assert pool == [str(number) for number in range(10, 20)]
    searches = {who[:2] for who in run.trials() if who[0] != "random"}
    searches |= {who[:2] for who in run.trials(stored=True)}
    assert searches == {(name, "1") for name in (SAME_BUDGET, "bayesian", "hyperband")}
    copy.run(*larger)
    assert finished.tables() == copy.tables()
