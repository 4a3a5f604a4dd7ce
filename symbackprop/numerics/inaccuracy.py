"""How many digits a formula of the user's has in floats: measured beside many digits, by `verify`.

    |f - f_exact| / (|f| + |x ∂f/∂x|)       x: z, or a, or the logarithms of shares

The error that a rounding of x brings is no fault of the formula. Points lie on a geometric grid with both signs,
targets up to a million; where a value is no real number, or larger than any float, there is no point.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import inf, isfinite, log1p, nan
from typing import Any

import mpmath
import numpy as np
from sympy import Expr, Rational, S

from symbackprop.network.activations import Activation
from symbackprop.network.costs import COSTS, A, Cost, Y
from symbackprop.network.functions import Z, explicit
from symbackprop.network.model import Network
from symbackprop.numerics.arithmetic import Digits
from symbackprop.numerics.functiontext import (
    DECIMALS,
    Formula,
    array_functions,
    decimal_functions,
    formulas_of,
    number_functions,
    stable_functions,
)
from symbackprop.numerics.fusion import LOG_A, LOG_R, R, fused
from symbackprop.numerics.loading import loaded
from symbackprop.numerics.pointwise import Pointwise
from symbackprop.numerics.recognition import known_name
from symbackprop.numerics.stable.scalar import SCALAR

__all__ = ["ACCEPTED", "Inaccuracy", "measured"]

ACCEPTED = 1e-9
SIZES = (1e-9, 1e-6, 1e-3, 0.03, 0.3, 1.0, 3.0, 8.0, 20.0, 37.0, 100.0, 300.0, 710.0, 1000.0, 10_000.0)
POINTS = (0.0, *(sign * size for size in SIZES for sign in (1, -1)))
LOGITS = (0.0, *(sign * size for size in (1e-3, 0.3, 3.0, 20.0, 37.0, 710.0, 1000.0, 10_000.0) for sign in (1, -1)))
DISTANCES = (0.0, *(sign * size for size in (1e-6, 1e-3, 0.3, 3.0, 40.0, 1000.0, 10_000.0) for sign in (1, -1)))
TARGETS = (0.0, 0.25, 1.0, -3.5, 3e4, 1e6)
SHARES = (0.0, 0.25, 1.0)  # targets of what lies between 0 and 1
FIRST = 60  # digits, which show what is far beyond any float
# up to |x|: digits that leave some of exp(-|x|), which nothing can beyond 20,000
LEVELS = ((40.0, (120, 240)), (1000.0, (600, 800)), (20_000.0, (4_500,)), (inf, (120, 600)))
BEYOND = 4_400  # decimal exponent that no rounding error of exp(10000) reaches
SETTLED = 1e-20  # what more digits may still change
LARGEST, TINY = 1.7e308, 1e-290  # what is smaller has underflowed, or is about to


@dataclass(frozen=True, slots=True)
class Inaccuracy:
    """The largest error of a function of the user's and of its slope, and where it passes what is accepted.

    `points` counts what was looked at; `region` is empty where no error is too large."""

    name: str
    points: int
    error: float
    region: str

    def __str__(self) -> str:
        """Return what is to be known, in one line."""
        much = "are infinite or nan" if self.error == inf else f"err by up to {self.error:.0e} of |f| + |x f'|"
        return f"{self.name}: its numbers in floats {much}, {self.region}"


def measured(network: Network) -> tuple[Inaccuracy, ...]:
    """Return what was measured of each activation and the cost of a network, but for those that are shipped."""
    own = [a for a in dict.fromkeys(network.activations) if a.function is not None and known_name(a.function) is None]
    found = [_of_activation(activation) for activation in own]
    if network.cost_function.name not in COSTS:
        found.append(_of_cost(network.cost_function, network.activations[-1]))
    return tuple(found)


@cache
def _of_activation(activation: Activation) -> Inaccuracy:
    assert activation.function is not None
    points = [{Z: z} for z in POINTS]
    return _largest_error(f"activation {activation.name}", formulas_of([activation.function]), points)


@cache
def _of_cost(cost: Cost, activation: Activation) -> Inaccuracy:
    own = fused(cost, activation)
    assert own is not None
    if own.by == "z":
        points = [{Z: z, Y: y} for z, y in product(LOGITS, SHARES)]
    elif own.by == "share":
        points = [_share(z) | {Y: y} for z, y in product(LOGITS, SHARES)]
    else:
        low, high = (-inf if activation.lowest is None else activation.lowest, activation.highest)
        high = inf if high is None else high
        points = [{A: y + d, Y: y} for d, y in product(DISTANCES, TARGETS) if low < y + d < high]
        points += [{A: a, Y: y} for a, y in product((0.02, 0.5, 0.999), SHARES) if low < a < high]
    return _largest_error(f"cost {cost.name} after {activation.name}", [own.cost, own.slope], points)


def _share(z: float) -> dict[Expr, float]:
    """Return a, 1 - a and their logarithms, a = σ(z)."""
    log_a, log_r = (min(s * z, 0.0) - log1p(float(np.exp(-abs(z)))) for s in (1, -1))
    return {A: float(np.exp(log_a)), R: float(np.exp(log_r)), LOG_A: log_a, LOG_R: log_r}


def _largest_error(what: str, formulas: Sequence[Formula], points: Sequence[Mapping[Expr, float]]) -> Inaccuracy:
    worst, bad = 0.0, []
    for formula, found in zip(formulas, _in_floats(formulas, points), strict=True):
        for point, values, true in zip(points, found, _truths(formula.definition, points), strict=True):
            if true is None:
                continue
            error = max(_error(value, *true) for value in values)
            worst = max(worst, error)
            if error > ACCEPTED:
                bad.append(point)
    names = {letter: formulas[0].arguments[letter] for letter in points[0] if letter not in (R, LOG_A, LOG_R)}
    region = " and ".join(_between(name, [point[letter] for point in bad]) for letter, name in names.items())
    return Inaccuracy(what, len(points), worst, f"where {region}" if bad else "")


def _between(name: str, numbers: Sequence[float]) -> str:
    """Return where numbers lie, in words."""
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    return f"{name} is {low:g}" if low == high else f"{name} is from {low:g} to {high:g}"


def _error(value: float, true: Any, rate: Any) -> float:
    if not isfinite(value):
        return inf
    return float(abs(value - true) / max(abs(true) + rate, TINY))


def _in_floats(
    formulas: Sequence[Formula], points: Sequence[Mapping[Expr, float]]
) -> Iterator[list[tuple[float, float]]]:
    """Yield of each formula its values at all points, by its text for arrays and by that for numbers."""
    arrays, called = array_functions(formulas)
    numbers, _ = number_functions(formulas)
    parts = (DECIMALS, stable_functions(called) if called else "", decimal_functions(arrays))
    of_arrays = loaded("\n\n".join(("import numpy as np", *parts, arrays)))
    of_numbers = loaded("\n\n".join(("import math", DECIMALS, decimal_functions(numbers), numbers)))
    of_numbers.update({name: function for name, function in SCALAR.items() if name not in of_numbers})
    for formula in formulas:
        columns = [np.array([point[letter] for point in points]) for letter in formula.arguments]
        together = of_arrays[formula.name](*columns).tolist()
        alone = [_number(of_numbers[formula.name], row) for row in zip(*(c.tolist() for c in columns), strict=True)]
        yield list(zip(together, alone, strict=True))


def _number(function: Any, arguments: Sequence[float]) -> float:
    try:
        return float(function(*arguments))
    except (ArithmeticError, TypeError, ValueError):
        return nan


def _truths(definition: Expr, points: Sequence[Mapping[Expr, float]]) -> list[tuple[Any, Any] | None]:
    """Return value and Σ |x ∂f/∂x| at each point; None where they are no real numbers, or larger than any float."""
    targets = {point[Y] for point in points if Y in point} or {0.0}
    written = {y: _written(definition.xreplace({Y: Rational(y)})) for y in targets}
    return [_truth(written[point.get(Y, 0.0)], point) for point in points]


def _written(definition: Expr) -> Expr:
    """Return a formula without named functions; NaN where it compares what is no number, as 1/y does at y = 0."""
    try:
        return explicit(definition)
    except TypeError:
        return S.NaN


@cache
def _level(digits: int) -> _Level:
    return _Level(digits)


class _Level:
    """Numbers of so many digits, and what computes with them."""

    def __init__(self, digits: int) -> None:
        self.numbers = Digits(digits)
        self.at = Pointwise(self.numbers).at
        self.step = self.numbers.context.mpf(10) ** (-digits // 3)

    def value(self, e: Expr, point: Mapping[Expr, Any]) -> Any:
        """Return a value that is real and finite, or its limit; else None."""
        found = self._value(e, point)
        if found is None and point:
            sides = [self._value(e, self.beside(point, letter, sign)) for letter in point for sign in (1, -1)]
            real = [each for each in sides if each is not None]
            if len(real) == len(sides) and max(real) - min(real) <= 10 * self.step * max(1, *map(abs, real)):
                return real[0]
        return found

    def _value(self, e: Expr, point: Mapping[Expr, Any]) -> Any:
        try:
            found = self.at(e, point)
            found = found.item() if isinstance(found, np.ndarray) else found
            found = self.numbers.context.mpf(found)
        except (ArithmeticError, TypeError, ValueError):
            return None
        return found if self.numbers.context.isfinite(found) else None

    def beside(self, point: Mapping[Expr, Any], letter: Expr, sign: int = 1) -> dict[Expr, Any]:
        """Return a point a relative step away, or an absolute one from 0."""
        return {**point, letter: point[letter] + sign * self.step * (abs(point[letter]) or 1)}

    def at_point(self, e: Expr, point: Mapping[Expr, float], letters: Sequence[Expr]) -> tuple[Any, Any] | None:
        """Return value and Σ |x ∂f/∂x| at a point; None where they are no real numbers."""
        here = {letter: self.numbers.context.mpf(point[letter]) for letter in letters}
        value = self.value(e, here)
        moved = [self.value(e, self.beside(here, letter)) for letter in letters if here[letter] != 0]
        if value is None or None in moved:
            return None
        return value, sum(abs(each - value) for each in moved) / self.step


def _truth(e: Expr, point: Mapping[Expr, float]) -> tuple[Any, Any] | None:
    """Return the truth in so many digits that more change nothing."""
    letters, last = sorted(e.free_symbols, key=str), None
    if (rough := _level(FIRST).at_point(e, point, letters)) is None or rough[0] > mpmath.mpf(10) ** BEYOND:
        return None
    size = max((abs(point[letter]) for letter in letters), default=0.0)
    for digits in next(levels for up_to, levels in LEVELS if size <= up_to):
        found = _level(digits).at_point(e, point, letters)
        if found is None or not (abs(found[0]) < LARGEST and found[1] < LARGEST):
            return None
        if last is not None and abs(found[0] - last) > abs(found[0]) * SETTLED:
            return None
        last = found[0]
    return found
