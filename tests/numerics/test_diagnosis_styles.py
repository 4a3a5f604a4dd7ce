"""Programs that people write, in many styles, each with a mistake: what they take is found, the mistake named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
from numerics.by_hand import Hand

import symbackprop as sb
from symbackprop.errors import DataError

pytestmark = pytest.mark.combinations

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


def without_a_slope(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any) -> dict[str, Any]:
    """Return the derivatives with the first slope left out: what the programs below are made of."""
    a1 = np.tanh(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / len(x)
    d1 = d2 @ W2
    return {"W1": d1.T @ x, "b1": d1.sum(0), "W2": d2.T @ a1, "b2": d2.sum(0)}


def dictionaries(parameters: Any, inputs: Any, labels: Any) -> Any:
    """Take a dictionary and give one, under other names."""
    return {f"d{name}": grad for name, grad in without_a_slope(**parameters, x=inputs, y=labels).items()}


@dataclass
class Params:
    """Parameters as a dataclass, which can go back by itself."""

    W1: Any
    b1: Any
    W2: Any
    b2: Any

    def backward(self, x: Any, y: Any) -> Any:
        """Return the derivatives by name."""
        return without_a_slope(**vars(self), x=x, y=y)


def of_dataclass(values: Params, x: Any, y: Any) -> Params:
    """Take a dataclass, and give one."""
    return Params(**values.backward(x, y))


class Grads(NamedTuple):
    """Derivatives as a named tuple."""

    W1: Any
    b1: Any
    W2: Any
    b2: Any


def named_tuple(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, rate: float = 0.1) -> Any:
    """Give the cost and a named tuple; what has a value of its own is left alone."""
    return np.float64(rate), Grads(**without_a_slope(W1, b1, W2, b2, x, y))


def closures(params: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Give two functions, which share what goes forward."""
    kept = {}

    def forward(x: Any) -> Any:
        kept["x"] = x
        return x

    def backward(y: Any) -> Any:
        return without_a_slope(**params, x=kept["x"], y=y)

    return forward, backward


def sample_by_sample(params: Any, x: Any, y: Any) -> Iterator[Any]:
    """Yield the derivatives of one sample after the other."""
    for row, target in zip(x, y, strict=True):
        yield without_a_slope(**params, x=row[None], y=target[None])


class Keeps:
    """A class made with the widths of its layers, which keeps its derivatives as dW1, db1, …."""

    def __init__(self, n_in: int, n_hidden: int, n_out: int, rate: float = 0.1) -> None:
        """Begin with zeros."""
        self.W1, self.b1 = np.zeros((n_hidden, n_in)), np.zeros(n_hidden)
        self.W2, self.b2 = np.zeros((n_out, n_hidden)), np.zeros(n_out)

    def forward(self, X: Any) -> Any:
        """Keep what comes in."""
        self.X = X
        return X

    def backward(self, y: Any, output: Any) -> None:
        """Keep the derivatives."""
        for name, grad in without_a_slope(self.W1, self.b1, self.W2, self.b2, self.X, y).items():
            setattr(self, f"d{name}", grad)


class OfParams:
    """A class made with a dictionary, which keeps its derivatives in one."""

    def __init__(self, params: Any) -> None:
        """Keep the parameters."""
        self.params = params

    def gradients(self, x: Any, y: Any) -> None:
        """Keep the derivatives."""
        self.grads = without_a_slope(**self.params, x=x, y=y)


def module() -> Any:
    """Return a module of PyTorch whose own activation leaves its slope out."""
    import torch

    class Squashed(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, z: Any) -> Any:
            return torch.tanh(z)

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            return upstream

    class Module(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc1, self.fc2 = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)

        def forward(self, x: Any) -> Any:
            return torch.sigmoid(self.fc2(Squashed.apply(self.fc1(x))))

    return Module


FIRST_SLOPE = (dictionaries, Params, of_dataclass, named_tuple, closures, sample_by_sample, Keeps, OfParams, module)


