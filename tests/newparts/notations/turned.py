"""Sums and subscripts, the right side first."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from symbackprop.calculus.equations import NOTATIONS, DerivedEquation, Sides
from symbackprop.exposition.notations import notation


def sides(equation: DerivedEquation, right: Expr, mean: str) -> Sequence[Sides]:
    """Return right = left."""
    return ((right, equation.left),)


NOTATIONS.add("turned", notation(sides))
