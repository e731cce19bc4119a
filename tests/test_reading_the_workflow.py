"""The workflow is read where only Snakemake is installed, as the Workflow Catalog reads it."""

import os
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
from conftest import PROJECT
from packaging.requirements import Requirement


def with_dependencies(*names: str) -> dict[str, Distribution]:
    """The installed distributions that some need, these included."""
    found: dict[str, Distribution] = {}
    unread = list(names)
    while unread:
        name = unread.pop()
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        for requirement in map(Requirement, found[name].requires or []):
            if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
                unread += {requirement.name} - set(found)
    return found


@pytest.fixture(scope="module")
def snakemake_alone(tmp_path_factory):
    """Arguments and environment of a Snakemake that finds only itself, pydantic and their needs."""
    folder = tmp_path_factory.mktemp("snakemake alone")
    for package in with_dependencies("snakemake", "pydantic").values():
        for top in {file.parts[0] for file in package.files or []} - {"..", "__pycache__"}:
            if not (folder / top).is_symlink():  # several packages may share a folder
                (folder / top).symlink_to(package.locate_file(top))
    assert not (folder / "numpy").exists()
    assert not (folder / "tuner_trials").exists()
    return [sys.executable, "-S", "-m", "snakemake"], os.environ | {"PYTHONPATH": str(folder)}


def test_lint_is_content_without_the_packages_of_the_workflow(snakemake_alone):
    command, environment = snakemake_alone
    run = subprocess.run(
        [*command, "--lint"], cwd=PROJECT, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert "your workflow is in a good condition" in run.stderr


def test_a_package_that_a_strategy_needs_is_asked_for_when_it_is_used(snakemake_alone, tmp_path):
    command, environment = snakemake_alone
    options = ["--cores", "1", "--directory", str(tmp_path), "--configfile", "config.yaml"]
    run = subprocess.run(
        [*command, "bayesian", *options],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    words = run.stdout + run.stderr
    assert run.returncode != 0
    assert "\nstrategies.bayesian: needs keras-tuner, which is not installed; install it\n" in words
    # Before any job, and those of other strategies are not asked for.
    assert "split_dataset:" not in words
    assert "Traceback" not in words and "strategies.hyperband" not in words


@pytest.mark.network
@pytest.mark.long
@pytest.mark.parametrize("version", ["0.11.3", "0.11.5"])
def test_the_snakefmt_of_the_catalogue_reads_all_rules(version):
    command = ["uv", "tool", "run", f"snakefmt@{version}"]
    run = subprocess.run(
        [*command, "--check", "Snakefile", "rules"], cwd=PROJECT, capture_output=True, text=True
    )
    assert "unchanged" in run.stderr and "ERROR" not in run.stderr, run.stderr


AS_A_LIBRARY = """
from pathlib import Path

from snakemake.api import ConfigSettings, ResourceSettings, SnakemakeApi
from snakemake.exceptions import WorkflowError

with SnakemakeApi() as api:
    try:
        api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(config={"budget": "much"}),
            snakefile=Path("Snakefile"),
        ).dag()
    except WorkflowError as error:
        print("told:", error)
"""


def test_who_calls_snakemake_as_a_library_is_told_of_a_mistake_and_lives_on():
    run = subprocess.run(
        [sys.executable, "-c", AS_A_LIBRARY], cwd=PROJECT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert "told: config.yaml cannot be used:\n  budget: 'much' is not allowed" in run.stdout
