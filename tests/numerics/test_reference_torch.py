"""The independent witness against PyTorch, where it is installed: every pair, and the conventions at the kinks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symbackprop.numerics.reference import cost_and_gradient
from symbackprop.numerics.reference_activations import ELEMENTWISE, MIXING
from symbackprop.numerics.reference_costs import COSTS

torch = pytest.importorskip("torch")
F = torch.nn.functional

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "softplus": F.softplus,
    "softsign": F.softsign,
    "silu": F.silu,
    "gelu": F.gelu,
    "gelu_tanh": lambda z: F.gelu(z, approximate="tanh"),
    "mish": F.mish,
    "hardtanh": F.hardtanh,
    "identity": lambda z: z,
    "softmax": lambda z: F.softmax(z, dim=1),
    "log_softmax": lambda z: F.log_softmax(z, dim=1),
}
TORCH_COSTS: dict[str, Callable[[Any, Any], Any]] = {
    "quadratic": lambda a, y: F.mse_loss(a, y, reduction="sum") / 2,
    "mse": lambda a, y: F.mse_loss(a, y, reduction="sum") / a.shape[1],
    "cross_entropy": lambda a, y: -(y * a.log()).sum(),
    "binary_cross_entropy": lambda a, y: F.binary_cross_entropy(a, y, reduction="sum"),
    "mae": lambda a, y: F.l1_loss(a, y, reduction="sum"),
    "huber": lambda a, y: F.huber_loss(a, y, reduction="sum"),
    "hinge": lambda a, y: F.relu(1 - y * a).sum(),
    "kl_divergence": lambda a, y: F.kl_div(a.log(), y, reduction="sum"),
    "poisson": lambda a, y: F.poisson_nll_loss(a, y, log_input=False, eps=0, reduction="sum"),
}


def test_every_name_is_compared() -> None:
    """No activation and no cost of the witness is left out here."""
    assert {*ELEMENTWISE, *MIXING} == set(ACTIVATIONS)
    assert set(COSTS) == set(TORCH_COSTS)


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_equals_autograd(activation: str, cost: str) -> None:
    """A net of two layers, both with this activation, has the gradient that PyTorch finds."""
    if activation == "log_softmax" and cost in {"cross_entropy", "binary_cross_entropy", "kl_divergence", "poisson"}:
        pytest.skip("the logarithm of a negative number")
    rng = np.random.default_rng(1)
    params = {"W1": rng.normal(size=(4, 3)), "b1": rng.normal(size=4)}
    params |= {"W2": 0.02 * rng.normal(size=(2, 4)), "b2": rng.uniform(0.25, 0.4, 2)}  # a in (0, 1): logarithms exist
    x, y = rng.normal(size=(5, 3)), rng.uniform(0.05, 0.95, (5, 2))
    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    a = torch.tensor(x)
    for layer in (1, 2):
        a = ACTIVATIONS[activation](a @ leaves[f"W{layer}"].T + leaves[f"b{layer}"])
    expected = TORCH_COSTS[cost](a, torch.tensor(y)) / len(x)
    expected.backward()
    value, grads = cost_and_gradient(params, x, y, activations=[activation, activation], cost=cost)
    assert value == pytest.approx(expected.item(), rel=1e-13)
    scale = max(float(leaf.grad.abs().max()) for leaf in leaves.values())
    for name, grad in grads.items():
        assert np.abs(grad - leaves[name].grad.numpy()).max() <= 1e-12 * scale  # 1e-15 measured


@pytest.mark.parametrize("z", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("activation", ELEMENTWISE)
def test_slope_at_kinks_equals_autograd(activation: str, z: float) -> None:
    """At 0 and ±1 the slope is PyTorch's: by convention where there is a kink."""
    leaf = torch.tensor([z], dtype=torch.float64, requires_grad=True)
    ACTIVATIONS[activation](leaf).sum().backward()
    assert ELEMENTWISE[activation](np.array([z]))[1][0] == pytest.approx(leaf.grad.item(), rel=1e-15, abs=0)


@pytest.mark.parametrize(("cost", "a", "y"), [("mae", 2.0, 2.0), ("hinge", 1.0, 1.0), ("hinge", -1.0, -1.0)])
def test_slope_of_costs_at_kinks_equals_autograd(cost: str, a: float, y: float) -> None:
    """At the kink of a cost the slope is PyTorch's."""
    leaf = torch.tensor([[a]], dtype=torch.float64, requires_grad=True)
    TORCH_COSTS[cost](leaf, torch.tensor([[y]], dtype=torch.float64)).backward()
    assert leaf.grad.item() == COSTS[cost](np.array([[a]]), np.array([[y]]))[1][0, 0]
