"""How an equation between entries is written for whole arrays: as matrices, else as einsums, else not at all.

Σ_i δ_i w_ij               ->  Wᵀ δ                                 a matrix form
Σ_h Σ_d a_bhdk w_hdek      ->  einsum("bhdk,hdek->bek", A, W)       more axes than a matrix has
Σ_u k_u a_{x+u-1}          ->  k ⋆ a                                a matrix form, too
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from sympy import Add, Expr, Indexed, Mul, Pow, S, Sum, Symbol

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.calculus.batches import Atoms
from symbackprop.calculus.checking import agree
from symbackprop.calculus.indices import apart
from symbackprop.calculus.matrices import Einsum, Gradient, Matrix, Named, Ones, Plus, Scaled
from symbackprop.calculus.matrixform import columns_of, setting_of
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.recognition import MATRIX_AXES
from symbackprop.calculus.slices import entry_of
from symbackprop.calculus.standins import without_partials
from symbackprop.calculus.unpooling import unpooled_sides
from symbackprop.errors import CheckError
from symbackprop.network.largest import Chosen
from symbackprop.network.notation import Axis
from symbackprop.network.program import Equation, entries, free_indices, ranges_of


def adjoint_sides(adjoint: Adjoint, right: Expr | None = None) -> tuple[Matrix, Matrix] | None:
    """Return an adjoint, or it with a `right` side that names what repeats, as matrices, else as einsums, or None.

    Of a batch they hold the derivatives of the samples' own costs where the adjoint says so."""
    right = adjoint.right if right is None else right
    if adjoint.own is not None:
        right = adjoint.own.right(adjoint.left, right)
    return array_sides(adjoint.left, right, adjoint.steps_of_time)


def array_sides(left: Expr, right: Expr, steps: frozenset[Symbol] = frozenset()) -> tuple[Matrix, Matrix] | None:
    """Return two sides as matrices, else as einsums, else slice by slice, or None where they have none of these."""
    return matrix_sides(left, right, steps) or einsum_sides(left, right) or slice_sides(left, right, steps)


def slice_sides(left: Expr, right: Expr, steps: frozenset[Symbol] = frozenset()) -> tuple[Matrix, Matrix] | None:
    """Return two sides as matrices over the last two axes of arrays that have more, or None.

    The first axes stay indices: each channel of each sample is a matrix X_sc, and a mean is over all of these."""
    goal = left.by if isinstance(left, Partial) else left
    right = right.replace(lambda part: isinstance(part, Sum), lambda total: apart(total, free_indices(goal)))
    read = {entry.by if isinstance(entry, Partial) else entry for entry in (goal, *right.atoms(Indexed, Partial))}
    first = {i for e in read for place in e.indices[:-MATRIX_AXES] for i in free_indices(place)}
    if not first:
        return None
    try:
        return columns_of(left, right, steps | first)
    except CheckError:
        return None


def matrix_sides(left: Expr, right: Expr, steps: frozenset[Symbol] = frozenset()) -> tuple[Matrix, Matrix] | None:
    """Return two sides that are equal entry by entry as matrices, or None where they have no such form.

    `steps` are indices of time: they stay, as in h_t."""
    goal = left.by if isinstance(left, Partial) else left
    only_numbers = not goal.indices and all(not entry.indices for entry in entries(right))
    if only_numbers:
        return None
    if right.has(Chosen):
        with suppress(CheckError):  # of windows, which are no masks
            return unpooled_sides(left, right)
    try:
        return columns_of(left, right, steps)
    except CheckError:  # no rule recognises it, or what a rule makes of it is something else
        return None


def forward_form(
    equation: Equation, times: Mapping[Expr, int], sides_of: Callable[..., tuple[Matrix, Matrix] | None] = array_sides
) -> tuple[Matrix, Matrix] | None:
    """Return a forward equation for whole arrays, or None where it has no such form; `times` are the axes of time.

    It has none where it is a number, reads no arrays, or computes a part of its array alone, as steps of time begin."""
    if not equation.indices or not entries(equation.expression):
        return None
    steps = {equation.indices[times[equation.tensor]]} if equation.tensor in times else set()
    parts = zip(equation.indices, equation.domain or (), equation.tensor.axes, strict=False)
    if any(ends != axis and (index not in steps or ends[0] == ends[1]) for index, ends, axis in parts):
        return None
    return sides_of(*equation.sides, frozenset(steps))


