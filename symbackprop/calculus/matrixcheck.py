"""A matrix form is compared with its index form: both as arrays of exact rationals, entry by entry.

The matrix side is computed with plain lists of rows, by the textbook definition of each operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from sympy import Expr, Symbol

from symbackprop.calculus.checking import SEEDS, Setting, spares
from symbackprop.calculus.fields import Digits, Exact
from symbackprop.calculus.matrices import (
    Applied,
    Entrywise,
    Hadamard,
    Matrix,
    Ones,
    Plus,
    Powered,
    Product,
    Scaled,
    Transposed,
)
from symbackprop.calculus.worlds import World
from symbackprop.errors import CheckError
from symbackprop.network.notation import Tensor, size

__all__ = ["check_recognised"]

Rows: TypeAlias = list[list[Any]]


def check_recognised(expression: Expr, matrix: Matrix, setting: Setting, atoms: Mapping[Tensor, Matrix]) -> None:
    """Raise CheckError unless the matrix has the expression as its entries, at every place in the ranges of `setting`.

    The ranges are in the order rows, columns; `atoms` says what the tensors are called as wholes."""
    for seed in SEEDS:
        if not _same_at(seed, (expression, matrix), setting, atoms):
            raise CheckError(f"the matrix form {matrix} differs from the index form {expression}")


def _same_at(seed: int, sides: tuple[Expr, Matrix], setting: Setting, atoms: Mapping[Tensor, Matrix]) -> bool:
    """Tell whether both sides agree in the world of the seed, or in the next one where neither has a pole."""
    for spare in spares(seed):
        world = setting.world(Exact, spare)
        try:
            if _same(sides, setting, world, atoms):
                return True
            return world.field.opaque and _same(sides, setting, setting.world(Digits, spare), atoms)
        except ZeroDivisionError:
            continue
    raise CheckError(f"{sides[0]} has no value at any point tried")


def _same(sides: tuple[Expr, Matrix], setting: Setting, world: World, atoms: Mapping[Tensor, Matrix]) -> bool:
    expression, matrix = sides
    axes = list(setting.ranges)
    spans = [world.range(*setting.ranges[axis]) for axis in axes]
    columns = spans[1] if len(axes) > 1 else (1,)
    wanted = [
        [world.value(expression, dict(zip(axes, (row, column), strict=False))) for column in columns]
        for row in (spans[0] if axes else (1,))
    ]
    try:
        found = _rows(matrix, world, {atom: tensor for tensor, atom in atoms.items()})
    except ValueError:  # two factors whose shapes do not meet
        return False
    if (len(found), len(found[0])) != (len(wanted), len(wanted[0])):
        return False
    pairs = ((x, y) for left, right in zip(wanted, found, strict=True) for x, y in zip(left, right, strict=True))
    return all(world.field.same(x, y) for x, y in pairs)


def _rows(matrix: Matrix, world: World, tensors: Mapping[Matrix, Tensor]) -> Rows:
    """Return the entries of the matrix as a list of rows; a vector has one column."""
    if matrix in tensors:
        return _table(tensors[matrix], world)
    match matrix:
        case Ones(count):
            return [[1]] * len(world.range(1, size("m") if count is None else count))
        case Transposed(of):
            return [list(column) for column in zip(*_rows(of, world, tensors), strict=True)]
        case Product(factors):
            left, *more = (_rows(factor, world, tensors) for factor in factors)
            for right in more:
                columns = list(zip(*right, strict=True))
                left = [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]
            return left
        case Hadamard(factors):
            parts = [_rows(factor, world, tensors) for factor in factors]
            return [[_times(cell) for cell in zip(*rows, strict=True)] for rows in zip(*parts, strict=True)]
        case Plus(terms):
            return _sum([t if isinstance(t, Expr) else _rows(t, world, tensors) for t in terms], world)
        case Scaled(coefficient, of):
            number = world.value(coefficient, {})
            return [[number * cell for cell in row] for row in _rows(of, world, tensors)]
        case Powered(of, exponent):
            power = world.value(exponent, {})
            return [[world.field.power(cell, power) for cell in row] for row in _rows(of, world, tensors)]
        case Applied(function, of):
            point = Symbol("point")
            return [[world.value(function(point), {point: cell}) for cell in row] for row in _rows(of, world, tensors)]
        case Entrywise(expression, parts):
            letters = [letter for letter, _ in parts]
            tables = [_rows(part, world, tensors) for _, part in parts]
            return [
                [world.value(expression, dict(zip(letters, cell, strict=True))) for cell in zip(*rows, strict=True)]
                for rows in zip(*tables, strict=True)
            ]
    raise CheckError(f"{matrix} is not a matrix expression")


def _table(tensor: Tensor, world: World) -> Rows:
    spans = [world.range(*axis) for axis in tensor.axes]
    if not spans:  # a single number: a matrix with one entry
        return [[world.entry(tensor, ())]]
    if len(spans) == 1:
        return [[world.entry(tensor, (row,))] for row in spans[0]]
    return [[world.entry(tensor, (row, column)) for column in spans[1]] for row in spans[0]]


def _times(cells: tuple[Any, ...]) -> Any:
    product = 1
    for cell in cells:
        product = product * cell
    return product


def _sum(terms: list[Any], world: World) -> Rows:
    numbers = sum(world.value(term, {}) for term in terms if isinstance(term, Expr))
    tables = [term for term in terms if not isinstance(term, Expr)]
    return [[numbers + sum(cells) for cells in zip(*rows, strict=True)] for rows in zip(*tables, strict=True)]
