"""Networks of layers, derived from the lines that say them: what a textbook has, for every kind of layer."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from oneline import pretty

import symbackprop as sb
from symbackprop.calculus import rules
from symbackprop.calculus.arrayforms import matrix_sides
from symbackprop.calculus.reverse import ProgramDerivation, derive_program
from symbackprop.network.layered import LayeredNetwork
from symbackprop.network.program import entries

pytestmark = pytest.mark.combinations

COSINE = "1 - sum(a*y)/sqrt(sum(a^2)*sum(y^2))"
# what a name stands for below: a layer line, and the cost and the penalty where they matter
LINES: dict[str, tuple[str, dict[str, str]]] = {
    "dense with L2": ("3 -> dense(2) tanh", {"l2": "lambda=0.1"}),
    "tied autoencoder": ("4 -> dense(3) sigmoid -> dense(4, tied_to=1)", {}),
    "residual": ("3 -> residual(dense(3) tanh)", {}),
    "convolution": ("1x5 -> conv1d(1, 3)", {}),
    "max pooling": ("1x6 -> max_pool1d(2)", {}),
    "recurrence": ("4x3 -> rnn(2, returns=sequence)", {}),
    "last state": ("4x3 -> rnn(2)", {}),
    "attention": ("3x4 -> attention", {}),
    "layer norm": ("3x4 -> layer_norm", {}),
    "batch norm": ("3 -> batch_norm", {}),
    "RMS norm": ("4 -> rms_norm", {}),
    "softmax(T)": ("4 -> dense(3) softmax(T=2)", {"cost": "cross_entropy"}),
    "cosine": ("4 -> dense(3)", {"cost": COSINE}),
}


@cache
def derived(name: str) -> ProgramDerivation:
    """Return the derivation of one of the lines, for one sample unless its layer couples samples."""
    line, options = LINES[name]
    network = sb.sequential(line, **options)
    return derive_program(network.program, network) if isinstance(network, LayeredNetwork) else sb.derive(network)


IN_ENTRIES = {
    "dense with L2": {"W1": "∂C/∂W⁽¹⁾ⱼₖ = ∂C/∂z⁽¹⁾ⱼ · xₖ + λ W⁽¹⁾ⱼₖ"},
    "tied autoencoder": {"W1": "∂C/∂W⁽¹⁾ⱼₖ = ∂C/∂a⁽²⁾ₖ · a⁽¹⁾ⱼ + ∂C/∂z⁽¹⁾ⱼ · xₖ"},
    "residual": {"x": "∂C/∂xₖ = ∂C/∂a⁽¹⁾ₖ + Σⱼ ∂C/∂z^(1.1)ⱼ · W^(1.1)ⱼₖ"},
    "convolution": {
        "W1": "∂C/∂W⁽¹⁾_{ocu} = Σᵢ ∂C/∂a⁽¹⁾ₒᵢ · x_{c,i+u−1}",
        "x": "∂C/∂x_{cq} = Σₒ Σ_{i=max(1,q−k₁+1)}^(min(n₁,q)) ∂C/∂a⁽¹⁾ₒᵢ · W⁽¹⁾_{o,c,q−i+1}",
    },
    "max pooling": {
        "x": (
            "∂C/∂x_{cq} = Σ_{i=⌈q/2⌉}^(min(n₁,⌊(q+1)/2⌋)) ∂C/∂a⁽¹⁾_{ci} · [q − 2i + 2 = argmax_{1≤j≤2}(x_{c,2i+j−2})]"
        )
    },
    "recurrence": {
        "h1": (
            "∂C/∂h⁽¹⁾ₜⱼ = {∂C/∂a⁽¹⁾ₜⱼ, t ≥ 1; 0, otherwise} + "
            "{Σₖ ∂C/∂h⁽¹⁾ₜ₊₁,ₖ · (1 − (h⁽¹⁾ₜ₊₁,ₖ)²) W⁽¹⁾ₕ,ₖⱼ, t ≤ T − 1; 0, otherwise}"
        ),
        "Wh1": "∂C/∂W⁽¹⁾ₕ,ⱼₚ = Σₜ₌₁ᵀ ∂C/∂h⁽¹⁾ₜⱼ · (1 − (h⁽¹⁾ₜⱼ)²) h⁽¹⁾ₜ₋₁,ₚ",
    },
    "last state": {
        "h1": (
            "∂C/∂h⁽¹⁾ₜⱼ = {Σₖ ∂C/∂h⁽¹⁾ₜ₊₁,ₖ · (1 − (h⁽¹⁾ₜ₊₁,ₖ)²) W⁽¹⁾ₕ,ₖⱼ, t ≤ T − 1; 0, otherwise} + "
            "∂C/∂a⁽¹⁾ⱼ · [T = t]"
        )
    },
    "attention": {
        "S1": "∂C/∂S⁽¹⁾ₜᵢ = P⁽¹⁾ₜᵢ (∂C/∂P⁽¹⁾ₜᵢ − Σᵣ ∂C/∂P⁽¹⁾ₜᵣ · P⁽¹⁾ₜᵣ)",
        "q1": "∂C/∂q⁽¹⁾ₜᵤ = 1/√(n₀) · Σᵢ ∂C/∂S⁽¹⁾ₜᵢ · k⁽¹⁾ᵢᵤ",
    },
    "layer norm": {"x": "∂C/∂xₜₖ = (∂C/∂ξ⁽¹⁾ₜₖ − Σⱼ ∂C/∂ξ⁽¹⁾ₜⱼ/n₀ − ξ⁽¹⁾ₜₖ Σⱼ ∂C/∂ξ⁽¹⁾ₜⱼ · ξ⁽¹⁾ₜⱼ/n₀)/√(ε⁽¹⁾ + τ⁽¹⁾ₜ)"},
    "batch norm": {"x": "∂C/∂xₛⱼ = (∂C/∂ξ⁽¹⁾ₛⱼ − Σᵢ ∂C/∂ξ⁽¹⁾ᵢⱼ/m − ξ⁽¹⁾ₛⱼ Σᵢ ∂C/∂ξ⁽¹⁾ᵢⱼ · ξ⁽¹⁾ᵢⱼ/m)/√(ε⁽¹⁾ + τ⁽¹⁾ⱼ)"},
    "RMS norm": {
        "x": "∂C/∂xₖ = r⁽¹⁾ (∂C/∂a⁽¹⁾ₖ · G⁽¹⁾ₖ − 1/n₀ · (r⁽¹⁾)² xₖ Σⱼ ∂C/∂a⁽¹⁾ⱼ · G⁽¹⁾ⱼ xⱼ)",
    },
    "softmax(T)": {"z1": "∂C/∂z⁽¹⁾ⱼ = (a⁽¹⁾ⱼ − yⱼ)/T"},
    "cosine": {"a1": "∂C/∂a⁽¹⁾ⱼ = (a⁽¹⁾ⱼ Σᵢ yᵢ a⁽¹⁾ᵢ/(Σᵢ (a⁽¹⁾ᵢ)²) − yⱼ)/√((Σᵢ (a⁽¹⁾ᵢ)²) Σᵢ yᵢ²)"},
}


@pytest.mark.parametrize(("name", "array"), [(name, array) for name in IN_ENTRIES for array in IN_ENTRIES[name]])
def test_adjoint_is_that_of_a_textbook(name: str, array: str) -> None:
    """From the line alone each adjoint comes out as the literature has it, entry by entry."""
    adjoint = derived(name).gradient(array)
    assert IN_ENTRIES[name][array] == pretty(adjoint.left, adjoint.right)


WITH_MATRICES = {
    ("dense with L2", "W1"): "∇_{W⁽¹⁾} C = ∇_{z⁽¹⁾} C xᵀ + λ W⁽¹⁾",
    ("tied autoencoder", "W1"): "∇_{W⁽¹⁾} C = a⁽¹⁾ (∇_{a⁽²⁾} C)ᵀ + ∇_{z⁽¹⁾} C xᵀ",
    ("residual", "x"): "∇ₓ C = ∇_{a⁽¹⁾} C + (W^(1.1))ᵀ ∇_{z^(1.1)} C",
    ("attention", "v1"): "∇_{V⁽¹⁾} C = (P⁽¹⁾)ᵀ ∇_{O⁽¹⁾} C",
    ("attention", "S1"): "∇_{S⁽¹⁾} C = P⁽¹⁾ ⊙ (∇_{P⁽¹⁾} C − (∇_{P⁽¹⁾} C ⊙ P⁽¹⁾) 𝟏_T 𝟏_Tᵀ)",
    ("attention", "q1"): "∇_{Q⁽¹⁾} C = 1/√(n₀) · ∇_{S⁽¹⁾} C K⁽¹⁾",
    ("softmax(T)", "z1"): "∇_{z⁽¹⁾} C = 1/T · (a⁽¹⁾ − y)",
}


@pytest.mark.parametrize(("name", "array"), WITH_MATRICES)
def test_adjoint_with_matrices_is_that_of_a_textbook(name: str, array: str) -> None:
    """What has a form with whole matrices has that of the literature."""
    adjoint = derived(name).gradient(array)
    form = matrix_sides(adjoint.left, adjoint.right, adjoint.steps_of_time)
    assert form is not None
    assert WITH_MATRICES[name, array] == pretty(*form)


def test_recurrence_of_a_line_has_the_numbers_of_finite_differences() -> None:
    """Rnn and dense over three steps, without biases: cost and derivatives are those that differences give."""
    network = sb.sequential("3x1 -> rnn(2, returns=sequence, bias=false) -> dense(1, bias=false)")
    gradient = sb.compile(sb.derive(network))
    params = {
        "Wx1": 0.5 * np.sin([[2.0], [3.0]]),
        "Wh1": 0.5 * np.sin([[6.0, 7.0], [8.0, 9.0]]),
        "W2": 0.5 * np.sin([[10.0, 11.0]]),
    }
    cost, grads = gradient(params, np.array([[[0.5], [-0.2], [0.8]]]), np.array([[[0.1], [0.2], [0.3]]]))
    assert cost == pytest.approx(0.12786001924, abs=1e-11)
    # differences have nine digits
    assert grads["Wh1"].ravel() == pytest.approx([0.022551516, 0.015185075, 0.018020079, 0.028059416], abs=1e-9)
    assert grads["Wx1"].ravel() == pytest.approx([0.103719505, 0.218174365], abs=1e-9)


def test_network_without_biases_has_the_numbers_of_a_step() -> None:
    """1-3-1 with relu and sigmoid and no biases: output, cost, and the cost after one step of rate 1."""
    network = sb.sequential("1 -> dense(3, bias=false) relu -> dense(1, bias=false) sigmoid", cost="(a-y)^2")
    gradient = sb.compile(sb.derive(network))
    params = {"W1": np.array([[1.0], [0.5], [-2.0]]), "W2": np.array([[0.5, 1.0, 2.0]])}
    x, y = np.array([[3.0]]), np.array([[0.0]])
    assert gradient.forward(params, x)["a2"][0, 0] == pytest.approx(0.9525741268, abs=1e-10)
    cost, grads = gradient(params, x, y)
    assert cost == pytest.approx(0.9073974671, abs=1e-10)
    moved = {name: params[name] - grads[name] for name in params}
    assert gradient(moved, x, y)[0] == pytest.approx(0.6078128202, abs=1e-10)


def test_of_the_cost_what_says_nothing_of_a_weight_is_left_out() -> None:
    """Before a penalty is differentiated, the other terms of the cost are left out, by a step of its own."""
    network = sb.sequential("2 -> dense(2)", l2="lambda=0.1")
    assert isinstance(network, LayeredNetwork)
    steps = derive_program(network.program).adjoints["W1"].chain.steps
    (step,) = (step for step in steps if step.rule == rules.LEAVE_OUT)
    assert (True, False) == tuple("y" in {e.base.letter for e in entries(side)} for side in (step.before, step.after))
