"""The package knows its rooms, and neither Snakemake nor the rules that call it."""

import ast
import re
from pathlib import Path

import pytest
from conftest import PROJECT

PACKAGE = PROJECT / "src/tuner_trials"
RULES = {
    name
    for file in [PROJECT / "Snakefile", *PROJECT.glob("rules/*.smk")]
    for name in re.findall(r"^ *(?:use )?rule (\w+_\w+)", file.read_text("utf-8"), re.M)
}


def strings(file: Path) -> set[str]:
    """All texts in a module but docstrings: of f-strings, what stands between the values."""
    tree = ast.parse(file.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    }


@pytest.mark.parametrize(
    "room", sorted(path.name for path in PACKAGE.iterdir() if path.name != "workflow")
)
def test_no_room_but_workflow_knows_a_rule_or_where_its_results_are(room):
    assert len(RULES) > 15
    path = PACKAGE / room
    for file in path.rglob("*.py") if path.is_dir() else [path]:
        for text in strings(file):
            assert not RULES & set(re.findall(r"\w+", text)), f"{file}: {text}"
            folders = r"\b(tables|figures|random|repeat-|benchmarks|logs)/"
            assert not re.search(folders, text), f"{file}: {text}"


def test_nothing_but_the_experiment_and_the_objectives_stands_outside_a_room():
    modules = {path.name for path in PACKAGE.glob("*.py")}
    assert modules == {"__init__.py", "experiment.py", "objectives.py"}
