"""The argument of `build_model`: a dictionary with the interface of keras-tuner's hyperparameters.

Functions ``build_model(hp)`` that were written for keras-tuner work here unchanged: what they
declare is looked up in the configuration, which the search space determines. keras-tuner itself,
whose import takes seconds, is not needed for that.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tuner_trials.space.search_space import Configuration


class Hyperparameters(dict[str, Any]):
    """A configuration with the methods of ``keras_tuner.HyperParameters`` that declare values.

    Each gives the value of the configuration, and raises a ValueError if that has none (the name is
    not in the search space, or not active) or one that the declaration does not allow: then the
    search space and the model disagree. Other arguments, such as ``default``, have no effect.
    """

    def Int(self, name: str, min_value: int, max_value: int, *_: Any, **__: Any) -> int:  # noqa: N802
        """A whole number, both ends included."""
        return self._number("Int", name, min_value, max_value)

    def Float(self, name: str, min_value: float, max_value: float, *_: Any, **__: Any) -> float:  # noqa: N802
        """A real number, both ends included."""
        return self._number("Float", name, min_value, max_value)

    def Choice(self, name: str, values: Iterable[Any], *_: Any, **__: Any) -> Any:  # noqa: N802
        """One of the values."""
        value, values = self._declared("Choice", name), list(values)
        if value not in values:
            raise ValueError(self._disagreement("Choice", name, value, f"one of {values}"))
        return value

    def Boolean(self, name: str, *_: Any, **__: Any) -> bool:  # noqa: N802
        """True or false."""
        return self._declared("Boolean", name)

    def Fixed(self, name: str, value: Any, *_: Any, **__: Any) -> Any:  # noqa: N802
        """The value itself, unless the search space has another."""
        return self.get(name, value)

    @contextmanager
    def conditional_scope(self, parent_name: str, parent_values: Any) -> Iterator[None]:
        """No effect: conditions stand in the search space (``active_if``)."""
        yield

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f'a configuration is a dictionary; write configuration["{name}"]')

    def _number(self, kind: str, name: str, low: float, high: float) -> Any:
        value = self._declared(kind, name)
        if not low <= value <= high:
            raise ValueError(self._disagreement(kind, name, value, f"{low} to {high}"))
        return value

    def _declared(self, kind: str, name: str) -> Any:
        if name not in self:
            raise ValueError(
                f'hp.{kind}("{name}"): {name} is not in the search space, or not active here;'
                " declare it under search_space"
            )
        return self[name]

    def _disagreement(self, kind: str, name: str, value: Any, allowed: str) -> str:
        return (
            f'hp.{kind}("{name}"): {value} is not {allowed}; the range under search_space'
            " counts, so give the model the same or a wider one"
        )


class Recorder(Hyperparameters):
    """A configuration that records which hyperparameters were read.

    Code that copies, iterates over or unpacks it counts as having read all of them: then it is not
    known which are ignored, and none is reported.
    """

    def __init__(self, configuration: Configuration):
        super().__init__(configuration)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)

    def pop(self, name: str, *default: Any) -> Any:
        self.read.add(name)
        return super().pop(name, *default)

    def setdefault(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().setdefault(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def keys(self) -> Any:
        return self._whole().keys()

    def values(self) -> Any:
        return self._whole().values()

    def items(self) -> Any:
        return self._whole().items()

    def copy(self) -> Configuration:
        return self._whole()

    def __or__(self, other: Any) -> Any:
        return self._whole() | other

    def __ror__(self, other: Any) -> Any:
        return other | self._whole()

    def _whole(self) -> Configuration:
        self.read.update(dict.keys(self))
        return dict(dict.items(self))


def as_builder(
    function: Callable[..., Any],
) -> Callable[[Configuration, tuple[int, ...], int], Any]:
    """A function ``build_model(hp)`` as one that also takes ``input_shape`` and ``classes``."""

    def build_model(
        configuration: Configuration, input_shape: tuple[int, ...], classes: int
    ) -> Any:
        if not isinstance(configuration, Hyperparameters):
            configuration = Hyperparameters(configuration)
        if takes_one:
            return function(configuration)
        return function(configuration, input_shape, classes)

    try:
        inspect.signature(function).bind(None, None, None)
        takes_one = False
    except TypeError:
        takes_one = True
    except ValueError:  # not known of a function that is not Python's
        takes_one = False
    return build_model
