"""Run a Python file that the user has brought."""

import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from tuner_trials.user_code.imports import imported_beside


def run_python_file(path: str | Path) -> ModuleType:
    """Run a file, and give what it defines as a module whose name is the path.

    It may import the files beside it, at once or later on, as a script may.

    Raises
    ------
    ImportError
        If the name of the file does not end like that of a Python file, or if it imports a file
        beside it whose name another module has already.
    Exception
        Any, from the file itself.
    """
    name = str(path)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file: its name must end with .py")
    _offer(Path(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where pydantic and dataclasses look annotations up
    spec.loader.exec_module(module)
    return module


class Beside:
    """Finds the modules beside a file that it imports, and nothing else of its folder."""

    def __init__(self, folder: Path, names: set[str]):
        self.folder, self.names = str(folder.absolute()), names

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder`."""
        if path is not None or name not in self.names:
            return None  # within a package, Python finds its way
        return PathFinder.find_spec(name, [self.folder])


def _offer(file: Path) -> None:
    """Let the modules that a file imports from beside it be found, by their own names."""
    folder = file.parent
    names = {Path(path).relative_to(folder).parts[0].removesuffix(".py")
             for path in imported_beside(file)}  # fmt: skip
    for name in sorted(names):
        module = sys.modules.get(name)
        # A package without an __init__.py has places alone.
        places = [getattr(module, "__file__", None), *getattr(module, "__path__", [])]
        known = next(filter(None, places), "")
        if name in sys.modules and folder.absolute() not in Path(known).absolute().parents:
            raise ImportError(
                f"{file} imports {name} from beside it, but another module of this name is in use"
                f" ({known or 'of Python'}); rename the file"
            )
    if names:
        sys.meta_path.insert(0, Beside(folder, names))
