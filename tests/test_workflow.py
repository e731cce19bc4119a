"""The whole workflow, as somebody would use it: the real Snakemake, on the digits."""

import json
import os
import re
import subprocess
import sys
from html import escape
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest
import yaml
from conftest import PROJECT
from faults.project_copy import copy_project

from tuner_trials.analysis.registry import ANALYSES
from tuner_trials.figures import caption
from tuner_trials.figures.registry import FIGURES
from tuner_trials.search.random_search import RANDOM_SEARCHES

SNAKEMAKE = [sys.executable, "-m", "snakemake"]
DIGITS = ["--configfile", "experiments/digits.yaml"]
RESULTS = "results/digits"


def snakemake(folder, *arguments):
    return subprocess.run([*SNAKEMAKE, *arguments], cwd=folder, capture_output=True, text=True)


def jobs(output):
    """The rules of a dry run and how many jobs each has, from Snakemake's own table."""
    table = re.search(r"Job stats:\n.*?\n-.*?\n(.*?)\ntotal", output, re.S)
    rows = [line.split() for line in table.group(1).splitlines()] if table else []
    return {name: int(count) for name, count in rows}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project as git would give it, in a folder with a space and an accent."""
    folder = tmp_path_factory.mktemp("tuner trials é") / "project"
    copy_project(folder, references=True)
    return folder


@pytest.fixture(scope="module")
def finished(project):
    """The project after a whole run on the digits."""
    run = snakemake(project, "--cores", "2", *DIGITS)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-5000:]
    return project, run


@pytest.fixture(scope="module")
def tables(finished):
    folder, _ = finished
    return {path.stem: pd.read_csv(path) for path in (folder / RESULTS / "tables").iterdir()}


def test_one_command_leads_to_the_report(finished):
    folder, _ = finished
    page = (folder / RESULTS / "report.html").read_text()
    assert page.count("<img") + page.count("<svg") >= 5
    assert (folder / RESULTS / "report.ipynb").exists()
    for figure in (folder / RESULTS / "figures").glob("*.svg"):
        assert figure.with_suffix(".png").stat().st_size > 5000


def test_snakemakes_own_report_shows_every_figure_with_its_caption(finished):
    folder, _ = finished
    run = snakemake(folder, "--report", "report.zip", *DIGITS)
    assert run.returncode == 0, run.stderr[-3000:]
    with ZipFile(folder / "report.zip") as archive:
        page = archive.read("report/report.html").decode()
        files = {Path(name).name for name in archive.namelist()}
    assert files > {f"{name}.svg" for name in FIGURES} | {"report.html", "summary.csv"}
    text = " ".join(page.replace("\\n", " ").split())  # in strings of JSON
    for name, drawing in FIGURES.items():
        assert drawing.title in text
        assert escape(caption(name, drawing.room), quote=False) in text
    for analysis in ANALYSES.values():
        assert analysis.description in text


def test_a_finished_run_has_nothing_to_do(finished):
    folder, _ = finished
    again = snakemake(folder, "--cores", "2", *DIGITS)
    assert "Nothing to be done" in again.stdout + again.stderr


def test_a_long_job_says_where_it_is(finished):
    _, run = finished
    line = r"bayesian 1  trial   14  epochs   6  accuracy 0\.\d{4}  best 0\.\d{4}  \d+:\d\d left"
    assert re.search(line, run.stdout + run.stderr)
    folder, _ = finished
    assert re.search(line, (folder / RESULTS / "logs/run_search/bayesian-1.log").read_text())


def test_every_configuration_has_a_file_and_every_trial_its_curve(finished):
    folder, _ = finished
    configurations = sorted((folder / RESULTS / "random/configurations").iterdir())
    assert [path.name for path in configurations] == [f"{n:04d}.json" for n in range(30)]
    assert len({path.read_text() for path in configurations}) == 30
    for path in configurations:
        trial = json.loads((folder / RESULTS / "random/trials" / path.name).read_text())
        assert trial["configuration"] == json.loads(path.read_text())
        assert {len(curve) for curve in trial["history"].values()} == {6}


def test_the_ledger_is_exact_and_nobody_overspends(finished, tables):
    folder, _ = finished
    experiment = yaml.safe_load((folder / "experiments/digits.yaml").read_text())
    granted = experiment["budget"] * experiment["epochs"]
    trials = tables["trials"]
    for (strategy, _), search in trials.groupby(["strategy", "repeat"]):
        assert (search["epochs_charged"].cumsum() == search["epochs_cumulative"]).all()
        if strategy != "random":
            assert search["epochs_cumulative"].iloc[-1] <= granted
        if strategy in ("bayesian", "refined_random"):
            assert search["epochs_cumulative"].iloc[-1] == granted
    assert set(trials["strategy"]) == {*RANDOM_SEARCHES, *experiment["strategies"]}


def test_long_searches_start_first(finished):
    """Else a core would idle at the end, while the last search is at work."""
    _, run = finished
    trains = r"^localrule (run_\w+|train_trials):"
    started = re.findall(trains, run.stdout + run.stderr, re.M)
    # The strategies find the start of their searches where the random ones have left it.
    assert started == 2 * ["run_random_search"] + 6 * ["run_search"] + 3 * ["train_trials"]


def test_tables_agree_with_each_other(tables):
    trials, epochs = tables["trials"], tables["epochs"]
    best = epochs.groupby(["strategy", "repeat", "trial"])["validation"].max().reset_index()
    merged = trials.merge(best, on=["strategy", "repeat", "trial"])
    assert len(merged) == len(trials) == len(tables["timings"])
    assert (merged["score"] == merged["validation_y"]).all()
    summary = tables["summary"].set_index("strategy")
    assert summary.loc["random", "best_mean"] == pytest.approx(
        tables["random_statistics"]["expected"].iloc[-1]
    )
    # Of random search and three strategies two repeats each, and the pool: each incumbent was
    # trained again twice.
    assert len(tables["test_scores"]) == 18
    # Only winners of the same configuration are trained alike.
    tested = tables["test_scores"].merge(tables["incumbents"], on=["strategy", "repeat"])
    who = ["repeat", "retraining", *(name for name in tested if name.startswith("hp_"))]
    assert tested["seed"].nunique() == len(tested.drop_duplicates(who))


def test_export_writes_what_its_page_opens(finished, monkeypatch):
    folder, _ = finished
    page = (folder / "docs/export.md").read_text()
    command, *viewers = re.findall(r"^```\nuv run (.+)\n```$", page, re.M)
    name, *arguments = command.split()
    assert (name, viewers[0].split()[0], viewers[1].split()[0]) == (
        *("snakemake", "optuna-dashboard", "tensorboard"),
    )
    run = snakemake(folder, *arguments)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-5000:]
    # That the viewers open them is tested in tests/test_export.py; this is where they are to look.
    for viewer in viewers:
        assert (folder / viewer.split()[-1].removeprefix("sqlite:///")).exists()
    monkeypatch.chdir(folder)
    for snippet in re.findall(r"^```python\n(.+?)^```$", page, re.M | re.S):
        exec(snippet, {})


def test_an_export_without_its_packages_says_what_to_type(finished, tmp_path):
    folder, _ = finished
    for package in ("pyarrow", "tensorboard"):
        (tmp_path / f"{package}.py").write_text(
            f"raise ModuleNotFoundError('no {package}', name='{package}')\n"
        )
    again = ["--forcerun", "export_tensorboard", "export_parquet"]
    run = subprocess.run(
        [*SNAKEMAKE, "export", "--cores", "2", "--keep-going", *DIGITS, *again],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    output = run.stdout + run.stderr
    for package in ("pyarrow", "tensorboard"):
        assert (
            f"Exporting needs packages that are not installed here (the first: {package})" in output
        )
    assert "    uv sync --extra export\n" in output
    assert "Traceback" not in output


def test_only_the_rule_that_tests_the_incumbents_reads_the_test_set(project):
    plan = snakemake(project, "-n", "--forceall", "--cores", "2", *DIGITS).stdout
    inputs = re.findall(r"^rule (\w+):\n    input: (.*)$", plan, re.M)
    assert {"train_trials", "run_search", "test_incumbents"} < {rule for rule, _ in inputs}
    readers = {rule for rule, files in inputs if f"{RESULTS}/data/test.npz" in files}
    assert readers == {"test_incumbents"}
    # What a search learns from comes from no rule that follows the test.
    for rule, files in inputs:
        if rule in ("train_trials", "run_search"):
            assert "/test/" not in files and "/tables/" not in files


def test_only_what_trains_takes_long_or_describes_the_machine_waits_for_a_node():
    text = "".join(path.read_text("utf-8") for path in sorted((PROJECT / "rules").glob("*.smk")))
    begin = r"^ *(?:use rule \w+ as|rule) "
    rules = re.findall(rf"{begin}(\w+)(?: with)?:\n(.*?)(?={begin}|\Z)", text, re.M | re.S)
    away = {
        name
        for name, body in rules
        if "localrule: False" in body or ("script:" in body and "localrule: True" not in body)
    }
    trains = {"train_trials", "run_search", "test_incumbents"}
    assert away == trains | {"check_model", "measure_importance", "record_provenance"}


def test_a_strategys_target_runs_only_what_it_needs(project):
    run = snakemake(project, "bayesian", "-n", "--cores", "2", "--forceall", *DIGITS)
    assert jobs(run.stdout) == {
        "bayesian": 1,
        "run_search": 2,
        "split_dataset": 1,
    }


def plan_after_a_change_of(module, folder):
    """The jobs that a dry run plans once a line was added to a file."""
    path = folder / module
    original = path.read_text()
    path.write_text(original + "\n# changed\n")
    try:
        return jobs(snakemake(folder, "-n", "--cores", "2", *DIGITS).stdout)
    finally:
        path.write_text(original)


def test_a_redrawn_figure_trains_nothing(finished):
    plan = plan_after_a_change_of("src/tuner_trials/figures/learning_curves.py", finished[0])
    assert plan == {"all": 1, "draw_figures": 1, "execute_notebook": 1}


def test_what_only_one_strategy_runs_searches_again_with_that_one_alone(finished):
    plan = plan_after_a_change_of(
        "src/tuner_trials/search/strategies/refined_random.py", finished[0]
    )
    assert plan["run_search"] == 2
    assert "train_trials" not in plan


def test_another_analysis_makes_the_tables_and_what_shows_them_again(finished):
    plan = plan_after_a_change_of("src/tuner_trials/analysis/optimism.py", finished[0])
    made = ("all", "analyse_trials", "draw_figures", "record_provenance", "execute_notebook")
    assert plan == dict.fromkeys(made, 1)


def test_a_changed_model_trains_everything_again(finished):
    plan = plan_after_a_change_of("models/fcnn.py", finished[0])
    assert plan.items() >= {"train_trials": 3, "run_search": 6}.items()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("published_notebook", {"run_search": 8, "analyse_trials": 1}),
        ("cnn", {"train_trials": 4, "run_search": 6, "draw_figures": 1}),
        ("rigorous", {"train_trials": 10, "run_search": 15, "run_random_search": 5, "look": 1}),
        ("tuners", {"train_trials": 5, "run_search": 21}),
    ],
)
def test_every_experiment_has_its_plan(project, name, expected):
    run = snakemake(project, "-n", "--cores", "2", "--configfile", f"experiments/{name}.yaml")
    assert jobs(run.stdout).items() >= expected.items()


def test_configfile_replaces_the_default_and_config_overrides_it(finished):
    folder, _ = finished
    run = snakemake(folder, "-n", "--cores", "2", *DIGITS, "--config", "repeats=5")
    # Three more repeats by random search and three strategies; the two that are there stay.
    assert jobs(run.stdout).items() >= {"run_search": 9, "run_random_search": 3}.items()
    assert "train_trials" not in jobs(run.stdout)
    assert "fashion_mnist" not in run.stdout


def test_other_trials_at_a_time_make_other_searches_and_leave_the_pool(finished):
    folder, _ = finished
    run = snakemake(folder, "-n", "--cores", "1", *DIGITS, "--config", "parallel_trials=2")
    assert jobs(run.stdout)["run_search"] == 6
    assert "train_trials" not in jobs(run.stdout)


@pytest.mark.parametrize(
    ("pool", "new"),
    [
        (40, {"train_trials": 1, "sample_configurations": 1}),
        (50, {"train_trials": 2, "sample_configurations": 2}),
        (33, {"train_rest": 1, "sample_rest": 1}),
    ],
)
def test_a_larger_pool_trains_only_what_is_new(finished, pool, new):
    plan = jobs(dry_run(finished[0], f"random_configurations={pool}"))
    assert {name: count for name, count in plan.items() if name[:6] in ("train_", "sample")} == new
    assert "run_search" not in plan


def dry_run(folder, *config, experiment="experiments/digits.yaml"):
    options = ["--cores", "2", "--configfile", str(experiment)]
    run = snakemake(folder, "-n", *options, *(["--config", *config] if config else []))
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_a_changed_search_space_trains_the_pool_again(finished, tmp_path):
    text = (finished[0] / "experiments/digits.yaml").read_text("utf-8")
    assert "high: 128" in text
    (tmp_path / "wider.yaml").write_text(text.replace("high: 128", "high: 1024"), "utf-8")
    plan = jobs(dry_run(finished[0], experiment=tmp_path / "wider.yaml"))
    assert plan.items() >= {"sample_configurations": 3, "train_trials": 3, "run_search": 6}.items()


def test_exchanged_settings_are_a_change(finished, tmp_path):
    config = yaml.safe_load((finished[0] / "experiments/digits.yaml").read_text("utf-8"))
    assert (config["epochs"], config["budget"]) == (6, 15)
    # Its own initial points must be fewer than the smaller budget, and Hyperband's would not fit.
    config["strategies"] = {"bayesian": config["strategies"]["bayesian"]}
    config["strategies"]["bayesian"]["num_initial_points"] = 3
    plans = []
    for epochs, budget in ((6, 15), (15, 6)):
        config |= {"epochs": epochs, "budget": budget}
        (tmp_path / "exchanged.yaml").write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
        plans.append(jobs(dry_run(finished[0], experiment=tmp_path / "exchanged.yaml")))
    assert "train_trials" not in plans[0] and plans[1]["train_trials"] == 3


@pytest.mark.parametrize(
    ("pools", "rule", "jobs_before"),
    [
        ((1_100, 1_200), "train_hundreds", 1),
        pytest.param((10_000, 11_000), "train_thousands", 0, marks=pytest.mark.long),
    ],
)
def test_a_large_pool_grows_by_a_single_job(project, pools, rule, jobs_before):
    small, large = (jobs(dry_run(project, f"random_configurations={pool}")) for pool in pools)
    assert small.get(rule, 0) == jobs_before
    new = {name: count for name, count in large.items() if small.get(name) != count}
    assert {name: count for name, count in new.items() if name.startswith("train_")} == {
        rule: jobs_before + 1
    }


def test_a_configuration_edited_by_hand_is_trained_again(finished):
    file = finished[0] / RESULTS / "random/configurations/0013.json"
    before = file.read_bytes()
    try:
        file.write_bytes(before.replace(b'"units": ', b'"units": 1'))
        assert jobs(dry_run(finished[0]))["train_trials"] == 1
    finally:
        file.write_bytes(before)


def test_the_dataset_that_experiments_share_is_no_output_of_one(project):
    run = snakemake(project, "--delete-all-output", "-n", "--cores", "1", *DIGITS)
    assert run.returncode == 0
    assert "results/datasets" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("mistake", "line"),
    [
        ("budget=3", "  strategies.bayesian: a budget of 3 trainings never leaves the 8 random"),
        ("sed=1", "  sed: is no key that is known here"),
    ],
)
def test_a_mistake_in_the_configuration_is_one_line_and_no_traceback(project, mistake, line):
    run = snakemake(project, "-n", *DIGITS, "--config", mistake)
    assert run.returncode != 0
    assert line in run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr


def test_snakemakes_own_report_can_be_clicked_through(finished, chromium, tmp_path):
    from playwright.sync_api import sync_playwright

    folder, _ = finished
    run = snakemake(folder, "--report", str(tmp_path / "report.zip"), *DIGITS)
    assert run.returncode == 0, run.stderr[-3000:]
    with ZipFile(tmp_path / "report.zip") as archive:
        archive.extractall(tmp_path)
    errors = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--disable-gpu"])
        page = browser.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        for name in ("Workflow", "Statistics", "About"):
            page.goto((tmp_path / "report/report.html").as_uri())
            page.get_by_text(name, exact=True).first.click()
        for category, count in (
            ("Figures", len(FIGURES)),
            ("Tables", len(ANALYSES)),
            ("Report", 1),
        ):
            page.goto((tmp_path / "report/report.html").as_uri())
            page.get_by_role("link", name=category, exact=True).click()
            page.locator("a[iconname=eye], a[iconname=information-circle]").first.wait_for()
            assert page.locator("a[iconname=information-circle]").count() >= count
            if category == "Figures":  # each is shown
                for drawing in FIGURES.values():
                    row = page.locator("tr", has_text=drawing.title)
                    row.locator("a[iconname=eye]").click()
                    image = page.locator("img[src$='.svg']")
                    image.wait_for()
                    assert image.evaluate("image => image.complete && image.naturalWidth > 100")
                    page.goto((tmp_path / "report/report.html").as_uri())
                    page.get_by_role("link", name=category, exact=True).click()
        browser.close()
    assert errors == []
