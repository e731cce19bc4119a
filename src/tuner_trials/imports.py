"""Which files a script relies on, so that a workflow can name them: of a package, or beside it."""

import ast
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path


def imported_files(
    package: str | Path, *paths: str | Path, not_through: Collection[str] = ()
) -> list[str]:
    """The package's files among these, those that they import, that these import, and so on.

    Snakemake sees when a script changes, but not when a module does that the script imports. The
    files are read and not run. An import inside of a function counts; one whose name is only known
    when it runs is not seen.

    Parameters
    ----------
    package
        The package's folder.
    paths
        Python files, inside or outside of it.
    not_through
        Files of it whose own imports are not followed, since what the others need of them does not
        depend on what they import.
    """
    folder = Path(package)
    unread = [Path(path) for path in paths]
    found = {path for path in unread if folder in path.parents}
    while unread:
        for path in _imports(folder, unread.pop()) - found:
            found.add(path)
            if str(path) not in not_through:
                unread.append(path)
    return sorted(map(str, found))


def imported_beside(path: str | Path) -> list[str]:
    """The files beside a Python file that it imports, that these import, and so on.

    They are read and not run; of a file that is no Python, nothing is said here.
    """
    first = Path(path)
    found: set[Path] = set()
    unread = [first]
    while unread:
        new = _imports_beside(first.parent, unread.pop()) - found - {first}
        found |= new
        unread += new
    return sorted(map(str, found))


@cache
def _imports_beside(folder: Path, path: Path) -> frozenset[Path]:
    try:
        nodes = list(_run(ast.parse(path.read_bytes())))
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    files: set[Path] = set()
    for node in nodes:
        place = folder
        if isinstance(node, ast.ImportFrom) and node.level:
            if node.level > len(path.parents):
                continue
            place = path.parents[node.level - 1]
            names = [f"{node.module}." * bool(node.module) + alias.name for alias in node.names]
        else:
            names = list(_names(node))
        for name in names:
            files.update(_on_the_way(place, name.split(".")))
    return frozenset(files)


@cache
def _imports(package: Path, path: Path) -> frozenset[Path]:
    try:
        nodes = list(_run(ast.parse(path.read_bytes())))
    except (SyntaxError, ValueError):  # said by whoever runs it
        return frozenset()
    names = {name for node in nodes for name in _names(node)}
    return frozenset(file for name in names for file in _files(package, name))


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, but for what only a type checker reads."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        for otherwise in node.orelse:
            yield from _run(otherwise)
        return
    yield node
    for below in ast.iter_child_nodes(node):
        yield from _run(below)


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        # What is imported from a package may be a module of it.
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(package: Path, name: str) -> Iterator[Path]:
    """The files that Python runs for ``import name``: of each package on the way, and its own."""
    first, *parts = name.split(".")
    if first != package.name:
        return
    yield from _on_the_way(package, ["", *parts])


def _on_the_way(place: Path, parts: list[str]) -> Iterator[Path]:
    """The files that Python runs to import what lies at the end of a way of folders and files."""
    for part in parts:
        place = place / part
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.is_file():
                yield file
