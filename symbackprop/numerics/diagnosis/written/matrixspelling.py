"""Matrices as a person writes them: delta[1] = (W[2]^T delta[2]) ⊙ sigmoid'(z[1]); read again, it means the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Expr

from symbackprop.calculus.matrices import (
    Applied,
    Gradient,
    Hadamard,
    Matrix,
    Named,
    Plus,
    Powered,
    Product,
    Scaled,
    Transposed,
)
from symbackprop.numerics.diagnosis.written.spelling import Spelling


class Unwritten(Exception):
    """A kind of matrix that no line has a sign for."""


def matrix_text(left: Matrix, right: Matrix, spelling: Spelling) -> str | None:
    """Return left = right as a line; None where there is no way to write a part of it."""
    try:
        return f"{_text(left, spelling)} = {_text(right, spelling)}"
    except Unwritten:
        return None


def _text(matrix: Matrix | Expr, spelling: Spelling) -> str:
    if isinstance(matrix, Expr):
        return str(spelling.doprint(matrix))
    writer = _WRITERS.get(type(matrix))
    if writer is None:
        raise Unwritten(type(matrix).__name__)
    return writer(matrix, spelling)


def _factor(matrix: Matrix | Expr, spelling: Spelling) -> str:
    text = _text(matrix, spelling)
    return f"({text})" if isinstance(matrix, Plus | Hadamard | Product | Scaled) else text


def _named(matrix: Named, spelling: Spelling) -> str:
    if matrix.places:
        raise Unwritten("a part of an array")
    return str(spelling.whole(matrix.tensor))


def _gradient(matrix: Gradient, spelling: Spelling) -> str:
    named = _named(Named(matrix.by, places=matrix.places), spelling)
    return spelling.error(matrix.by) or f"dC/d{named}"


def _sum(matrix: Plus, spelling: Spelling) -> str:
    text = ""
    for term in sorted(matrix.terms, key=lambda term: isinstance(term, Scaled)):  # a - y, not -y + a
        is_negative = isinstance(term, Scaled) and term.coefficient == -1
        shown = _factor(term.of, spelling) if is_negative and isinstance(term, Scaled) else _text(term, spelling)
        sign = (" - " if text else "-") if is_negative else " + " if text else ""
        text += sign + shown
    return text


def _applied(matrix: Applied, spelling: Spelling) -> str:
    function: Any = matrix.function
    name = getattr(function, "stem", function.__name__) + "'" * getattr(function, "order", 0)
    return f"{name}({_text(matrix.of, spelling)})"


_WRITERS: Mapping[type, Callable[[Any, Spelling], str]] = {
    Named: _named,
    Gradient: _gradient,
    Transposed: lambda m, s: f"{_factor(m.of, s)}^T",
    Product: lambda m, s: " ".join(_factor(factor, s) for factor in m.factors),
    Hadamard: lambda m, s: " ⊙ ".join(_factor(factor, s) for factor in m.factors),
    Plus: _sum,
    Scaled: lambda m, s: f"{s.doprint(m.coefficient)} {_factor(m.of, s)}",
    Applied: _applied,
    Powered: lambda m, s: f"{_factor(m.of, s)}^{s.doprint(m.exponent)}",
}
