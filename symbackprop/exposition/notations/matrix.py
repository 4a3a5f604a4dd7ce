r"""Matrix notation: \delta^{(l)} = (W^{(l+1)})^T \delta^{(l+1)} \odot \sigma'(z^{(l)}), vectors as columns."""

from __future__ import annotations

from symbackprop.calculus.equations import NOTATIONS, DerivedEquation
from symbackprop.calculus.matrixform import columns
from symbackprop.exposition.mathtext.latex import latex

__all__ = ["matrix"]


@NOTATIONS.register("matrix")
def matrix(equation: DerivedEquation) -> str:
    """Return left = right for one sample; raises CheckError if the equation has no matrix form."""
    return latex(*columns(equation))
