"""Sums along a shifted index: a kernel moves over an array, forwards as in a convolution layer, or turned round.

    Σ_i δ_i x_{q+i-1}  ->  δ ⋆ x            Σ_i δ_i k_{q-i+1}, as far as both have entries  ->  rot(k) ⋆ δ, 'full'
    Σ_u x_{q+u-1}      ->  1 ⋆ x            Σ_i δ_i over the windows that hold q            ->  1 ⋆ δ, 'full'

The arrays are those over the shifted indices alone: of δ_oi W_{o,c,q-i+1} the channels o and c stay indices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from sympy import Add, Expr, Indexed, Max, Min, Mul, S, Sum, Symbol, ceiling

from symbackprop.calculus.batches import Atoms
from symbackprop.calculus.inequalities import without_rounding
from symbackprop.calculus.matrices import (
    Correlation,
    Matrix,
    Named,
    Ones,
    Pooled,
    Product,
    Spaced,
    Transposed,
    Turned,
    parts_of,
)
from symbackprop.calculus.recognition import Frame, recognise
from symbackprop.calculus.slices import sliced, unsliced
from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network.largest import Largest
from symbackprop.network.needs import bounds_of
from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import entries, free_indices

MOST_AXES = 2


@dataclass(frozen=True)
class _Shift:
    """A place step·summed + stride·own + rest along one axis: `summed` runs over one factor, `own` is the result's."""

    summed: Symbol
    own: Symbol
    place: Expr

    @property
    def step(self) -> Expr:
        """How far one place of `summed` is from the next."""
        return self.place.coeff(self.summed)

    @property
    def stride(self) -> Expr:
        """How far one place of `own` is from the next."""
        return self.place.coeff(self.own)

    @property
    def rest(self) -> Expr:
        """What is no multiple of either."""
        return self.place - self.step * self.summed - self.stride * self.own


def correlated(left: Indexed, right: Expr, atoms: Atoms) -> tuple[Expr, Atoms, frozenset[Symbol]]:
    """Return the right side with each correlation as an entry of an array of its own, their names, what has to stay.

    So is what is the largest of each window."""
    called: Atoms = {}
    stay: set[Symbol] = set()

    def written(part: Expr) -> Expr:
        total = with_windows(part)
        found = _BINDERS[type(total)](left, total, atoms) if type(total) in _BINDERS else None
        if found is not None:
            value, tensor, matrix, fixed = found
            called[tensor] = matrix
            stay.update(fixed)
            return value
        return part.func(*map(written, part.args)) if part.has(Sum, Largest) or isinstance(part, Add) else part

    return written(right), called, frozenset(stay)


def flat(expression: Expr) -> tuple[list[Expr], list[tuple[Symbol, Expr, Expr]]]:
    """Return the factors of a product and the limits of all sums around one of them."""
    if isinstance(expression, Sum):
        factors, limits = flat(expression.function)
        return factors, [*limits, *(limit.args for limit in expression.limits)]
    parts = [flat(part) if isinstance(part, Sum) else ([part], []) for part in Mul.make_args(expression)]
    return [factor for factors, _ in parts for factor in factors], [limit for _, limits in parts for limit in limits]


_Found: TypeAlias = tuple[Expr, Tensor, Matrix, frozenset[Symbol]]  # see _correlation


def with_windows(expression: Expr) -> Expr:
    """Return a product with a sum over the one window that holds a place: Σ_i v_i from ⌈q/2⌉ to ⌈q/2⌉ for v_⌈q/2⌉."""
    only = sorted(expression.atoms(ceiling), key=str) if isinstance(expression, Mul | Indexed) else []
    if not only or expression.has(Sum):
        return expression
    named = {window: Symbol(f"_{number}", integer=True) for number, window in enumerate(only)}
    return Sum(expression.xreplace(named), *((symbol, window, window) for window, symbol in named.items()))


def windows_of(largest: Largest) -> list[tuple[Expr, Expr | None]]:
    """Return how long a window is along each of its indices, and the last entry that there is, where it is said.

    They are K and N of u from max(1, 4 - 2i) to min(K, N + 3 - 2i) in x_{2i+u-3}. Raises CheckError for no window."""
    found = []
    read = {place for entry in entries(largest.function) for place in entry.indices}
    for symbol, first, last in map(tuple, largest.limits):
        sizes = [end for end in bounds_of(last, Min) if not free_indices(end)]
        places = [
            place.xreplace({symbol: end}).expand()
            for end in bounds_of(last, Min)
            if end not in sizes
            for place in read
            if place.has(symbol)
        ]
        if S.One not in bounds_of(first, Max) or len(sizes) != 1 or len(places) > 1:
            raise CheckError(f"{largest} is not over windows")
        found.append((sizes[0], places[0] if places else None))
    return found


