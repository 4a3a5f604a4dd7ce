"""Numbers, columns, rows and matrices of what a line says: a shape, and the expression of one entry.

W^T δ        a shape (n1, 1), and for i: Σ_k w[k, i] δ[k]
∂z/∂W        the derivative of a column by a matrix: it is waiting for what multiplies it, as in the chain rule
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from math import prod
from typing import Any, TypeAlias

from sympy import Add, Expr, Integer, Mul, S, Sum, Symbol

from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor, index

Entry: TypeAlias = Callable[[Expr, Expr], Expr]
Numbers: TypeAlias = Mapping[Expr, int]

ONE = Integer(1)


class Misfit(Exception):
    """What a line says has no value: arrays of these shapes do not go together, or it is not said what is meant."""

    def __init__(self, template: str, **parts: object) -> None:
        """Keep the sentence and what stands in its places."""
        super().__init__(template.format_map(parts))
        self.template, self.parts = template, parts


@dataclass(frozen=True)
class Grid:
    """A number (no shape), or rows and columns; `entry` gives the expression at a row and a column.

    `of` is what it is the derivative by, an array that a chain rule goes on from. With `chain` it is the derivative of
    a column, called by its array, and `along` says how long that is: `entry` takes a third place then, in it. What is
    summed along an axis `spreads` over the rows, or columns, of a matrix that it meets."""

    shape: tuple[Expr, ...]
    entry: Callable[..., Expr]
    text: str = ""
    of: Tensor | None = None
    chain: Tensor | None = None
    along: Expr = field(default=ONE)
    spreads: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is one number."""
        return not self.shape and self.chain is None

    @property
    def value(self) -> Expr:
        """The number that it is."""
        return self.entry(ONE, ONE)


def number(value: Expr) -> Grid:
    """Return the grid of one number."""
    return Grid((), lambda _i, _j: value)


