"""The search space: what may be tuned, and within which range.

One object serves the sampler of the random search, keras-tuner's oracles, Optuna's studies and the
refined random search, so that every strategy searches exactly the same space. A configuration is a
plain dictionary ``{"hyperparameter": value}`` of the hyperparameters that are active in it.
"""

import math
import re
from abc import abstractmethod
from collections.abc import Callable, ItemsView, Iterable, Iterator
from itertools import count, islice
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    WithJsonSchema,
    field_validator,
    model_validator,
)

if TYPE_CHECKING:
    import numpy as np

Configuration = dict[str, Any]
LISTED = 1_000_000  # configurations: as many are gone through one by one
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


def _check_scalar(value: Any) -> Any:
    if type(value) not in (str, int, float, bool):
        raise ValueError(f"{shown(value)} must be a word, a number, true or false")
    if type(value) is float and not math.isfinite(value):
        raise ValueError(f"{shown(value)} is a number that is not finite")
    if type(value) is str and not value.isprintable():
        raise ValueError(f"{shown(value)} is a word that cannot be printed")
    return value


def readable(key: Any) -> str:
    """A key as it stands in the file, or quoted where it could not be read there."""
    text = str(key)
    plain = text.isprintable() and text.strip() == text and 0 < len(text) <= 60
    return text if plain else shown(text)


Real = Annotated[float, BeforeValidator(_scientific)]
Scalar = Annotated[
    Any,
    BeforeValidator(_scientific),
    AfterValidator(_check_scalar),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]


class ConditionError(ValueError):
    """Impossible conditions; each line begins with the keys of one, below the search space."""


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

    def _among(self, values: list[Any]) -> "Choice":
        return Choice(type="choice", values=values, active_if=self.active_if)

    def is_active(self, configuration: Configuration) -> bool:
        """Whether it is active, given the values of at least the hyperparameters before it."""
        return all(configuration.get(name) in values for name, values in self.active_if.items())

    @abstractmethod
    def at(self, u: float) -> Any:
        """The value at ``u`` in [0, 1): each owns an equal share of the scale."""

    @abstractmethod
    def size(self) -> float:
        """The number of its values."""

    @abstractmethod
    def every(self) -> Iterable[Any]:
        """All values, where they can be counted; else values without an end."""

    @abstractmethod
    def contains(self, value: Any) -> bool:
        """Whether a value is one of its own, also by its type."""

    @abstractmethod
    def clip(self, value: Any) -> Any:
        """The allowed value that is nearest to one that a tuner has altered."""

    @abstractmethod
    def narrowed(self, values: list[Any]) -> "_Hyperparameter":
        """The smallest one of its kind that contains ``values``, which are its own."""

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

    def _on_grid(self, index: int) -> Any:
        # 0.1 * 3 is 0.30000000000000004: twelve digits are beyond any step somebody would write.
        return round(self.low + index * (self.step or 1), 12)

    def every(self) -> Iterable[Any]:
        return map(self._on_grid, range(int(self.size())))

    def last(self) -> Any:
        """The largest value; below ``high``, where that is no step."""
        return self.high if self.step is None else self._on_grid(int(self.size()) - 1)

    def clip(self, value: Any) -> Any:
        return min(max(value, self.low), self.high)

    def narrowed(self, values: list[Any]) -> "_Number | Choice":
        low, high = min(values), max(values)
        if low == high:
            return self._among([low])
        return self.model_copy(update={"low": low, "high": high})


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
        if self.scale == "log":
            return self.clip(math.floor(self.low * ((self.high + 1) / self.low) ** u))
        return self._on_grid(math.floor(u * self.size()))

    def size(self) -> int:
        return (self.high - self.low) // (self.step or 1) + 1

    def contains(self, value: Any) -> bool:
        return (
            type(value) is int
            and self.low <= value <= self.high
            and (value - self.low) % (self.step or 1) == 0
        )


class Float(_Number):
    """A real number in ``low..high``; with a ``step``, one of ``low, low + step, ...``."""

    type: Literal["float"]
    low: Real = Field(ge=-1e30, le=1e30, description="Smallest value.")
    high: Real = Field(ge=-1e30, le=1e30, description="Largest value.")
    step: Annotated[float, Field(gt=0), BeforeValidator(_scientific)] | None = Field(
        None, description="Distance between values; null allows all of them."
    )

    def at(self, u: float) -> float:
        if self.scale == "log":
            return self.clip(self.low * (self.high / self.low) ** u)
        if self.step is None:
            return self.low + u * (self.high - self.low)
        return self._on_grid(math.floor(u * self.size()))

    def clip(self, value: float) -> float:
        value = super().clip(float(value))
        if self.step is None:
            return value
        return self._on_grid(min(round((value - self.low) / self.step), int(self.size()) - 1))

    def size(self) -> float:
        if self.step is None:
            return math.inf
        return math.floor((self.high - self.low) / self.step + 1e-9) + 1

    def every(self) -> Iterable[float]:
        return super().every() if self.step else (self.at(1 / k) for k in count(2))

    def contains(self, value: Any) -> bool:
        return type(value) is float and self.low <= value <= self.high and self.clip(value) == value


class _Listed(_Hyperparameter):
    @abstractmethod
    def every(self) -> list[Any]: ...

    def at(self, u: float) -> Any:
        return self.every()[math.floor(u * self.size())]

    def size(self) -> int:
        return len(self.every())

    def contains(self, value: Any) -> bool:
        return any(type(value) is type(allowed) and value == allowed for allowed in self.every())

    def clip(self, value: Any) -> Any:
        # keras-tuner turns true and false of a choice into 1 and 0.
        return next((allowed for allowed in self.every() if allowed == value), value)

    def narrowed(self, values: list[Any]) -> "_Listed":
        kept = [value for value in self.every() if value in values]
        return self if kept == self.every() else self._among(kept)


