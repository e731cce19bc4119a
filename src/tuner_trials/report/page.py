"""From the notebook to the report: execute it, and make one page of it that needs no network."""

import os
import re
import subprocess
import sys
from collections.abc import Collection
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbconvert import HTMLExporter

from tuner_trials.foundation.errors import UserError
from tuner_trials.foundation.files import write_text
from tuner_trials.foundation.paths import PACKAGE

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


class NotebookError(UserError):
    """A notebook that did not run to its end."""


def execute_notebook(
    source: str | Path,
    results: str | Path,
    executed: str | Path,
    partial: str | Path,
    chapters: Collection[str] = (),
) -> None:
    """Execute the report's notebook with papermill, in this environment's own kernel.

    Nothing is read from or written to the home folder: no registered kernel is needed, and none is
    preferred to this environment's.

    Parameters
    ----------
    source
        The notebook; its cell tagged ``parameters`` sets ``results``.
    results
        Value for ``results``: the folder of the experiment, as seen from the working directory.
    executed
        Where the executed notebook goes, once it is whole, without times and paths: the same
        tables give the same bytes.
    partial
        Where it stands while it runs, and stays as far as it got.
    chapters
        Cells tagged ``chapter:<name>`` are left out unless their name is among these.

    Raises
    ------
    NotebookError
        With the cell that failed and its exception.
    """
    command = [sys.executable, "-m", "papermill", "-k", "python3", "--no-progress-bar"]
    command += ["--log-level", "ERROR", "-r", "results", str(results)]
    Path(partial).unlink(missing_ok=True)  # or a failure would be told with an older run's words
    with TemporaryDirectory(prefix="tuner-trials-") as folder:
        chosen = Path(folder, "notebook.ipynb")
        try:
            nbformat.write(with_chapters(_read(source), chapters), chosen)
        except (OSError, ValueError) as error:
            raise NotebookError(f"{source} could not be executed: {error}") from None
        finished = subprocess.run(
            [*command, str(chosen), str(partial)],
            check=False,
            env=_environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
        )
    if finished.returncode:
        raise NotebookError(_what_failed(source, partial, finished.stdout))
    write_text(executed, nbformat.writes(_without_traces(_read(partial))) + "\n")


def with_chapters(
    notebook: nbformat.NotebookNode, chapters: Collection[str]
) -> nbformat.NotebookNode:
    """Leave out the cells of other chapters, and list the headings in the cell ``contents``."""
    others = {
        cell.id
        for cell in notebook.cells
        for tag in cell.metadata.get("tags", [])
        if tag.startswith("chapter:") and tag.removeprefix("chapter:") not in chapters
    }
    notebook.cells = [cell for cell in notebook.cells if cell.id not in others]
    headings = [
        heading
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for heading in re.findall(r"^## (.+)$", cell.source, re.MULTILINE)
    ]
    links = "\n".join(f"- [{heading}](#{heading.replace(' ', '-')})" for heading in headings)
    for cell in notebook.cells:
        if "contents" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace("</nav>", f"{links}\n\n</nav>")
    return notebook


def export_page(notebook: str | Path, page: str | Path, title: str) -> None:
    """Write an executed notebook as one HTML page that opens without a network.

    The code is left out, and so are MathJax and require.js, which nbconvert's own page would load.
    """
    exporter = HTMLExporter(
        template_name="basic",
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        anchor_link_text="",
    )
    body, _ = exporter.from_notebook_node(_read(notebook))
    # A heading's empty link to itself would be one more stop for the keyboard. nbconvert can leave
    # these links out, but then the headings lack their ids, too, and no contents could lead there.
    body = re.sub(r'<a class="anchor-link"[^>]*></a>', "", body)
    body = re.sub(r"\n\s*\n+", "\n", body)
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    write_text(page, PAGE.format(title=escape(title), style=style, body=body.strip()))


def _environment(folder: str) -> dict[str, str]:
    """Environment variables that keep Jupyter and its kin in ``folder`` and in this environment."""
    # Kernels and settings found along these come before those of the environment.
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH")
    }
    places = {
        name: str(Path(folder, name.lower()))
        for name in (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "IPYTHONDIR",
            "MPLCONFIGDIR",
        )
    }
    for place in places.values():
        Path(place).mkdir()
    # The kernel need not have this package installed.
    path = os.pathsep.join(filter(None, [str(PACKAGE.parent), inherited.get("PYTHONPATH")]))
    own = {"JUPYTER_PREFER_ENV_PATH": "1", "PYTHONUTF8": "1", "PYTHONPATH": path}
    return inherited | places | own


def _read(path: str | Path) -> nbformat.NotebookNode:
    return nbformat.read(Path(path), as_version=4)


def _without_traces(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take out what papermill and the kernel say of this one run: times, paths, durations."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for trace in ("papermill", "execution"):
            cell.metadata.pop(trace, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
    return notebook


def _what_failed(source: str | Path, partial: str | Path, messages: str) -> str:
    """Name the cell and the exception; if no cell failed, give papermill's last words."""
    cells = _read(partial).cells if Path(partial).exists() else []
    for cell in cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                first_line = (cell.source.strip().splitlines() or [""])[0]
                return (
                    f"{source}: cell {cell.id!r} failed\n"
                    f"  {first_line}\n"
                    f"  {output.ename}: {output.evalue}\n"
                    f"The whole traceback is in {partial}"
                )
    last = [line for line in messages.splitlines() if line.strip()][-1:]
    return f"{source} could not be executed: {''.join(last) or 'papermill said nothing'}"
