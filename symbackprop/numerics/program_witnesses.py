"""Witnesses for the functions of a program that do not know how anything was derived: its equations, entry by entry.

value        each entry by its equation, in 50 digits
difference   (C(p + h) - C(p - h))/2h in 100 digits, with an h so small that 30 digits of it are right
dual         the derivative carried along with the value, through every equation, in 50 digits
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from sympy import Expr, Rational, Symbol

from symbackprop.calculus.cells import TOTAL
from symbackprop.calculus.conditions import in_order
from symbackprop.calculus.fields import Digits
from symbackprop.calculus.worlds import World
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Program

Entry: TypeAlias = tuple[str, tuple[int, ...]]  # an array and a place in it, counted from 0
Values: TypeAlias = Mapping[str, Any]


class Plain(World):
    """A program at one point, each entry by its equation, where what is given has given values.

    `values` and `sizes` are those of a call; `moved` is an entry that is `by` larger. Where the program has no cost,
    C is Σ G_o o over its outputs, with `upstream` for G."""

    sees_poles = True

    def __init__(
        self,
        program: Program,
        values: Values,
        sizes: Mapping[Symbol, int],
        *,
        upstream: Values | None = None,
        moved: tuple[Entry, Any] | None = None,
        field: Digits | None = None,
    ) -> None:
        """Make the program ready; nothing is computed before it is asked for."""
        super().__init__(field or Digits(0), lambda size: sizes[size], program.equations)
        self._program, self.values, self._moved = program, values, moved
        self._upstream = upstream or {}
        self._called = {array.tensor: array.name for array in program.arrays}

    def given(self, tensor: Tensor, position: tuple[int, ...]) -> Any:
        """Return the given value of an entry, moved where it is the one that is."""
        name, place = entry = self.entry_of(tensor, position)
        value = self.field.number(_exactly(self.values[name][place]))
        return value + self._moved[1] if self._moved and self._moved[0] == entry else value

    def entry_of(self, tensor: Tensor, position: tuple[int, ...]) -> Entry:
        """Return the name of a given array, and the place in it, counted from 0, of what has these indices."""
        place = tuple(p - self.range(*axis)[0] for p, axis in zip(position, tensor.axes, strict=True))
        return self._called[tensor], place

    def _cost(self, seed: Any) -> Any:
        if self._program.has_cost:
            return super()._cost(seed)
        value = tangent = self.field.number(_exactly(0.0))
        for array in self._program.outputs:
            for position, place in places_in(self, array.tensor):
                weight = self.field.number(_exactly(self._upstream[array.name][place]))
                v, t = self.at(self.cells(array.tensor)[position], seed)
                value, tangent = value + weight * v, tangent + weight * t
        return value, tangent

    def numbers(self, tensor: Expr) -> Iterator[Any]:
        """Yield every entry of an array, or the cost, in the numbers of the field."""
        if tensor == COST:
            yield self.cost(None)[0]
        else:
            yield from (self.entry(tensor, position) for position, _ in places_in(self, tensor))

    def array(self, tensor: Expr) -> np.ndarray:
        """Return every entry of an array, or the cost, as floats."""
        if tensor == COST:
            return np.array(float(self.cost(None)[0]))
        shape = [len(self.range(*axis)) for axis in tensor.axes]
        found = np.empty(shape)
        for position, place in places_in(self, tensor):
            found[place] = float(self.entry(tensor, position))
        return found


def places_in(world: World, tensor: Tensor) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield every entry: its indices as the equations count them, and its place counted from 0."""
    ranges = [world.range(*axis) for axis in tensor.axes]
    for position in product(*ranges):
        yield position, tuple(p - r[0] for p, r in zip(position, ranges, strict=True))


def _exactly(value: Any) -> Expr:
    """Return a number as a fraction; that of a float, unless it is one already: 1/10 is no float."""
    return value if isinstance(value, Rational) else Rational(*float(value).as_integer_ratio())


class HundredDigits(Digits):
    """Real numbers with 100 digits, of which a difference with a tiny step may lose two thirds."""

    digits = 100


class SlopedDigits(Digits):
    """Real numbers with 50 digits, where a root of 0 has no value: it has no slope, whatever becomes of it.

    So has a power with a negative base, whose exponent moves: 0 times its logarithm is no real number either."""

    def function(self, name: str, argument: Any) -> Any:
        """Return f(argument); raises ZeroDivisionError as `Digits` does, and where it is not real."""
        return in_order(super().function(name, argument))

    def power(self, base: Any, exponent: Any) -> Any:
        """Return base^exponent; raises ZeroDivisionError as `Digits` does, and for a root of 0, and 0^0."""
        if not base and (exponent % 1 or not exponent):
            raise ZeroDivisionError("a root of 0 has no slope, and 0^g none where g is 0")
        return super().power(base, exponent)


class FinerSlopedDigits(SlopedDigits):
    """The same with ten times as many digits: what is 0 but for its rounding is smaller then."""

    digits = 10 * SlopedDigits.digits


JUMP = 1e-15  # of a slope, from which on there is a kink: below what is allowed, above h times a second derivative
STEP = Rational(1, 10**30)  # h: what a central difference cuts off is h², 60 digits below 1; rounding leaves 70


def difference(program: Program, at: tuple[Values, Mapping[Symbol, int]], entry: Entry, *, upstream: Values) -> float:
    """Return the derivative of the cost by an entry as a difference quotient, in 100 digits.  at: values, sizes."""
    ahead, behind = _costs_beside(program, at, entry, (1, -1), upstream=upstream)
    step = HundredDigits(0).number(STEP)
    return float((ahead - behind) / (2 * step))


def is_on_a_kink(program: Program, at: tuple[Values, Mapping[Symbol, int]], entry: Entry, *, upstream: Values) -> bool:
    """Tell whether the slopes of the cost along an entry differ on its two sides, whatever was derived.

    Where there is none, they differ by h times a second derivative."""
    ahead, here, behind = _costs_beside(program, at, entry, (1, 0, -1), upstream=upstream)
    return bool(abs(ahead - 2 * here + behind) > JUMP * HundredDigits(0).number(STEP))


def _costs_beside(
    program: Program, at: tuple[Values, Mapping[Symbol, int]], entry: Entry, steps: Iterable[int], *, upstream: Values
) -> list[Any]:
    """Return the cost, in 100 digits, where an entry is larger by so many h."""
    values, sizes = at
    field = HundredDigits(0)
    step = field.number(STEP)
    return [
        Plain(program, values, sizes, upstream=upstream, moved=(entry, each * step), field=field).cost(None)[0]
        for each in steps
    ]


def dual(world: Plain, tensor: Tensor, entry: Entry) -> Any:
    """Return the derivative of the cost by an entry, carried along with the value through every equation."""
    return world.cost((world.cells(tensor)[position_of(world, tensor, entry[1])], TOTAL))[1]


def position_of(world: World, tensor: Tensor, place: tuple[int, ...]) -> tuple[int, ...]:
    """Return the indices of an entry as the equations count them; `place` is counted from 0."""
    return tuple(p + world.range(*axis)[0] for p, axis in zip(place, tensor.axes, strict=True))
