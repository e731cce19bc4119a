"""A user's own tuner, exactly as docs/your_tuner.md writes it, in the real workflow."""

import json
import re

import pandas as pd
import pytest
import yaml
from conftest import PROJECT
from faults.project_copy import Copy
from test_experiment import changed

from tuner_trials.analysis.intervals import VERDICTS
from tuner_trials.experiment import ExperimentError, check_experiment
from tuner_trials.foundation.errors import UserError
from tuner_trials.search.random_search import RANDOM_SEARCHES, SAME_BUDGET
from tuner_trials.search.strategies.registry import read_strategy
from tuner_trials.space.search_space import SearchSpace

PAGE = (PROJECT / "docs/your_tuner.md").read_text("utf-8")
[CODE] = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)
[YAML] = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.M | re.S)
RESULTS = "results/own"
TUNER = "tuners/errors.py"  # a name that a module of the package has, too


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The project with the page's tuner beside one of its own, after a run up to the tables."""
    folder = tmp_path_factory.mktemp("your tuner")
    copy = Copy(folder / "project", folder)
    (copy.folder / "tuners").mkdir()
    (copy.folder / TUNER).write_text(CODE, "utf-8")
    experiment = yaml.safe_load((PROJECT / "tests/faults/tiny.yaml").read_text("utf-8"))
    experiment |= yaml.safe_load(YAML.replace("tuners/hill_climbing.py", TUNER)) | {"name": "own"}
    experiment["strategies"]["one_epoch"] = {"algorithm": "OneEpoch"}
    (copy.folder / "own.yaml").write_text(yaml.safe_dump(experiment), "utf-8")
    copy.run("hill_climbing", experiment="own.yaml")  # a target of its name
    copy.run("tables", experiment="own.yaml")
    return copy


def test_it_takes_less_than_thirty_lines_outside_of_the_package():
    assert len(CODE.splitlines()) < 30


def test_its_target_trains_its_trials(finished):
    [first, _] = finished.runs[:2]
    assert {strategy for strategy, *_ in first.trials()} == {"hill_climbing"}
    path = finished.folder / RESULTS / "hill_climbing/repeat-0/trials.json"
    trials = json.loads(path.read_text("utf-8"))
    assert [(trial["status"], trial["epochs_charged"]) for trial in trials] == [
        ("completed", 3)
    ] * 4


def test_its_results_stand_beside_the_others(finished):
    tables = {
        path.stem: pd.read_csv(path) for path in (finished.folder / RESULTS / "tables").iterdir()
    }
    everybody = {*RANDOM_SEARCHES, "hill_climbing", "one_epoch"}
    for name in ("trials", "epochs", "timings", "summary", "test_scores"):
        assert set(tables[name]["strategy"]) == everybody
    compared = tables["comparisons"].set_index(["strategy", "opponent"])["verdict"]
    assert compared[("hill_climbing", SAME_BUDGET)] in VERDICTS
    assert compared[("hill_climbing", "one_epoch")] in VERDICTS


@pytest.mark.parametrize(
    ("changed", "strategies"),
    [
        (TUNER, ["hill_climbing"]),
        ("src/tuner_trials/search/strategies/one_epoch.py", ["one_epoch"]),
        ("src/tuner_trials/search/loop.py", ["hill_climbing", "one_epoch", "random"]),
    ],
)
def test_a_change_of_a_tuner_runs_its_own_searches_again(finished, changed, strategies):
    file = finished.folder / changed
    before = file.read_text("utf-8")
    file.write_text(before + "# changed\n", "utf-8")
    try:
        plan = finished.run("tables", "--dry-run", experiment="own.yaml").text
    finally:
        file.write_text(before, "utf-8")
    planned = re.findall(rf"output: {RESULTS}/(\S+)/repeat-0/trials.json", plan)
    assert sorted(planned) == strategies
    assert not re.search(r"rule (train_trials|split_dataset):", plan)


def test_a_wrong_option_is_refused_in_a_line_without_a_traceback(finished):
    path = finished.folder / "own.yaml"
    (finished.folder / "wrong.yaml").write_text(
        path.read_text("utf-8").replace("kept_share: 0.5", "kept_share: 2"), "utf-8"
    )
    said = finished.fail("--dry-run", experiment="wrong.yaml").text
    assert "strategies.hill_climbing.kept_share: 2 is not allowed; input should be less" in said
    assert "Traceback" not in said


