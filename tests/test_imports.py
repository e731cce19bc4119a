"""What a rule declares of the package is what its script runs, and a job loads what it needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from tuner_trials.imports import imported_files

PROJECT = Path(__file__).parents[1]
PACKAGE = "src/tuner_trials"
SHOW_FILES = """
import importlib, sys
importlib.import_module(sys.argv[1])
for name, module in sorted(sys.modules.items()):
    if name.partition(".")[0] == "tuner_trials":
        print(module.__file__)
"""


@pytest.mark.parametrize(
    "module", ["report.exhibits", "analysis.ranks", "figures.score_over_epochs", "export"]
)
def test_every_file_that_python_loads_is_found(module, tmp_path, monkeypatch):
    monkeypatch.chdir(PROJECT)
    finished = subprocess.run(
        [sys.executable, "-c", SHOW_FILES, f"tuner_trials.{module}"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {str(Path(line).relative_to(PROJECT)) for line in finished.stdout.splitlines()}
    assert len(loaded) > 3
    script = tmp_path / "script.py"
    script.write_text(f"import tuner_trials.{module}")
    assert loaded <= set(imported_files(PACKAGE, script))


def test_what_only_a_type_checker_reads_does_not_count(monkeypatch):
    monkeypatch.chdir(PROJECT)
    found = imported_files(
        PACKAGE, "scripts/analyse_trials.py", f"{PACKAGE}/analysis/importance.py"
    )
    assert f"{PACKAGE}/tables.py" in found
    assert f"{PACKAGE}/analysis/catalogue.py" not in found


def test_what_no_import_leads_to_is_not_found(monkeypatch):
    monkeypatch.chdir(PROJECT)
    assert not imported_files(PACKAGE, "models/fcnn.py")
    found = imported_files(PACKAGE, "scripts/verify.py")
    assert "src/tuner_trials/verification.py" in found
    assert not [path for path in found if "training" in path or "figures" in path]


def test_a_training_job_does_not_wait_for_what_only_gets_or_splits_a_dataset():
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, tuner_trials.jobs; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    # Pillow and pandas are loaded by Keras itself.
    assert "tuner_trials.data.arrays" in loaded
    assert not {"pooch", "tqdm", "sklearn"} & set(loaded)
