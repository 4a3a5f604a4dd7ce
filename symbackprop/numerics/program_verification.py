"""Is a compiled program right? Its forward pass and its derivatives beside witnesses that know its equations alone.

    forward pass            each array by its equation, entry by entry, in 50 digits
    difference quotients    of the cost, in 100 digits
    dual numbers            the derivative carried along with the value, in 50 digits
    PyTorch, JAX            what these find of the forward equations, where they are installed
    single derivatives      as they are written for one entry, in 50 digits, beside dual numbers
    ties and kinks          dual numbers where whole numbers make pieces meet and the largest not the only one

Where the equations themselves lose digits in floats, as ln(1 - p) does where p rounds to 1, no code is to blame: how
many they may lose is bounded step by step (Wilkinson's running error analysis), and another point is looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from math import inf
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from symbackprop.calculus.cells import TOTAL
from symbackprop.calculus.entrypartials import EntryPartials
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import BudgetError, DataError
from symbackprop.network.composition import leaf
from symbackprop.network.notation import COST
from symbackprop.network.program import INDEPENDENT, Program
from symbackprop.numerics.autodiff import ALONE, libraries, slopes_by
from symbackprop.numerics.engines.functions import Library
from symbackprop.numerics.program_points import CANCELLED, NOTHING, VANISHED, Point, entries_of, points, scale_of
from symbackprop.numerics.program_witnesses import Entry, Values, difference, dual, is_on_a_kink, places_in, position_of
from symbackprop.numerics.programs import CompiledProgram
from symbackprop.numerics.report import Row, Tell, to_nobody, worst_of

EXACT = 1e-11  # floats beside many digits:
ROUNDING = "floats beside many digits, relative to the largest entry of each array: 2e-15 were seen; 5000 times that"
IN_FLOATS = (
    "both in floats, relative to the largest entry of each array: 2e-14 were seen, 6e-12 where an output was saturated"
)
LOST = "floats beside many digits, where the equations themselves lose so many: bounded step by step"
WRITTEN = 1e-30  # beside dual numbers:
WRITTEN_OUT = (
    "in the derivatives by what reads an entry, and in what is given alone, in 50 digits: 4e-49 were seen, "
    "1e-39 where an output was saturated"
)
MOST_WRITTEN = 6  # entries, of each array in turn
MOST_OPERATIONS = 1_000  # of such a formula; with twice as many SymPy needs seconds for each network
MOST_DIFFERENCES = 8  # entries: each of them evaluates the whole program twice
MOST_BLURRED = 8  # points that are looked at for one where floats keep their digits
NOISE = 1e-3  # of what is found: so little is left of a 0 beside what floats leave, 1e-20 beside 1e-17 of its terms
MOST_LOST = 1e-2  # of a result: with fewer digits than two there is nothing to compare


def program_rows(
    compiled: CompiledProgram,
    samples: int,
    seed: int,
    numbers: Mapping[str, float] = NOTHING,
    *,
    tell: Tell = to_nobody,
) -> Iterator[Row]:
    """Yield the checks of a compiled program, each with its largest error over `samples` random points.

    `numbers` are those of constants that have one."""
    label = (compiled.derivation.title or "equations")[:60]
    tell("points at which all values are real")
    usual, tied = (list(points(compiled.program, seed, samples, ties=ties, numbers=numbers)) for ties in (False, True))
    checks: list[tuple[str, Callable[[CompiledProgram, Point], float], list[Point], str]] = [
        ("forward pass, 50 digits", _forward_error, usual, ROUNDING),
        ("difference quotients", _difference_error, usual, ROUNDING),
        ("dual numbers, 50 digits", _dual_error, usual, ROUNDING),
        ("ties and kinks", _dual_error, tied, ROUNDING),
        *((f"{title}, {ALONE}", partial(_library_error, each), usual, IN_FLOATS) for title, each in libraries()),
    ]
    for name, error_at, at, reason in checks:
        judged = []
        for number, point in enumerate(at, 1):
            tell(f"{name}, point {number} of {samples}")
            judged.append(_judged(point, partial(error_at, compiled)))
        errors, allowed = zip(*judged, strict=True)
        yield Row(name, label, samples, max(errors), max(allowed), reason if max(allowed) <= EXACT else LOST)
    tell("single derivatives")
    (one,) = points(compiled.derivation.program, seed, 1, numbers=numbers)  # of layers: one sample
    yield Row("single derivatives", label, 1, _written_error(compiled.derivation, one), WRITTEN, WRITTEN_OUT)


def _judged(point: Point, error_at: Callable[[Point], float]) -> tuple[float, float]:
    """Return the error at a point and what is allowed there: of some points the one where floats keep most digits.

    Others are looked at only where the first one shows an error, and the equations alone may account for it.
    Raises DataError where floats keep no digits at any."""
    blurred = []
    for _ in range(MOST_BLURRED):
        if (error := error_at(point)) <= EXACT:
            return error, EXACT
        if point.lost < MOST_LOST:
            blurred.append((max(point.lost, EXACT), error_at(point.finer)))
        if point.lost <= EXACT or point.again is None:
            break
        point = point.again()
    if not blurred:
        raise DataError("floats keep no digits of these equations at any random point; write them so that less cancels")
    allowed, error = min(blurred)
    return error, allowed


def _forward_error(compiled: CompiledProgram, point: Point) -> float:
    """Return how far what the program gives is from its equations in 50 digits."""
    computed = compiled.with_sizes(point.sizes).forward(point.values)
    return max(_apart(computed[array.name], point.world.array(array.tensor)) for array in point.program.outputs)


def _difference_error(compiled: CompiledProgram, point: Point) -> float:
    """Return how far the derivatives are from difference quotients of the cost in 100 digits."""
    at = point.values, point.sizes
    few = point.entries[:MOST_DIFFERENCES]
    truth = partial(difference, point.program, at, upstream=point.upstream)
    return _worst(_scaled_gradient(compiled, point), point, few, truth)


def _dual_error(compiled: CompiledProgram, point: Point) -> float:
    """Return how far the derivatives are from those that are carried along with the values in 50 digits."""
    return _worst(_gradient(compiled, point), point, point.entries, point.slope)


def _library_error(library: Library, compiled: CompiledProgram, point: Point) -> float:
    """Return how far the derivatives are from what a library finds that differentiates the forward equations."""
    names = [array.name for array in point.program.of_kind(*INDEPENDENT)]
    try:
        found = slopes_by(library, point, names)
    except OverflowError:
        return inf
    every = tuple((name, place) for name in names for place in np.ndindex(np.shape(found[name])))
    return _worst(_gradient(compiled, point), point, every, lambda entry: float(found[entry[0]][entry[1]]))


def _written_error(derivation: ProgramDerivation, point: Point) -> float:
    """Return how far derivatives are that are written for one entry, in both forms unless these are too large.

    Relative to the largest derivative that is looked at."""
    world, program = point.world, replace(point.program, sizes=point.sizes)
    tensors = [array.tensor for array in program.arrays if array.tensor != COST]
    cells = {leaf(tensor, at): world.cells(tensor)[at] for tensor in tensors for at, _ in places_in(world, tensor)}
    written = EntryPartials(program, derivation.adjoints, MOST_OPERATIONS)

    def value(formula: Expr) -> Any:
        rates = {rate: Symbol(f"rate {number}") for number, rate in enumerate(formula.atoms(Partial))}
        bare = formula.xreplace(rates)
        worth = {rates[rate]: world.cost((cells[rate.by], TOTAL))[1] for rate in rates}
        worth |= {letter: world.at(cells[letter], None)[0] for letter in bare.free_symbols - {*worth}}
        return world.value(bare, worth)

    slopes, errors = [], []
    for name, place in [entry for entry in point.entries if entry[0] in derivation.adjoints][:MOST_WRITTEN]:
        tensor = program.array(name).tensor
        at = position_of(world, tensor, place)
        slopes.append(slope := dual(world, tensor, (name, place)))
        for expanded in (False, True):
            with suppress(BudgetError):
                errors.append(abs(value(written.partial(name, at, expanded=expanded)) - slope))
    return float(max(errors, default=0)) / scale_of([float(slope) for slope in slopes])


def errors_at(
    program: Program, at: tuple[Values, Mapping[Symbol, int]], upstream: Values, gradient: Mapping[str, Any]
) -> tuple[float | None, float]:
    """Return how far derivatives are, at most, from difference quotients in 100 digits, and from dual numbers in 50.

    at: values, sizes. Of large arrays the entries are some that are drawn. On a kink a difference is the mean of both
    slopes: where it is another derivative than was found, such entries are left out; None where all are."""
    values, sizes = at
    point = Point(program, sizes, values, upstream, entries_of(program, values, np.random.default_rng(0)))
    few = point.entries[:MOST_DIFFERENCES]
    truth = partial(difference, program, at, upstream=upstream)
    by_differences: float | None = (found := _worst(gradient, point, few, truth))
    if found > EXACT:
        smooth = tuple(entry for entry in few if not is_on_a_kink(program, at, entry, upstream=upstream))
        by_differences = _worst(gradient, point, smooth, truth) if smooth else None
    return by_differences, _worst(gradient, point, point.entries, point.slope)


def _gradient(compiled: CompiledProgram, point: Point) -> dict[str, Any]:
    compiled = compiled.with_sizes(point.sizes)
    if point.program.has_cost:
        return compiled(point.values)[1]
    return compiled.backward(point.values, point.upstream)


def _scaled_gradient(compiled: CompiledProgram, point: Point) -> dict[str, Any]:
    """Return the same by the function that takes ∂C/∂o where there is a cost, too: half of the derivatives of 2 C."""
    if not point.program.has_cost:
        return _gradient(compiled, point)
    doubled = compiled.with_sizes(point.sizes).backward(point.values, {"C": 2.0})
    return {name: grad / 2 for name, grad in doubled.items()}


def _worst(
    grads: Mapping[str, Any], point: Point, entries: tuple[Entry, ...], truth: Callable[[Entry], float]
) -> float:
    """Return the largest difference of the entries, relative to the largest entry of their array.

    A derivative that is 0 because its terms cancel, as that by a bias before a batch normalisation, keeps their
    rounding: no array counts as smaller than CANCELLED of the largest derivative, nor a 0 as smaller than its terms."""
    largest = max((float(np.max(np.abs(grad), initial=0.0)) for grad in grads.values()), default=0.0)

    def error(entry: Entry) -> float:
        found, true = np.asarray(grads[entry[0]]), truth(entry)
        apart, size = abs(true - float(found[entry[1]])), max(scale_of(found), CANCELLED * largest)
        if (
            apart > EXACT * size
            and abs(true) <= NOISE * apart
            and abs(true) <= VANISHED * (terms := point.terms_of(entry))
        ):
            size = max(size, terms)
        return apart / size

    return worst_of(map(error, entries))


def _apart(found: Any, true: Any) -> float:
    return worst_of(np.ravel(np.abs(np.asarray(found) - true)) / scale_of(true))
