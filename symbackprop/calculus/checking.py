"""Whether two expressions agree: evaluated in small random worlds, for every value of their free indices.

The cheap invariant comes first (no free index may appear from nowhere), then exact values at random rational
points (Schwartz 1980, Zippel 1979: a false identity of polynomials survives a random point with a small chance,
which falls with every further point), then 50 digits where a function's own laws are needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from itertools import product
from typing import Any, TypeAlias

from sympy import Expr, Symbol

from symbackprop.calculus.fields import Digits, Exact, Field
from symbackprop.calculus.worlds import World
from symbackprop.errors import CheckError
from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import Equation, free_indices

__all__ = ["Evidence", "Setting", "Trust", "agree"]

SEEDS = (1, 2, 3)  # one world each
LARGEST_SIZE = 3
Comparison: TypeAlias = tuple[int, str | None, bool]

MOST_WORLDS = 200  # tried until both sides have values: a layer of three relus is free of zeros in 1 of 2 to 8


class Trust(Enum):
    """How much stands behind a step, strongest first."""

    IDENTITY_TESTED = "identity-tested"  # exactly equal at every random rational point tried
    NUMERIC = "numeric"  # equal to 40 digits at every random point tried
    ASSUMED = "assumed"  # exactly equal at random points at which the stated hypothesis holds


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was compared, how, and at how many points; only `agree` makes one."""

    before: Expr
    after: Expr
    trust: Trust
    points: int
    worlds: int


@dataclass(frozen=True)
class Setting:
    """Where a chain of steps takes place: the equations around it and the ranges of its free indices.

    `names` says what a tensor stands for (δ: ∂C/∂z); `frontier` are the tensors through which the cost is reached,
    where no equation says how; `simplex` are tensors assumed to add up to 1."""

    equations: tuple[Equation, ...]
    ranges: Mapping[Symbol, Axis]
    names: Mapping[Tensor, Tensor] = field(default_factory=dict)
    frontier: tuple[Tensor, ...] = ()
    simplex: tuple[Tensor, ...] = ()
    _worlds: dict[tuple[type, int], World] = field(default_factory=dict, compare=False, repr=False)

    def world(self, kind: type[Exact] | type[Digits], seed: int) -> World:
        """Return the world of that field and seed; the same one each time, so that steps share its values."""
        key = (kind, seed)
        if key not in self._worlds:
            self._worlds[key] = self._made(kind, seed)
        return self._worlds[key]

    def _made(self, kind: type[Exact] | type[Digits], seed: int) -> World:
        for attempt in range(seed, seed + 1000, 10):
            world = World(
                kind(seed),
                _sizes(attempt),
                self.equations,
                names=self.names,
                frontier=self.frontier,
                simplex=self.simplex,
            )
            if all(len(world.range(*axis)) > 0 for axis in self._axes()):
                return world
        raise CheckError(f"no small sizes make every axis of {self.equations} non-empty")

    def _axes(self) -> list[Axis]:
        tensors = {tensor for equation in self.equations for tensor in (equation.tensor, *equation.reads)}
        return [axis for tensor in tensors if isinstance(tensor, Tensor) for axis in tensor.axes]


def _sizes(seed: int) -> Callable[[Expr], int]:
    """Return a function that gives every size a number, 2 or 3, always the same one."""
    draws = Exact(seed)

    @cache
    def size(symbol: Expr) -> int:
        draw = draws.draw("size", str(symbol))
        return 2 + (draw.numerator + draw.denominator) % (LARGEST_SIZE - 1)

    return size


def agree(before: Expr, after: Expr, setting: Setting, *, assuming: tuple[Tensor, ...] = ()) -> Evidence:
    """Return the evidence that before = after, or raise CheckError with a point at which they differ.

    `assuming` names the tensors whose entries are taken to add up to 1."""
    if stray := free_indices(after) - free_indices(before) - set(setting.ranges):
        raise CheckError(f"index {', '.join(sorted(map(str, stray)))} is free in {after}, but not in {before}")
    if assuming:
        setting = Setting(setting.equations, setting.ranges, setting.names, setting.frontier, assuming)
    trust = Trust.ASSUMED if assuming else Trust.IDENTITY_TESTED
    points = 0
    for first in SEEDS:
        seed, (compared, difference, opaque) = _first_defined(before, after, setting, first)
        if difference is not None and opaque:
            compared, difference, _ = _compare(before, after, setting, setting.world(Digits, seed))
            trust = Trust.NUMERIC
        if difference is not None:
            raise CheckError(f"{before} is not {after}: at {difference}")
        points += compared
    return Evidence(before, after, trust, points, len(SEEDS))


def _first_defined(before: Expr, after: Expr, setting: Setting, first: int) -> tuple[int, Comparison]:
    """Return the first seed from `first` on in whose world both sides have values, and how they compare there.

    ln a has no value where relu gives 0. Raises CheckError if no world has values: then there is a pole everywhere."""
    for seed in range(first, first + MOST_WORLDS * len(SEEDS), len(SEEDS)):
        try:
            return seed, _compare(before, after, setting, setting.world(Exact, seed))
        except ZeroDivisionError:
            continue
    raise CheckError(f"{before} and {after} have no values to compare at {MOST_WORLDS} random points: a division by 0")


def _compare(before: Expr, after: Expr, setting: Setting, world: World) -> Comparison:
    """Return how many positions were compared, where the sides differ (None: nowhere), and if values were invented."""
    symbols = sorted(free_indices(before) | free_indices(after), key=str)
    spans = [world.range(*setting.ranges[symbol]) for symbol in symbols]
    numbers: Field = world.field
    compared = 0
    for position in product(*spans):
        point: dict[Symbol, Any] = dict(zip(symbols, position, strict=True))
        left, right = world.value(before, point), world.value(after, point)
        if not numbers.same(left, right):
            place = ", ".join(f"{symbol} = {value}" for symbol, value in point.items()) or "one random point"
            return compared, f"{place}: {left} against {right}", bool(numbers.opaque)
        compared += 1
    return compared, None, False
