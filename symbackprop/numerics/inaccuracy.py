"""How many digits a formula of the user's has in floats: measured beside many digits, by `verify`.

    |f - f_exact| / (|f| + |x ∂f/∂x|)       x: z, or a, or the logarithms of shares

The error that a rounding of x brings is no fault of the formula. Points lie on a geometric grid with both signs,
targets up to a million; where a value is no real number, or larger than any float, there is no point.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import product
from math import inf, isfinite, log1p, nan
from typing import Any, TypeAlias

import numpy as np
from sympy import Expr, Function, Pow, S, preorder_traversal

from symbackprop.frozen import dataclass
from symbackprop.network.activations import Activation
from symbackprop.network.costs import A, Cost, Y
from symbackprop.network.formulatext import formula_text
from symbackprop.network.functions import Z, explicit
from symbackprop.network.model import Network
from symbackprop.numerics.functiontext import (
    Formula,
    array_functions,
    decimal_functions,
    formulas_of,
    number_functions,
    stable_functions,
)
from symbackprop.numerics.fusion import LOG_A, LOG_R, R, fused
from symbackprop.numerics.loading import loaded
from symbackprop.numerics.recognition import is_known, known_name
from symbackprop.numerics.stable import imports
from symbackprop.numerics.stable.scalar import SCALAR
from symbackprop.numerics.truths import Budget, SpentError, Truths

ACCEPTED = 1e-9
SIZES = (1e-9, 1e-6, 1e-3, 0.03, 0.3, 1.0, 3.0, 8.0, 20.0, 37.0, 100.0, 300.0, 710.0, 1000.0, 10_000.0)
POINTS = (0.0, *(sign * size for size in SIZES for sign in (1, -1)))
LOGITS = (0.0, *(sign * size for size in (1e-3, 0.3, 3.0, 20.0, 37.0, 710.0, 1000.0, 10_000.0) for sign in (1, -1)))
DISTANCES = (0.0, *(sign * size for size in (1e-6, 1e-3, 0.3, 3.0, 40.0, 1000.0, 10_000.0) for sign in (1, -1)))
TARGETS = (0.0, 0.25, 1.0, -3.5, 3e4, 1e6)
SHARES = (0.0, 0.25, 1.0)  # targets of what lies between 0 and 1
FINE = 1e-13  # of the value itself: an error that is nothing, whatever the slope is
OPERATIONS = 25_000  # in many digits, for one formula and its slope: some 0.25 s
DECIMAL = 20  # of them for each function of a formula, each time that it is computed in decimal numbers
ROUNDED = 1e-15  # how far a number may be off, some roundings
GOLDEN = (5**0.5 - 1) / 2
TINY = 1e-280  # what is smaller has underflowed, or a part of it has

Way: TypeAlias = Callable[[str, Sequence[float]], float]


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


def measured(network: Network, operations: int = OPERATIONS) -> tuple[Inaccuracy, ...]:
    """Return what was measured of each activation and the cost of a network, but for those that are shipped.

    Of a formula that takes more operations than are given, only as many points are looked at as these allow."""
    own = [a for a in dict.fromkeys(network.activations) if a.function is not None and known_name(a.function) is None]
    found = [_of_activation(activation, operations) for activation in own]
    if not is_known(network.cost_function):
        found.append(_of_cost(network.cost_function, network.activations[-1], operations))
    return tuple(found)


def warn_of_inaccuracy(network: Network) -> None:
    """Warn of each formula of the user's whose numbers err by more than is accepted: where, and by how much."""
    for found in measured(network):
        if found.region:
            warnings.warn(str(found), stacklevel=3)


@lru_cache(maxsize=2**8)
def _of_activation(activation: Activation, operations: int) -> Inaccuracy:
    assert activation.function is not None
    points = [{Z: z} for z in POINTS]
    name = f"activation {formula_text(activation.function.definition)[:60]}"
    return _largest_error(name, formulas_of([activation.function]), points, Budget(operations))


@lru_cache(maxsize=2**8)
def _of_cost(cost: Cost, activation: Activation, operations: int) -> Inaccuracy:
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
    return _largest_error(
        f"cost {cost.name} after {activation.name}", [own.cost, own.slope], points, Budget(operations)
    )


def _share(z: float) -> dict[Expr, float]:
    """Return a, 1 - a and their logarithms, a = σ(z)."""
    log_a, log_r = (min(s * z, 0.0) - log1p(float(np.exp(-abs(z)))) for s in (1, -1))
    return {A: float(np.exp(log_a)), R: float(np.exp(log_r)), LOG_A: log_a, LOG_R: log_r}


