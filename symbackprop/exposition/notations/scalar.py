r"""Scalar notation: a line for each neuron or weight, \delta^{(1)}_{2} = w^{(2)}_{12} \delta^{(2)}_{1} + … first."""

from __future__ import annotations

from symbackprop.calculus.equations import NOTATIONS, DerivedEquation
from symbackprop.exposition.mathtext.latex import latex

__all__ = ["scalar"]


@NOTATIONS.register("scalar")
def scalar(equation: DerivedEquation) -> str:
    """Return every entry written out, one line each; raises BudgetError if the network is too large to be read."""
    pairs = equation.entries()
    if len(pairs) == 1:
        return latex(*pairs[0])
    lines = (f"{latex(left)} &= {latex(right)}" for left, right in pairs)
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"
