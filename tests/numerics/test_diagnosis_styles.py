"""Programs that people write, in five styles, each with a mistake: what they take is found, the mistake named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numerics.by_hand import Hand

import symbackprop as sb

HAND = Hand("3-4-2", ["tanh", "sigmoid"], "quadratic", seed=3)


def sigmoid(z: Any) -> Any:
    """Return 1/(1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))


def columns(W1: Any, b1: Any, W2: Any, b2: Any, X: Any, Y: Any) -> Any:
    """Return derivatives with samples as columns, biases as columns; divided by m twice."""
    X, Y, b1, b2 = X.T, Y.T, b1.reshape(-1, 1), b2.reshape(-1, 1)
    m = X.shape[1]
    A1 = np.tanh(W1 @ X + b1)
    A2 = sigmoid(W2 @ A1 + b2)
    dZ2 = (A2 - Y) * A2 * (1 - A2)
    dZ1 = (W2.T @ dZ2) * (1 - A1**2)
    return {
        "dW1": dZ1 @ X.T / m**2,
        "db1": dZ1.sum(axis=1, keepdims=True) / m**2,
        "dW2": dZ2 @ A1.T / m,
        "db2": dZ2.sum(axis=1, keepdims=True) / m,
    }


def lists(weights: list[Any], biases: list[Any], x: Any, y: Any) -> Any:
    """Return the derivatives as lists, those by the biases first, as a known book does; the first slope is at a."""
    activations, zs = [x], []
    for w, b in zip(weights, biases, strict=True):
        zs.append(activations[-1] @ w.T + b)
        activations.append(np.tanh(zs[-1]) if len(zs) == 1 else sigmoid(zs[-1]))
    delta = (activations[-1] - y) * activations[-1] * (1 - activations[-1])
    nabla_b, nabla_w = [delta.mean(0)], [delta.T @ activations[-2] / len(x)]
    delta = delta @ weights[1] * (1 - np.tanh(activations[1]) ** 2)
    return [delta.mean(0), *nabla_b], [delta.T @ x / len(x), *nabla_w]


class WithWeights:
    """A class whose weights are its own; the sign of the error is turned round in the first layer."""

    weights: list[Any]
    biases: list[Any]

    def backward(self, x: Any, y: Any) -> Any:
        """Return the derivatives by their names."""
        a1 = np.tanh(x @ self.weights[0].T + self.biases[0])
        a2 = sigmoid(a1 @ self.weights[1].T + self.biases[1])
        d2 = (a2 - y) * a2 * (1 - a2) / len(x)
        d1 = -(d2 @ self.weights[1]) * (1 - a1**2)
        return {"W1": d1.T @ x, "b1": d1.sum(0), "W2": d2.T @ a1, "b2": d2.sum(0)}


class OfSizes:
    """A class that is made with the widths of its layers; the first slope is at a."""

    def __init__(self, sizes: list[int]) -> None:
        """Begin with zeros."""
        self.biases = [np.zeros(n) for n in sizes[1:]]
        self.weights = [np.zeros((n, k)) for k, n in zip(sizes, sizes[1:])]  # noqa: B905, RUF007

    def backprop(self, x: Any, y: Any) -> Any:
        """Return the derivatives as lists, those by the biases first."""
        return lists(self.weights, self.biases, x, y)


def loops(params: Any, x: Any, y: Any) -> Any:
    """Return the derivatives, one sample and one weight after the other; the bias of the last layer is forgotten."""
    grads = {name: np.zeros_like(array) for name, array in params.items()}
    for row, target in zip(x, y, strict=True):
        a1 = [np.tanh(sum(w * v for w, v in zip(ws, row)) + b) for ws, b in zip(params["W1"], params["b1"])]  # noqa: B905
        a2 = [sigmoid(sum(w * v for w, v in zip(ws, a1)) + b) for ws, b in zip(params["W2"], params["b2"])]  # noqa: B905
        d2 = [(a - t) * a * (1 - a) for a, t in zip(a2, target)]  # noqa: B905
        for j, d in enumerate(d2):
            for k, a in enumerate(a1):
                grads["W2"][j, k] += d * a / len(x)
        for k, a in enumerate(a1):
            d1 = sum(params["W2"][j, k] * d for j, d in enumerate(d2)) * (1 - a * a)
            grads["b1"][k] += d1 / len(x)
            for i, v in enumerate(row):
                grads["W1"][k, i] += d1 * v / len(x)
    return 0.0, grads


def with_autograd(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any) -> Any:
    """Return what PyTorch's autograd makes of an activation of one's own, whose backward leaves its slope out."""
    import torch

    class Squashed(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, z: Any) -> Any:
            return torch.tanh(z)

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            return upstream

    tensors = [torch.tensor(array, requires_grad=True) for array in (W1, b1, W2, b2)]
    w1, c1, w2, c2 = tensors
    hidden = Squashed.apply(torch.as_tensor(x) @ w1.T + c1)
    out = torch.sigmoid(hidden @ w2.T + c2)
    cost = ((out - torch.as_tensor(y)) ** 2).sum(dim=1).mean() / 2
    cost.backward()
    return [tensor.grad for tensor in tensors]


@pytest.mark.parametrize(
    ("program", "kind", "where"),
    [
        (columns, "mean_twice", ("∂C/∂W1", "∂C/∂b1")),
        (lists, "slope_of_activation", ("∂C/∂z1",)),
        (OfSizes, "slope_of_activation", ("∂C/∂z1",)),
        (WithWeights, "sign", ("∂C/∂z1", "∂C/∂a1")),
        (loops, "bias_missing", ("∂C/∂b2",)),
        (with_autograd, "missing_slope", ("∂C/∂z1",)),
    ],
)
def test_program_of_a_person(program: Any, kind: str, where: tuple[str, ...]) -> None:
    """Whatever a program takes and gives back, its mistake is named with its place."""
    if program is with_autograd:
        pytest.importorskip("torch")
    network = sb.mlp(HAND.shape, HAND.activations, HAND.cost)
    report = sb.diagnose(network, function=program, params=HAND.params, x=HAND.x, y=HAND.y)
    assert "mistake" == report.verdict
    assert [] != [finding for finding in report.findings if finding.kind == kind and finding.where in where]
