r"""Index notation: \delta^{(l)}_{j} = \sigma'(z^{(l)}_{j}) \sum_i w^{(l+1)}_{ij} \delta^{(l+1)}_{i}."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from symbackprop.calculus.equations import NOTATIONS, DerivedEquation, Sides
from symbackprop.exposition.notations import notation


def _sides(equation: DerivedEquation, right: Expr, mean: str) -> Sequence[Sides]:
    """Return left = right with sums and subscripts, as it was derived."""
    return ((equation.left, right),)


NOTATIONS.add("index", notation(_sides))
