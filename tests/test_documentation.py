"""The pages agree with the project: links lead somewhere, the drawn rules are today's."""

import re
import subprocess
import sys
import tomllib
from urllib.parse import unquote

import pytest
import yaml
from conftest import PROJECT
from faults.project_copy import tracked_files

from tuner_trials.analysis.registry import TRIAL_TABLES
from tuner_trials.experiment import NAMED_DATASETS
from tuner_trials.extras.chapters import analyses_for
from tuner_trials.objectives import OBJECTIVES
from tuner_trials.search.strategies.registry import NAMED_STRATEGIES

FILES = set(tracked_files())
PAGES = sorted(name for name in FILES if name.endswith(".md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:src|scripts|rules|tests|docs|tools|benchmarks|profiles|envs)/[\w./-]*\w)`")


def prose(page):
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", (PROJECT / page).read_text("utf-8"), flags=re.M | re.S)


def anchors(page):
    """What GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_inside_the_project_leads_somewhere(page):
    folder = (PROJECT / page).parent
    for link in LINK.findall(prose(page)):
        if "://" in link:
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (folder / path).resolve() if path else PROJECT / page
        name = target.relative_to(PROJECT).as_posix()
        assert name in FILES or any(file.startswith(f"{name}/") for file in FILES), link
        if anchor:
            assert anchor in anchors(name), link


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_is_named_is_there(page):
    for path in PATH.findall(prose(page)):
        assert path in FILES or any(file.startswith(f"{path}/") for file in FILES), path


def test_every_promise_names_a_test_that_is_there():
    tests = {name.rpartition("/")[2] for name in FILES if name.startswith("tests/")}
    rows = [line for line in prose("docs/reliability.md").splitlines() if line.startswith("| ")]
    named = {row: re.findall(r"test_\w+\.py", row.rsplit("|", 2)[1]) for row in rows}
    promises = {row: files for row, files in named.items() if "tested by" not in row}
    assert len(promises) > 30
    for row, files in promises.items():
        assert files or "the table below" in row, row
        assert tests.issuperset(files), row


def test_the_readme_leads_to_every_page():
    linked = set(LINK.findall(prose("README.md")))
    assert {page for page in PAGES if page.startswith("docs/")} <= linked


@pytest.mark.parametrize("page", ["README.md", "config.yaml"])
def test_every_strategy_and_dataset_that_comes_with_the_project_is_named(page):
    text = (PROJECT / page).read_text("utf-8").lower()
    for name in (*(kind.__name__ for kind in NAMED_STRATEGIES), *NAMED_DATASETS):
        assert name.lower().replace("_", "-") in text.replace("_", "-"), name


@pytest.mark.parametrize("page", ["docs/your_objective.md", "docs/configuration.md"])
def test_every_objective_that_comes_with_the_project_is_named(page):
    named = re.findall(r"`(\w+)`", (PROJECT / page).read_text("utf-8"))
    assert set(OBJECTIVES) <= set(named)


def test_every_table_is_explained():
    page = (PROJECT / "docs/words_and_tables.md").read_text("utf-8")
    explained = set(re.findall(r"`(\w+)`", page))
    assert {*TRIAL_TABLES, *analyses_for(["published"])} <= explained


def test_the_drawn_rules_are_those_of_today():
    command = [sys.executable, "tools/draw_rules.py", "--check"]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_version_to_cite_is_that_of_the_package():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    released = re.search(
        rf"^## {re.escape(project['version'])} \((.+)\)$",
        (PROJECT / "CHANGELOG.md").read_text("utf-8"),
        re.M,
    )
    assert released and str(citation["date-released"]) == released.group(1)