class Choice(_Listed):
    """One of a list of values of one kind: words, whole numbers or real numbers."""

    type: Literal["choice"]
    values: list[Scalar] = Field(description="The values to choose from.", min_length=1)

    @field_validator("values")
    @classmethod
    def _check_values(cls, values: list[Any]) -> list[Any]:
        kinds = {type(value) for value in values}
        if kinds == {int, float}:
            values = [float(value) for value in values]
        elif len(kinds) > 1:
            raise ValueError(
                f"{shown(values)} must be all words, all numbers, or all true and false"
            )
        if len(set(values)) < len(values):
            raise ValueError(f"{shown(values)} contains a value twice")
        return values

    def every(self) -> list[Any]:
        return self.values


class Boolean(_Listed):
    """True or false."""

    type: Literal["boolean"]

    def every(self) -> list[bool]:
        return [False, True]


class Fixed(_Listed):
    """One value: handed to the model in every configuration, and never tuned."""

    type: Literal["fixed"]
    value: Scalar = Field(description="What the model is given.")

    def every(self) -> list[Any]:
        return [self.value]


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
                where = f"{readable(name)}.active_if.{readable(parent)}"
                if parent not in self.root:
                    yield f"{where}: is no hyperparameter of the search space"
                elif parent not in earlier:
                    yield f"{where}: must be defined above {readable(name)}"
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
        return {name: d for name, d in self.definition().items() if d["type"] != "fixed"}

    def parents(self) -> set[str]:
        """The hyperparameters on which others depend."""
        return {name for child in self.root.values() for name in child.active_if}

    def size(self, at_most: int = LISTED) -> int:
        """Number of distinct configurations, counted up to ``at_most``."""
        return sum(1 for _ in islice(self._every(), at_most))

    def _every(self) -> Iterator[Configuration]:
        configurations: Iterator[Configuration] = iter([{}])
        for name, hyperparameter in self.items():
            configurations = _with_each(configurations, name, hyperparameter)
        return configurations

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

    def sample(self, rng: "np.random.Generator") -> Configuration:
        """Draw one configuration, each active hyperparameter independently on its scale."""
        return self.configure(lambda name, hyperparameter: hyperparameter.at(rng.random()))

    def sample_distinct(
        self,
        count: int,
        rng: "np.random.Generator",
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
        rng: "np.random.Generator",
    ) -> list[Configuration]:
        """Draw the last ones from a list of all that are not ``known`` yet."""
        if self.size(LISTED + 1) > LISTED:
            raise ValueError("ten thousand draws from the search space brought nothing new")
        rest = [c for c in self._every() if _key(c) not in known]
        if len(drawn) + len(rest) < count:
            raise ValueError(
                f"the search space holds {len(drawn) + len(rest)} further configurations, but"
                f" {count} are asked for"
            )
        places = rng.permutation(len(rest))[: count - len(drawn)]
        return drawn + [rest[place] for place in places]

    def problems(self, configuration: Configuration, yaml: bool = False) -> Iterator[str]:
        """What keeps this from being a configuration of the space: lines that begin with a key.

        Values must be of Python's own types; those from ``yaml`` may be 0 where 0.0 is meant.
        """
        for name, hyperparameter in self.items():
            if not hyperparameter.is_active(configuration):
                if name in configuration:
                    yield f"{name}: is not active in this configuration"
            elif name not in configuration:
                yield f"{name}: is missing"
            elif not (hyperparameter.allows if yaml else hyperparameter.contains)(
                value := configuration[name]
            ):
                kind = "" if yaml else f", as a Python {type(hyperparameter.at(0.0)).__name__}"
                yield f"{name}: {shown(value)} is not allowed; use {allowed(hyperparameter)}{kind}"
        for name in configuration:
            if name not in self:
                yield f"{readable(name)}: is no hyperparameter of the search space"

    def check(self, configuration: Configuration) -> None:
        """Refuse what is no configuration of this space, with values of Python's own types.

        Raises
        ------
        ValueError
            With the hyperparameter, its value, and what is allowed.
        """
        if type(configuration) is not dict:
            raise ValueError("the configuration must be a dictionary")
        if problems := list(self.problems(configuration)):
            raise ValueError("; ".join(problems))

    def clip(self, configuration: Configuration) -> Configuration:
        """Move values that a tuner pushed over a bound back to the bound.

        keras-tuner's Bayesian optimization can return ``high + 1`` for a whole number on a log
        scale. Values inside the space come back unchanged. Raises what `check` raises.
        """
        moved = {
            name: hyperparameter.clip(configuration[name])
            for name, hyperparameter in self.items()
            if name in configuration
        }
        self.check(configuration | moved)
        return moved

    def narrowed(self, configurations: list[Configuration]) -> "SearchSpace":
        """The smallest space of the same shape that holds all the given configurations.

        A hyperparameter that none of them has stays as it is.
        """
        root: dict[str, Any] = {}
        for name, hyperparameter in self.items():
            values = [c[name] for c in configurations if name in c]
            root[name] = hyperparameter.narrowed(values) if values else hyperparameter
        # Unchecked: a condition may name values that are no longer in the space.
        return SearchSpace.model_construct(root)


def _key(configuration: Configuration) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(configuration.items()))


def _with_each(
    configurations: Iterator[Configuration], name: str, hyperparameter: Hyperparameter
) -> Iterator[Configuration]:
    for configuration in configurations:
        if hyperparameter.is_active(configuration):
            for value in hyperparameter.every():
                yield configuration | {name: value}
        else:
            yield configuration
