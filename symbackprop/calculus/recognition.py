"""A matrix is recognised term by term: what has the indices of rows and columns, and what is summed between them.

Σ_k a_ik b_kj  ->  A B      u_i v_j  ->  u vᵀ      u_i v_i  ->  u ⊙ v      Σ_t u_ti v_{t-1,j}  ->  Σ_t u_t v_{t-1}ᵀ
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, Function, Indexed, Mul, Piecewise, Pow, S, Sum, Symbol, exp, log

from symbackprop.calculus.batches import BATCH
from symbackprop.calculus.matrices import (
    Applied,
    Cases,
    Entrywise,
    Greatest,
    Hadamard,
    Matrix,
    Ones,
    Plus,
    Powered,
    Product,
    Scaled,
    Total,
    Transposed,
    product_of,
    transposed,
)
from symbackprop.calculus.slices import is_entrywise
from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network.extremes import Where
from symbackprop.network.largest import BINDERS, Largest, Smallest
from symbackprop.network.notation import Tensor
from symbackprop.network.program import entries, free_indices


@dataclass(frozen=True)
class Frame:
    """What recognition needs to know: the names of whole tensors, the size of each axis wanted, what is no axis."""

    atoms: Mapping[Tensor, Matrix]
    sizes: Mapping[Symbol, Expr]
    stay: frozenset[Symbol] = frozenset()

    def is_number(self, expression: Expr) -> bool:
        """Tell whether an expression is the same in every entry: a number, a size, an entry with no index but t."""
        return all(free_indices(part) <= self.stay for part in (expression, *entries(expression)))


def recognise(expression: Expr, axes: tuple[Symbol, ...], frame: Frame) -> Matrix:
    """Return the matrix whose entry at `axes` is the expression; one axis is a column.

    Raises CheckError if no rule recognises it."""
    if len(axes) > MATRIX_AXES and not _is_entry_by_entry(expression, axes, frame):
        raise CheckError(f"an array with {len(axes)} axes has no matrix form")
    if not expression or (not axes and frame.is_number(expression)):
        raise CheckError(f"{expression} is a number made of numbers: there is no matrix in it")
    if isinstance(expression, Add) and not frame.is_number(expression):
        number = _number_of_all(expression)
        return _scaled(number, Plus(tuple(_term(term / number, axes, frame) for term in expression.args)))
    if isinstance(expression, Piecewise) and not is_entrywise(expression, frame.stay):
        cases = tuple((_term(value, axes, frame), holds) for value, holds in expression.args)
        if not any(isinstance(value, Matrix) for value, _ in cases):
            raise CheckError(f"{expression} chooses one of numbers: there is no matrix in it")
        return Cases(cases)
    coefficient, factors, limits = _taken_apart(expression, frame)
    if not factors and any(symbol in frame.stay for symbol, *_ in limits):
        raise CheckError(f"{expression} has no matrix form: it adds up numbers")
    pieces = _merged([_piece(factor, axes, frame) for factor in factors])
    for symbol, first, last in limits:
        if symbol not in frame.stay:
            pieces = _merged(_summed(pieces, (symbol, last - first + 1), axes, frame))
    outside, inside = coefficient.as_independent(*(symbol for symbol, *_ in limits), as_Add=False)
    matrix = _scaled(inside, _fitted(pieces, axes, frame))
    for symbol, first, last in limits:
        if symbol in frame.stay:
            matrix = Total(matrix, symbol, first, last)
    return _scaled(outside, matrix)


MATRIX_AXES = 2
Piece = tuple[Matrix, tuple[Symbol, ...]]  # a matrix and the indices of its rows and columns; no index: a 1 x 1


def _is_entry_by_entry(expression: Expr, axes: tuple[Symbol, ...], frame: Frame) -> bool:
    """Tell whether an array comes of others entry by entry: whatever the number of its axes, it is A ⊙ σ'(Z)."""
    places = {entry.indices for entry in entries(expression) if not frame.is_number(entry)}
    return places == {axes} and all(set(total.variables) <= frame.stay for total in expression.atoms(*BINDERS))


def _number_of_all(total: Add) -> Expr:
    """Return 2 for 2a - 2y, which SymPy multiplies out and no reader does; 1 where terms have different numbers."""
    numbers = {abs(term.as_coeff_Mul()[0]) for term in total.args}
    return numbers.pop() if len(numbers) == 1 else S.One


def _term(term: Expr, axes: tuple[Symbol, ...], frame: Frame) -> Matrix | Expr:
    return term if frame.is_number(term) else recognise(term, axes, frame)


def _scaled(coefficient: Expr, matrix: Matrix) -> Matrix:
    if isinstance(matrix, Scaled):
        coefficient, matrix = coefficient * matrix.coefficient, matrix.of
    return matrix if coefficient == 1 else Scaled(coefficient, matrix)


