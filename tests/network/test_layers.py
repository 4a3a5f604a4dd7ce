"""Layers only say index equations: the dense one, and one that a test brings along."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sympy import Expr, Sum

from symbackprop.network import notation
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.layers import LAYERS, Layer
from symbackprop.network.layers.dense import Dense
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
    weighted, active = Dense(ACTIVATIONS[activation]).equations(LAYER)
    assert Equation(z[J], Sum(w[J, K] * before[K], (K, 1, width(LAYER - 1))) + b[J]) == weighted
    assert Equation(a[J], ACTIVATIONS[activation].value(z, J)) == active


def test_layer_may_be_a_number() -> None:
    """The equations of layer 3 are the general ones with l = 3."""
    dense = Dense(ACTIVATIONS["tanh"])
    assert tuple(equation.at_layer(3) for equation in dense.equations(LAYER)) == dense.equations(3)


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_reads_only_what_is_below(name: str) -> None:
    """The equations of a layer read the layer before, and what they have computed themselves."""
    equations = LAYERS[name](ACTIVATIONS["sigmoid"]).equations(LAYER)  # type: ignore[call-arg]
    known = {notation.activation(LAYER - 1), notation.weight(LAYER), notation.bias(LAYER)}
    for equation in equations:
        assert set(equation.reads) <= known
        known.add(equation.tensor)
    assert notation.activation(LAYER) in known


def test_layer_is_abstract_until_it_says_its_equations() -> None:
    """A kind of layer is a class with one method; without that it cannot be made."""

    @dataclass(frozen=True, slots=True)
    class Scale(Layer):
        """a_j = c a_j of the layer before."""

        factor: int

        def equations(self, layer: Expr | int) -> tuple[Equation, ...]:
            """Return the one equation."""
            return (Equation(notation.activation(layer)[J], self.factor * notation.activation(layer - 1)[J]),)

    (equation,) = Scale(3).equations(LAYER)
    assert (notation.activation(LAYER - 1),) == equation.reads
    with pytest.raises(TypeError, match="abstract"):
        Layer()  # type: ignore[abstract]
