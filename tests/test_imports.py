"""What a rule declares of the package is what its script runs, and a job loads what it needs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tuner_trials.user_code.imports import imported_files

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
    "module", ["report.sections", "analysis.ranks", "figures.score_over_epochs", "export"]
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
    found = imported_files(PACKAGE, "scripts/look.py")
    assert f"{PACKAGE}/results/tables.py" in found
    assert f"{PACKAGE}/analysis/registry.py" not in found


def test_an_import_is_found_wherever_it_stands_in_a_file_of_the_package(monkeypatch):
    monkeypatch.chdir(PROJECT)
    files = list(map(str, Path(PACKAGE).rglob("*.py")))
    for file in files:
        tree = ast.parse(Path(file).read_bytes())
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
                node.body = []
        named = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                named |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
            elif isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
        paths = {f"src/{name.replace('.', '/')}.py" for name in named} & set(files)
        assert paths <= set(imported_files(PACKAGE, file, not_through=files)), file


def test_what_no_import_leads_to_is_not_found(monkeypatch):
    monkeypatch.chdir(PROJECT)
    assert not imported_files(PACKAGE, "models/fcnn.py")
    found = imported_files(PACKAGE, "scripts/verify.py")
    assert "src/tuner_trials/results/verification.py" in found
    assert not [path for path in found if "engine" in path or "figures" in path]


def test_a_training_job_does_not_wait_for_what_only_gets_or_splits_a_dataset():
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, tuner_trials.trials.trainer_factory; print(*sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    # Pillow and pandas are loaded by Keras itself.
    assert "tuner_trials.tasks.data.arrays" in loaded
    assert not {"pooch", "tqdm", "sklearn"} & set(loaded)
