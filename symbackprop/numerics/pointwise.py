"""Functions of entries, place by place, on arrays of any numbers: each by its definition, each case by its condition.

A calculation can be held at a point: what was decided there is decided so from then on, two values that were equal
there count half each, and a function at a kink follows the slope that holds there. So a difference of costs beside
that point has the derivative that is prescribed at it, and not the mean of both sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Add, Expr, Mul, Piecewise, Pow
from sympy.core.relational import Relational
from sympy.logic.boolalg import ITE, And, Not, Or

from symbackprop.errors import CheckError
from symbackprop.network.extremes import Extreme, Where
from symbackprop.network.functions import Elementwise, Z, slope
from symbackprop.network.kinks import kinks, meetings_in, number_at
from symbackprop.numerics.arithmetic import Numbers

_SIGNS = (">", np.greater), (">=", np.greater_equal), ("<", np.less), ("<=", np.less_equal), ("==", np.equal)
_COMPARE = dict(_SIGNS)


class Pointwise:
    """Values of functions and of expressions in letters whose values are given.

    `nearest_kink` is how close the calculation came to a point at which some slope jumps, without hitting it."""

    def __init__(self, numbers: Numbers) -> None:
        """Make it for a kind of numbers; nothing is held."""
        self._numbers = numbers
        self._functions: dict[str, Callable[[Any], Any]] = {}
        self._decisions: list[Any] | None = None  # in the order in which they are made, which never changes
        self._place: int | None = None  # of the next decision to be repeated; None while they are made
        self.nearest_kink = math.inf

    def begin(self) -> None:
        """Begin a calculation."""
        self.nearest_kink = math.inf
        if self._place is not None:
            self._place = 0

    def record(self) -> None:
        """Keep what the next calculation decides."""
        self._decisions, self._place = [], None

    def replay(self) -> None:
        """Decide from now on as it was kept."""
        self._place = 0

    def _decided(self, made: Any) -> Any:
        """Return a decision as it is made now, or as it was made where the calculation is held."""
        if self._decisions is None:
            return made
        if self._place is None:
            self._decisions.append(made)
            return made
        self._place += 1
        return self._decisions[self._place - 1]

    def _note(self, difference: Any) -> None:
        """Note how near a difference comes to 0; where it is 0 it is so on a whole stretch, as relu(z) is below 0."""
        distances = np.abs(np.asarray(difference))
        if (distances := distances[distances != 0]).size:
            self.nearest_kink = min(self.nearest_kink, float(distances.min()))

    def function(self, name: str) -> Callable[[Any], Any]:
        """Return exp, log, erf, … as a function of arrays."""
        if name == "Abs":
            return _absolute
        if name not in self._functions:
            self._functions[name] = self._numbers.function(name)
        return self._functions[name]

    def power(self, base: Any, exponent: Any) -> Any:
        """Return base^exponent."""
        return base**exponent

    def elementwise(self, function: type[Elementwise], argument: Any) -> Any:
        """Return f(argument) by the definition of f; note how near the argument is to a kink."""
        for point, _ in kinks(function):
            self._note(np.asarray(argument) - self._numbers.number(point))
        if function.definition is None:
            raise CheckError(f"{function.__name__} has no definition")
        value = self.at(function.definition, {Z: argument})
        for point in meetings_in(function) if self._decisions is not None else ():
            value = self._along_slope(function, point, argument, value)
        return value

    def _along_slope(self, function: type[Elementwise], point: Expr, argument: Any, value: Any) -> Any:
        """Return values with f(p) + f'(p) (z - p) in their place where the argument was at p."""
        there = self._decided(self._near(argument, self._numbers.number(point)))
        rate = number_at(slope(function)(Z), point)
        if rate is None or not np.any(there):  # it may have a pole there
            return value
        middle = self._numbers.number(point)
        height = self.at(function.definition, {Z: np.asarray(middle)})
        return np.where(there, height + self._numbers.number(rate) * (argument - middle), value)

    def _near(self, first: Any, second: Any) -> Any:
        """Tell where two values are equal but for rounding."""
        left, right = _real(first), _real(second)
        return np.abs(left - right) <= self._numbers.near * np.maximum(1, np.maximum(np.abs(left), np.abs(right)))

    def extreme(self, sign: int, first: Any, second: Any) -> Any:
        """Return the larger (sign 1) or the smaller (sign -1) of two values, by their real parts."""
        difference = _real(first) - _real(second)
        self._note(difference)
        chosen = np.where(self._decided(sign * difference >= 0), first, second)
        if self._decisions is None:
            return chosen
        return np.where(self._decided(self._near(first, second)), (first + second) / 2, chosen)

    def at(self, e: Expr, at: Mapping[Expr, Any]) -> Any:
        """Return an expression in letters or entries whose values, arrays of one shape, are given."""
        if e in at:
            return at[e]
        if is_number(e):
            return self._numbers.number(e)
        match e:
            case Add():
                return sum(self.at(part, at) for part in e.args)
            case Mul():
                return math.prod(self.at(part, at) for part in e.args)
            case Pow():
                return self.power(self.at(e.base, at), self.at(e.exp, at))
            case Piecewise():
                return self._cases(e, at)
            case Where():
                return self._cases(e.cases, at)
            case Extreme():
                return self.extreme(e.sign, *(self.at(part, at) for part in e.args))
            case Elementwise():
                return self.elementwise(type(e), self.at(e.args[0], at))
        return self.function(e.func.__name__)(self.at(e.args[0], at))

    def _cases(self, e: Piecewise, at: Mapping[Expr, Any]) -> Any:
        """Return each entry by the first case whose condition it fulfils; others are not evaluated on it."""
        at = dict(zip(at, np.broadcast_arrays(*at.values()), strict=True))
        shape = next(iter(at.values())).shape
        result, open_yet = np.zeros(shape, np.result_type(*at.values())), np.True_
        for value, condition in e.args:
            chosen = open_yet & self._decided(self._holds(condition, at, shape))
            if chosen.any():  # what was decided has no axis of variants, and neither have decisions inside of a case
                inside = {letter: values[..., chosen] for letter, values in at.items()}
                result[..., chosen] = self.at(value, inside)
            open_yet = open_yet & ~chosen
        return result

    def _holds(self, condition: Expr, at: Mapping[Expr, Any], shape: tuple[int, ...]) -> Any:
        if isinstance(condition, And | Or):
            combine = np.logical_and if isinstance(condition, And) else np.logical_or
            return combine.reduce([self._holds(part, at, shape) for part in condition.args])
        if isinstance(condition, Relational):
            left, right = (_real(self.at(side, at)) for side in (condition.lhs, condition.rhs))
            if self._decisions is not None:
                left = np.where(self._near(left, right), right, left)
            return np.broadcast_to(_COMPARE[condition.rel_op](left, right), shape).astype(bool)
        if isinstance(condition, ITE | Not):
            chosen, *others = (self._holds(part, at, shape) for part in condition.args)
            return np.where(chosen, *others) if others else ~chosen
        if condition in (True, False):
            return np.full(shape, bool(condition))
        raise CheckError(f"condition {condition} cannot be decided: {type(condition).__name__} is unknown")


@lru_cache(maxsize=2**12)
def is_number(e: Expr) -> bool:
    """Tell whether an expression is a number; SymPy looks through the whole tree each time it is asked."""
    return bool(e.is_number)


def _absolute(value: Any) -> Any:
    """Return a value or its negative, by its real part: a complex step stays one."""
    return np.where(_real(value) < 0, -value, value)


def _real(value: Any) -> Any:
    """Return the real part, by which a case is chosen: a complex step is too short to cross a border."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return np.frompyfunc(lambda each: each.real, 1, 1)(value)
    return np.real(value)
