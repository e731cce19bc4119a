# /// script
# requires-python = ">=3.11"
# ///
"""Pin every package, needed directly or not, on every platform and Python the project supports.

    uv run tools/pin.py           raise everything to the newest versions that fit together
    uv run tools/pin.py --keep    keep the pins; needed after [project] dependencies changed

One resolution (by uv, in a scratch folder) is written to three places that tests/test_pins.py
holds equal: the constraints in pyproject.toml, which `uv run` obeys; requirements.lock, with
hashes, for pip; and, without what only development needs, envs/tuner-trials.yaml, for `snakemake
--sdm conda`. What only an extra needs (CUDA, say) is among the constraints alone.
"""

import argparse
import os
import re
import subprocess
import tomllib
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = ROOT / "pyproject.toml"
LOCK = ROOT / "requirements.lock"
CONDA = ROOT / "envs" / "tuner-trials.yaml"
HEADER = "# Written by `uv run tools/pin.py`. Install with `pip install -r requirements.lock`.\n"


def resolve(pyproject: str) -> tuple[str, str, str]:
    """Return the resolution as pip requirements with hashes.

    Without the extras, with all of them, and what a run needs, `snakemake export` included.
    """
    uv = os.environ.get("UV", "uv")
    export = [uv, "export", "--quiet", "--no-emit-project", "--no-header"]
    export += ["--no-annotate", "--locked"]
    choices = (["--all-groups"], ["--all-groups", "--all-extras"])
    run_only = ["--no-default-groups", "--extra", "export"]
    with TemporaryDirectory() as scratch:
        (Path(scratch) / "pyproject.toml").write_text(pyproject)
        subprocess.run([uv, "lock", "--quiet"], cwd=scratch, check=True)
        plain, whole, run = (
            subprocess.run(
                [*export, *choice], cwd=scratch, check=True, text=True, stdout=PIPE
            ).stdout
            for choice in (*choices, run_only)
        )
        return plain, whole, run


def pins_of(lock: str) -> list[str]:
    """Return the pins of a lock, `name==version ; marker`, without their hashes."""
    return [line.removesuffix(" \\") for line in lock.splitlines() if not line.startswith(" ")]


def with_list(pyproject: str, key: str, pins: list[str]) -> str:
    """Return the text of pyproject.toml with the list `key` of [tool.uv] replaced by `pins`."""
    lines = "".join(f'    "{pin}",\n' for pin in pins)
    return re.sub(rf"(?ms)^{key} = \[\n.*?^\]", lambda _: f"{key} = [\n{lines}]", pyproject)


def main() -> None:
    parser = argparse.ArgumentParser(description="Pin every package, direct and transitive.")
    parser.add_argument("--keep", action="store_true", help="keep the versions pinned today")
    keep = parser.parse_args().keep

    pyproject = PYPROJECT.read_text()
    old = tomllib.loads(pyproject)
    lock, whole, run = resolve(
        pyproject if keep else with_list(pyproject, "constraint-dependencies", [])
    )
    pins = pins_of(whole)
    builders = [pin for pin in pins if pin.split("==")[0] in old["dependency-groups"]["build"]]
    backend = next(pin for pin in pins if pin.startswith("uv-build==")).replace("-", "_")

    pyproject = with_list(pyproject, "constraint-dependencies", pins)
    pyproject = with_list(pyproject, "build-constraint-dependencies", builders)
    PYPROJECT.write_text(re.sub(r'"uv_build==[^"]*"', f'"{backend}"', pyproject))
    LOCK.write_text(HEADER + lock)
    head = CONDA.read_text().partition("  - pip:\n")[0]
    CONDA.write_text(head + "  - pip:\n" + "".join(f"      - {pin}\n" for pin in pins_of(run)))

    before = set(old["tool"]["uv"]["constraint-dependencies"])
    for pin in sorted(before ^ set(pins)):
        print("-" if pin in before else "+", pin)
    print(f"{len(pins)} packages pinned")


if __name__ == "__main__":
    main()
