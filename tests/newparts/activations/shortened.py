"""Activations as a vector shorter than 1, which mixes the neurons in a way that no backend has a function for."""

from __future__ import annotations

from sympy import Expr, Sum, Symbol, sqrt

from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.notation import Tensor, index
from symbackprop.network.numbers import Numbers


def shortened(z: Tensor, j: Symbol) -> Expr:
    """Return z_j / √(1 + Σ_i z_i²)."""
    i = index("i")
    return z[j] / sqrt(1 + Sum(z[i] ** 2, (i, *z.axes[0])))


ACTIVATIONS.add("shortened", Activation("shortened", shortened, numbers=Numbers(("T",), "z/T", ("T",))))
