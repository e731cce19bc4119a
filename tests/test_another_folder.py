"""The workflow runs in any folder, from a clone that it cannot write to, on files from anywhere."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from conftest import PROJECT
from faults.project_copy import EXPERIMENT, copy_project

TINY = yaml.safe_load((PROJECT / EXPERIMENT).read_text("utf-8"))


def snakemake(folder, *arguments, clone=PROJECT, before=(), **environment):
    """Run a clone's workflow in a folder."""
    command = [*before, sys.executable, "-m", "snakemake", "--snakefile", str(clone / "Snakefile")]
    return subprocess.run(
        [*command, "--cores", "2", *arguments],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


def write(path: Path, config) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    return path


def git(folder, *arguments):
    return subprocess.run(
        ["git", "-c", "user.name=somebody", "-c", "user.email=none", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.fixture
def for_all():
    """A folder that every user can find: git asks who may, whatever their capabilities."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        subprocess.run(["chmod", "-R", "u+w", folder])


def test_a_clone_that_cannot_be_written_to_leads_to_the_report_of_somebody_without_a_name(for_all):
    clone, here, home = for_all / "the clone", for_all / "here", for_all / "home"
    copy_project(clone)
    git(clone, "init", "--quiet")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "--message", "all")
    # The tuner lies next to the configuration, the net where a variable says, the data at home.
    (clone / "models/fcnn.py").rename(for_all / "net.py")
    git(clone, "rm", "--quiet", "models/fcnn.py")
    git(clone, "commit", "--quiet", "--message", "without a net")
    page = (PROJECT / "docs/your_tuner.md").read_text("utf-8")
    [tuner] = re.findall(r"^```python\n(.*?)^```$", page, re.M | re.S)
    config = write(
        here / "conf/mine.yaml",
        TINY
        | {
            "name": "mine",
            "model": "$NETS/net.py",
            "trial_store": "~/trainings",
            "strategies": {"climbing": {"algorithm": "hill_climbing.py"}},
        },
    )
    (here / "conf/hill_climbing.py").write_text(tuner, "utf-8")
    home.mkdir()
    nobody = []
    if os.geteuid() == 0:
        only = "-all,+dac_read_search"  # read everything, write only what is its own
        nobody = ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"]
        nobody += [f"--inh-caps={only}", f"--ambient-caps={only}", f"--bounding-set={only}"]
        for path in (here, home):
            os.chown(path, 54321, 54321)
    for path in [clone, *clone.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    environment = {"NETS": str(for_all), "HOME": str(home)}
    environment |= dict.fromkeys(("USER", "LOGNAME", "LNAME", "USERNAME"), "")
    run = snakemake(here, "--configfile", str(config), clone=clone, before=nobody, **environment)
    assert run.returncode == 0, run.stdout + run.stderr
    assert (here / "results/mine/report.html").stat().st_size > 100_000
    assert list((home / "trainings").glob("*/*.trial"))
    assert sorted(path.name for path in here.iterdir()) == [".snakemake", "conf", "results"]
    record = json.loads((here / "results/mine/provenance.json").read_text("utf-8"))
    assert record["commit"] == git(clone, "-c", f"safe.directory={clone}", "rev-parse", "HEAD")
    assert {training["commit"] for training in record["trained"]} == {record["commit"]}
    # The clone is found by its place, and what is in the folder by its name: both may be moved.
    moved = for_all / "moved"
    shutil.copytree(here, moved, symlinks=True)
    again = snakemake(moved, "-n", "--configfile", "conf/mine.yaml", clone=clone, **environment)
    assert "Nothing to be done" in again.stdout + again.stderr


def test_a_path_is_looked_for_beside_the_configuration_then_here_then_in_the_clone(tmp_path):
    here, beside = tmp_path / "here", tmp_path / "conf"
    here.mkdir()
    config = write(beside / "mine.yaml", TINY | {"model": "models/fcnn.py"})

    def model():
        run = snakemake(here, "-n", "check_model", "--configfile", str(config))
        assert run.returncode == 0, run.stdout + run.stderr
        [inputs] = re.findall(r"^rule check_model:\n    input: (.*)$", run.stdout, re.M)
        return inputs.split(", ")[-1]

    for folder, found in ((PROJECT, None), (here, "models/fcnn.py"), (beside, None)):
        place = folder / "models/fcnn.py"
        if folder != PROJECT:
            place.parent.mkdir()
            shutil.copy(PROJECT / "models/fcnn.py", place)
        assert model() == (found or str(place))


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("model", "nets/none.py", "file"),
        ("model_files", ["none.npy"], "file"),
        ("dataset", {"source": "none.npz"}, "file"),
        ("dataset", {"source": "fashion_mnist", "path": "none"}, "folder"),
        ("strategies", {"mine": {"algorithm": "none.py"}}, "file"),
    ],
    ids=str,
)
def test_a_file_that_is_nowhere_is_named_with_all_folders_in_which_it_was_looked_for(
    tmp_path, key, value, what
):
    here = tmp_path / "here"
    here.mkdir()
    config = write(tmp_path / "conf/mine.yaml", TINY | {key: value})
    run = snakemake(here, "-n", "--configfile", str(config))
    assert run.returncode != 0
    words = run.stdout + run.stderr
    assert re.search(rf"  {key}\S*: there is no {what} '\S*none\S*' in ", words), words
    assert f" in {config.parent} or {here} or {PROJECT}\n" in words
    assert "Traceback" not in words


def test_the_default_experiment_is_that_of_the_folder_or_else_of_the_clone(tmp_path):
    def output():
        return snakemake(tmp_path, "-n", "split_dataset").stdout

    assert "results/fashion_mnist/data/split.json" in output()
    write(tmp_path / "config.yaml", TINY)
    assert "results/tiny/data/split.json" in output()


def test_a_file_merges_on_top_of_another(tmp_path):
    base = write(tmp_path / "base.yaml", TINY)
    change = write(
        tmp_path / "change.yaml", {"name": "changed", "search_space": {"units": {"high": 9}}}
    )
    run = snakemake(tmp_path, "-n", "-p", "bayesian", "--configfile", str(base), str(change))
    assert "results/changed/bayesian/repeat-0/trials.json" in run.stdout
    run = snakemake(
        tmp_path,
        "-n",
        "--configfile",
        str(base),
        str(write(change, {"search_space": {"units": {"high": 1}}})),
    )
    assert "search_space.units" in run.stdout + run.stderr and run.returncode != 0
