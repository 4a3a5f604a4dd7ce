r"""Scalar notation: a line for each neuron or weight, \delta^{(1)}_{2} = w^{(2)}_{12} \delta^{(2)}_{1} + … first."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from symbackprop.calculus.equations import NOTATIONS, DerivedEquation, Sides
from symbackprop.exposition.notations import notation


def _sides(equation: DerivedEquation, right: Expr, mean: str) -> Sequence[Sides]:
    """Return every entry written out; raises BudgetError if the network is too large to be read."""
    return equation.entries()


NOTATIONS.add("scalar", notation(_sides))
