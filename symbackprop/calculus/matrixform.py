"""From index equations to matrix equations: recognised term by term, and compared with the index form entry by entry.

    Σ_i w_ij δ_i   ->  Wᵀ δ        δ_j a_k  ->  δ aᵀ        σ'(z_j) u_j  ->  σ'(z) ⊙ u        Σ_s δ_sj a_sk  ->  Δᵀ A

For a batch every per-sample tensor gets a sample index s, in front in `rows` and at the end where samples are columns,
and a derivative by a parameter becomes the mean over the samples, as the derivative of a mean is the mean of the
derivatives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sympy import Add, Expr, Function, Indexed, KroneckerDelta, Mul, Piecewise, Pow, Sum, Symbol, exp, log

from symbackprop.calculus.batches import (
    BATCH,
    Atoms,
    Batch,
    sides_of_samples,
)
from symbackprop.calculus.checking import Setting
from symbackprop.calculus.equations import DerivedEquation
from symbackprop.calculus.matrices import (
    Applied,
    Hadamard,
    Matrix,
    Named,
    Ones,
    Plus,
    Powered,
    Product,
    Scaled,
    Transposed,
    entrywise,
    parts_of,
    replaced,
)
from symbackprop.calculus.matrixcheck import check_recognised
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.standins import slopes_of_numbers, without_partials
from symbackprop.errors import CheckError
from symbackprop.network.extremes import Extreme, Where
from symbackprop.network.notation import COST, Single, Tensor
from symbackprop.network.program import Equation, free_indices

__all__ = ["batch_of", "columns", "columns_of", "is_column_form", "recognise", "rows", "rows_of", "writable"]

ROWS = Batch()


@dataclass(frozen=True)
class Frame:
    """What recognition needs to know: the names of whole tensors, and the size of each axis wanted."""

    atoms: Mapping[Tensor, Matrix]
    sizes: Mapping[Symbol, Expr]


def columns(equation: DerivedEquation) -> tuple[Matrix, Matrix]:
    """Return both sides of an equation for one sample, vectors as columns.

    Raises CheckError if the right side has no matrix form, or one that differs from it."""
    return columns_of(equation.left, writable(equation))


def columns_of(left: Expr, right: Expr) -> tuple[Matrix, Matrix]:
    """Return left = right, in index form, as matrices; the indices of the left side are rows, then columns."""
    return _recognised_sides(left, right, None)


def is_column_form(left: Expr, right: Expr, matrix: Matrix) -> bool:
    """Tell whether a matrix, whoever wrote it, has the right side of an equation as its entries, at every place."""
    atoms: Atoms = {}
    goal, entry = (without_partials(side, atoms, batch=None) for side in (left, right))
    for each in goal.atoms(Indexed) | entry.atoms(Indexed):
        atoms.setdefault(each.base, Named(each.base))
    for named in (part for part in parts_of(matrix) if isinstance(part, Named)):
        atoms.setdefault(named.tensor, named)
    setting = Setting((), dict(zip(goal.indices, goal.base.axes, strict=True)), frontier=tuple(atoms))
    try:
        check_recognised(entry, matrix, setting, atoms)
    except CheckError:
        return False
    return True


def rows(equation: DerivedEquation) -> tuple[Matrix, Matrix]:
    """Return both sides of an equation for a batch, one sample per row; raises CheckError as `columns` does."""
    return rows_of(equation.left, writable(equation))


def rows_of(left: Expr, right: Expr) -> tuple[Matrix, Matrix]:
    """Return left = right for a batch, one sample per row, the mean taken at the parameters."""
    return batch_of(left, right, ROWS)


def batch_of(left: Expr, right: Expr, batch: Batch) -> tuple[Matrix, Matrix]:
    """Return left = right for a batch: per-sample quantities with a row or a column per sample.

    A Jacobian differs from sample to sample; an equation with one is written for a single sample."""
    if any(partial.of != COST for partial in right.atoms(Partial)):  # a Jacobian per sample: one of them at a time
        column, matrix = _recognised_sides(left, right, None)
        return (Transposed(column), _transposed(matrix)) if batch.samples == "rows" else (column, matrix)
    return _recognised_sides(left, right, batch)


@cache
def _recognised_sides(left: Expr, right: Expr, batch: Batch | None) -> tuple[Matrix, Matrix]:
    atoms: Atoms = {}
    left, right = (without_partials(side, atoms, batch=batch) for side in (left, right))
    if batch is not None:
        left, right = sides_of_samples((left, right), atoms, batch)
    for entry in left.atoms(Indexed) | right.atoms(Indexed):
        atoms.setdefault(entry.base, Named(entry.base))
    axes = left.indices
    sizes = {symbol: last - first + 1 for total in right.atoms(Sum) for symbol, first, last in map(tuple, total.limits)}
    recognised = recognise(right, axes, Frame(atoms, sizes | dict(zip(axes, left.base.sizes, strict=True))))
    setting = Setting((), dict(zip(axes, left.base.axes, strict=True)), frontier=tuple(atoms))
    check_recognised(right, recognised, setting, atoms)
    return atoms[left.base], replaced(recognised, slopes_of_numbers(atoms))


def _transposed(matrix: Matrix) -> Matrix:
    """Return the transpose, carried inside a product: (A B)ᵀ = Bᵀ Aᵀ."""
    match matrix:
        case Transposed(of):
            return of
        case Product(factors):
            return Product(tuple(_transposed(factor) for factor in reversed(factors)))
    return Transposed(matrix)


def writable(equation: DerivedEquation) -> Expr:
    """Return the last line without case distinctions and Kronecker deltas, which have no matrix form."""
    for step in reversed(equation.chain.steps):
        if not step.after.has(Piecewise, KroneckerDelta):
            return step.after
    return equation.right


def recognise(expression: Expr, axes: tuple[Symbol, ...], frame: Frame) -> Matrix:
    """Return the matrix whose entry at `axes` is the expression; one axis is a column.

    Raises CheckError if no rule recognises it."""
    if len(axes) > MATRIX_AXES:
        raise CheckError(f"an array with {len(axes)} axes has no matrix form")
    if isinstance(expression, Add):
        terms = [term if _is_number(term) else recognise(term, axes, frame) for term in expression.args]
        return Plus(tuple(terms))
    coefficient, factors, limits = _taken_apart(expression)
    pieces = _merged([_piece(factor, axes, frame) for factor in factors])
    for symbol, first, last in limits:
        pieces = _merged(_summed(pieces, (symbol, last - first + 1), axes))
    matrix = _fitted(pieces, axes, frame)
    return matrix if coefficient == 1 else Scaled(coefficient, matrix)


MATRIX_AXES = 2
Piece = tuple[Matrix, tuple[Symbol, ...]]  # a matrix and the indices of its rows and columns; no index: a 1 x 1


def _is_number(expression: Expr) -> bool:
    """Tell whether an expression is the same in every entry: a number, a size, the entry of a tensor without axes."""
    return all(isinstance(entry, Single) for entry in expression.atoms(Indexed)) and not free_indices(expression)


def _taken_apart(expression: Expr) -> tuple[Expr, list[Expr], list[tuple[Symbol, Expr, Expr]]]:
    """Return coefficient, factors and limits of a summed product; sums among the factors stay factors."""
    if isinstance(expression, Sum):
        coefficient, factors, limits = _taken_apart(expression.function)
        return coefficient, factors, [*limits, *(limit.args for limit in expression.limits)]
    numbers = [factor for factor in Mul.make_args(expression) if _is_number(factor)]
    factors = [factor for factor in Mul.make_args(expression) if not _is_number(factor)]
    if len(factors) == 1 and isinstance(factors[0], Sum):
        coefficient, inner, limits = _taken_apart(factors[0])
        return Mul(coefficient, *numbers), inner, limits
    return Mul(*numbers), factors, []


def _piece(factor: Expr, axes: tuple[Symbol, ...], frame: Frame) -> Piece:
    if isinstance(factor, Indexed):
        if not all(isinstance(position, Symbol) for position in factor.indices):
            raise CheckError(f"{factor} has no matrix form: its indices are not plain")
        if len(factor.indices) > 2 or len(set(factor.indices)) < len(factor.indices):
            raise CheckError(f"{factor} has no matrix form: a matrix has two indices, and they differ")
        return frame.atoms[factor.base], factor.indices
    own = free_indices(factor)
    places = tuple(axis for axis in axes if axis in own) + tuple(sorted(own - set(axes), key=str))
    if isinstance(factor, Add | Mul | Sum):
        return recognise(factor, places, frame), places
    if isinstance(factor, Pow) and _is_number(factor.exp):
        base, order = _piece(factor.base, axes, frame)
        return Powered(base, factor.exp), order
    if isinstance(factor, Pow) and _is_number(factor.base):  # 2^z is e^(z ln 2): entrywise functions have one argument
        inner, order = _piece(factor.exp * log(factor.base), axes, frame)
        return Applied(exp, inner), order
    if isinstance(factor, Function) and len(factor.args) == 1:
        inner, order = _piece(factor.args[0], axes, frame)
        return Applied(factor.func, inner), order
    if isinstance(factor, Extreme | Where):
        return entrywise(factor, places, frame.atoms), places
    raise CheckError(f"{factor} has no matrix form")


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with those over the same indices multiplied entry by entry."""
    groups: dict[frozenset[Symbol], list[Piece]] = {}
    for matrix, order in pieces:
        groups.setdefault(frozenset(order), []).append((matrix, order))
    merged = []
    for group in groups.values():
        order = group[0][1]
        factors = tuple(matrix if mine == order else Transposed(matrix) for matrix, mine in group)
        merged.append((factors[0] if len(factors) == 1 else Hadamard(factors), order))
    return merged