def _correlation(left: Indexed, total: Sum, atoms: Atoms) -> _Found | None:
    """Return a sum with its correlation as one entry, the array of that, what it is, and the indices that stay."""
    factors, limits = flat(total)
    ones = _kernels_of_ones(left, factors, limits)
    atoms = {**atoms, **{entry.base: Ones(entry.base.axes[0][1]) for entry in ones}}
    shifts = _shifts(left, factors := [*factors, *ones], [symbol for symbol, *_ in limits])
    if not 0 < len(shifts) <= MOST_AXES:
        return None
    summed = [shift.summed for shift in shifts]
    moving = {shift.place: Symbol(f"_{shift.summed}", integer=True) for shift in shifts}
    fixed = [factor for factor in factors if free_indices(factor) & set(summed)]
    array = [factor.xreplace(moving) for factor in fixed if any(factor.has(place) for place in moving)]
    kernel = [factor for factor in fixed if not any(factor.has(place) for place in moving)]
    own = {shift.own for shift in shifts}
    if not kernel or any(free_indices(factor) & {*summed, *own} for factor in array):
        return None
    if any(free_indices(factor) & own for factor in kernel):
        return None
    stay = {i for factor in (*array, *kernel) for i in free_indices(factor)} - {*summed, *moving.values()}
    try:
        one = whole(Mul(*kernel), summed, frozenset(stay), atoms)
        other = whole(Mul(*array), list(moving.values()), frozenset(stay), atoms)
        axes = [left.base.axes[left.indices.index(shift.own)] for shift in shifts]
        matrix = _put_together(shifts, one, other, axes)
    except CheckError:
        return None
    tensor = Tensor(f"correlation of {total}", None, axes)
    entry = tensor[tuple(shift.own for shift in shifts)]
    outside = [limit for limit in limits if limit[0] not in summed]
    rest = Mul(*(factor for factor in factors if factor not in fixed), entry)
    return (Sum(rest, *outside) if outside else rest), tensor, matrix, frozenset(stay)


def _pooled(left: Indexed, largest: Largest, atoms: Atoms) -> _Found | None:
    """Return the largest of each window as `_correlation` does."""
    shifts = _shifts(left, [largest.function], list(largest.variables))
    if {shift.summed for shift in shifts} != set(largest.variables) or any(shift.step != 1 for shift in shifts):
        return None
    moving = {shift.place: Symbol(f"_{shift.summed}", integer=True) for shift in shifts}
    stay = free_indices(largest) - {shift.own for shift in shifts}
    try:
        along = dict(zip(largest.variables, windows_of(largest), strict=True))
        array, _ = whole(largest.function.xreplace(moving), list(moving.values()), frozenset(stay), atoms)
    except CheckError:
        return None
    axes = [left.base.axes[left.indices.index(shift.own)] for shift in shifts]
    sizes, ends = zip(*(along[shift.summed] for shift in shifts), strict=True)
    strides, padding = zip(*((shift.stride, -shift.rest - shift.stride) for shift in shifts), strict=True)
    tensor = Tensor(f"pool of {largest}", None, axes)
    matrix = Pooled(array, sizes, strides, padding, ends, tuple(last - first + 1 for first, last in axes))
    return tensor[tuple(shift.own for shift in shifts)], tensor, matrix, stay


_BINDERS: dict[type[Expr], Callable[[Indexed, Expr, Atoms], _Found | None]] = {Sum: _correlation, Largest: _pooled}


def _kernels_of_ones(left: Indexed, factors: list[Expr], limits: list[tuple[Symbol, Expr, Expr]]) -> list[Indexed]:
    """Return entries of ones for each index that moves over an array, or whose ends say so, and has no kernel.

    Σ_i δ_i from ⌈(q - K + c)/s⌉ to ⌊(q + c - 1)/s⌋ is Σ_i δ_i 1_{q-si+c}, with K ones."""
    moving = {shift.summed: shift.place for shift in _shifts(left, factors, [symbol for symbol, *_ in limits])}
    read = [place for factor in factors for entry in entries(factor) for place in entry.indices]
    found = []
    for symbol, first, last in limits:
        places = {place for place in read if place.has(symbol)}
        lows, highs = (
            [end for end in bounds_of(ends, kind) if free_indices(end)] for ends, kind in ((first, Max), (last, Min))
        )
        if symbol in moving and places == {moving[symbol]} and not lows and not highs and first == 1:
            found.append(Tensor(f"{last} ones", None, (last,))[symbol])
        elif places == {symbol} and len(lows) == len(highs) == 1:
            before, after = (without_rounding(e.expand()) for e in (highs[0] - symbol, symbol - lows[0]))
            size = (before + after + 1).expand()
            if not free_indices(size):
                found.append(Tensor(f"{size} ones", None, (size,))[before + 1])
    return found


