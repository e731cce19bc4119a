"""Run a Python file that the user has brought."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def run_python_file(path: str | Path) -> ModuleType:
    """Run a file, and give what it defines as a module whose name is the path.

    Raises
    ------
    ImportError
        If the name of the file does not end like that of a Python file.
    Exception
        Any, from the file itself.
    """
    name = str(path)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file: its name must end with .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where pydantic and dataclasses look annotations up
    spec.loader.exec_module(module)
    return module
