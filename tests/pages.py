"""Do what a page of the docs says: write its files, run its commands, compare what they print.

Every fenced block of a page says by its language what it is:

- ``bash``: commands, run in the project's folder;
- ``text``: lines that the commands before it printed;
- any other: a file, under the name that the line before the block ends with, as in "Write
  `models/mine.py`:".

A block that is none of these is refused, so that nothing on a page goes untested.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(r"^([^\n]*)\n+```(\w*)\n(.*?)^```$", re.M | re.S)
# On a page, `uv run` makes the environment; the tests are in it already.
UV = '#!/bin/sh\nshift\nexec "$@"\n'


def follow(page: Path, folder: Path) -> str:
    """Follow a page in a copy of the project, and give all that its commands printed.

    Parameters
    ----------
    page
        The Markdown file.
    folder
        The copy, see `faults.project_copy.copy_project`; it imports its own package.
    """
    programs = folder / ".programs"
    programs.mkdir(exist_ok=True)
    (programs / "uv").write_text(UV)
    (programs / "uv").chmod(0o755)
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(folder / "src")}
    printed, everything = "", ""
    text = page.read_text("utf-8")
    blocks = BLOCK.findall(text)
    assert len(blocks) == text.count("\n```") / 2, f"{page}: a block is not closed, or is indented"
    for before, language, content in blocks:
        if language == "bash":
            run = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", content],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert run.returncode == 0, f"{content}\n{run.stdout}"
            printed = run.stdout
            everything += printed
        elif language == "text":
            for line in content.splitlines():
                assert line.strip() in printed, f"{line!r} was not printed, but\n{printed}"
        else:
            name = re.search(r"`([^`]+)`:$", before)
            assert name, f"{page}: a block of {language or 'no language'} after {before!r}"
            file = folder / name.group(1)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")
    return everything
