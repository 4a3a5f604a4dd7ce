"""Mistakes on the way back through a normalisation: a mean or a variance taken for a constant, n - 1 for n.

h = (x - μ)/√v          ∂C/∂x = (δ - 1/n Σ δ - h/n Σ δ h)/√v
mean_detached           without 1/n Σ δ
variance_detached       without h/n Σ δ h

The derived equation has one term for each statistic: one that is taken for a constant is a term left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Pow, Sum

from symbackprop.calculus.mistakes.variants import Derived, Rule, scaled_terms
from symbackprop.network.program import Array, Equation, Kind, entries


def _averages(derived: Derived, array: Array) -> tuple[Expr | None, Expr | None]:
    """Return how many entries the mean of an array has, and its mean of squares; None where there is none."""
    mean = squares = None
    for equation in derived.program.equations:
        if array.tensor not in equation.reads:
            continue
        count, inside = equation.expression.as_independent(Sum, as_Add=False)
        if not isinstance(inside, Sum) or len(inside.limits) != 1 or count * inside.limits[0][2] != 1:
            continue
        if inside.function in entries(inside.function):
            mean = 1 / count
        elif isinstance(inside.function, Pow) and inside.function.exp == 2:
            squares = 1 / count
    return mean, squares


def statistics(derived: Derived, equation: Equation, array: Array) -> Iterator[tuple[str, Expr, str]]:
    """Yield the term of a mean left out, that of a variance, and that of a variance with n - 1 for n."""
    mean, squares = _averages(derived, array)
    if squares is None:
        return
    scale, terms = scaled_terms(equation.expression)
    for term in terms:
        if not (term.has(Sum) and term.has(1 / squares)):
            continue
        rest = Add(*(other for other in terms if other is not term))
        if any(derived.program.kind(e.base) == Kind.VALUE for total in term.atoms(Sum) for e in _read(derived, total)):
            yield "variance_detached", scale * rest, ""
            yield "bessel", scale * (rest + term * squares / (squares - 1)), ""
        elif mean is not None:
            yield "mean_detached", scale * rest, ""


def _read(derived: Derived, total: Expr) -> list[Expr]:
    """Return the entries of arrays of the program that a sum reads, adjoints left aside."""
    own = {array.tensor for array in derived.program.arrays}
    return [e for e in entries(total) if e.base in own]


STATISTIC_SLIPS: tuple[Rule, ...] = (statistics,)
