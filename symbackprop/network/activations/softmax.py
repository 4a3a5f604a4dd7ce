"""Softmax: the activations of a layer as shares of a whole."""

from __future__ import annotations

from sympy import Expr, Sum, Symbol, exp

from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.notation import Tensor, index
from symbackprop.network.numbers import Numbers


def softmax(z: Tensor, j: Symbol) -> Expr:
    """Return exp(z_j) / Σ_i exp(z_i)."""
    i = index("i")
    return exp(z[j]) / Sum(exp(z[i]), (i, *z.axes[0]))


ACTIVATIONS.add("softmax", Activation("softmax", softmax, lowest=0, highest=1, numbers=Numbers(("T",), "z/T", ("T",))))
