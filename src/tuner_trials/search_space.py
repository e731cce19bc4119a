"""The search space: what may be tuned, and within which range.

One object serves the sampler of the random search, keras-tuner's oracles, Optuna's studies and the
refined random search, so that every strategy searches exactly the same space. A configuration is a
plain dictionary ``{"hyperparameter": value}`` of the hyperparameters that are active in it.
"""

import math
import re
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Callable, ItemsView, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    WithJsonSchema,
    field_validator,
    model_validator,
)

Configuration = dict[str, Any]
Name = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]*$")]


def _scientific(value: Any) -> Any:
    """Read ``1e-4`` as the number it is: YAML takes it for a word, since it wants ``1.0e-4``."""
    if isinstance(value, str) and re.fullmatch(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+", value):
        return float(value)
    return value


def shown(value: Any) -> str:
    """A value as a message quotes it: at most sixty characters."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


Real = Annotated[float, BeforeValidator(_scientific)]
Scalar = Annotated[
    Any,
    BeforeValidator(_scientific),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]


class ConditionError(ValueError):
    """Conditions that cannot be; each line begins with the keys of one, below the search space."""


class _Hyperparameter(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    why: str = Field("", description="Why this hyperparameter is tuned.")
    why_this_range: str = Field("", description="Why this range and this scale.")
    expected_impact: str = Field("", description="The effect that is expected before the search.")
    active_if: dict[Name, Annotated[list[Scalar], Field(min_length=1)]] = Field(
        {},
        description="The hyperparameter exists only where each one named here has one of the values"
        " beside its name.",
        exclude_if=lambda conditions: not conditions,
    )

    def definition(self) -> dict[str, Any]:
        """What decides the meaning of the hyperparameter, without the words about it."""
        return self.model_dump(exclude={"why", "why_this_range", "expected_impact"})

    def _only(self, value: Any) -> "Choice":
        return Choice(type="choice", values=[value], active_if=self.active_if)

    def is_active(self, configuration: Configuration) -> bool:
        """Whether it exists beside the values of those before it, which may be all there are."""
        return all(configuration.get(name) in values for name, values in self.active_if.items())

    @abstractmethod
    def contains(self, value: Any) -> bool:
        """Whether a value is one of its own, also by its type."""

    def allows(self, value: Any) -> bool:
        """Whether a value is one of its own, as YAML writes it: with 0 where 0.0 is meant."""
        if self.contains(value):
            return True
        return type(value) is int and abs(value) <= 2**53 and self.contains(float(value))


class _Number(_Hyperparameter):
    scale: Literal["linear", "log"] = Field(
        "linear",
        description="Scale on which values are drawn; on a log scale, every doubling has the same"
        " share.",
    )
    if TYPE_CHECKING:  # fields of the subclasses, each with a type of its own
        low: float
        high: float
        step: float | None

    @model_validator(mode="after")
    def _check_range(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low ({self.low}) must be below high ({self.high})")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"low is {self.low}, but a log scale needs a value above 0")
        if self.scale == "log" and self.low < 1e-30:
            raise ValueError(f"low is {self.low}, but a log scale starts at 1e-30 at least")
        if self.step is not None:
            if self.scale == "log":
                raise ValueError("step cannot be combined with scale: log; leave one of them out")
            if any(round(value, 12) != value for value in (self.low, self.step)):
                raise ValueError("with a step, low and step may have twelve decimals at most")
            if self.step > self.high - self.low:
                raise ValueError(
                    f"step ({self.step}) must be at most high - low ({self.high - self.low})"
                )
        return self

    def clip(self, value: Any) -> Any:
        """The nearest allowed value to one that left the range."""
        return min(max(value, self.low), self.high)


class Int(_Number):
    """A whole number in ``low..high``, both included."""

    type: Literal["int"]
    # Beyond 2^53 the floats that tuners compute with leave whole numbers out.
    low: int = Field(ge=-(2**53), le=2**53, description="Smallest value.")
    high: int = Field(ge=-(2**53), le=2**53, description="Largest value.")
    step: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Distance between values; null allows all of them."
    )

    def at(self, u: float) -> int:
        """The value at ``u`` in [0, 1): every value owns an equal share of the (log) scale."""
        if self.scale == "log":
            return self.clip(math.floor(self.low * ((self.high + 1) / self.low) ** u))
        return self.low + math.floor(u * self.size()) * (self.step or 1)

    def size(self) -> int:
        return (self.high - self.low) // (self.step or 1) + 1

    def every(self) -> range:
        """All values, of which there are `size`."""
        return range(self.low, self.high + 1, self.step or 1)

    def last(self) -> int:
        """The largest value; below ``high``, where that is no step."""
        return self.low + (self.size() - 1) * (self.step or 1)

    def contains(self, value: Any) -> bool:
        return (
            type(value) is int
            and self.low <= value <= self.high
            and (value - self.low) % (self.step or 1) == 0
        )

    def narrowed(self, values: list[int]) -> "Int | Choice":
        low, high = min(values), max(values)
        if low == high:
            return self._only(low)
        step = self.step if self.step and self.step <= high - low else None
        return self.model_copy(update={"low": low, "high": high, "step": step})


class Float(_Number):
    """A real number in ``low..high``; with a ``step``, one of ``low, low + step, ...``."""

    type: Literal["float"]
    low: Real = Field(ge=-1e30, le=1e30, description="Smallest value.")
    high: Real = Field(ge=-1e30, le=1e30, description="Largest value.")
    step: Annotated[float, Field(gt=0), BeforeValidator(_scientific)] | None = Field(
        None, description="Distance between values; null allows all of them."
    )

    def at(self, u: float) -> float:
        """The value at ``u`` in [0, 1)."""
        if self.scale == "log":
            return self.clip(self.low * (self.high / self.low) ** u)
        if self.step is None:
            return self.low + u * (self.high - self.low)
        return self._on_grid(math.floor(u * self.size()), self.step)

    def clip(self, value: float) -> float:
        """The nearest allowed value."""
        value = super().clip(float(value))
        if self.step is None:
            return value
        index = min(round((value - self.low) / self.step), self.size() - 1)
        return self._on_grid(index, self.step)

    def _on_grid(self, index: float, step: float) -> float:
        # 0.1 * 3 is 0.30000000000000004: twelve digits are beyond any step somebody would write.
        return round(self.low + index * step, 12)

    def size(self) -> float:
        if self.step is None:
            return math.inf
        return math.floor((self.high - self.low) / self.step + 1e-9) + 1

    def every(self) -> list[float]:
        """All values, where there is a step."""
        step = self.step or math.inf
        return [self._on_grid(index, step) for index in range(int(self.size()))]

    def last(self) -> float:
        """The largest value; below ``high``, where that is no step."""
        return self.clip(self.high)

    def contains(self, value: Any) -> bool:
        if type(value) is not float or not self.low <= value <= self.high:
            return False
        if self.step is None:
            return True
        return self._on_grid(round((value - self.low) / self.step), self.step) == value

    def narrowed(self, values: list[float]) -> "Float | Choice":
        low, high = min(values), max(values)
        if low == high:
            return self._only(low)
        return self.model_copy(update={"low": low, "high": high})


def _check_scalar(value: Any) -> None:
    if type(value) is float and not math.isfinite(value):
        raise ValueError(f"{shown(value)} is a number that is not finite")
    if type(value) is str and not value.isprintable():
        raise ValueError(f"{shown(value)} is a word that cannot be printed")


class Choice(_Hyperparameter):
    """One of a list of values of one kind: words, whole numbers or real numbers."""

    type: Literal["choice"]
    values: list[Scalar] = Field(description="The values to choose from.", min_length=1)

    @field_validator("values")
    @classmethod
    def _check_values(cls, values: list[Any]) -> list[Any]:
        kinds = {type(value) for value in values}
        if kinds == {int, float}:
            values, kinds = [float(value) for value in values], {float}
        if len(kinds) > 1 or not kinds <= {str, int, float, bool}:
            raise ValueError(
                f"{shown(values)} must be all words, all numbers, or all true and false"
            )
        for value in values:
            _check_scalar(value)
        if len(set(values)) < len(values):
            raise ValueError(f"{shown(values)} contains a value twice")
        return values

    def at(self, u: float) -> Any:
        """The value at ``u`` in [0, 1): every value owns an equal share."""
        return self.values[math.floor(u * len(self.values))]

    def size(self) -> int:
        return len(self.values)

    def every(self) -> list[Any]:
        return self.values

    def contains(self, value: Any) -> bool:
        return any(type(value) is type(allowed) and value == allowed for allowed in self.values)

    def clip(self, value: Any) -> Any:
        """The value itself: keras-tuner turns true and false of a choice into 1 and 0."""
        return next((allowed for allowed in self.values if allowed == value), value)

    def narrowed(self, values: list[Any]) -> "Choice":
        return self.model_copy(update={"values": [v for v in self.values if v in values]})


class Boolean(_Hyperparameter):
    """True or false."""

    type: Literal["boolean"]

    def at(self, u: float) -> bool:
        """The value at ``u`` in [0, 1)."""
        return u >= 0.5

    def size(self) -> int:
        return 2

    def every(self) -> list[bool]:
        return [False, True]

    def contains(self, value: Any) -> bool:
        return type(value) is bool

    def clip(self, value: Any) -> Any:
        return value

    def narrowed(self, values: list[bool]) -> "Boolean | Choice":
        return self if len(set(values)) == 2 else self._only(values[0])


class Fixed(_Hyperparameter):
    """One value: handed to the model in every configuration, and never tuned."""

    type: Literal["fixed"]
    value: Scalar = Field(description="What the model is given.")

    @field_validator("value")
    @classmethod
    def _check_value(cls, value: Any) -> Any:
        if type(value) not in (str, int, float, bool):
            raise ValueError(f"{shown(value)} must be a word, a number, true or false")
        _check_scalar(value)
        return value

    def at(self, u: float) -> Any:
        """The value, at any ``u``."""
        return self.value

    def size(self) -> int:
        return 1

    def every(self) -> list[Any]:
        return [self.value]

    def contains(self, value: Any) -> bool:
        return type(value) is type(self.value) and value == self.value

    def clip(self, value: Any) -> Any:
        return value

    def narrowed(self, values: list[Any]) -> "Fixed":
        return self


Hyperparameter = Annotated[Int | Float | Choice | Boolean | Fixed, Field(discriminator="type")]


def allowed(hyperparameter: Hyperparameter) -> str:
    """What values a hyperparameter may have, in words."""
    match hyperparameter:
        case Choice(values=values):
            return f"one of {shown(values)}"
        case Boolean():
            return "true or false"
        case Fixed(value=value):
            return shown(value)
    steps = f" in steps of {hyperparameter.step}" if hyperparameter.step else ""
    return f"{hyperparameter.low} to {hyperparameter.high}{steps}"


class SearchSpace(RootModel[dict[Name, Hyperparameter]]):
    """All hyperparameters of an experiment, in the order of the configuration file."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="after")
    def _check_not_empty(self) -> Self:
        if not self.root:
            raise ValueError("name at least one hyperparameter")
        return self

    @model_validator(mode="after")
    def _check_conditions(self) -> Self:
        if problems := list(self._impossible_conditions()):
            raise ConditionError("\n".join(problems))
        return self

    def _impossible_conditions(self) -> Iterator[str]:
        earlier: set[str] = set()
        for name, hyperparameter in self.items():
            for parent, values in hyperparameter.active_if.items():
                child = name if len(name) <= 60 else shown(name)
                where = f"{child}.active_if.{parent if len(parent) <= 60 else shown(parent)}"
                if parent not in self.root:
                    yield f"{where}: is no hyperparameter of the search space"
                elif parent not in earlier:
                    yield f"{where}: must be defined above {child}"
                elif self[parent].type == "float":
                    yield (
                        f"{where}: is a float, which hardly ever has one certain value; name an"
                        " int, a choice, a boolean or a fixed one"
                    )
                else:
                    for value in values:
                        if not self[parent].allows(value):
                            use = allowed(self[parent])
                            yield f"{where}: {shown(value)} is not allowed; use {use}"
            earlier.add(name)

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]  # its names, as of a dictionary
        return iter(self.root)

    def __getitem__(self, name: str) -> Hyperparameter:
        return self.root[name]

    def __len__(self) -> int:
        return len(self.root)

    def items(self) -> ItemsView[str, Hyperparameter]:
        return self.root.items()

    def definition(self) -> dict[str, dict[str, Any]]:
        """The space as plain data, without the words that explain it."""
        return {name: hyperparameter.definition() for name, hyperparameter in self.items()}

    def tuned(self) -> dict[str, dict[str, Any]]:
        """The `definition` of what is tuned: all but the fixed ones."""
        return {
            name: hyperparameter.definition()
            for name, hyperparameter in self.items()
            if hyperparameter.type != "fixed"
        }

    def parents(self) -> set[str]:
        """The hyperparameters on which others depend."""
        return {name for child in self.root.values() for name in child.active_if}

    def size(self) -> float:
        """Number of distinct configurations; infinite where a real number has no step.

        The walk through the hyperparameters remembers how many ways lead to each combination of
        those values on which a later one depends.
        """
        order = self._parents_close_to_children()
        last_use = {
            parent: place for place, name in enumerate(order) for parent in self[name].active_if
        }
        ways: dict[frozenset[tuple[str, Any]], float] = {frozenset(): 1}
        for place, name in enumerate(order):
            longer: dict[frozenset[tuple[str, Any]], float] = defaultdict(int)
            for known, count in ways.items():
                configuration = dict(known)
                branches: list[tuple[Any, float]] = [(None, 1)]
                if self[name].is_active(configuration):
                    branches = self._branches(name)
                for value, size in branches:
                    kept = {
                        parent: chosen
                        for parent, chosen in (configuration | {name: value}).items()
                        if last_use.get(parent, -1) > place
                    }
                    longer[frozenset(kept.items())] += count * size
            ways = longer
        return sum(ways.values())

    def _parents_close_to_children(self) -> list[str]:
        """All names, each right after the last one on which it depends: little is to remember."""
        places: dict[str, int] = {}
        for place, (name, hyperparameter) in enumerate(self.items()):
            places[name] = max(
                (places[parent] for parent in hyperparameter.active_if), default=place
            )
        return sorted(places, key=places.__getitem__)

    def _branches(self, name: str) -> list[tuple[Any, float]]:
        """The values that matter to others, each once, and None for the number of all others."""
        named = [
            value
            for hyperparameter in self.root.values()
            for value in hyperparameter.active_if.get(name, [])
            if self[name].allows(value)
        ]
        others = self[name].size() - len(set(named))
        return [(value, 1) for value in set(named)] + ([(None, others)] if others else [])

    def configure(self, choose: Callable[[str, Hyperparameter], Any]) -> Configuration:
        """The configuration in which each hyperparameter has the value that ``choose`` gives it.

        It is asked in the order of the space, and only of those that are active beside the values
        that it gave before; the others are absent from the configuration.
        """
        configuration: Configuration = {}
        for name, hyperparameter in self.items():
            if hyperparameter.is_active(configuration):
                configuration[name] = choose(name, hyperparameter)
        return configuration

    def sample(self, rng: np.random.Generator) -> Configuration:
        """Draw one configuration, each active hyperparameter independently on its scale."""
        return self.configure(lambda name, hyperparameter: hyperparameter.at(rng.random()))

    def sample_distinct(
        self,
        count: int,
        rng: np.random.Generator,
        seen: list[Configuration] | None = None,
    ) -> list[Configuration]:
        """Draw configurations that differ from each other and from those already ``seen``.

        Raises
        ------
        ValueError
            If the space holds too few configurations.
        """
        known = {_key(configuration) for configuration in seen or []}
        configurations: list[Configuration] = []
        misses = 0
        while len(configurations) < count:
            configuration = self.sample(rng)
            if _key(configuration) in known:
                misses += 1
                if misses == 10_000:  # the space is nearly used up
                    return self._with_rest(configurations, count, known, rng)
                continue
            misses = 0
            known.add(_key(configuration))
            configurations.append(configuration)
        return configurations

    def _with_rest(
        self,
        drawn: list[Configuration],
        count: int,
        known: set[tuple[tuple[str, Any], ...]],
        rng: np.random.Generator,
    ) -> list[Configuration]:
        """Draw the last ones from a list of all that are not ``known`` yet."""
        if self.size() > 1_000_000:
            raise ValueError("ten thousand draws from the search space brought nothing new")
        rest = [c for c in self._every({}, list(self)) if _key(c) not in known]
        if len(drawn) + len(rest) < count:
            raise ValueError(
                f"the search space holds {len(drawn) + len(rest)} further configurations, but"
                f" {count} are asked for"
            )
        places = rng.permutation(len(rest))[: count - len(drawn)]
        return drawn + [rest[place] for place in places]

    def _every(self, chosen: Configuration, names: list[str]) -> Iterator[Configuration]:
        """All configurations of a finite space that begin with what is ``chosen``."""
        if not names:
            yield chosen
        elif not self[names[0]].is_active(chosen):
            yield from self._every(chosen, names[1:])
        else:
            for value in self[names[0]].every():
                yield from self._every(chosen | {names[0]: value}, names[1:])

    def check(self, configuration: Configuration) -> None:
        """Refuse what is no configuration of this space, with values of Python's own types.

        Raises
        ------
        ValueError
            With the hyperparameter, its value, and what is allowed.
        """
        if type(configuration) is not dict:
            raise ValueError("the configuration must be a dictionary")
        active = self.configure(lambda name, hyperparameter: configuration.get(name))
        for name, value in active.items():
            if name not in configuration:
                raise ValueError(f"{name} is missing")
            if not self[name].contains(value):
                kind = type(self[name].at(0.0)).__name__
                raise ValueError(
                    f"{name} is {shown(value)}; use {allowed(self[name])}, as a Python {kind}"
                )
        for name in configuration:
            if name not in active:
                unknown = "not active in it" if name in self else "no hyperparameter of the space"
                raise ValueError(f"{shown(name)} is {unknown}")

    def clip(self, configuration: Configuration) -> Configuration:
        """Move values that a tuner pushed over a bound back to the bound.

        keras-tuner's Bayesian optimization can return ``high + 1`` for a whole number on a log
        scale. Values inside the space come back unchanged.

        Raises
        ------
        ValueError
            If an active hyperparameter is missing, one is inactive or unknown, or a value is not
            allowed.
        """

        def chosen(name: str, hyperparameter: Hyperparameter) -> Any:
            if name not in configuration:
                raise ValueError(
                    "a configuration needs exactly the hyperparameters that are active in it:"
                    f" {name} is missing from {sorted(configuration)}"
                )
            value = hyperparameter.clip(configuration[name])
            if not hyperparameter.contains(value):
                raise ValueError(f"{name}: {value!r} is not in {hyperparameter.definition()}")
            return value

        clipped = self.configure(chosen)
        if further := sorted(set(configuration) - set(clipped)):
            raise ValueError(
                "a configuration needs exactly the hyperparameters that are active in it:"
                f" {further} are not"
            )
        return clipped

    def narrowed(self, configurations: list[Configuration]) -> "SearchSpace":
        """The smallest space of the same shape that holds all the given configurations.

        A hyperparameter that none of them has stays as it is.
        """
        root = {}
        for name, hyperparameter in self.items():
            values = [c[name] for c in configurations if name in c]
            root[name] = hyperparameter.narrowed(values) if values else hyperparameter
        # Unchecked: a condition may name values that are no longer in the space.
        return SearchSpace.model_construct(root)


def _key(configuration: Configuration) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(configuration.items()))
