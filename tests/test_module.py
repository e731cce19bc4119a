"""The workflow as a module of another one."""

import json
import re
import shutil

import pytest
from conftest import PROJECT
from faults.project_copy import copy_project
from test_another_folder import TINY, git, snakemake, write

PAGE = (PROJECT / "docs/another_folder.md").read_text("utf-8")
[TWO_EXPERIMENTS] = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)

LONG = pytest.mark.long
ONE = """\
configfile: "conf/mine.yaml"

module tuner_trials:
    snakefile: {clone!r}
    config: config
    {extra}

use rule * from tuner_trials
"""


def run(folder, *arguments, **options):
    """Run the workflow of a folder, which must end well: what it said."""
    ended = snakemake(folder, *arguments, clone=folder, **options)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.mark.long
def test_ten_lines_lead_from_an_empty_folder_to_the_reports_of_two_experiments(tmp_path):
    assert len([line for line in TWO_EXPERIMENTS.splitlines() if line]) <= 10
    (tmp_path / "Snakefile").write_text(TWO_EXPERIMENTS, "utf-8")
    (tmp_path / "tuner-trials").symlink_to(PROJECT)
    for seed, name in enumerate(("first", "second")):
        own = {"name": name, "seed": seed, "trial_store": f"trainings of {name}"}
        write(tmp_path / f"{name}.yaml", TINY | own)
    said = run(tmp_path)
    for name in ("first", "second"):
        assert f"Experiment <strong>{name}</strong>" in (
            tmp_path / f"results/{name}/report.html"
        ).read_text("utf-8")
        # The pool, of which each search trained some anew, and retrainings of the winners.
        assert len(list((tmp_path / f"trainings of {name}").glob("*/*.trial"))) > 20
    assert [path.name for path in (tmp_path / "results/datasets").glob("*.npz")] == ["digits.npz"]
    assert said.count("kept as results/datasets/digits.npz") == 1
    assert "Nothing to be done" in run(tmp_path, "-n")
    # Another store, or none, is no reason to train again.
    write(tmp_path / "second.yaml", TINY | {"name": "second", "seed": 1, "trial_store": False})
    assert "second_train_trials" not in run(tmp_path, "-n")


@pytest.mark.parametrize(
    ("extra", "results", "logs"),
    [
        pytest.param("", "results/tiny", "results/tiny/logs", marks=LONG),
        ('prefix: "deep/er"', "deep/er/results/tiny", "deep/er/results/tiny/logs"),
        pytest.param('pathvars:\n        results="here",', "here", "here/logs", marks=LONG),
        pytest.param(
            'pathvars:\n        results="here",\n        logs="words",', "here", "words", marks=LONG
        ),
    ],
    ids=["alone", "prefix", "pathvars", "logs"],
)
def test_a_module_leaves_its_results_where_it_is_told_to(tmp_path, extra, results, logs):
    clone = str(PROJECT / "Snakefile")
    (tmp_path / "Snakefile").write_text(ONE.format(clone=clone, extra=extra), "utf-8")
    # What a configuration names is the user's, which no prefix concerns.
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/net.py").write_text((PROJECT / "models/fcnn.py").read_text("utf-8"), "utf-8")
    write(tmp_path / "conf/mine.yaml", TINY | {"model": "net.py", "trial_store": "trainings"})
    plan = run(tmp_path, "-n")
    assert f"    output: {results}/report.ipynb, {results}/report.html" in plan
    assert f" {logs}/execute_notebook.log\n" in plan
    outputs = " ".join(re.findall(r"^    (?:output|log|benchmark): (.*)$", plan, re.M))
    assert {
        path for path in re.split(r",? ", outputs) if not path.startswith((results, logs))
    } == set()
    run(tmp_path, "bayesian")
    assert (tmp_path / results / "bayesian/repeat-0/trials.json").exists()
    assert (tmp_path / logs / "run_search/bayesian-0.log").exists()
    assert len(list((tmp_path / "trainings").glob("*/*.trial"))) == TINY["budget"]
    assert "Nothing to be done" in run(tmp_path, "-n", "bayesian")


