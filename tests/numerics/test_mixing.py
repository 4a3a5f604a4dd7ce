"""An activation that mixes the neurons of a layer in its own way, registered: its code is written from equations."""

from __future__ import annotations

import re

import numpy as np
import pytest
from sympy import Expr, Sum, Symbol, sqrt

import symbackprop as sb
from symbackprop.errors import SpecError
from symbackprop.network.activations import ACTIVATIONS, Activation
from symbackprop.network.formulatext import mixed
from symbackprop.network.notation import Tensor, index
from symbackprop.numerics.compilation import source_of
from symbackprop.numerics.layered import CompiledLayers
from symbackprop.numerics.loading import loaded

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(4, 2)), RNG.normal(size=(4, 1))


def unit(z: Tensor, j: Symbol) -> Expr:
    """Return z_j / sqrt(1 + |z|²)."""
    i = index("i")
    return z[j] / sqrt(1 + Sum(z[i] ** 2, (i, *z.axes[0])))


@pytest.fixture
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACTIVATIONS._parts, "unit", Activation("unit", unit))


@pytest.mark.parametrize(
    ("entry", "last", "wanted"),
    [
        ("z1[j]", "j", "z1[j]/sqrt(sum[i](z1[i]**2) + 1)"),
        ("z3[t, j]", "j", "z3[t, j]/sqrt(sum[i](z3[t, i]**2) + 1)"),
        ("z[c, i]", "i", "z[c, i]/sqrt(sum[i0](z[c, i0]**2) + 1)"),
    ],
)
def test_it_is_the_text_of_an_equation(entry: str, last: str, wanted: str) -> None:
    """The sum runs over the last axis, by a letter that the entry does not have."""
    assert wanted == mixed(Activation("unit", unit), entry, last, str)


@pytest.mark.usefixtures("_registered")
def test_gradient_is_the_one_of_the_formula() -> None:
    """In a chain with formulas of the user's: cost and derivatives beside differences of the cost by hand."""
    derivation = sb.derive(sb.mlp("2-3-1", ["unit", "z/(1+exp(-z))"], "(a-y)^4"))
    gradient = sb.compile(derivation)
    assert isinstance(gradient, CompiledLayers)
    params = derivation.network.initial_params(1)

    def cost(w: np.ndarray) -> float:
        z = X @ w.T + params["b1"]
        a = z / np.sqrt(1 + (z**2).sum(axis=1, keepdims=True))
        z = a @ params["W2"].T + params["b2"]
        return float((((z / (1 + np.exp(-z))) - Y) ** 4).mean())

    found, grads = gradient(params, X, Y)
    assert cost(params["W1"]) == pytest.approx(found, rel=1e-14)
    step = np.zeros((3, 2))
    step[1, 0] = 1e-6
    slope = (cost(params["W1"] + step) - cost(params["W1"] - step)) / 2e-6
    assert slope == pytest.approx(grads["W1"][1, 0], rel=1e-8)  # h² and eps/h are 1e-10 of it
    assert found == loaded(source_of(derivation).text)["gradient"](params, X, Y)[0]


@pytest.mark.usefixtures("_registered")
def test_it_is_told_as_a_chain_and_verified() -> None:
    """The chain keeps its four equations; layers of other kinds take it, too."""
    assert ["BP1", "BP2", "BP3", "BP4"] == list(sb.derive(sb.mlp("2-2", "unit")).equations)
    network = sb.sequential("2x2 -> dense(2) unit -> flatten -> dense(1)")
    assert "a1[t, j] = z1[t, j]/sqrt(sum[i](z1[t, i]**2) + 1)" in network.text
    assert sb.verify(network, samples=1).ok


def test_it_wants_a_name() -> None:
    """What is not registered has no name that its equations could use."""
    network = sb.mlp("2-2", Activation("unit", unit))
    with pytest.raises(SpecError, match=re.escape("unit: its layer wants a name for it; register it as an activation")):
        sb.compile(sb.derive(network))