def _taken_apart(expression: Expr, frame: Frame) -> tuple[Expr, list[Expr], list[tuple[Symbol, Expr, Expr]]]:
    """Return coefficient, factors and limits of a summed product; sums among the factors stay factors."""
    if isinstance(expression, Sum):
        coefficient, factors, limits = _taken_apart(expression.function, frame)
        return coefficient, factors, [*limits, *(limit.args for limit in expression.limits)]
    numbers = [factor for factor in Mul.make_args(expression) if frame.is_number(factor)]
    factors = [factor for factor in Mul.make_args(expression) if not frame.is_number(factor)]
    if len(factors) == 1 and isinstance(factors[0], Sum):
        coefficient, inner, limits = _taken_apart(factors[0], frame)
        return Mul(coefficient, *numbers), inner, limits
    number = Mul(*numbers)
    for place, factor in enumerate(factors):  # -max(-x) is min x
        if number.is_negative and isinstance(factor, Largest) and factor.function.as_coeff_Mul()[0].is_negative:
            number, factors[place] = -number, Smallest(-factor.function, *factor.limits)
    return number, factors, []


def _piece(factor: Expr, axes: tuple[Symbol, ...], frame: Frame) -> Piece:
    if isinstance(factor, Indexed):
        if not all(isinstance(position, Symbol) for position in factor.indices):
            raise CheckError(f"{factor} has no matrix form: its indices are not plain")
        if len(set(factor.indices)) < len(factor.indices) or (
            len(factor.indices) > MATRIX_AXES and factor.indices != axes
        ):
            raise CheckError(f"{factor} has no matrix form: a matrix has two indices, and they differ")
        return frame.atoms[factor.base], factor.indices
    own = free_indices(factor) - frame.stay
    places = tuple(axis for axis in axes if axis in own) + tuple(sorted(own - set(axes), key=str))
    if {entry.indices for entry in entries(factor) if len(entry.indices) == MATRIX_AXES} == {places[::-1]}:
        places = places[::-1]  # (A - Y)ᵀ X, not (Aᵀ - Yᵀ) X
    if is_entrywise(factor, frame.stay):
        return _of_one_place(factor, places, frame.atoms), places
    if isinstance(factor, Largest):
        return _greatest(factor, places, frame)
    if isinstance(factor, Where):
        return recognise(factor.cases, places, frame), places
    if isinstance(factor, Add | Mul | Sum | Piecewise):
        return recognise(factor, places, frame), places
    if isinstance(factor, Pow) and frame.is_number(factor.exp):
        base, order = _piece(factor.base, axes, frame)
        return Powered(base, factor.exp), order
    if isinstance(factor, Pow) and frame.is_number(factor.base):  # 2^z is e^(z ln 2): functions have one argument
        inner, order = _piece(factor.exp * log(factor.base), axes, frame)
        return Applied(exp, inner), order
    if isinstance(factor, Function) and len(factor.args) == 1:
        inner, order = _piece(factor.args[0], axes, frame)
        return Applied(factor.func, inner), order
    raise CheckError(f"{factor} has no matrix form")


def _greatest(largest: Largest, places: tuple[Symbol, ...], frame: Frame) -> Piece:
    """Return the largest along whole axes, or the smallest: of each row, or of all entries."""
    along = tuple(reversed(largest.variables))
    if frame.stay & set(along) or (places and len(along) > 1):
        raise CheckError(f"{largest} has no matrix form: it is not the largest of a row, nor of all")
    of = recognise(largest.function, places + along, frame)
    return Greatest(of, whole=not places, smallest=isinstance(largest, Smallest)), places


