"""One layer of a chain of dense layers, with the layer as a symbol: z_j = Σ_k w_jk a_k + b_j, then a_j = σ(z_j)."""

from __future__ import annotations

from sympy import Expr, Sum

from symbackprop.network import notation
from symbackprop.network.activations import Activation
from symbackprop.network.notation import index
from symbackprop.network.program import Equation


def dense_equations(activation: Activation, layer: Expr | int) -> tuple[Equation, Equation]:
    """Return the weighted input and the activation of `layer`, a function of the activations before it."""
    j, k = index("j"), index("k")
    w, b, z, a = (
        make(layer) for make in (notation.weight, notation.bias, notation.weighted_input, notation.activation)
    )
    before = notation.activation(layer - 1)
    weighted = Sum(w[j, k] * before[k], (k, *before.axes[0])) + b[j]
    return Equation(z[j], weighted), Equation(a[j], activation.value(z, j))