def test_rules_of_a_module_can_be_changed(tmp_path):
    write(tmp_path / "conf/mine.yaml", TINY)
    more = """
use rule run_search from tuner_trials with:
    priority: 3
    resources: mem_mb=12345
"""
    text = ONE.format(clone=str(PROJECT / "Snakefile"), extra="") + more
    (tmp_path / "Snakefile").write_text(text, "utf-8")
    assert "mem_mb=12345" in run(tmp_path, "-n", "bayesian")


def test_a_module_without_a_configuration_is_the_default_experiment(tmp_path):
    text = ONE.format(clone=str(PROJECT / "Snakefile"), extra="")
    text = text.replace("    config: config\n", "").replace('configfile: "conf/mine.yaml"', "")
    (tmp_path / "Snakefile").write_text(text, "utf-8")
    assert "results/fashion_mnist/data/train.npz" in run(tmp_path, "-n", "split_dataset")


def test_the_command_line_reaches_a_module_that_takes_the_whole_configuration(tmp_path):
    write(tmp_path / "conf/mine.yaml", TINY)
    text = ONE.format(clone=str(PROJECT / "Snakefile"), extra="")
    (tmp_path / "Snakefile").write_text(text, "utf-8")
    changes = ["--config", "name=other", "dataset={validation_fraction: 0.5}"]
    plan = run(tmp_path, "-n", "split_dataset", *changes)
    assert "results/other/data/train.npz" in plan


def test_pathvars_are_taken_from_the_command_line(tmp_path):
    config = write(tmp_path / "mine.yaml", TINY)
    plan = snakemake(
        tmp_path, "-n", "--configfile", str(config), "--config", "pathvars={results: else/where}"
    ).stdout
    assert "    output: else/where/report.ipynb, else/where/report.html" in plan
    assert " else/where/logs/execute_notebook.log\n" in plan


def test_two_clones_in_one_workflow_are_refused_in_words(tmp_path):
    copy_project(tmp_path / "clone")
    for name in ("first", "second"):
        write(tmp_path / f"{name}.yaml", TINY | {"name": name})
    text = "from yaml import safe_load\n"
    for name, clone in (("first", tmp_path / "clone"), ("second", PROJECT)):
        text += f"""
module {name}:
    snakefile: "{clone}/Snakefile"
    config: safe_load(open("{name}.yaml"))

use rule * from {name} as {name}_*
"""
    (tmp_path / "Snakefile").write_text(text, "utf-8")
    ended = snakemake(tmp_path, "-n", clone=tmp_path)
    words = ended.stdout + ended.stderr
    assert ended.returncode != 0 and "import all modules from one clone" in words
    assert "Traceback" not in words


@LONG
def test_a_repository_on_github_is_a_module_and_its_commit_is_known(tmp_path):
    copy_project(tmp_path / "clone")
    for words in ("init --quiet", "add --force .", "commit --quiet --message all", "tag v9"):
        git(tmp_path / "clone", *words.split())
    here = tmp_path / "here"
    # What snakedeploy writes.
    repository = 'github("somebody/tuner-trials", path="workflow/Snakefile", tag="v9")'
    text = ONE.format(clone="?", extra="").replace("'?'", repository)
    write(here / "conf/mine.yaml", TINY)
    (here / "Snakefile").write_text(text, "utf-8")
    # git takes the clone for what GitHub has.
    environment = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{tmp_path / 'clone'}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/somebody/tuner-trials",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    run(here, "random", **environment)
    shutil.rmtree(tmp_path / "clone")  # fetched once
    trial = json.loads((here / "results/tiny/random/trials/0003.json").read_text("utf-8"))
    [commit] = [path.name for path in (here / ".snakemake/tuner-trials").iterdir()]
    assert trial["commit"] == commit
    assert "Nothing to be done" in run(here, "-n", "random", **environment)
    assert "rule default:" in run(here, "-n", **environment)
