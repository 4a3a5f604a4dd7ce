"""A matrix form is compared with its index form: both as arrays of exact rationals, entry by entry.

The matrix side is computed with plain lists of rows, by the textbook definition of each operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Any, TypeAlias

from sympy import Basic, Expr, Piecewise, S, Symbol

from symbackprop.calculus.checking import SEEDS, Setting, places_of, spares
from symbackprop.calculus.fields import Digits, Exact
from symbackprop.calculus.matrices import (
    PLACES,
    Applied,
    Cases,
    Correlation,
    Entrywise,
    Gradient,
    Greatest,
    Hadamard,
    Mask,
    Matrix,
    Named,
    Ones,
    Places,
    Plus,
    Pooled,
    Powered,
    Product,
    Scaled,
    Spaced,
    Total,
    Transposed,
    Turned,
    Unpooled,
)
from symbackprop.calculus.worlds import World
from symbackprop.errors import CheckError
from symbackprop.frozen import dataclass
from symbackprop.network.largest import Chosen
from symbackprop.network.notation import Tensor, size

Rows: TypeAlias = list[list[Any]]


def check_recognised(
    expression: Expr,
    matrix: Matrix,
    setting: Setting,
    atoms: Mapping[Tensor, Matrix],
    *,
    stay: frozenset[Symbol] = frozenset(),
) -> None:
    """Raise CheckError unless the matrix has the expression as its entries, at every place in the ranges of `setting`.

    The ranges are in the order rows, columns, but for those of the indices that `stay`; `atoms` says what the tensors
    are called as wholes."""
    tensors = {atom: tensor for tensor, atom in atoms.items()}
    for seed in SEEDS:
        if not _same_at(seed, (expression, matrix), _Reading(setting, tensors, stay)):
            raise CheckError(f"the matrix form {matrix} differs from the index form {expression}")


@dataclass(frozen=True)
class _Reading:
    """How a matrix is read: the ranges of its axes, what its tensors are called, which of the ranges are no axes."""

    setting: Setting
    tensors: Mapping[Matrix, Tensor]
    stay: frozenset[Symbol]


@dataclass(frozen=True)
class _Here:
    """A world in which a matrix has entries, with the places of the indices that are none of its axes."""

    world: World
    tensors: Mapping[Matrix, Tensor]
    at: Mapping[Symbol, int]

    def value(self, expression: Basic, more: Mapping[Symbol, Any] = MappingProxyType({})) -> Any:
        """Return the value of a number of the matrix."""
        return self.world.value(expression, {**self.at, **more})


def _same_at(seed: int, sides: tuple[Expr, Matrix], reading: _Reading) -> bool:
    """Tell whether both sides agree in the world of the seed, or in the next one where neither has a pole."""
    for spare in spares(seed):
        world = reading.setting.world(Exact, spare)
        try:
            if _same(sides, reading, world):
                return True
            return world.field.opaque and _same(sides, reading, reading.setting.world(Digits, spare))
        except ZeroDivisionError:
            continue
    raise CheckError(f"{sides[0]} has no value at any point tried")


def _same(sides: tuple[Expr, Matrix], reading: _Reading, world: World) -> bool:
    spans = {axis: world.range(*ends) for axis, ends in reading.setting.ranges.items()}
    kept = {axis: span for axis, span in spans.items() if axis in reading.stay}
    own = {axis: span for axis, span in spans.items() if axis not in reading.stay}
    points = (dict(zip(kept, place, strict=True)) for place in places_of(list(kept.values())))
    return all(_same_here(sides, own, _Here(world, reading.tensors, at)) for at in points)


def _same_here(sides: tuple[Expr, Matrix], own: Mapping[Symbol, range], here: _Here) -> bool:
    expression, matrix = sides
    rows, *others = own.values() or (range(1),)
    wanted = [[here.value(expression, dict(zip(own, at, strict=False))) for at in product((r,), *others)] for r in rows]
    try:
        found = _rows(matrix, here)
    except (ValueError, KeyError, IndexError):  # two factors whose shapes do not meet; an index that has no place here
        return False
    if (len(found), len(found[0])) != (len(wanted), len(wanted[0])):
        return False
    pairs = ((x, y) for left, right in zip(wanted, found, strict=True) for x, y in zip(left, right, strict=True))
    return all(here.world.field.same(x, y) for x, y in pairs)


def _rows(matrix: Matrix, here: _Here) -> Rows:
    """Return the entries of the matrix as a list of rows; a vector has one column."""
    match matrix:
        case _ if matrix in here.tensors:
            return _table(here.tensors[matrix], (), here)
        case Named(places=places) | Gradient(places=places) if places:
            return _table(here.tensors[replace(matrix, places=())], places, here)
        case Ones() | Mask():
            return _ones(matrix, here)
        case Transposed(of):
            return [list(column) for column in zip(*_rows(of, here), strict=True)]
        case Product(factors):
            left, *more = (_rows(factor, here) for factor in factors)
            for right in more:
                columns = list(zip(*right, strict=True))
                left = [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]
            return left
        case Plus(terms):
            return _sum([here.value(t) if isinstance(t, Expr) else _rows(t, here) for t in terms])
        case Total(of, index, first, last):
            ends = (int(here.value(end)) for end in (first, last))
            steps = [replace(here, at={**here.at, index: place}) for place in here.world.range(*ends)]
            outside = replace(here, at={**here.at, index: 0})  # of no matrices at all: as many zeros as one has entries
            return _sum([_rows(of, there) for there in steps] or [_rows(Scaled(S.Zero, of), outside)])
        case Cases(cases):
            return _chosen(cases, here)
        case Turned() | Spaced() | Correlation() | Greatest() | Pooled() | Unpooled():
            return _moved(matrix, here)
        case Hadamard() | Scaled() | Powered() | Applied() | Entrywise():
            parts, entry = _entrywise(matrix, here)
            tables = [_rows(part, here) for part in parts]
            return [[entry(*cell) for cell in zip(*rows, strict=True)] for rows in zip(*tables, strict=True)]
    raise CheckError(f"{matrix} is not a matrix expression")


def _ones(matrix: Ones | Mask, here: _Here) -> Rows:
    """Return a column of ones, or ones where the condition of a mask holds and zeros elsewhere."""
    if isinstance(matrix, Ones):
        return [[1]] * len(here.world.range(1, size("m") if matrix.size is None else matrix.size))
    rows, columns = (range(1, int(here.value(number)) + 1) for number in (*matrix.sizes, S.One)[:2])
    holds = matrix.condition
    if not isinstance(holds, Chosen):
        holds = Piecewise((S.One, holds), (S.Zero, True), evaluate=False)
    return [[here.value(holds, dict(zip(PLACES, (row, column), strict=True))) for column in columns] for row in rows]


def _entrywise(matrix: Matrix, here: _Here) -> tuple[tuple[Matrix, ...], Callable[..., Any]]:
    """Return the parts of a matrix that is computed entry by entry, and how from theirs."""
    match matrix:
        case Hadamard(factors):
            return factors, lambda *cells: _times(cells)
        case Scaled(coefficient, of):
            number = here.value(coefficient)
            return (of,), lambda cell: number * cell
        case Powered(of, exponent):
            by = here.value(exponent)
            return (of,), lambda cell: here.world.field.power(cell, by)
        case Applied(function, of):
            point = Symbol("point")
            return (of,), lambda cell: here.value(function(point), {point: cell})
    assert isinstance(matrix, Entrywise)
    letters = [letter for letter, _ in matrix.parts]
    return tuple(part for _, part in matrix.parts), lambda *cells: here.value(
        matrix.expression, dict(zip(letters, cells, strict=True))
    )


def _moved(matrix: Turned | Spaced | Correlation | Greatest | Pooled | Unpooled, here: _Here) -> Rows:
    """Return the entries of what is turned round or spaced, and of what moves over an array, 0 outside of that."""
    if isinstance(matrix, Greatest | Pooled | Unpooled):
        return _largest(matrix, here)
    if isinstance(matrix, Turned):
        return [row[::-1] for row in _rows(matrix.of, here)[::-1]]
    if isinstance(matrix, Spaced):
        (down, across), rows = map(int, (*matrix.steps, 1)[:2]), _rows(matrix.of, here)
        apart = [[0] * (across * (len(rows[0]) - 1) + 1) for _ in range(down * (len(rows) - 1) + 1)]
        for place, row in enumerate(rows):
            apart[down * place][::across] = row
        return apart
    kernel, array = _rows(matrix.kernel, here), _rows(matrix.array, here)
    known = {(r, c): cell for r, row in enumerate(array) for c, cell in enumerate(row)}
    cells = [(r, c, cell) for r, row in enumerate(kernel) for c, cell in enumerate(row)]
    (height, width), strides, padding = (
        [int(here.value(number)) for number in (*numbers, other)[:2]]
        for numbers, other in ((matrix.sizes, S.One), (matrix.strides, S.One), (matrix.padding, S.Zero))
    )
    corners = [
        [(strides[0] * r - padding[0], strides[1] * c - padding[1]) for c in range(width)] for r in range(height)
    ]
    return [[sum(k * known.get((r + i, c + j), 0) for i, j, k in cells) for r, c in row] for row in corners]


def _largest(matrix: Greatest | Pooled | Unpooled, here: _Here) -> Rows:
    """Return the largest of each row or window, or zeros in the shape of the array but for what windows have there."""
    if isinstance(matrix, Greatest):
        rows = _rows(matrix.of, here)
        most = min if matrix.smallest else max
        return [[most(row)] for row in ([[cell for row in rows for cell in row]] if matrix.whole else rows)]
    array = _rows(matrix.array, here)
    lengths = (len(array), len(array[0]))
    said = zip(lengths, (*matrix.ends, None)[:2], strict=True)
    ends = [there if end is None else min(there, int(here.value(end))) for there, end in said]
    sizes, strides, padding = (
        [int(here.value(number)) for number in (*numbers, other)[:2]]
        for numbers, other in ((matrix.sizes, S.One), (matrix.strides, S.One), (matrix.padding, S.Zero))
    )

    def largest(*window: int) -> tuple[int, ...]:
        begins = [stride * place - before for stride, place, before in zip(strides, window, padding, strict=True)]
        reach = zip(begins, sizes, ends, strict=True)
        places = product(*(range(max(0, begin), min(begin + length, end)) for begin, length, end in reach))
        return max(places, key=lambda place: array[place[0]][place[1]])  # of equal ones the first

    if isinstance(matrix, Pooled):
        height, width = (int(here.value(n)) for n in (*matrix.lengths, S.One)[:2])
        corners = [[largest(r, c) for c in range(width)] for r in range(height)]
        return [[array[r][c] for r, c in row] for row in corners]
    found = [[0] * len(row) for row in array]
    for r, row in enumerate(_rows(matrix.of, here)):
        for c, entry in enumerate(row):
            down_to, across_to = largest(r, c)
            found[down_to][across_to] += entry
    return found


def _table(tensor: Tensor, places: Places, here: _Here) -> Rows:
    """Return the entries of a tensor that are at the places, where it has some; one number is a matrix, too."""
    fixed = [None if place is None else int(here.value(place)) for place in places or (None,) * len(tensor.axes)]
    spans = [
        here.world.range(*axis) if place is None else (place,) for place, axis in zip(fixed, tensor.axes, strict=True)
    ]
    entries = [here.world.entry(tensor, position) for position in product(*spans)]
    whole = [span for span, place in zip(spans, fixed, strict=True) if place is None]
    width = prod(map(len, whole[1:]))  # of more axes than two, all but the first are one
    return [entries[start : start + width] for start in range(0, len(entries), width)]


def _chosen(cases: tuple[tuple[Matrix | Expr, Any], ...], here: _Here) -> Rows:
    """Return the matrix of the first case that holds; a number in the shape of a matrix of another case."""
    choice = Piecewise(*((place, holds) for place, (_, holds) in enumerate(cases)), evaluate=False)
    value = cases[int(here.value(choice))][0]
    if isinstance(value, Matrix):
        return _rows(value, here)
    shape = next(_rows(each, here) for each, _ in cases if isinstance(each, Matrix))
    return [[here.value(value) for _ in row] for row in shape]


def _times(cells: tuple[Any, ...]) -> Any:
    result = 1
    for cell in cells:
        result = result * cell
    return result


def _sum(terms: list[Any]) -> Rows:
    numbers = sum(term for term in terms if not isinstance(term, list))
    tables = [term for term in terms if isinstance(term, list)]
    return [[numbers + sum(cells) for cells in zip(*rows, strict=True)] for rows in zip(*tables, strict=True)]
