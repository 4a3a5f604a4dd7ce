"""Matrix expressions as plain data: what an index equation looks like when whole arrays are named.

    σ'(z) ⊙ (Wᵀ δ)   is   Hadamard((Applied(σ', Named(z)), Product((Transposed(Named(w)), Named(δ)))))

In the notation `matrix` a sample is a column; in `rows` every per-sample tensor has a leading sample axis: Z, A, Δ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, TypeAlias

from sympy import Basic, Expr, FunctionClass, Symbol
from sympy.logic.boolalg import Boolean

from symbackprop.frozen import dataclass
from symbackprop.network import notation
from symbackprop.network.largest import Chosen
from symbackprop.network.notation import Tensor


@dataclass(frozen=True)
class Matrix:
    """Any matrix expression."""


PLACES = tuple(map(notation.index, "ij"))  # of a row and of a column

Places: TypeAlias = tuple[Expr | None, ...]  # of a tensor, one for each axis; None: the whole of it; (): all whole


@dataclass(frozen=True)
class Named(Matrix):
    """A tensor as a whole; `batch` when it has one row per sample; h_t where one axis is at its `places`."""

    tensor: Tensor
    batch: bool = False
    places: Places = ()


@dataclass(frozen=True)
class Gradient(Matrix):
    """∇C: the derivatives of the cost by all entries of a tensor, in the shape of that tensor.

    The cost is that of one sample, or of the `whole` batch; `places` are those of what it is differentiated by."""

    by: Tensor
    batch: bool = False
    whole: bool = False
    places: Places = ()


@dataclass(frozen=True)
class Jacobian(Matrix):
    """∂of/∂by: row i holds the derivatives of of_i by the entries of `by`."""

    of: Tensor
    by: Tensor


@dataclass(frozen=True)
class Ones(Matrix):
    """A column of ones, `size` of them; `size` is None for the number of samples m."""

    size: Expr | None


@dataclass(frozen=True)
class Mask(Matrix):
    """[j ≤ i]: 1 in row i and column j where the condition on these letters holds, else 0; a column where it has no j.

    [j = argmax_q x_iq] is one, too. `sizes` are the numbers of rows and of columns."""

    condition: Boolean | Chosen
    sizes: tuple[Expr, ...]


@dataclass(frozen=True)
class Transposed(Matrix):
    """Rows and columns exchanged."""

    of: Matrix


@dataclass(frozen=True)
class Product(Matrix):
    """The matrix product of the factors, in order."""

    factors: tuple[Matrix, ...]


@dataclass(frozen=True)
class Hadamard(Matrix):
    """The elementwise product ⊙ of the factors."""

    factors: tuple[Matrix, ...]


@dataclass(frozen=True)
class Plus(Matrix):
    """The sum of the terms; a SymPy number among them is added to every entry."""

    terms: tuple[Matrix | Expr, ...]


@dataclass(frozen=True)
class Scaled(Matrix):
    """A number times a matrix."""

    coefficient: Expr
    of: Matrix


@dataclass(frozen=True)
class Total(Matrix):
    """Σ of the matrices for each value of an index from `first` to `last`: Σ_t δ_t h_{t-1}ᵀ."""

    of: Matrix
    index: Symbol
    first: Expr
    last: Expr


@dataclass(frozen=True)
class Turned(Matrix):
    """The entries in the opposite order, along every axis: the last row first, the last column first."""

    of: Matrix


@dataclass(frozen=True)
class Spaced(Matrix):
    """The entries `steps` apart along each axis, with zeros between them."""

    of: Matrix
    steps: tuple[Expr, ...]


@dataclass(frozen=True)
class Correlation(Matrix):
    """(k ⋆ a)_q = Σ_v k_v a_{v+t(q-1)-p}, along each axis with its stride t and padding p; a is 0 outside of it.

    `sizes` are the lengths of the result."""

    kernel: Matrix
    array: Matrix
    padding: tuple[Expr, ...]
    strides: tuple[Expr, ...]
    sizes: tuple[Expr, ...]


@dataclass(frozen=True)
class Greatest(Matrix):
    """The largest entry of each row, as a column; of the `whole` matrix, the largest of all; or the smallest."""

    of: Matrix
    whole: bool = False
    smallest: bool = False


@dataclass(frozen=True)
class Pooled(Matrix):
    """The largest entry of each window of an array, the windows `strides` apart; `lengths` are those of the result.

    They reach over both ends by the `padding`, and leave out what is no entry there, or lies behind one of the `ends`
    that are said."""

    array: Matrix
    sizes: tuple[Expr, ...]
    strides: tuple[Expr, ...]
    padding: tuple[Expr, ...]
    ends: tuple[Expr | None, ...]
    lengths: tuple[Expr, ...]


@dataclass(frozen=True)
class Unpooled(Matrix):
    """Each entry where the first of the largest entries of its window of an array is, and zeros elsewhere.

    The windows are as in `Pooled`; where they overlap, the entries at a place add up."""

    of: Matrix
    array: Matrix
    sizes: tuple[Expr, ...]
    strides: tuple[Expr, ...]
    padding: tuple[Expr, ...]
    ends: tuple[Expr | None, ...]


@dataclass(frozen=True)
class Einsum(Matrix):
    """einsum("ij,jk->ik", factors): a product of whole arrays, summed over the indices that the result has not."""

    factors: tuple[Matrix, ...]
    subscripts: tuple[tuple[Symbol, ...], ...]
    result: tuple[Symbol, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The indices of each factor, then those of the result, a letter each: ij, jk, ik."""
        every = dict.fromkeys(index for indices in (*self.subscripts, self.result) for index in indices)
        short = all(len(index.name) == 1 for index in every)
        letters = {index: index.name if short else chr(ord("a") + place) for place, index in enumerate(every)}
        return tuple("".join(letters[index] for index in indices) for indices in (*self.subscripts, self.result))

    @property
    def text(self) -> str:
        """The first argument of NumPy's einsum: bhd,hde->be."""
        *parts, result = self.words
        return ",".join(parts) + "->" + result


