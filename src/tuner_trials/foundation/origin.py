"""Which code computed a result, and on which machine."""

import platform
import subprocess
from functools import cache
from pathlib import Path

from tuner_trials.foundation.paths import CLONE


@cache
def commit() -> str:
    """The commit of the code, with ``+ changes`` where files differ from it; or ``unknown``."""
    try:
        _git("ls-files", "--error-unmatch", "Snakefile")  # else the repository is another one
        name = _git("rev-parse", "HEAD")
        return f"{name} + changes" if _git("status", "--porcelain") else name
    except (OSError, subprocess.CalledProcessError):
        return _commit_of_an_archive() or "unknown"


def _commit_of_an_archive() -> str | None:
    """What ``git archive`` wrote into the file that it is told to by .gitattributes."""
    try:
        words = (CLONE / ".git_archival.txt").read_text("utf-8").strip()
    except OSError:
        return None
    return words if words.isalnum() else None


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
        # The clone may be somebody else's, whose code is run anyway.
        ["git", "-C", CLONE, "-c", f"safe.directory={CLONE}", "--no-optional-locks", *arguments],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
