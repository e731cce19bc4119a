"""Check whatever can be checked without running the workflow, the fast ones first.

    uv run tools/check.py          say what is wrong
    uv run tools/check.py --fix    first correct what can be corrected by itself

What each checks is set in pyproject.toml. All of them are run, so that one call says everything.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKS: tuple[tuple[str, ...], ...] = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("snakefmt", "--check", "Snakefile", "rules", "workflow"),
    ("snakemake", "--lint"),
    ("lint-imports",),
    ("mypy",),
)
FIXES: tuple[tuple[str, ...], ...] = (
    ("ruff", "check", "--fix", "--quiet"),
    ("ruff", "format", "--quiet"),
    ("snakefmt", "Snakefile", "rules", "workflow"),
)


def run(command: tuple[str, ...]) -> str | None:
    """Run a command of this environment: what it says if it fails, else None."""
    tool = Path(sys.executable).with_name(command[0])
    ended = subprocess.run(
        [tool, *command[1:]],
        check=False,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return ended.stdout.strip() if ended.returncode else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fix", action="store_true", help="first correct what can be corrected")
    if parser.parse_args().fix:
        for command in FIXES:
            run(command)
    failed = []
    for command in CHECKS:
        started = time.monotonic()
        complaint = run(command)
        words, seconds = " ".join(command), time.monotonic() - started
        print(f"{words:40} {'passed' if complaint is None else 'FAILED'}  {seconds:5.1f} s")
        if complaint is not None:
            failed.append(words)
            print(f"\n{complaint}\n")
    if failed:
        raise SystemExit(f"{len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}")
    print(f"All {len(CHECKS)} checks passed.")


if __name__ == "__main__":
    main()
