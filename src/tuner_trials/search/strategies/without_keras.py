"""Import keras-tuner without a deep learning framework.

Its oracles are NumPy and scikit-learn, but importing the package imports Keras, and with it seconds
of TensorFlow, which in one process with PyTorch may even abort (two copies of LLVM). Where no Keras
is loaded yet, placeholders stand in for it while keras-tuner is imported, and are gone afterwards.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


def import_keras_tuner() -> Any:
    """Import keras-tuner: its oracles work, but building and training Keras models does not."""
    if not {"keras", "keras_tuner"}.isdisjoint(sys.modules):
        return import_module("keras_tuner")
    sys.meta_path.insert(0, _FINDER)
    try:
        return import_module("keras_tuner")
    finally:
        sys.meta_path.remove(_FINDER)
        for name in [name for name in sys.modules if _is_keras(name)]:
            del sys.modules[name]


def _is_keras(name: str) -> bool:
    return name.partition(".")[0] == "keras"


class _Placeholder(ModuleType):
    """A module whose every name is a class, if it looks like one, or another placeholder."""

    __path__: list[str] = []  # noqa: RUF012 (as of a package)
    __all__ = (  # what `import *` must bring
        *("Input", "Model", "applications", "callbacks", "layers", "losses", "metrics", "models"),
        *("ops", "optimizers", "random", "saving", "utils"),
    )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        whole = f"{self.__name__}.{name}"
        value = type(name, (), {}) if name[0].isupper() else _Placeholder(whole)
        setattr(self, name, value)
        return value

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        match self.__name__.rpartition(".")[2]:
            case "version":
                return "3.0"
            case "backend":
                return "none"  # so that files are read and written without TensorFlow
            # By these keras-tuner copies hyperparameters.
            case "serialize_keras_object":
                [thing] = arguments
                return {"class_name": type(thing).__name__, "config": thing.get_config()}
            case "deserialize_keras_object":
                described, _, kinds = arguments
                return kinds[described["class_name"]].from_config(described["config"])
        return lambda decorated: decorated


class _Finder:
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        loader: Any = self
        return ModuleSpec(name, loader, is_package=True) if _is_keras(name) else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Placeholder(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


_FINDER: Any = _Finder()