def _of_one_place(expression: Expr, places: tuple[Symbol, ...], atoms: Mapping[Tensor, Matrix]) -> Entrywise:
    """Return an expression of entries that all have the indices `places` as one matrix; numbers stay in it.

    Raises CheckError for entries of different places, and for sums."""
    read = [entry for entry in sorted(expression.atoms(Indexed), key=str) if free_indices(entry) & set(places)]
    if expression.has(*BINDERS) or any(entry.indices != places for entry in read):
        raise CheckError(f"{expression} has no matrix form: it reads entries of different places")
    letters = {entry: Symbol(f"u{number}", real=True) for number, entry in enumerate(read)}
    return Entrywise(expression.xreplace(letters), tuple((letters[entry], atoms[entry.base]) for entry in read))


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with those over the same indices multiplied entry by entry."""
    groups: dict[frozenset[Symbol], list[Piece]] = {}
    for matrix, order in pieces:
        groups.setdefault(frozenset(order), []).append((matrix, order))
    merged = []
    for group in groups.values():
        order = group[0][1]
        factors = tuple(matrix if mine == order else transposed(matrix) for matrix, mine in group)
        together = Hadamard(factors) if order else product_of(*factors)  # numbers are just multiplied
        merged.append((factors[0] if len(factors) == 1 else together, order))
    return merged


def _summed(pieces: list[Piece], over: tuple[Symbol, Expr], axes: tuple[Symbol, ...], frame: Frame) -> list[Piece]:
    """Return the pieces after the sum over an index of a given size, which is a matrix product.

    A third factor of the index alone multiplies the rows of the second one: Σ_i a_ji r_i b_id is A (r 1ᵀ ⊙ B)."""
    symbol, count = over
    touched = [piece for piece in pieces if symbol in piece[1]]
    others = [piece for piece in pieces if symbol not in piece[1]]
    if (most := max((len(order) for _, order in touched), default=0)) > MATRIX_AXES:
        raise CheckError(f"a sum over {symbol} of an array with {most} axes has no matrix form")
    if len(touched) == 1 and (dot := _dot(touched[0], symbol)) is not None:
        return [*others, (dot, ())]
    if len(touched) == 1:
        (matrix, _), ones = touched[0], (_ones(count), (symbol,))
        already = isinstance(matrix, Product) and isinstance(matrix.factors[-1], Ones)
        touched = [ones, *touched] if already else [*touched, ones]  # 1ᵀ A 1, where A 1 was the sum over the columns
    if len(touched) == 3 and (alone := [piece for piece in touched if piece[1] == (symbol,)]):
        left, right = sorted((p for p in touched if p is not alone[0]), key=lambda p: _place(p[1], symbol, axes))
        touched = [left, (_fitted([*alone, right], right[1], frame), right[1])]
    if len(touched) != 2:
        raise CheckError(f"a sum over {symbol} of {len(touched)} factors has no matrix form")
    left, right = sorted(touched, key=lambda piece: _place(piece[1], symbol, axes))
    (row,) = [s for s in left[1] if s != symbol] or [None]
    (column,) = [s for s in right[1] if s != symbol] or [None]
    first = left[0] if left[1][-1] == symbol and row is not None else transposed(left[0])
    second = right[0] if right[1][0] == symbol else transposed(right[0])
    order = tuple(s for s in (row, column) if s is not None)
    return [*others, (product_of(first, second), order)]


def _dot(piece: Piece, symbol: Symbol) -> Matrix | None:
    """Return Σ_k u_k v_k as uᵀ v, and Σ_k v_k² as vᵀ v; a column that is a product comes first: (T u)ᵀ v is uᵀ Tᵀ v."""
    matrix, order = piece
    if order != (symbol,):
        return None
    match matrix:
        case Powered(of, exponent) if exponent == 2:
            return product_of(transposed(of), of)
        case Hadamard((first, Product() as second)) if not isinstance(first, Product):
            return product_of(transposed(second), first)
        case Hadamard((*before, last)):
            return product_of(transposed(before[0] if len(before) == 1 else Hadamard(tuple(before))), last)
    return None


def _place(order: tuple[Symbol, ...], symbol: Symbol, axes: tuple[Symbol, ...]) -> int:
    """Return where the other index of a factor belongs: among the rows, among the columns, or nowhere."""
    (other,) = [s for s in order if s != symbol] or [None]
    return axes.index(other) if other in axes else len(axes) - (other is not None)


def _fitted(pieces: list[Piece], axes: tuple[Symbol, ...], frame: Frame) -> Matrix:
    """Return the product of the pieces as one matrix with the given axes."""
    whole = [_oriented(piece, axes) for piece in pieces if set(piece[1]) == set(axes)]
    partial = [piece for piece in pieces if piece[1] and set(piece[1]) < set(axes)]
    numbers = [matrix for matrix, order in pieces if not order and axes]
    if partial:
        whole.append(_outer(partial, axes, frame))
    if not whole and not (numbers and len(axes) == MATRIX_AXES):  # a number in a sum: the same in every entry
        whole.append(
            product_of(
                *(_ones(frame.sizes[axis]) for axis in axes[:1]),
                *(Transposed(_ones(frame.sizes[axis])) for axis in axes[1:]),
            )
        )
    if numbers and len(axes) == MATRIX_AXES:  # a sum of entries, which stands in every place of a matrix
        first, last = (_ones(frame.sizes[axis]) for axis in axes)
        whole.append(product_of(first, *numbers, Transposed(last)))
        numbers = []
    matrix = whole[0] if len(whole) == 1 else Hadamard(tuple(whole))
    return product_of(matrix, *numbers) if numbers else matrix


def _oriented(piece: Piece, axes: tuple[Symbol, ...]) -> Matrix:
    return piece[0] if piece[1] == axes else transposed(piece[0])


def _outer(pieces: list[Piece], axes: tuple[Symbol, ...], frame: Frame) -> Matrix:
    """Return u vᵀ from u over the rows and v over the columns; a missing one is all ones."""
    by_axis = {order[0]: matrix for matrix, order in pieces}
    row, column = axes
    left, right = (by_axis.get(axis) or _ones(frame.sizes[axis]) for axis in (row, column))
    return product_of(left, transposed(right))


def _ones(count: Expr) -> Ones:
    return Ones(None if count == BATCH else count)
