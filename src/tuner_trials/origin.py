"""By which code, and on which machine, something is computed."""

import platform
import subprocess
from functools import cache
from pathlib import Path


@cache
def commit() -> str:
    """The commit of the code, with ``+ changes`` where files differ from it; or ``unknown``."""
    try:
        _git("ls-files", "--error-unmatch", "Snakefile")  # else the repository is another one
        name = _git("rev-parse", "HEAD")
        return f"{name} + changes" if _git("status", "--porcelain") else name
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


@cache
def processor() -> str:
    """The processor's name, as the system gives it."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", "--no-optional-locks", *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()
