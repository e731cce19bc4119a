"""`snakemake --sdm conda` with a stand-in for conda, which makes a virtual environment instead.

Python is the one of the tests and not conda-forge's; the packages are those of the file.
"""

import json
import os
import subprocess
import sys

import pytest
import yaml
from conftest import PROJECT
from test_another_folder import TINY, snakemake, write

ENVIRONMENT = PROJECT / "envs/tuner-trials.yaml"

STAND_IN = """\
#!{python}
import json, subprocess, sys

import yaml

arguments = sys.argv[1:]
if arguments[:1] == ["info"]:
    print(json.dumps({{"conda_prefix": {prefix!r}, "platform": "linux-64"}}))
elif arguments == ["--version"]:
    print("conda 25.1.0")
elif arguments[:1] == ["config"]:
    print(json.dumps({{"get": {{"channel_priority": "strict"}}}}))
elif arguments[:2] == ["env", "create"]:
    options = dict(zip(arguments, arguments[1:]))
    packages = yaml.safe_load(open(options["--file"]))["dependencies"][-1]["pip"]
    python = options["--prefix"] + "/bin/python"
    subprocess.run(["uv", "venv", options["--prefix"]], check=True)
    subprocess.run(["uv", "pip", "install", "--python", python, *packages], check=True)
"""
ACTIVATE = 'VIRTUAL_ENV="$1"\nexport VIRTUAL_ENV PATH="$1/bin:$PATH"\n'


def test_the_environment_holds_what_a_run_needs_and_not_what_development_needs():
    packages = yaml.safe_load(ENVIRONMENT.read_text("utf-8"))["dependencies"][-1]["pip"]
    names = {package.partition("==")[0] for package in packages}
    assert names > {"keras-tuner", "optuna", "papermill", "pyarrow", "snakemake", "tensorflow"}
    assert not names & {"hypothesis", "mypy", "playwright", "pytest", "ruff", "snakefmt"}


@pytest.mark.long
@pytest.mark.network
def test_a_run_in_an_environment_of_conda_comes_to_the_report_and_exports(tmp_path):
    conda = tmp_path / "conda"
    (conda / "bin").mkdir(parents=True)
    stand_in = STAND_IN.format(python=sys.executable, prefix=str(conda))
    (conda / "bin/conda").write_text(stand_in, "utf-8")
    (conda / "bin/conda").chmod(0o755)
    (conda / "bin/activate").write_text(ACTIVATE, "utf-8")
    here = tmp_path / "here"
    config = write(here / "mine.yaml", TINY | {"model": "models/fcnn.py"})
    path = f"{conda / 'bin'}:{os.environ['PATH']}"
    targets = ["all", "export", "--sdm", "conda", "--configfile", str(config)]
    run = snakemake(here, *targets, PATH=path, UV_COMPILE_BYTECODE="1")
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-5000:]
    assert (here / "results/tiny/report.html").stat().st_size > 100_000
    # It was that environment which trained: the package is not installed there.
    [python] = (here / ".snakemake/conda").glob("*/bin/python")
    # Isolated: the tests' own PYTHONPATH may lead to the package.
    installed = subprocess.run([python, "-I", "-c", "import tuner_trials"], cwd=here)
    assert installed.returncode != 0
    trial = json.loads((here / "results/tiny/random/trials/0000.json").read_text("utf-8"))
    assert trial["status"] == "completed"
    again = snakemake(here, "-n", *targets, PATH=path)
    assert "Nothing to be done" in again.stdout + again.stderr