def test_a_suggestion_that_cannot_be_trained_ends_the_search_in_words(finished):
    code = CODE.replace("Suggestion(self.asked[-1], self.epochs)", "Suggestion(self.asked[-1], 0)")
    (finished.folder / "tuners/wrong.py").write_text(code, "utf-8")
    text = (finished.folder / "own.yaml").read_text("utf-8")
    (finished.folder / "wrong.yaml").write_text(text.replace(TUNER, "tuners/wrong.py"), "utf-8")
    said = finished.fail("hill_climbing", experiment="wrong.yaml").text
    assert "suggestion 0 of repeat 0 cannot be trained: epochs must be a whole number, 1 to" in said
    log = finished.folder / RESULTS / "logs/run_search/hill_climbing-0.log"
    assert "Traceback" not in log.read_text("utf-8")


@pytest.fixture
def tuner(tmp_path, monkeypatch):
    """Writes a file, and checks an experiment that names it as its strategy's algorithm."""
    monkeypatch.chdir(PROJECT)
    path = tmp_path / "tuner.py"

    def check(code, **options):
        path.write_text(code, "utf-8")
        section = {"algorithm": str(path)} | options
        return check_experiment(changed("strategies.mine", section)).strategies["mine"]

    return check


@pytest.mark.parametrize(
    ("code", "options", "words"),
    [
        ("import nowhere", {}, "cannot be loaded: ModuleNotFoundError: No module named 'nowhere'"),
        ("from tuner_trials.strategies import Strategy", {}, "import Strategy and Suggestion from"
         " tuner_trials.search.strategies"),
        ("def f(:", {}, "cannot be loaded: SyntaxError: "),
        ("1 / 0", {}, "cannot be loaded: ZeroDivisionError: division by zero"),
        ("x = 1", {}, "must define one subclass of tuner_trials.search.strategies.Strategy;"
         " it defines none"),
        ("from tuner_trials.search.strategies import Strategy", {}, "it defines none"),
        (CODE + "class Other(HillClimbing):\n    pass\n", {}, "it defines HillClimbing, Other"),
        (CODE, {"kept": 1}, "mine.kept: is no key that is known here"),
        (CODE, {"kept_share": "half"}, "mine.kept_share: 'half' is not allowed; input should be a"
         " valid number"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_or_its_options_is_named(tuner, code, options, words):
    with pytest.raises(ExperimentError) as error:
        tuner(code, **options)
    [line] = str(error.value).splitlines()[1:]
    assert line.startswith("  strategies.mine")
    assert words in line


def test_a_package_that_is_missing_is_named_when_the_search_is_to_start(tuner):
    code = CODE.replace("    def start", "    packages = ('nonesuch',)\n\n    def start", 1)
    options = tuner(code).model_dump()  # checking a configuration does not ask for it
    with pytest.raises(UserError, match=r"tuner\.py needs nonesuch, which is not installed; inst"):
        read_strategy(options)


def test_a_file_that_is_not_there_is_named(monkeypatch):
    monkeypatch.chdir(PROJECT)
    with pytest.raises(
        ExperimentError, match=r"strategies\.mine: there is no file 'tuners/none\.py'"
    ):
        check_experiment(changed("strategies.mine", {"algorithm": "tuners/none.py"}))


def test_a_file_may_postpone_its_annotations_and_refuse_a_space(tuner):
    assert tuner("from __future__ import annotations\n" + CODE, kept_share=0.5).kept_share == 0.5
    check = "    def check_space(self, space):\n        raise ValueError(f'no {[*space][0]}')\n\n"
    with pytest.raises(ExperimentError, match=r"strategies\.mine: no hidden_layers"):
        tuner(CODE.replace("    def start", check + "    def start", 1))


def test_its_options_come_back_from_plain_data(tuner):
    options = tuner(CODE, kept_share=0.5).model_dump(mode="json")
    assert options["kept_share"] == 0.5
    space = SearchSpace({"units": {"type": "int", "low": 1, "high": 9}})
    search = read_strategy(options).start(space, 4, 3, seed=1)
    assert search.ask().epochs == 3