def _summed(pieces: list[Piece], over: tuple[Symbol, Expr], axes: tuple[Symbol, ...]) -> list[Piece]:
    """Return the pieces after the sum over an index of a given size, which is a matrix product."""
    symbol, count = over
    if free_indices(count):
        raise CheckError(f"a sum over {symbol} has no matrix form: its range is another from place to place")
    touched = [piece for piece in pieces if symbol in piece[1]]
    others = [piece for piece in pieces if symbol not in piece[1]]
    if len(touched) == 1:
        touched.append((_ones(count), (symbol,)))
    if len(touched) != 2:
        raise CheckError(f"a sum over {symbol} of {len(touched)} factors has no matrix form")
    left, right = sorted(touched, key=lambda piece: _place(piece[1], symbol, axes))
    (row,) = [s for s in left[1] if s != symbol] or [None]
    (column,) = [s for s in right[1] if s != symbol] or [None]
    first = left[0] if left[1][-1] == symbol and row is not None else Transposed(left[0])
    second = right[0] if right[1][0] == symbol else Transposed(right[0])
    order = tuple(s for s in (row, column) if s is not None)
    return [*others, (_product(first, second), order)]


def _place(order: tuple[Symbol, ...], symbol: Symbol, axes: tuple[Symbol, ...]) -> int:
    """Return where the other index of a factor belongs: among the rows, among the columns, or nowhere."""
    (other,) = [s for s in order if s != symbol] or [None]
    return axes.index(other) if other in axes else len(axes) - (other is not None)