@dataclass(frozen=True)
class Cases(Matrix):
    """The matrix whose condition, on indices that are no axes, is the first to hold; a number is in every entry."""

    rows: tuple[tuple[Matrix | Expr, Boolean], ...]


@dataclass(frozen=True)
class Applied(Matrix):
    """A function applied to every entry: a SymPy function class such as exp, or one of our Elementwise classes."""

    function: FunctionClass
    of: Matrix


@dataclass(frozen=True)
class Entrywise(Matrix):
    """An expression of several entries at the same place, such as max(u, v); `parts` gives each letter its matrix."""

    expression: Expr
    parts: tuple[tuple[Symbol, Matrix], ...]


@dataclass(frozen=True)
class Powered(Matrix):
    """Every entry raised to a power."""

    of: Matrix
    exponent: Expr


def is_padded(of: Pooled | Unpooled) -> bool:
    """Tell whether windows reach over the ends of their array."""
    return any(number != 0 for number in of.padding)


def parts_of(part: Any) -> Iterator[Matrix]:
    """Yield a matrix expression, or several, and all that is in them."""
    if isinstance(part, Matrix):
        yield part
        part = tuple(getattr(part, field.name) for field in fields(part))
    for each in part if isinstance(part, tuple) else ():
        yield from parts_of(each)


def transposed(matrix: Matrix) -> Matrix:
    """Return the transpose, carried inside a product where one is there: (A Bᵀ)ᵀ = B Aᵀ, and (A B)ᵀ as it stands.

    Where that leaves fewer of them it is carried inside what acts on every entry: f(Bᵀ Aᵀ)ᵀ = f(A B)."""
    match matrix:
        case Transposed(of):
            return of
        case Mask(condition, (_, _) as sizes):
            return Mask(condition.xreplace(dict(zip(PLACES, PLACES[::-1], strict=True))), sizes[::-1])
        case Product(factors) if any(isinstance(factor, Transposed) for factor in factors):
            return product_of(*map(transposed, reversed(factors)))
        case Applied() | Powered() | Scaled() | Hadamard() | Plus() | Entrywise():
            inside: Matrix = type(matrix)(*(_transposed(getattr(matrix, field.name)) for field in fields(matrix)))
            turns = [sum(isinstance(part, Transposed) for part in parts_of(each)) for each in (inside, matrix)]
            return inside if turns[0] <= turns[1] else Transposed(matrix)
    return Transposed(matrix)


def _transposed(part: Any) -> Any:
    if isinstance(part, tuple):
        return tuple(map(_transposed, part))
    return transposed(part) if isinstance(part, Matrix) else part


def product_of(*factors: Matrix) -> Product:
    """Return the matrix product of the factors, those of a product among them one by one."""
    parts = (factor.factors if isinstance(factor, Product) else (factor,) for factor in factors)
    return Product(tuple(part for each in parts for part in each))


def replaced(matrix: Matrix, values: Mapping[Expr, Expr]) -> Matrix:
    """Return the matrix with symbols replaced in every tensor and number: the way from layer l to layer 3."""
    return type(matrix)(*(changed(getattr(matrix, f.name), lambda part: part.xreplace(values)) for f in fields(matrix)))


def changed(part: Any, change: Callable[[Basic], Basic]) -> Any:
    """Return a matrix with every tensor, number and condition in it as `change` makes them; so with a part of one."""
    if isinstance(part, Matrix):
        return type(part)(*(changed(getattr(part, field.name), change) for field in fields(part)))
    if isinstance(part, tuple):
        return tuple(changed(each, change) for each in part)
    return change(part) if isinstance(part, Basic) else part