@dataclass
class Tables:
    """How grids are combined; sizes are compared by their `numbers`, and sums get letters of their own."""

    numbers: Numbers
    letters: Iterator[Symbol] = field(default_factory=lambda: (index(f"q{n}") for n in range(10**6)))
    renamed: dict[tuple[str, int | None], Any] = field(default_factory=dict)  # names that are other ones for an array
    broadcasts: bool = False  # an axis of one fits any other, as in the columns of a batch

    def long(self, size: Expr) -> int:
        """Return a size as a number."""
        return int(size.xreplace(dict(self.numbers)))

    def shape(self, grid: Grid) -> tuple[int, ...]:
        """Return the shape in numbers."""
        return tuple(map(self.long, grid.shape))

    def shown(self, grid: Grid) -> str:
        """Return the shape as text: 3×1."""
        return "×".join(map(str, self.shape(grid)))

    def each(self, grids: tuple[Grid, ...], combine: Callable[..., Expr], text: str) -> Grid:
        """Return what is combined entry by entry: numbers fit anything, a column fits a row that is as long.

        In a batch an axis of one entry fits any other, as b does beside W a for every sample."""
        if waiting := next((grid for grid in grids if grid.chain is not None), None):
            raise Misfit("{text} is the derivative of an array by an array; write its entries", text=waiting.text)
        arrays = [grid for grid in grids if grid.shape]
        if not arrays:
            return Grid((), lambda i, j: combine(*(grid.entry(i, j) for grid in grids)), text)
        if self.broadcasts or (any(grid.spreads for grid in arrays) and any(1 not in self.shape(g) for g in arrays)):
            return self._broadcast(grids, combine, text)
        first = max(arrays, key=lambda grid: prod(self.shape(grid)))
        for other in arrays:
            self._check_same(first, other)
        turned = [bool(g.shape) and self.shape(g) != self.shape(first) for g in grids]

        def entry(i: Expr, j: Expr) -> Expr:
            return combine(*(g.entry(j, i) if t else g.entry(i, j) for g, t in zip(grids, turned, strict=True)))

        return Grid(first.shape, entry, text, spreads=all(grid.spreads for grid in arrays))

    def _broadcast(self, grids: tuple[Grid, ...], combine: Callable[..., Expr], text: str) -> Grid:
        arrays = [grid for grid in grids if grid.shape]
        sizes = [max((grid.shape[axis] for grid in arrays), key=self.long) for axis in (0, 1)]
        for grid in arrays:
            if any(n not in (1, self.long(size)) for n, size in zip(self.shape(grid), sizes, strict=True)):
                raise self._apart(next(each for each in arrays if each is not grid), grid)

        def own(grid: Grid, places: tuple[Expr, Expr]) -> Expr:
            shape = self.shape(grid) if grid.shape else (1, 1)
            return grid.entry(*(ONE if n == 1 else place for place, n in zip(places, shape, strict=True)))

        return Grid(tuple(sizes), lambda i, j: combine(*(own(grid, (i, j)) for grid in grids)), text)

    def _check_same(self, first: Grid, other: Grid) -> None:
        one, two = self.shape(first), self.shape(other)
        if one != two and not (1 in one and one == two[::-1]):
            raise self._apart(first, other)

    def _apart(self, first: Grid, other: Grid) -> Misfit:
        sentence = "{first} is {one} and {second} is {two}: entry by entry they do not go together"
        one, two = self.shown(first), self.shown(other)
        return Misfit(sentence, first=first.text, one=one, second=other.text, two=two)

    def added(self, terms: tuple[Grid, ...], text: str) -> Grid:
        """Return a sum."""
        return self.each(terms, Add, text)

    def entrywise(self, left: Grid, right: Grid, text: str, *, loose: bool) -> Grid:
        """Return left ⊙ right; what is `loose` may be a product of matrices, where only that fits."""
        if left.chain is not None or right.chain is not None:
            return self._chained(left, right, text)
        same = left.is_number or right.is_number or self.shape(left) == self.shape(right)
        multiplies = loose and not same and self.long(left.shape[1]) == self.long(right.shape[0])
        is_dot = multiplies and self.long(left.shape[0]) == self.long(right.shape[1]) == 1  # w · x of one sample
        if multiplies and (is_dot or not self.broadcasts):
            return self._matmul(left, right, text)
        try:
            return self.each((left, right), Mul, text)
        except Misfit:
            if not multiplies:
                raise
        return self._matmul(left, right, text)

    def product(self, left: Grid, right: Grid, text: str) -> Grid:
        """Return the product of what stands side by side."""
        if left.chain is not None or right.chain is not None:
            return self._chained(left, right, text)
        if left.is_number or right.is_number:
            return self.each((left, right), Mul, text)
        if self.long(left.shape[1]) != self.long(right.shape[0]):
            raise Misfit(
                "{first} is {one} and {second} is {two}: there is no such product",
                first=left.text,
                one=self.shown(left),
                second=right.text,
                two=self.shown(right),
            )
        return self._matmul(left, right, text)

    def outer(self, left: Grid, right: Grid, text: str) -> Grid:
        """Return the matrix of all products of the entries of two columns, or rows."""
        one, two = (self._as_column(grid) for grid in (left, right))
        return self._matmul(one, self.transposed(two, text), text)

    def _as_column(self, grid: Grid) -> Grid:
        if not grid.shape or grid.chain is not None or 1 not in self.shape(grid):
            raise Misfit("{text} is no column", text=grid.text)
        return grid if self.long(grid.shape[1]) == 1 else self.transposed(grid, grid.text)

    def _matmul(self, left: Grid, right: Grid, text: str) -> Grid:
        inner = left.shape[1]
        if self.long(inner) == 1:
            return Grid((left.shape[0], right.shape[1]), lambda i, j: left.entry(i, ONE) * right.entry(ONE, j), text)

        def entry(i: Expr, j: Expr) -> Expr:
            k = next(self.letters)
            return Sum(left.entry(i, k) * right.entry(k, j), (k, 1, inner))

        shape = (left.shape[0], right.shape[1])
        return Grid(() if self.shape(Grid(shape, entry)) == (1, 1) else shape, entry, text)

    def _chained(self, left: Grid, right: Grid, text: str) -> Grid:
        """Return a product of the chain rule: ∂C/∂u ∂u/∂v, in either order, summed over u."""
        if left.chain is not None and right.chain is not None:
            outer, inner = (left, right) if left.of == right.chain else (right, left)
            if outer.of != inner.chain or 1 not in self.shape(outer):
                raise Misfit("{text}: one derivative does not go on where the other ends", text=text)

            def links(i: Expr, j: Expr, k: Expr) -> Expr:
                m = next(self.letters)
                return Sum(outer.entry(*_along(outer, m), k) * inner.entry(i, j, m), (m, 1, inner.along))

            return replace(outer, shape=inner.shape, entry=links, text=text, of=inner.of)
        vector, rate = (left, right) if right.chain is not None else (right, left)
        if vector.is_number:
            return replace(rate, entry=lambda i, j, k: vector.value * rate.entry(i, j, k), text=text)
        matrix = self.as_matrix(rate)
        is_behind = vector is right and vector.of != rate.chain
        fits = matrix is not None and self.long(matrix.shape[1]) == self.long(vector.shape[0]) != self.long(rate.along)
        if matrix is not None and is_behind and fits:
            return self._matmul(matrix, vector, text)
        if 1 not in self.shape(vector) or max(self.shape(vector)) != self.long(rate.along):
            raise Misfit(
                "{text}: the derivative is of a column of {length} entries, and {other} is {shape}",
                text=text,
                length=self.long(rate.along),
                other=vector.text,
                shape=self.shown(vector),
            )

        def entry(i: Expr, j: Expr) -> Expr:
            k = next(self.letters)
            return Sum(vector.entry(*_along(vector, k)) * rate.entry(i, j, k), (k, 1, rate.along))

        return Grid(rate.shape, entry, text, of=rate.of)

    def as_matrix(self, rate: Grid) -> Grid | None:
        """Return the derivative of a column by a column as a matrix, row k for entry k; None for another."""
        if rate.chain is None:
            return rate
        if not rate.shape:
            return Grid((rate.along, ONE), lambda i, _j: rate.entry(ONE, ONE, i), rate.text)
        if 1 not in self.shape(rate):
            return None
        size = rate.shape[0] if rate.shape[1] == 1 else rate.shape[1]
        return Grid((rate.along, size), lambda i, j: rate.entry(*_along(rate, j), i), rate.text)

    def transposed(self, grid: Grid, text: str) -> Grid:
        """Return the transposed matrix."""
        if grid.is_number:
            return grid
        matrix = self.as_matrix(grid)
        if matrix is None:
            raise Misfit("{text} is the derivative of a column by a matrix; write its entries", text=grid.text)
        return Grid(matrix.shape[::-1], lambda i, j: matrix.entry(j, i), text)

    def along(self, grid: Grid, axis: int) -> Grid:
        """Return the sums along an axis, which has one entry then."""
        if len(grid.shape) != 2 or grid.chain is not None or axis not in (0, 1):
            raise Misfit("{text} has no axis {axis}", text=grid.text, axis=axis)
        k = next(self.letters)
        rows, columns = grid.shape
        if axis == 0:
            return Grid((ONE, columns), lambda _i, j: Sum(grid.entry(k, j), (k, 1, rows)), grid.text, spreads=True)
        return Grid((rows, ONE), lambda i, _j: Sum(grid.entry(i, k), (k, 1, columns)), grid.text, spreads=True)

    def total(self, grid: Grid) -> Grid:
        """Return the sum of all entries."""
        if grid.is_number:
            return grid
        if grid.chain is not None:
            raise Misfit("{text} is the derivative of an array by an array; write its entries", text=grid.text)
        i, j = next(self.letters), next(self.letters)
        limits = [(s, 1, size) for s, size in zip((i, j), grid.shape, strict=True) if size != 1]
        places = [s if size != 1 else ONE for s, size in zip((i, j), grid.shape, strict=True)]
        return number(Sum(grid.entry(*places), *limits) if limits else grid.entry(ONE, ONE))


def _along(grid: Grid, k: Expr) -> tuple[Expr, Expr]:
    """Return the row and the column of entry k of a column, or of a row."""
    return (k, S.One) if not grid.shape or grid.shape[1] == 1 else (S.One, k)
