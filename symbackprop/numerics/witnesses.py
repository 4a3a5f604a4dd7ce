"""Witnesses for a gradient that do not know how it was derived: differences, complex steps, SymPy on the whole cost.

    central difference   (8 (C(p + h) - C(p - h)) - (C(p + 2h) - C(p - 2h)))/12h      in floats or in many digits
    complex step         Im C(p + ih)/h                no difference, so h may be tiny
    composed cost        sympy.diff of C as one formula in w, b, x and y, in 50 digits

Each is asked for single entries of the gradient; `Entry` names one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import mpmath
import numpy as np
from sympy import lambdify

from symbackprop.network.model import Network
from symbackprop.network.notation import scalar
from symbackprop.numerics.arithmetic import STEP, Digits, Floats, Numbers
from symbackprop.numerics.interpretation import Forward
from symbackprop.numerics.report import worst_of

Entry: TypeAlias = tuple[str, tuple[int, ...]]  # a parameter and a place in it, counted from 0
Params: TypeAlias = Mapping[str, Any]

DIGITS = 50  # of the composed cost: three times as many as a float has
ROUNDINGS = 8  # of a cost at the end of its sums; 784 inputs were seen to take about that many
ROOM = 5_000_000  # numbers: 40 MB of floats
FADED = 1e-4  # of the layer above: what is smaller has vanished there, as behind a relu that is 0
PASSED = 50  # layers: each that an error comes through adds its roundings, so many as much as all that is allowed for
SMALLEST = 1e-280  # products of smaller numbers underflow


def entries(network: Network, most: int, rng: np.random.Generator) -> list[Entry]:
    """Return every entry of the gradient, or `most` of them drawn at random where there are more."""
    shapes = network.parameter_shapes
    if network.parameter_count <= most:
        return [(name, place) for name, shape in shapes.items() for place in np.ndindex(shape)]
    drawn = []
    names = list(shapes)
    pace = max(1, (len(names) - 1) / (most - 1))
    for number in range(most):  # every parameter in turn: a bias is not drowned by the weights; of very many, some
        name = names[round(number * pace) % len(names)]
        drawn.append((name, tuple(int(rng.integers(size)) for size in shapes[name])))
    return drawn


def central_difference(
    network: Network, at: tuple[Params, Any, Any], wanted: Sequence[Entry], *, digits: int | None = None
) -> list[Any]:
    """Return the derivatives by some parameters as differences of the cost.  at: params, x, y.

    In floats, or with `digits` decimal places, a tenth of which the step has, and two fifths of which the result."""
    numbers: Numbers = Floats() if digits is None else Digits(digits)
    step = numbers.step
    params, x, y = {name: numbers.array(value) for name, value in at[0].items()}, *map(numbers.array, at[1:])
    forward = Forward(network, numbers)
    forward.hold(params, x, y)  # at a kink the derivative is the one that is prescribed, not the mean of both sides
    steps = [step, -step, 2 * step, -2 * step]
    costs = _moved_costs(forward, (params, x, y), [(entry, move) for entry in wanted for move in steps])
    ahead, behind, far_ahead, far_behind = np.reshape(costs, (len(wanted), 4)).T
    slopes = (8 * (ahead - behind) - (far_ahead - far_behind)) / (12 * step)
    return [float(slope) for slope in slopes] if digits is None else [slope.real for slope in slopes]


def _moved_costs(forward: Forward, at: tuple[Params, Any, Any], moves: Sequence[tuple[Entry, Any]]) -> list[Any]:
    """Return the cost after each move of one entry by a step, many at once: each move is a variant of its parameter."""
    params, x, y = at
    found: list[Any] = [None] * len(moves)
    for group in _groups(params, len(x), [name for (name, _), _ in moves]):
        moved = dict(params)
        for variant, number in enumerate(group):
            (name, place), step = moves[number]
            if moved[name] is params[name]:
                kind = np.result_type(params[name], type(step))
                moved[name] = np.repeat(params[name][np.newaxis].astype(kind), len(group), axis=0)
            moved[name][variant, *place] += step
        for number, cost in zip(group, forward(moved, x, y), strict=True):
            found[number] = cost
    return found


def _groups(params: Params, samples: int, names: Sequence[str]) -> Iterator[list[int]]:
    """Yield the numbers of moves that are computed at once: their arrays and what is computed of them have room."""
    each = samples * sum(len(params[name]) for name in params if name.startswith("b"))  # every neuron's values
    group: list[int] = []
    taken: dict[str, int] = {}
    for number in sorted(range(len(names)), key=lambda number: names[number]):
        more = taken | {names[number]: params[names[number]].size}
        if group and (len(group) + 1) * (each + sum(more.values())) > ROOM:
            yield group
            group, more = [], {names[number]: params[names[number]].size}
        group, taken = [*group, number], more
    yield group


def complex_step(
    network: Network, at: tuple[Params, Any, Any], wanted: Sequence[Entry], *, digits: int | None = None
) -> list[Any]:
    """Return the derivatives by some parameters from a step in the imaginary direction.  at: params, x, y.

    In complex floats, or with `digits` decimal places, half of which the result has."""
    params, x, y = at
    numbers: Numbers = Floats() if digits is None else Digits(digits)
    given = {name: numbers.array(value) for name, value in params.items()}
    moves = [(entry, numbers.tiny * numbers.imaginary) for entry in wanted]
    costs = _moved_costs(Forward(network, numbers), (given, numbers.array(x), numbers.array(y)), moves)
    return [cost.imag / numbers.tiny for cost in costs]


def composed_derivative(
    network: Network, at: tuple[Params, Any, Any], wanted: Sequence[Entry], *, max_operations: int
) -> list[Any]:
    """Return the derivatives by some parameters of the composed cost, differentiated as one formula, in 50 digits.

    Raises BudgetError if that formula would have more than `max_operations` operations."""
    params, x, y = at
    derivatives = _derivatives(network, tuple(wanted), max_operations)
    values = [value for name in network.parameter_shapes for value in np.ravel(params[name])]
    rows = []
    with mpmath.workdps(DIGITS):  # the context of mpmath that lambdify calls
        for sample, target in zip(np.asarray(x), np.asarray(y), strict=True):
            rows.append(derivatives(*(mpmath.mpf(float(value)) for value in (*values, *sample, *target))))
        return [mpmath.fsum(column) / len(rows) for column in zip(*rows, strict=True)]


@lru_cache(maxsize=8)
def _derivatives(network: Network, wanted: tuple[Entry, ...], max_operations: int) -> Callable[..., list[Any]]:
    """Return the derivatives of the composed cost as a function of all parameters, inputs and targets of a sample."""
    cost = network.composed_cost(max_operations=max_operations)
    names = {
        (name, place): scalar(name[0].lower(), int(name[1:]), *(p + 1 for p in place))
        for name, shape in network.parameter_shapes.items()
        for place in np.ndindex(shape)
    }
    inputs = [scalar("x", k) for k in range(1, network.widths[0] + 1)]
    targets = [scalar("y", j) for j in range(1, network.widths[-1] + 1)]
    formulas = [cost.diff(names[entry]) for entry in wanted]
    return lambdify([*names.values(), *inputs, *targets], formulas, modules="mpmath", cse=True)  # type: ignore[no-any-return]


def seen_by_differences(cost: float) -> float:
    """Return the size of a derivative of which a central difference has eight digits: below it, rounding is seen.

    Each of the two costs carries a few roundings of eps |C|, so the difference errs by that over h."""
    return float(1e8 * ROUNDINGS * np.finfo(float).eps * abs(cost) / STEP)


def cost_error(found: float, true: float) -> float:
    """Return the difference of two costs, relative to the true one where that is larger than 1."""
    return abs(found - true) / max(1.0, abs(true))


def lost_in_rounding(cost: float, gradient: Params) -> float:
    """Return the size of a derivative that counts where all are 0 but for rounding, as below a softmax of one neuron.

    What a witness finds there is the rounding of terms of the size of the cost, which cancel; 0 everywhere else."""
    size = max(1.0, abs(cost))
    return size if largest_entry(gradient) <= ROUNDINGS * np.finfo(float).eps * size else 0.0


def largest_entry(gradient: Params, least: float = 0.0) -> float:
    """Return the size of the largest entry of a gradient, or `least`; a NaN if there is one."""
    return float(np.max([least, *(np.max(np.abs(value)) for value in gradient.values())]))


def sizes_of(gradient: Params) -> dict[str, float]:
    """Return, for each parameter, what errors of its derivative are relative to: the largest derivative of its layer.

    In a deep network those of the first layers may be 1e-30 of those of the last, right to nearly as many digits.
    Roundings come from the layers above: where nothing else is left, the one above counts, there and further down."""
    found: dict[str, float] = {}
    above, faded = 0.0, False
    layers: dict[int, list[str]] = {}
    for name in gradient:
        layers.setdefault(int(name[1:]), []).append(name)
    for passed, layer in enumerate(sorted(layers, reverse=True)):
        own = largest_entry({name: gradient[name] for name in layers[layer]}, SMALLEST)
        faded = faded or own < FADED * above
        above = above if faded else own
        found |= dict.fromkeys(layers[layer], above * (1 + passed / PASSED))
    return found


def norm_error(gradient: Params, wanted: Sequence[Entry], truth: Sequence[Any], *, least: float = 0.0) -> float:
    """Return the largest difference of the entries, relative to the largest entry of their layer.

    Relative to `least`, where that is larger. A difference that is no number is an infinite one."""
    sizes, pairs = sizes_of(gradient), zip(wanted, truth, strict=True)
    return worst_of(
        abs(float(true - float(gradient[name][at]))) / np.max([least, sizes[name]]) for (name, at), true in pairs
    )
