"""One layer of a chain of dense layers, with the layer as a symbol."""

from __future__ import annotations

import pytest
from sympy import Sum

from symbackprop.network import notation
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.model import dense_equations
from symbackprop.network.notation import LAYER, index, width
from symbackprop.network.program import Equation

J, K = index("j"), index("k")


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_dense_layer(activation: str) -> None:
    """A dense layer is z_j = Σ_k w_jk a_k + b_j and a_j = σ(z_j), for any layer and every activation."""
    w, b, z, a = (
        make(LAYER) for make in (notation.weight, notation.bias, notation.weighted_input, notation.activation)
    )
    before = notation.activation(LAYER - 1)
    weighted, active = dense_equations(ACTIVATIONS[activation], LAYER)
    assert Equation(z[J], Sum(w[J, K] * before[K], (K, 1, width(LAYER - 1))) + b[J]) == weighted
    assert Equation(a[J], ACTIVATIONS[activation].value(z, J)) == active


def test_layer_may_be_a_number() -> None:
    """The equations of layer 3 are the general ones with l = 3."""
    tanh = ACTIVATIONS["tanh"]
    assert tuple(equation.at_layer(3) for equation in dense_equations(tanh, LAYER)) == dense_equations(tanh, 3)