def einsum_sides(left: Expr, right: Expr) -> tuple[Matrix, Matrix] | None:
    """Return two sides that are equal entry by entry as sums of einsums, or None where a term is none.

    A term is a product of entries with plain indices, each over the whole of its axis, and summed over the whole of
    it. The einsums are compared with the entries; what one sums over is told by its arrays alone."""
    atoms: Atoms = {}
    try:
        goal, entry = (without_partials(side, atoms, batch=None) for side in (left, right))
        for each in entries(goal) | entries(entry):
            atoms.setdefault(each.base, Named(each.base))
        ranges = ranges_of(goal)
        terms = [_einsum(term, ranges, atoms) for term in Add.make_args(entry)]
        agree(entry, Add(*(meant for _, meant in terms)), setting_of(goal, entry, atoms))
    except CheckError:
        return None
    return _named(goal, atoms), terms[0][0] if len(terms) == 1 else Plus(tuple(matrix for matrix, _ in terms))


def _einsum(term: Expr, ranges: dict[Symbol, Axis], atoms: Atoms) -> tuple[Matrix, Expr]:
    """Return a term as an einsum, and what that means by the axes of its arrays; raises CheckError if it is none."""
    coefficient, found = S.One, []
    for factor, own in _factors(term, ranges):
        if not free_indices(factor) and not factor.has(Indexed):
            coefficient *= factor
        elif isinstance(factor, Indexed) and _is_whole(factor, own):
            found.append(factor)
        else:
            raise CheckError(f"{term} is no einsum: {factor} is no entry with plain indices over whole axes")
    if not found:  # 0: what decides between cases has no slope
        raise CheckError(f"{term} is no einsum: it has no entry")
    axes = {i: axis for factor in found for i, axis in ranges_of(factor).items()}
    missing = [i for i in ranges if i not in axes]
    summed = [(i, *axis) for i, axis in axes.items() if i not in ranges]
    matrices = (*(_named(factor, atoms) for factor in found), *(Ones(ranges[i][1]) for i in missing))
    subscripts = (*(tuple(filter(free_indices, factor.indices)) for factor in found), *((i,) for i in missing))
    said = zip(matrices[: len(found)], subscripts, strict=False)  # the others are ones
    meant = Mul(coefficient, *(entry_of(factor, letters, atoms) for factor, letters in said))
    plain = subscripts == (tuple(ranges),)
    matrix = matrices[0] if plain else Einsum(matrices, subscripts, tuple(ranges))
    return matrix if coefficient == 1 else Scaled(coefficient, matrix), Sum(meant, *summed) if summed else meant


def _is_whole(entry: Indexed, own: Mapping[Expr, Axis]) -> bool:
    """Tell whether each index runs over the whole of its axis; the only place of an axis of length 1 is all of it."""
    is_whole = all(own.get(i, (i, i)) == axis for i, axis in zip(entry.indices, entry.base.axes, strict=True))
    return is_whole and bool(free_indices(entry))


def _named(entry: Indexed, atoms: Atoms) -> Matrix:
    """Return what stands for an array: X, or X_1 of one whose first axis has length 1."""
    matrix, places = atoms[entry.base], tuple(None if free_indices(place) else place for place in entry.indices)
    return replace(matrix, places=places) if any(places) and isinstance(matrix, Named | Gradient) else matrix


def _factors(term: Expr, ranges: dict[Symbol, Axis]) -> Iterator[tuple[Expr, dict[Symbol, Axis]]]:
    """Yield the factors of a product, those inside its sums too, each with the ranges of the indices around it."""
    for factor in Mul.make_args(term):
        if isinstance(factor, Sum):
            inside = {symbol: (first, last) for symbol, first, last in map(tuple, factor.limits)}
            if set(inside) & set(ranges):
                raise CheckError(f"{term} is no einsum: one letter stands for two indices")
            yield from _factors(factor.function, {**ranges, **inside})
        elif isinstance(factor, Pow) and factor.exp.is_Integer and factor.exp > 1:
            yield from ((factor.base, ranges) for _ in range(int(factor.exp)))
        else:
            yield factor, ranges
