"""The dense layer: every neuron is joined to every neuron of the layer before."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Sum

from symbackprop.network import notation
from symbackprop.network.activations import Activation
from symbackprop.network.layers import LAYERS, Layer
from symbackprop.network.notation import index
from symbackprop.network.program import Equation

__all__ = ["Dense"]


@LAYERS.register("dense")
@dataclass(frozen=True, slots=True)
class Dense(Layer):
    """z_j = Σ_k w_jk a_k + b_j, then the activation: a_j = σ(z_j)."""

    activation: Activation

    def equations(self, layer: Expr | int) -> tuple[Equation, ...]:
        """Return the weighted input and the activation of `layer`, a function of the activations before it."""
        j, k = index("j"), index("k")
        w, b, z, a = (
            make(layer) for make in (notation.weight, notation.bias, notation.weighted_input, notation.activation)
        )
        before = notation.activation(layer - 1)
        weighted = Sum(w[j, k] * before[k], (k, *before.axes[0])) + b[j]
        return Equation(z[j], weighted), Equation(a[j], self.activation.value(z, j))