@pytest.mark.parametrize(
    ("program", "kind", "where"),
    [
        (columns, "mean_twice", ("∂C/∂W1", "∂C/∂b1")),
        (lists, "slope_of_activation", ("∂C/∂z1",)),
        (OfSizes, "slope_of_activation", ("∂C/∂z1",)),
        (WithWeights, "sign", ("∂C/∂z1", "∂C/∂a1")),
        (loops, "bias_missing", ("∂C/∂b2",)),
        (with_autograd, "missing_slope", ("∂C/∂z1",)),
        *((program, "missing_slope", ("∂C/∂z1",)) for program in FIRST_SLOPE),
    ],
)
def test_program_of_a_person(program: Any, kind: str, where: tuple[str, ...]) -> None:
    """Whatever a program takes and gives back, its mistake is named with its place."""
    if program in (with_autograd, module):
        pytest.importorskip("torch")
        program = module() if program is module else program
    network = sb.mlp(HAND.shape, HAND.activations, HAND.cost)
    report = sb.diagnose(network, function=program, params=HAND.params, x=HAND.x, y=HAND.y)
    assert "mistake" == report.verdict
    assert [] != [finding for finding in report.findings if finding.kind == kind and finding.where in where]


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (lambda params, x, y: None, "function: it returned None; return the derivatives, as {'W1': …, 'b1': …}"),
        (lambda params, x, y: 3.0, "gradients: wanted arrays by name, such as {'W1': …}, got float"),
        (lambda params, x, y: {"W1": np.zeros((2, 2))}, "gradients: W1 has shape (2, 2), wanted (4, 3)"),
        (lambda params, x, y: [1, 2], "gradients: 2 arrays, wanted 4: W1, b1, W2, b2"),
        (lambda q, x, y: 1, "function: its argument q is not known; it may take params, x, y"),
        (lambda params, x, y: params["W9"], "of test_diagnosis_styles.py: 'W9'"),
        (lambda params, x, y: {"W1": params["W1"] * 1j}, "gradients: W1 holds complex numbers; give real ones"),
        (lambda params, x, y: (1 / 0 for _ in x), "of test_diagnosis_styles.py: division by zero"),
        (int, "function: it does not say what it takes; give a function of (params, x, y)"),
        (object, "function: the class has none of weights, W, w; it needs weights and biases as lists, or W1, b1, …"),
    ],
)
def test_what_a_program_does_wrong_is_one_line(program: Any, message: str) -> None:
    """What raises, takes something else or gives back something else is refused in one line."""
    network = sb.mlp(HAND.shape, HAND.activations, HAND.cost)
    with pytest.raises(DataError, match=re.escape(message)) as refused:
        sb.diagnose(network, function=program, params=HAND.params, x=HAND.x, y=HAND.y)
    assert 1 == len(str(refused.value).splitlines())


def as_rows_times_weights(x: Any, y: Any, params: Any) -> dict[str, Any]:
    """Return derivatives with weights as (from, to), so that a layer is x @ W."""
    z = [x]
    for layer in (1, 2, 3):
        z.append(z[-1] @ params[f"W{layer}"] + params[f"b{layer}"])
    error, found = (z[3] - y) / len(x), {}
    for layer in (3, 2, 1):
        found |= {f"W{layer}": z[layer - 1].T @ error, f"b{layer}": error.sum(axis=0)}
        error = error @ params[f"W{layer}"].T
    return found


def test_function_is_given_the_point_as_it_lies() -> None:
    """Weights as (from, to), a square one among them, reach the function so, and its derivatives are right."""
    hand = Hand("2-2-3-1", ["identity"] * 3, "quadratic", seed=3)
    params = {name: array.T for name, array in hand.params.items()}
    network = sb.mlp(hand.shape, hand.activations, hand.cost)
    report = sb.diagnose(network, function=as_rows_times_weights, params=params, x=hand.x, y=hand.y)
    assert {"transposed"} == {finding.kind for finding in report.findings}
    assert 1e-12 > max(report.errors.values())
    assert "W1 is square, and taken to be transposed as the other weights are" in map(str, report.guessed)
