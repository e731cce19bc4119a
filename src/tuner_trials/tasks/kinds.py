"""Which kind of training the user's file is for, determined without running it.

The module of a kind has

- ``load_task(inputs, settings, arrays, outputs, objective)``, which returns a
  `tuner_trials.tasks.base.Task`: see `tuner_trials.tasks.loading.load_task`,
- ``check(inputs, settings, configurations, names, load)``, which tries the file before the run:
  see `tuner_trials.tasks.check.try_configurations`,
- ``check_again(task, inputs, settings)``, in each job before its first trial.
"""

import ast
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Kind:
    """What the workflow must know of a kind of training.

    Attributes
    ----------
    module
        Its name. Importing it imports what trains, TensorFlow for one, which no other kind waits
        for.
    packages
        Those on whose versions a training depends; None for what the user's file imports.
    checked_on_data
        Whether ``check`` calls ``load``, and so needs the data and all settings.
    suffix
        File name extension; Python files are distinguished by what they define.
    """

    module: str
    packages: tuple[str, ...] | None
    checked_on_data: bool
    suffix: str = ".py"


KINDS = {
    "keras": Kind("tuner_trials.tasks.keras.backend", ("tensorflow", "keras", "numpy"), False),
    "python": Kind("tuner_trials.tasks.python", None, True),
}


def training_kind(path: str | Path) -> str:
    """``python`` if a Python file defines ``train`` and no ``build_model``; ``keras`` otherwise.

    A file that defines neither, or cannot be read, is refused by whoever runs it. Other files are
    distinguished by their extension.
    """
    suffix = Path(path).suffix
    if suffix != ".py":
        return next(name for name, kind in KINDS.items() if kind.suffix == suffix)
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return "keras"
    names = set()
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names.update(target.id for target in targets if isinstance(target, ast.Name))
            case ast.ImportFrom(names=aliases):
                names.update(alias.asname or alias.name for alias in aliases)
    return "python" if "train" in names and "build_model" not in names else "keras"


def backend(path: str | Path) -> Any:
    """The module that trains the user's file."""
    return import_module(KINDS[training_kind(path)].module)
