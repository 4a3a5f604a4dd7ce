"""Indices that stay indices where all others become rows and columns: the time of a recurrence, the word of a table.

    ∂C/∂h_tj = Σ_k ∂C/∂z_{t+1,k} w_kj     ->     u_j = Σ_k v_k w_kj   with   u = ∇_{h_t} C  and  v = ∇_{z_{t+1}} C

An index belongs to matrices where it runs over the whole of every axis in which it stands. One that is shifted, as
t + 1, that leaves a part of an axis out, or that decides between cases, has to stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Basic, Dummy, Expr, Indexed, KroneckerDelta, Piecewise, Symbol

from symbackprop.calculus.batches import Atoms
from symbackprop.calculus.indices import apart
from symbackprop.calculus.matrices import Gradient, Matrix, Named, changed
from symbackprop.errors import CheckError
from symbackprop.network.extremes import Extreme, Where
from symbackprop.network.largest import BINDERS
from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import entries, free_indices, ranges_of


def staying(
    left: Indexed, right: Expr, steps: frozenset[Symbol] = frozenset()
) -> tuple[Expr, Mapping[Symbol, Axis], frozenset[Symbol]]:
    """Return the right side with one range for each letter, these ranges, and the indices that are no rows or columns.

    `steps` are among them, where they are said to be. Raises CheckError where none is left for rows."""
    ranges = ranges_of(left)
    right = _with_one_range_each(right, ranges)
    limits = (limit.args[1:] for total in right.atoms(*BINDERS) for limit in total.limits)
    found = {symbol for ends in limits for end in ends for symbol in free_indices(end)} | steps
    for entry in entries(left) | entries(right):
        for place, axis in zip(entry.indices, entry.base.axes, strict=True):
            if ranges.get(place) != axis:
                found |= free_indices(place)
    for part in sorted(right.atoms(Piecewise, Where, KroneckerDelta), key=str):
        if not is_entrywise(part, frozenset(found)):
            found |= _beside(part) or {symbol for holds in _conditions(part) for symbol in free_indices(holds)}
    if left.indices and found >= set(left.indices) and not steps >= set(left.indices):
        raise CheckError(f"{left} has no matrix form: none of its indices runs over whole axes alone")
    return right, ranges, frozenset(found)


def _with_one_range_each(expression: Expr, ranges: dict[Symbol, Axis]) -> Expr:
    """Return the expression with one range for each letter: of two sums over k with different ranges, one has another.

    `ranges` are those of the letters that are known, and learns the others."""
    if not expression.has(*BINDERS):
        return expression
    if isinstance(expression, BINDERS):
        limits = {symbol: (first, last) for symbol, first, last in map(tuple, expression.limits)}
        alike = {symbol for symbol, axis in limits.items() if ranges.get(symbol, axis) == axis}
        expression = apart(expression, set(ranges) - alike)
        ranges.update((symbol, (first, last)) for symbol, first, last in map(tuple, expression.limits))
        return type(expression)(_with_one_range_each(expression.function, ranges), *expression.limits)
    return expression.func(*(_with_one_range_each(part, ranges) for part in expression.args))


def _conditions(part: Expr) -> tuple[Expr, ...]:
    cases = part.cases if isinstance(part, Where) else part
    return tuple(holds for _, holds in cases.args) if isinstance(cases, Piecewise) else (part,)


def _beside(part: Expr) -> frozenset[Symbol]:
    """Return the indices of what a choice reads beside one place that has these and more: c, of x_cij and A_c.

    Where they stay, the choice is made at every entry on its own; without such, there are none."""
    places = {entry.indices for entry in entries(part) if free_indices(entry)}
    largest = max(places, key=len, default=())
    others = frozenset(index for place in places - {largest} for at in place for index in free_indices(at))
    return others if others < set(largest) and is_entrywise(part, others) else frozenset()


def is_entrywise(part: Expr, stay: frozenset[Symbol] = frozenset()) -> bool:
    """Tell whether a choice is made at every entry on its own: it reads one place, and no index as a number.

    Those that `stay` are no indices of entries; a choice that depends on these alone is made for whole arrays."""
    if not isinstance(part, Piecewise | Where | Extreme):
        return False
    if any(free_indices(holds) and not entries(holds) for holds in _conditions(part)):
        return False
    places = {entry.indices for entry in entries(part) if free_indices(entry) - stay}
    letters = {entry: Dummy() for entry in entries(part)}
    return len(places) == 1 and free_indices(part.xreplace(letters)) <= stay


def sliced(expression: Expr, stay: frozenset[Symbol], atoms: Atoms) -> tuple[Expr, Atoms]:
    """Return the expression with h_{t-1,j} as the entry j of an array of its own, and what these arrays are called.

    Raises CheckError for a place in which an index that stays meets one that does not."""
    slices: Atoms = {}
    values: dict[Expr, Expr] = {}
    for entry in entries(expression):
        whole = [not free_indices(place) <= stay for place in entry.indices]
        places = tuple(None if is_whole else place for place, is_whole in zip(entry.indices, whole, strict=True))
        kept = [axis for axis, is_whole in enumerate(whole) if is_whole]
        if not 0 < len(kept) < len(whole):
            continue
        atom = atoms[entry.base]
        if not isinstance(atom, Named | Gradient):
            raise CheckError(f"{entry} has no matrix form: only a part of it is wanted")
        tensor = Tensor(f"{entry.base}{places}", None, tuple(entry.base.axes[axis] for axis in kept))
        slices[tensor] = replace(atom, places=places)
        values[entry] = tensor[tuple(entry.indices[axis] for axis in kept)]
    return expression.xreplace(values), slices


def unsliced(matrix: Matrix, slices: Atoms, atoms: Atoms) -> Matrix:
    """Return a matrix whose numbers and conditions have entries of arrays as they are called: z_li, not (z_i)_l."""

    def whole(part: Basic) -> Basic:
        return part.replace(
            lambda each: isinstance(each, Indexed) and each.base in slices,
            lambda each: entry_of(slices[each.base], each.indices, atoms),
        )

    found: Matrix = changed(matrix, whole)
    return found


def entry_of(part: Matrix, letters: tuple[Expr, ...], atoms: Atoms) -> Expr:
    """Return the entry of an array that a part of it has at `letters`, one for each axis that is no place: z_li of z_i.

    Raises CheckError where there are more letters, or fewer."""
    assert isinstance(part, Named | Gradient)
    (tensor,) = (tensor for tensor, atom in atoms.items() if atom == replace(part, places=()))
    places, given = part.places or (None,) * len(tensor.axes), iter(letters)
    if places.count(None) != len(letters):
        raise CheckError(f"{part} has other axes than {', '.join(map(str, letters))}")
    return tensor[tuple(next(given) if place is None else place for place in places)]
