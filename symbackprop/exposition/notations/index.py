r"""Index notation: \delta^{(l)}_{j} = \sigma'(z^{(l)}_{j}) \sum_i w^{(l+1)}_{ij} \delta^{(l+1)}_{i}."""

from __future__ import annotations

from symbackprop.calculus.equations import NOTATIONS, DerivedEquation
from symbackprop.exposition.mathtext.latex import latex

__all__ = ["index"]


@NOTATIONS.register("index")
def index(equation: DerivedEquation) -> str:
    """Return left = right with sums and subscripts, as it was derived."""
    return latex(equation.left, equation.right)