def _product(*factors: Matrix) -> Matrix:
    flat: list[Matrix] = []
    for factor in factors:
        flat += factor.factors if isinstance(factor, Product) else [factor]
    return Product(tuple(flat))


def _fitted(pieces: list[Piece], axes: tuple[Symbol, ...], frame: Frame) -> Matrix:
    """Return the product of the pieces as one matrix with the given axes."""
    whole = [_oriented(piece, axes) for piece in pieces if set(piece[1]) == set(axes)]
    partial = [piece for piece in pieces if piece[1] and set(piece[1]) < set(axes)]
    numbers = [matrix for matrix, order in pieces if not order and axes]
    if partial:
        whole.append(_outer(partial, axes, frame))
    if not whole:  # a number in a sum: the same in every entry
        whole.append(
            _product(
                *(_ones(frame.sizes[axis]) for axis in axes[:1]),
                *(Transposed(_ones(frame.sizes[axis])) for axis in axes[1:]),
            )
        )
    matrix = whole[0] if len(whole) == 1 else Hadamard(tuple(whole))
    return _product(matrix, *numbers) if numbers else matrix


def _oriented(piece: Piece, axes: tuple[Symbol, ...]) -> Matrix:
    return piece[0] if piece[1] == axes else Transposed(piece[0])


def _outer(pieces: list[Piece], axes: tuple[Symbol, ...], frame: Frame) -> Matrix:
    """Return u vᵀ from u over the rows and v over the columns; a missing one is all ones."""
    by_axis = {order[0]: matrix for matrix, order in pieces}
    row, column = axes
    for axis in axes:
        if axis not in by_axis and axis not in frame.sizes:  # an index of one step of time, which is no axis here
            raise CheckError(f"it has no matrix form: {axis} is no axis of it")
    left, right = (by_axis.get(axis) or _ones(frame.sizes[axis]) for axis in (row, column))
    return _product(left, Transposed(right))


def _ones(count: Expr) -> Ones:
    return Ones(None if count == BATCH else count)


def forward(equation: Equation, batch: Batch | None = None) -> tuple[Matrix, Matrix]:
    """Return a forward equation as matrices, for one sample or for a batch."""
    sides = equation.target, equation.expression
    return columns_of(*sides) if batch is None else batch_of(*sides, batch)
