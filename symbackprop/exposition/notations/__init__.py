"""The notation styles: how an equation of backpropagation is written, one style per file.

    index    δ_j = σ'(z_j) Σ_i w_ij δ_i           sums and subscripts
    matrix   δ = Wᵀ δ ⊙ σ'(z)                     one sample, vectors are columns
    rows     Δ = Δ W ⊙ σ'(Z)                      the layout of machine-learning code, one sample per row
    columns  Δ = Wᵀ Δ ⊙ σ'(Z)                     one sample per column
    scalar   δ_1 = …, δ_2 = …                     every entry of a network of a few neurons

A style registers with `NOTATIONS` a Notation: a function from an equation to pairs left = right, and one to LaTeX.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from symbackprop.calculus.batches import Batch
from symbackprop.calculus.equations import DerivedEquation, Notation, Sides
from symbackprop.calculus.matrixform import batch_of, writable
from symbackprop.exposition.mathtext.latex import latex

__all__ = ["aligned", "of_batch", "right_of"]


def right_of(equation: DerivedEquation, right: Expr) -> Expr:
    """Return the right side as matrices can be: where it is the equation's own, its last line without cases."""
    return writable(equation) if right is equation.right else right


def of_batch(samples: str) -> Notation:
    """Return the notation of a batch whose samples are 'rows' or 'columns'."""

    def sides(equation: DerivedEquation, right: Expr, mean: str) -> Sequence[Sides]:
        return (batch_of(equation.left, right_of(equation, right), Batch(samples, mean)),)

    return Notation(sides, aligned)


def aligned(pairs: Sequence[Sides]) -> str:
    """Return left = right as LaTeX; several of them below one another, their signs aligned."""
    if len(pairs) == 1:
        return latex(*pairs[0])
    lines = (f"{latex(left)} &= {latex(right)}" for left, right in pairs)
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"