def _largest_error(
    what: str, formulas: Sequence[Formula], points: Sequence[Mapping[Expr, float]], budget: Budget
) -> Inaccuracy:
    errors: list[tuple[float, Mapping[Expr, float]]] = []
    looked_at = 0
    truths = [Truths(_written(formula.definition), budget) for formula in formulas]
    ways = _in_floats(formulas, budget)
    with suppress(SpentError):
        for place in sorted(range(len(points)), key=_scattered):
            point, looked_at = points[place], looked_at + 1
            for formula, truth in zip(formulas, truths, strict=True):
                row = [point[letter] for letter in formula.arguments]
                errors.append((_error_at([way(formula.name, row) for way in ways], truth, point), point))
    bad = [point for error, point in errors if error > ACCEPTED]
    names = {letter: formulas[0].arguments[letter] for letter in points[0] if letter not in (R, LOG_A, LOG_R)}
    region = " and ".join(_between(name, [point[letter] for point in bad]) for letter, name in names.items())
    worst = max((error for error, _ in errors), default=0.0)
    return Inaccuracy(what, looked_at, worst, f"where {region}" if bad else "")


def _scattered(place: int) -> float:
    """Return when a point has its turn: however few are looked at, they lie all over the range."""
    return place * GOLDEN % 1


def _error_at(values: Sequence[float], truths: Truths, point: Mapping[Expr, float]) -> float:
    """Return the largest error of some floats, relative to |f| + |x ∂f/∂x|; 0 where the formula has no value."""
    found = truths.at(point)
    if found is None:
        return 0.0
    true, digits = found
    finite = all(map(isfinite, values))
    off = max(abs(value - true) for value in values) if finite else inf
    if off <= FINE * abs(true):
        return float(off / abs(true)) if true else 0.0
    rate = truths.rate(point, digits)
    if rate is None:
        return 0.0
    error = float(off / max(abs(true) + rate, TINY)) if finite else inf
    return 0.0 if error > ACCEPTED and finite and _is_rounding(values, truths, point) else error


def _is_rounding(values: Sequence[float], truths: Truths, point: Mapping[Expr, float]) -> bool:
    """Tell whether the values are those of a point that rounding takes for this one: 0.001 is not quite 1/1000.

    At a kink the slope may be that of either side, or between the two."""
    beside = ({**point, letter: point[letter] * (1 + side * ROUNDED)} for letter in point for side in (-1, 1))
    found = [value[0] for near in (point, *beside) if (value := truths.at(near)) is not None]
    slack = ACCEPTED * max(map(abs, found))
    return all(min(found) - slack <= value <= max(found) + slack for value in values)


def _between(name: str, numbers: Sequence[float]) -> str:
    """Return where numbers lie, in words."""
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    return f"{name} is {low:g}" if low == high else f"{name} is from {low:g} to {high:g}"


def _loaded(*parts: str) -> dict[str, Any]:
    text = "\n\n".join(parts)
    return loaded(f"{imports(text)}\n\n{text}")


def _in_floats(formulas: Sequence[Formula], budget: Budget) -> tuple[Way, Way]:
    """Return what computes the formulas by their names: by their text for arrays, and by that for numbers."""
    arrays, called = array_functions(formulas)
    numbers, _ = number_functions(formulas)
    of_arrays = _loaded(stable_functions(called) if called else "", decimal_functions(arrays), arrays)
    of_numbers = _loaded(decimal_functions(numbers), numbers)
    of_numbers.update({name: function for name, function in SCALAR.items() if name not in of_numbers})
    again = DECIMAL * max(_functions_in(formula.definition) for formula in formulas)
    for names in (of_arrays, of_numbers):
        if (exact := names.get("exact")) is not None:
            names["exact"] = lambda function, *row, exact=exact: exact(budget.charging(again, function), *row)
    return (
        lambda name, row: float(of_arrays[name](*(np.array([number]) for number in row))[0]),
        lambda name, row: _number(of_numbers[name], row),
    )


def _functions_in(definition: Expr) -> int:
    return sum(isinstance(part, Function | Pow) for part in preorder_traversal(_written(definition)))


def _number(function: Any, arguments: Sequence[float]) -> float:
    try:
        return float(function(*arguments))
    except (ArithmeticError, TypeError, ValueError):
        return nan


def _written(definition: Expr) -> Expr:
    """Return a formula without named functions; NaN where it compares what is no number, as 1/y does at y = 0."""
    try:
        return explicit(definition)
    except TypeError:
        return S.NaN
