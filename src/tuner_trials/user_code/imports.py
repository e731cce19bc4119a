"""Which files a script relies on, so that a workflow can name them: of a package, or beside it."""

import ast
import re
import sys
from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path

from tuner_trials.foundation.versions import versions


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


def imported_versions(*paths: str | Path) -> dict[str, str | None]:
    """The versions of the installed packages that Python files import, by their import names."""
    names = set()
    for path in paths:
        if not str(path).endswith(".py"):
            continue
        try:
            nodes = list(_run(ast.parse(Path(path).read_bytes())))
        except (OSError, SyntaxError, ValueError):
            continue
        names |= {name.partition(".")[0] for node in nodes for name in _names(node)}
    found: dict[str, str | None] = {}
    distributions = packages_distributions() if names - sys.stdlib_module_names else {}
    for name in sorted(names):
        for distribution in distributions.get(name, []):
            found[name] = version(distribution)
    return found | versions(("numpy",))


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


# Finding a package's own import statements by their text takes a third of the time of parsing all
# of its files, which every job does. A line of a docstring that looks like one does no harm.
_FOR_TYPE_CHECKERS = re.compile(r"^if TYPE_CHECKING:.*\n(?:[ \t]+.*\n|\n)*", re.MULTILINE)
_STATEMENT = (
    r"^[ \t]*((?:from[ \t]+{0}[\w.]*[ \t]+import[ \t]+(?:\([^)]*\)|.+))"
    r"|(?:import[ \t]+.*\b{0}\b.*))"
)


@cache
def _imports(package: Path, path: Path) -> frozenset[Path]:
    statements = re.findall(
        _STATEMENT.format(package.name),
        _FOR_TYPE_CHECKERS.sub("", path.read_text(encoding="utf-8", errors="replace")),
        re.MULTILINE,
    )
    names: set[str] = set()
    for statement in statements:
        with suppress(SyntaxError, ValueError):
            names.update(name for node in ast.parse(statement).body for name in _names(node))
    return frozenset(file for name in names for file in _files(package, name))


def _run(module: ast.Module) -> Iterator[ast.stmt]:
    """All import statements of a module, but for those that only a type checker reads.

    Expressions are passed over: they hold no statement, and most of a module's nodes.
    """
    unread: list[ast.stmt] = list(module.body)
    while unread:
        node = unread.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and _is_for_type_checkers(node.test):
            unread += node.orelse
        else:
            for block in (node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())):
                for name in ("body", "orelse", "finalbody"):
                    unread += getattr(block, name, ())


def _is_for_type_checkers(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        # What is imported from a package may be a module of it.
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _files(package: Path, name: str) -> tuple[Path, ...]:
    """The files that Python runs for ``import name``: of each package on the way, and its own."""
    first, *parts = name.split(".")
    return tuple(_on_the_way(package, ["", *parts])) if first == package.name else ()


def _on_the_way(place: Path, parts: list[str]) -> Iterator[Path]:
    """The files that Python runs to import what lies at the end of a way of folders and files."""
    for part in parts:
        place = place / part
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.is_file():
                yield file
