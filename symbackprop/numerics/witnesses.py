"""Witnesses for a gradient that do not know how it was derived: differences, complex steps, SymPy on the whole cost.

    central difference   (8 (C(p + h) - C(p - h)) - (C(p + 2h) - C(p - 2h)))/12h
    complex step         Im C(p + ih)/h                no difference, so h may be tiny
    composed cost        sympy.diff of C as one formula in w, b, x and y, in 50 digits

Each is asked for single entries of the gradient; `Entry` names one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any, TypeAlias

import mpmath
import numpy as np
from sympy import Rational, Symbol, lambdify

from symbackprop.network.model import Network
from symbackprop.network.notation import scalar
from symbackprop.numerics.arithmetic import Digits, Floats, Numbers
from symbackprop.numerics.interpretation import Forward

__all__ = [
    "Entry",
    "central_difference",
    "complex_step",
    "composed_derivative",
    "entries",
    "largest_entry",
    "norm_error",
    "seen_by_differences",
]

Entry: TypeAlias = tuple[str, tuple[int, ...]]  # a parameter and a place in it, counted from 0
Params: TypeAlias = Mapping[str, Any]

# Of a central difference of fourth order: what it cuts off is h⁴, even near a pole nothing; what rounding costs is
# eps/h, and 4e-5 is far from the kinks that a point keeps away from.
STEP = 2e-5
ROUNDINGS = 8  # of a cost at the end of its sums; 784 inputs were seen to take about that many
TINY = 1e-30  # complex step: its square is lost beside any cost, the step itself is not


def entries(network: Network, most: int, rng: np.random.Generator) -> list[Entry]:
    """Return every entry of the gradient, or `most` of them drawn at random where there are more."""
    shapes = network.parameter_shapes
    if network.parameter_count <= most:
        return [(name, place) for name, shape in shapes.items() for place in np.ndindex(shape)]
    drawn = []
    names = list(shapes)
    for number in range(most):  # every parameter in turn: a bias is not drowned by the weights
        name = names[number % len(names)]
        drawn.append((name, tuple(int(rng.integers(size)) for size in shapes[name])))
    return drawn


def central_difference(network: Network, at: tuple[Params, Any, Any], wanted: Sequence[Entry]) -> list[float]:
    """Return the derivatives by some parameters as differences of the cost.  at: params, x, y."""
    params, x, y = at
    forward = Forward(network, Floats())
    forward.hold(params, x, y)  # at a kink the derivative is the one that is prescribed, not the mean of both sides
    working = {name: np.array(value) for name, value in params.items()}

    def cost(name: str, place: tuple[int, ...], step: float) -> float:
        with _moved(working[name], place, step):
            return float(forward(working, x, y))

    def slope(name: str, place: tuple[int, ...]) -> float:
        near, far = (cost(name, place, step) - cost(name, place, -step) for step in (STEP, 2 * STEP))
        return (8 * near - far) / (12 * STEP)

    return [slope(*entry) for entry in wanted]


@contextmanager
def _moved(array: Any, place: tuple[int, ...], step: Any) -> Iterator[None]:
    """While inside, one entry of the array is moved by a step."""
    before = array[place]
    array[place] = before + step
    try:
        yield
    finally:
        array[place] = before


def complex_step(
    network: Network, at: tuple[Params, Any, Any], wanted: Sequence[Entry], *, digits: int | None = None
) -> list[Any]:
    """Return the derivatives by some parameters from a step in the imaginary direction.  at: params, x, y.

    In complex floats, or with `digits` decimal places, half of which the result has."""
    params, x, y = at
    numbers: Numbers = Floats() if digits is None else Digits(digits)
    step = TINY if digits is None else numbers.number(Rational(1, 10 ** (digits // 2)))
    forward = Forward(network, numbers)
    given = {name: numbers.array(value) for name, value in params.items()}
    x, y = numbers.array(x), numbers.array(y)
    found = []
    for name, group in groupby(sorted(wanted), key=lambda entry: entry[0]):  # one copy for each parameter
        working = {**given, name: given[name] + 0 * numbers.imaginary}
        for _, place in group:
            with _moved(working[name], place, step * numbers.imaginary):
                found.append(((name, place), forward(working, x, y).imag / step))
    results = dict(found)
    return [results[entry] for entry in wanted]


def composed_derivative(
    network: Network, at: tuple[Params, Any, Any], wanted: Sequence[Entry], *, max_operations: int
) -> list[Any]:
    """Return the derivatives by some parameters of the composed cost, differentiated as one formula, in 50 digits.

    Raises BudgetError if that formula would have more than `max_operations` operations."""
    params, x, y = at
    cost = network.composed_cost(max_operations=max_operations)
    names, values = _assignment(network, params)
    inputs = [scalar("x", k) for k in range(1, network.widths[0] + 1)]
    targets = [scalar("y", j) for j in range(1, network.widths[-1] + 1)]
    symbols = [*names.values(), *inputs, *targets]
    derivatives = lambdify(symbols, [cost.diff(names[entry]) for entry in wanted], modules="mpmath", cse=True)
    rows = []
    with mpmath.workdps(50):  # the context of mpmath that lambdify calls
        for sample, target in zip(np.asarray(x), np.asarray(y), strict=True):
            rows.append(derivatives(*(mpmath.mpf(float(value)) for value in (*values, *sample, *target))))
        return [mpmath.fsum(column) / len(rows) for column in zip(*rows, strict=True)]


def _assignment(network: Network, params: Params) -> tuple[dict[Entry, Symbol], list[float]]:
    """Return the symbol of every parameter of the composed cost, and the value that it has."""
    names, values = {}, []
    for name, shape in network.parameter_shapes.items():
        for place in np.ndindex(shape):
            letter, layer = name[0].lower(), int(name[1:])
            names[name, place] = scalar(letter, layer, *(p + 1 for p in place))
            values.append(float(params[name][place]))
    return names, values


def seen_by_differences(cost: float) -> float:
    """Return the size of a derivative of which a central difference has eight digits: below it, rounding is seen.

    Each of the two costs carries a few roundings of eps |C|, so the difference errs by that over h."""
    return float(1e8 * ROUNDINGS * np.finfo(float).eps * abs(cost) / STEP)


def largest_entry(gradient: Params, least: float = 0.0) -> float:
    """Return the size of the largest entry of a gradient, or `least`; a NaN if there is one."""
    return float(np.max([least, *(np.max(np.abs(value)) for value in gradient.values())]))


def norm_error(gradient: Params, wanted: Sequence[Entry], truth: Sequence[Any], *, least: float = 0.0) -> float:
    """Return the largest difference of the entries, relative to the largest entry of the whole gradient.

    Relative to `least`, where that is larger. A difference that is no number is an infinite one."""
    largest = largest_entry(gradient, least)
    pairs = zip(wanted, truth, strict=True)
    differences = [abs(float(true - float(gradient[name][place]))) for (name, place), true in pairs]
    worst = float(np.max(differences))  # unlike max() it never passes over a NaN
    error = worst / largest if largest > 0 else worst
    return error if np.isfinite(error) else float("inf")
