"""Every version is pinned, and uv's constraints, pip's lock and conda's environment agree."""

import re
import tomllib
from importlib.metadata import distributions
from itertools import chain
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONSTRAINTS = PYPROJECT["tool"]["uv"]["constraint-dependencies"]
LOCK = (ROOT / "requirements.lock").read_text()
RAISE = "run `uv run tools/pin.py --keep`, or without --keep to raise all versions"

PIN = re.compile(r"[a-z0-9-]+==[a-z0-9.+!]+( ; [^\\]+)?")
# CUDA, what PyTorch needs, and what submits jobs to a cluster.
ONLY_EXTRAS = re.compile(
    "(nvidia|cuda|snakemake-executor-plugin)-"
    "|(torch|triton|sympy|mpmath|networkx|filelock|fsspec)==",
)
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}")


def locked() -> dict[str, list[str]]:
    """Read requirements.lock: each pin with its hash lines, line continuations removed."""
    pins: dict[str, list[str]] = {}
    for line in LOCK.splitlines():
        text = line.removesuffix(" \\")
        if text.startswith("#"):
            continue
        if not text.startswith(" "):
            pins[text] = hashes = []
        else:
            hashes.append(text)
    return pins


def test_lock_and_constraints_are_the_same_pins_but_for_the_extras():
    only_extras = [pin for pin in CONSTRAINTS if pin not in locked()]
    assert [pin for pin in CONSTRAINTS if pin not in only_extras] == list(locked()), RAISE
    assert all(ONLY_EXTRAS.match(pin) for pin in only_extras), RAISE


def test_conda_environment_holds_pins_of_the_lock():
    environment = yaml.safe_load((ROOT / "envs" / "tuner-trials.yaml").read_text())
    # A marker may be narrower there, of what only some that need it are needed for a run.
    pins = {pin.partition(" ;")[0] for pin in environment["dependencies"][-1]["pip"]}
    assert pins < {pin.partition(" ;")[0] for pin in locked()}, RAISE
    direct = {canonicalize_name(name) for name in PYPROJECT["project"]["dependencies"]}
    assert direct <= {pin.partition("==")[0] for pin in pins}, RAISE


def test_every_constraint_is_one_exact_version():
    assert [pin for pin in CONSTRAINTS if not PIN.fullmatch(pin)] == []


def test_direct_dependencies_are_pinned():
    pinned = {Requirement(pin).name for pin in CONSTRAINTS}
    groups = PYPROJECT["dependency-groups"].values()
    extras = PYPROJECT["project"]["optional-dependencies"].values()
    direct = chain(PYPROJECT["project"]["dependencies"], *groups, *extras)
    missing = {canonicalize_name(Requirement(line).name) for line in direct} - pinned
    assert missing == set(), RAISE


def test_build_tools_have_the_pinned_versions():
    builders = PYPROJECT["tool"]["uv"]["build-constraint-dependencies"]
    (backend,) = PYPROJECT["build-system"]["requires"]
    assert set(builders) <= set(CONSTRAINTS), RAISE
    assert backend.replace("_", "-") in builders, RAISE


def test_every_package_of_the_lock_has_hashes():
    for pin, hashes in locked().items():
        assert hashes, f"{pin} has no hash"
        assert all(HASH.fullmatch(line) for line in hashes), f"{pin}: {hashes}"


def test_lock_names_no_host():
    assert not re.search(r"://|index-url|find-links|trusted-host| @ ", LOCK)


def test_installed_versions_are_the_pinned_ones():
    here = [pin for pin in map(Requirement, CONSTRAINTS) if not pin.marker or pin.marker.evaluate()]
    pinned = {pin.name: str(pin.specifier).removeprefix("==") for pin in here}
    installed = {canonicalize_name(d.name): d.version for d in distributions()}
    for name in ("tuner-trials", "pip"):  # the project itself, and the tool that installed the rest
        installed.pop(name, None)
    wrong = {name: version for name, version in installed.items() if pinned.get(name) != version}
    assert wrong == {}, "installed, but not at a pinned version: run `uv sync`"


def test_resolution_record_stays_out_of_git():
    assert "uv.lock" in (ROOT / ".gitignore").read_text().splitlines()