def _shifts(left: Indexed, factors: list[Expr], summed: list[Symbol]) -> list[_Shift]:
    """Return the places in which a summed index meets one of the left side, in the order of the latter."""
    found = {}
    for entry in (entry for factor in factors for entry in entries(factor)):
        read = [free_indices(place) for place in entry.indices]
        for place, own in zip(entry.indices, read, strict=True):
            inner, outer = (own & set(symbols) for symbols in (summed, {*left.indices}.difference(summed)))
            once = all(inner.isdisjoint(other) for other in read if other is not own)
            if once and len(inner) == len(outer) == 1 and own == inner | outer:
                (step,), (result,) = inner, outer
                found[place] = _Shift(step, result, place)
    shifts = sorted(found.values(), key=lambda shift: left.indices.index(shift.own))
    distinct = len({s.summed for s in shifts}) == len({s.own for s in shifts}) == len(shifts)
    return shifts if distinct else []


def whole(
    expression: Expr, axes: list[Symbol], stay: frozenset[Symbol], atoms: Atoms
) -> tuple[Matrix, tuple[Axis, ...]]:
    """Return a product as a matrix over some indices, with their ranges: the axes in which they stand."""
    ranges: dict[Symbol, Axis] = {}
    for entry in entries(expression):
        for place, axis in zip(entry.indices, entry.base.axes, strict=True):
            if place in axes and ranges.setdefault(place, axis) != axis:
                raise CheckError(f"{expression} reads arrays of different lengths")
    own, slices = sliced(expression, stay, atoms)
    if set(ranges) != set(axes) or any(first != 1 for first, _ in ranges.values()):
        raise CheckError(f"{expression} does not run along every axis from 1 on")
    sizes = {symbol: last for symbol, (_, last) in ranges.items()}
    found = unsliced(recognise(own, tuple(axes), Frame({**atoms, **slices}, sizes, stay)), slices, atoms)
    return found, tuple(ranges[axis] for axis in axes)


def _put_together(
    shifts: list[_Shift], one: tuple[Matrix, tuple[Axis, ...]], other: tuple[Matrix, tuple[Axis, ...]], axes: list[Axis]
) -> Matrix:
    """Return the correlation of two arrays; where one goes forwards as the other goes back, one is turned round."""
    if {(shift.step, shift.stride) for shift in shifts} == {(1, -1)}:  # Σ_i k_i a_{i-q+c} = Σ_v a_v k_{v+q-c}
        back = [replace(shift, place=shift.summed + shift.own - shift.rest) for shift in shifts]
        return _put_together(back, other, one, axes)
    (kernel, spans), (array, ends) = one, other
    steps = tuple(abs(shift.step) for shift in shifts)
    strides = tuple(shift.stride for shift in shifts)
    rests = [shift.rest - 1 + step for shift, step in zip(shifts, steps, strict=True)]
    sizes = tuple(last - first + 1 for first, last in axes)
    spaced = kernel if set(steps) == {1} else Spaced(kernel, steps)
    if all(shift.step > 0 and shift.stride > 0 for shift in shifts):  # Σ_j k_j a_{j + t q + c}
        padding = tuple(-stride - rest for stride, rest in zip(strides, rests, strict=True))
        return Correlation(spaced, array, padding, strides, sizes)
    rests = [shift.rest + 1 - step for shift, step in zip(shifts, steps, strict=True)]
    if any(shift.step > 0 for shift in shifts) or set(strides) != {S.One}:
        raise CheckError("one index goes forwards, and another back")
    ones = all(isinstance(part, Ones | Transposed | Product) for part in parts_of(array))  # ones are ones, turned
    if ones or isinstance(array, Named):  # Σ_j δ_j k_{q - j + c}: the kernel is turned, not the error
        lengths = [last for _, last in ends]
        turned, still = array if ones else Turned(array), spaced
    else:
        lengths = [step * (last - 1) + 1 for step, (_, last) in zip(steps, spans, strict=True)]
        turned, still = Turned(spaced), array
    padding = tuple(length - rest for length, rest in zip(lengths, rests, strict=True))
    return Correlation(turned, still, padding, strides, sizes)
