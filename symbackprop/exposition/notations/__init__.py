"""The notation styles: how an equation of backpropagation is written, one style per file.

    index    δ_j = σ'(z_j) Σ_i w_ij δ_i           sums and subscripts
    matrix   δ = Wᵀ δ ⊙ σ'(z)                     one sample, vectors are columns
    rows     Δ = Δ W ⊙ σ'(Z)                      the layout of machine-learning code, one sample per row
    columns  Δ = Wᵀ Δ ⊙ σ'(Z)                     one sample per column
    scalar   δ_1 = …, δ_2 = …                     every entry of a network of a few neurons

A style registers with `NOTATIONS` the `notation` of a function from an equation to pairs left = right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sympy import Expr

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.calculus.batches import Batch
from symbackprop.calculus.equations import DerivedEquation, Notation, Sides
from symbackprop.calculus.matrixform import batch_of, writable
from symbackprop.exposition.conventions import convention_of
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.exposition.symbols import OF_PROGRAMS, own_letters

__all__ = ["notation", "of_batch", "right_of"]


def right_of(equation: DerivedEquation, right: Expr) -> Expr:
    """Return the right side as matrices can be: where it is the equation's own, its last line without cases."""
    return writable(equation) if right is equation.right else right


def of_batch(samples: str) -> Notation:
    """Return the notation of a batch whose samples are 'rows' or 'columns'."""

    def sides(equation: DerivedEquation, right: Expr, mean: str) -> Sequence[Sides]:
        return (batch_of(equation.left, right_of(equation, right), Batch(samples, mean)),)

    return notation(sides)


def notation(sides: Callable[[DerivedEquation, Expr, str], Sequence[Sides]]) -> Notation:
    """Return a notation style by the pairs left = right that an equation has in it."""

    def written(equation: DerivedEquation, convention: str | Mapping[str, Any] | None) -> str:
        own = convention_of(convention)
        symbols: Mapping[str, str] = own.symbols
        taken: Mapping[str, int] = {}
        depth = len(widths) - 1 if (widths := getattr(equation, "widths", ())) else None
        if isinstance(equation, Adjoint):
            symbols = {name: own.symbols[name] for name in own.symbols if name in OF_PROGRAMS}
            if (network := equation.network) is not None:
                symbols, depth = own_letters(network, {}, own), getattr(network, "depth", None)
                taken = network.program.names
        look = partial(latex, symbols=symbols, convention=own, depth=depth, taken=taken)
        pairs = sides(equation, equation.right, own.mean)
        if len(pairs) == 1:
            return look(*pairs[0])
        lines = (f"{look(left)} &= {look(right)}" for left, right in pairs)
        return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}"

    return Notation(sides, written)
