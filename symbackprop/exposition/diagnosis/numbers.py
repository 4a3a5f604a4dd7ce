"""The numbers under a line: the whole array where it is small, else the entry in which it differs most from another."""

from __future__ import annotations

from math import isfinite
from typing import Any

from sympy import Expr, Float, Indexed, Integer

from symbackprop.calculus.diagnosis import Formula
from symbackprop.calculus.matrices import Gradient
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Term
from symbackprop.exposition.example.terms import Array, Rounded

__all__ = ["numbers_of", "whole"]

DIGITS = 4  # significant ones
MOST_ROWS, MOST_COLUMNS = 4, 4  # of an array that is shown whole


def whole(left: Expr) -> Term:
    """Return a left side for all entries at once: ∇_W C for ∂C/∂w_jk."""
    if isinstance(left, Partial) and isinstance(left.by, Indexed):
        return Gradient(left.by.base)
    return left


def numbers_of(line: Formula, other: Formula) -> tuple[Term, Term] | None:
    """Return what the numbers under a line are, and they themselves; None where they are not known, or no numbers."""
    left = line.sides[0]
    if line.value is None or other.value is None or line.value.shape != other.value.shape:
        return None
    if not all(isfinite(number) for each in (line, other) for number in each.value.ravel().tolist()):
        return None
    if not isinstance(left, Partial) or not isinstance(left.by, Indexed):
        return left, _shown(float(line.value))
    rows = _rows(line.value)
    if rows and len(rows) <= MOST_ROWS and len(rows[0]) <= MOST_COLUMNS:
        return whole(left), Array(tuple(tuple(map(_shown, row)) for row in rows))
    place = _most_different(line.value, other.value)
    entry = left.by.base[tuple(Integer(position + 1) for position in place)]
    return left.func(left.of, entry), _shown(float(line.value[place]))


def _rows(value: Any) -> list[list[float]]:
    """Return the rows of a matrix, those of a vector as a column; none of an array with more axes."""
    if value.ndim == 1:
        return [[number] for number in value.tolist()]
    return list(value.tolist()) if value.ndim == 2 else []


def _most_different(one: Any, other: Any) -> tuple[int, ...]:
    """Return the place at which two arrays differ most."""
    flat = int(abs(one - other).argmax())
    place: list[int] = []
    for length in reversed(one.shape):
        flat, position = divmod(flat, length)
        place.insert(0, position)
    return tuple(place)


def _shown(number: float) -> Rounded:
    return Rounded(Float(number) if number else Integer(0), DIGITS)
