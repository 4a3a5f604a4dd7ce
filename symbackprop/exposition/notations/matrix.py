r"""Matrix notation: \delta^{(l)} = (W^{(l+1)})^T \delta^{(l+1)} \odot \sigma'(z^{(l)}), vectors as columns."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Indexed

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.calculus.arrayforms import adjoint_sides
from symbackprop.calculus.equations import NOTATIONS, DerivedEquation, Sides
from symbackprop.calculus.matrixform import columns_of
from symbackprop.exposition.notations import notation, right_of


def _sides(equation: DerivedEquation, right: Expr, mean: str) -> Sequence[Sides]:
    """Return left = right for one sample, of a program else as einsums; raises CheckError if it has no such form."""
    if not any(entry.indices for side in (equation.left, right) for entry in side.atoms(Indexed)):
        return ((equation.left, right),)  # of numbers alone
    if isinstance(equation, Adjoint):
        sides = adjoint_sides(equation, right)
        return (columns_of(equation.left, right, equation.steps_of_time),) if sides is None else (sides,)
    return (columns_of(equation.left, right_of(equation, right)),)


NOTATIONS.add("matrix", notation(_sides))
