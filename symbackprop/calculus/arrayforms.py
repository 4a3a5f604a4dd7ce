"""How an equation between entries is written for whole arrays: as matrices, else as an einsum, else not at all.

Σ_i δ_i w_ij               ->  Wᵀ δ                                 a matrix form
Σ_h Σ_d a_bhd w_hde        ->  einsum("bhd,hde->be", A, W)          more axes than a matrix has
Σ_u k_u a_{x+u-1}          ->  neither: the index form is the shortest
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Add, Expr, Indexed, Mul, S, Sum, Symbol

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.calculus.equations import DerivedEquation
from symbackprop.calculus.matrices import Matrix
from symbackprop.calculus.matrixform import columns_of
from symbackprop.calculus.partials import Partial
from symbackprop.errors import CheckError
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import COST, Axis, Tensor
from symbackprop.network.program import entries, free_indices

__all__ = ["Einsum", "einsum_form", "matrix_form", "matrix_sides"]


@dataclass(frozen=True, slots=True)
class Einsum:
    """coefficient · einsum("ij,jk->ik", factors): a product of whole arrays, summed over the indices not on the right.

    A factor is a tensor, or ∂C/∂ of one, as Partial(C, tensor)."""

    coefficient: Expr
    factors: tuple[Expr, ...]
    subscripts: tuple[tuple[Symbol, ...], ...]
    result: tuple[Symbol, ...]

    @property
    def text(self) -> str:
        """The first argument of NumPy's einsum: bhd,hde->be."""
        parts = ("".join(map(str, indices)) for indices in self.subscripts)
        return ",".join(parts) + "->" + "".join(map(str, self.result))


def matrix_form(adjoint: Adjoint) -> tuple[Matrix, Matrix] | None:
    """Return both sides of an adjoint as matrices, or None where its last line has no such form."""
    return matrix_sides(adjoint.left, adjoint.right, adjoint.steps_of_time)


def matrix_sides(left: Expr, right: Expr, steps: frozenset[Symbol] = frozenset()) -> tuple[Matrix, Matrix] | None:
    """Return two sides that are equal entry by entry as matrices, or None where they have no such form.

    `steps` are indices of time: they stay, as in h_t."""
    goal = left.by if isinstance(left, Partial) else left
    only_numbers = not goal.indices and all(not entry.indices for entry in entries(right))
    if only_numbers or right.has(Largest, Chosen):
        return None
    try:
        return columns_of(left, right, steps)
    except CheckError:  # no rule recognises it, or what a rule makes of it is something else
        return None


def einsum_form(equation: DerivedEquation) -> tuple[Einsum, ...] | None:
    """Return the terms of the right side as einsums, or None where one of them is none.

    A term is a product of entries with plain indices, each over the whole of its axis, and summed over the whole of
    it: what is left out of the range of an axis, or shifted along it, is no einsum."""
    left = equation.left.by if isinstance(equation.left, Partial) else equation.left
    if not isinstance(left, Indexed):
        return None
    ranges = dict(zip(left.indices, left.base.axes, strict=True))
    terms = [_einsum(term, left.indices, ranges) for term in Add.make_args(equation.right)]
    return None if None in terms else tuple(term for term in terms if term is not None)


def _einsum(term: Expr, result: tuple[Symbol, ...], ranges: dict[Symbol, Axis]) -> Einsum | None:
    coefficient, found = S.One, []
    for factor, own in _factors(term, ranges):
        if not free_indices(factor) and not factor.has(Indexed):
            coefficient *= factor
            continue
        entry = factor.by if isinstance(factor, Partial) and factor.of == COST else factor
        whole = isinstance(entry, Indexed) and isinstance(entry.base, Tensor)
        if not whole or [own.get(index) for index in entry.indices] != list(entry.base.axes):
            return None
        found.append((Partial(COST, entry.base) if factor != entry else entry.base, tuple(entry.indices)))
    seen = {index for _, indices in found for index in indices}
    if not set(result) <= seen:
        return None
    return Einsum(coefficient, tuple(f for f, _ in found), tuple(i for _, i in found), result)


def _factors(term: Expr, ranges: dict[Symbol, Axis]) -> Iterator[tuple[Expr, dict[Symbol, Axis]]]:
    """Yield the factors of a product, those inside its sums too, each with the ranges of the indices around it."""
    for factor in Mul.make_args(term):
        if isinstance(factor, Sum):
            inside = {symbol: (first, last) for symbol, first, last in map(tuple, factor.limits)}
            if set(inside) & set(ranges):
                yield S.NaN, {}  # one letter for two indices
            yield from _factors(factor.function, {**ranges, **inside})
        else:
            yield factor, ranges
