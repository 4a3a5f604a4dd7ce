r"""Batch notation: \Delta^{(l)} = \Delta^{(l+1)} W^{(l+1)} \odot \sigma'(Z^{(l)}), one sample per row."""

from __future__ import annotations

from symbackprop.calculus.equations import NOTATIONS, DerivedEquation
from symbackprop.calculus.matrixform import rows as in_rows
from symbackprop.exposition.mathtext.latex import latex

__all__ = ["rows"]


@NOTATIONS.register("rows")
def rows(equation: DerivedEquation) -> str:
    """Return left = right for a batch; raises CheckError if the equation has no matrix form."""
    return latex(*in_rows(equation))
