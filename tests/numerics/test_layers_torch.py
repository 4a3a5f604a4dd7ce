"""Networks of layers beside PyTorch, where it is installed: the same weights, the same outputs and derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.layers import LAYERS
from symbackprop.network.text.layerline import read_line

torch = pytest.importorskip("torch")

from network.random_layers import random_network  # noqa: E402
from numerics import torch_layers  # noqa: E402 - it imports torch, which may not be there
from numerics.torch_layers import TorchLayers  # noqa: E402

TOLERANCE = 1e-11  # of the largest entry of each array; 1e-14 is what rounding makes of these small networks

LINES = (
    "4 -> dense(3, bias=false) tanh -> dense(2)",
    "3x4 -> dense(3) tanh -> dense(2, bias=false)",
    "2x3x4 -> dense(3) tanh -> dense(2)",
    "4 -> dense(3) tanh -> dense(4, tied_to=1)",
    "3 -> dense(3) tanh -> dense(3, tied_to=1)",
    "3 -> dense(3) tanh -> dense(3, tied_to=1, transpose=false, bias=false)",
    "2x3 -> flatten -> dense(4) tanh -> dense(6, tied_to=2, bias=false)",
    "2x7 -> conv1d(3, 3) tanh",
    "2x7 -> conv1d(3, 3, bias=false) tanh -> conv1d(2, 2, stride=2)",
    "2x7 -> conv1d(3, 3, stride=2, padding=1) tanh",
    "2x7 -> conv1d(3, 3, dilation=2) tanh",
    "2x7 -> conv1d(3, 3, stride=2, padding=2, dilation=2) tanh -> dense(2)",
    "2x5 -> conv1d(3, 3, stride=3, padding=4, dilation=3)",
    "4x6 -> conv1d(6, 3, groups=2) tanh -> conv1d(2, 2, dilation=2, padding=1)",
    "3x6 -> conv1d(3, 3, groups=3, bias=false) tanh -> flatten -> dense(2)",
    "4x6 -> conv1d(6, 3, padding=1, groups=2) tanh -> conv1d(4, 2, groups=2) -> max_pool1d(2)",
    "4x5 -> conv1d(8, 2, groups=4) tanh -> conv1d(4, 2, groups=2) -> conv1d(8, 2, groups=4)",
    "2x5x6 -> conv2d(3, 3) tanh",
    "2x5x6 -> conv2d(2, [3, 2], stride=[2, 1], padding=[1, 0], bias=false) tanh",
    "1x6x5 -> conv2d(2, 2, padding=[0, 2], dilation=[2, 2]) tanh -> flatten -> dense(2)",
    "4x3x4 -> conv2d(4, 2, groups=2) tanh -> conv2d(2, 2, stride=2) -> global_avg_pool",
    "4x5 -> conv1d(4, 2, groups=2) -> prelu(channel) -> global_avg_pool",
    "4x5 -> conv1d(4, 2, groups=2) -> dense(3) tanh -> layer_norm",
    "4x6 -> conv1d(4, 3, padding=1, groups=4) -> attention(2)",
    "2x7 -> max_pool1d(2)",
    "2x7 -> max_pool1d(3, 2) tanh",
    "2x8 -> max_pool1d(2, stride=3)",
    "2x6x7 -> max_pool2d(2)",
    "2x5x7 -> conv2d(2, 2) -> max_pool2d([2, 3], stride=[1, 2])",
    "2x7 -> avg_pool1d(2)",
    "2x8 -> avg_pool1d(3, stride=2) tanh",
    "2x6x7 -> avg_pool2d([2, 3])",
    "2x6x7 -> avg_pool2d(3, stride=[1, 2]) tanh",
    "2x3x3 -> global_avg_pool tanh -> dense(2)",
    "3x5 -> global_avg_pool",
    "4 -> embedding(5, 3) -> dense(2) tanh",
    "4 -> embedding(5, 3) -> position -> attention -> flatten -> dense(2)",
    "3x2 -> lstm(2, bias=false)",
    "3x2 -> lstm(2, sequence) -> dense(2)",
    "4x5 -> conv1d(4, 3, groups=2) -> batch_norm relu -> flatten -> dense(2)",
    "4x5 -> residual(conv1d(4, 3, padding=1, groups=2)) tanh -> max_pool1d(2)",
    "2x3x4 -> rms_norm -> batch_norm",
    "2x5 -> residual(conv1d(4, 3, padding=1, groups=2) -> conv1d(2, 1)) -> global_avg_pool",
    "4x3 -> rnn(2)",
    "4x3 -> rnn(2, relu, sequence, bias=false) -> dense(2)",
    "3x2 -> gru(3, sequence) -> dense(2)",
    "3x2 -> gru(2, bias=false)",
    "3x4 -> attention",
    "3x4 -> attention(2, causal=true, bias=true)",
    "3x4 -> position -> dense(2) tanh",
    "3x4 -> layer_norm(0.01) tanh",
    "4 -> dense(3) -> layer_norm",
    "3x4 -> rms_norm tanh -> dense(2)",
    "4 -> rms_norm(1e-3)",
    "3 -> batch_norm tanh -> dense(2)",
    "4 -> dense(3) -> batch_norm(0.1) relu -> dense(2)",
    "2x3 -> batch_norm",
    "2x3x3 -> conv2d(2, 2) -> batch_norm tanh -> flatten -> dense(2)",
    "4 -> dense(5) tanh -> dropout(0.5) -> dense(2)",
    "2x4x4 -> dropout(0.25) -> conv2d(2, 2) -> dropout(0.5) -> flatten -> dense(2)",
    "3 -> dense(3) -> prelu",
    "3x4 -> prelu(channel) -> dense(2)",
    "1x4x4 -> conv2d(3, 2) -> prelu(channel)",
    "1x4 -> prelu(channel)",
    "1 -> prelu -> dense(2)",
    "1x4x4 -> conv2d(1, 2) -> prelu(channel)",
    "3 -> residual(dense(4) tanh -> dense(3)) relu",
    "3x4 -> residual(dense(5) tanh -> dense(4)) -> layer_norm",
    "3 -> residual(dense(4) tanh -> dense(5), projection=true)",
    "3x4 -> residual(attention(2)) -> residual(dense(5) relu -> dense(4)) -> dense(2)",
    "2x4x4 -> residual(conv2d(2, 3, padding=1) relu -> conv2d(2, 3, padding=1)) relu",
    "2x4x4 -> residual(conv2d(3, 3, padding=1), projection=true) -> global_avg_pool",
    "3 -> residual(residual(dense(3) tanh) -> dense(3)) -> dense(2)",
    "3 -> residual(layer_norm leaky_relu(alpha=0.2))",
    "3x2 -> residual(gru(2, sequence)) -> flatten -> dense(2)",
    "2x3 -> flatten -> residual(dense(6) tanh) -> dense(2)",
    "1x2x3 -> flatten -> residual(dense(4) tanh -> dense(6)) -> residual(dense(6)) tanh",
    "2x3 -> flatten -> residual(dense(4) tanh, projection=true) -> dense(2)",
    "2x3 -> flatten -> layer_norm tanh -> dense(2)",
    "2x3 -> flatten -> batch_norm tanh -> dense(2)",
    "2x3 -> flatten -> prelu(channel) -> dense(2)",
    "2x3 -> flatten -> dropout(0.5)",
    "2x3x2 -> flatten relu",
)


def drawn(line: str, network: Any, seed: int = 0) -> tuple[dict[str, Any], Any, Any, dict[str, Any]]:
    """Return parameters, a batch of 3, targets and masks, all random; targets are shares of 1 along the last axis."""
    rng = np.random.default_rng(seed)
    shape = read_line(line)[0]
    params = {name: array + 0.3 * rng.normal(size=array.shape) for name, array in network.initial_params(seed).items()}
    words = getattr(network, "vocabulary", 0)
    x = rng.integers(0, words, size=(3, *shape)) if words else rng.normal(size=(3, *shape))
    outside = getattr(network, "output_shape", None) or network.widths[-1:]
    y = rng.uniform(0.1, 0.9, size=(3, *outside))
    masks = {name: rng.integers(0, 2, size=(3, *axes)) * 2.0 for name, axes in getattr(network, "masks", {}).items()}
    return params, x, y / y.sum(axis=-1, keepdims=True) if outside[-1] > 1 else y, masks


def differences(line: str, cost: str = "quadratic", penalty: Any = None, **options: Any) -> dict[str, float]:
    """Return how far output, cost and each derivative are from PyTorch's, relative to the largest entry."""
    network = sb.sequential(line, cost=cost, **options)
    params, x, y, masks = drawn(line, network)
    wanted = TorchLayers(line, torch_layers.COSTS[cost], penalty or (lambda _: 0.0), options.get("reduction", "mean"))
    output, value, grads = wanted.gradient(params, x, y, masks)
    gradient = sb.compile(sb.derive(network))
    named = {name.replace(".", "_"): mask for name, mask in masks.items()}
    if isinstance(network, sb.LayeredNetwork):
        actual, found = gradient(params, x, y, inputs="x" in grads, **named)
        (given,) = gradient.forward(params, x, **named).values()
    else:  # a chain of dense layers, which gives no derivative by x
        actual, found = gradient(params, x, y)
        given, grads = output, {name: grad for name, grad in grads.items() if name != "x"}
    assert set(grads) == set(found)
    pairs = {"output": (output, given), "cost": (value, actual)} | {n: (grads[n], found[n]) for n in grads}
    largest = max(float(np.abs(grad).max()) for grad in grads.values())
    for one, other in pairs.values():
        assert np.shape(one) == np.shape(other)
    # a gradient that is 0 by a law, as that of a bias before batch norm, or nearly so, as that of a cosine by a length,
    # is a difference of numbers of the size of 1, which a norm divides by √ε, and has only their digits: 3e-14 measured
    floors = {name: max(largest * 1e-2, 1e-3) if name in grads else 1e-300 for name in pairs}
    return {
        name: float(np.abs(np.subtract(one, other)).max() / max(np.abs(one).max(), floors[name]))
        for name, (one, other) in pairs.items()
    }


def test_every_part_is_compared() -> None:
    """No layer, no activation and no cost is left out here."""
    assert {name for name in LAYERS if any(f"{name}" in line for line in LINES)} >= {*torch_layers.FORWARD, "residual"}
    assert set(ACTIVATIONS) == set(torch_layers.ACTIVATIONS)
    assert set(COSTS) <= set(torch_layers.COSTS)


@pytest.mark.parametrize("line", LINES)
def test_layer_is_that_of_pytorch(line: str) -> None:
    """Output, cost, and the derivatives by every parameter and by x are PyTorch's, its weights being ours."""
    assert {} == {name: error for name, error in differences(line).items() if not error <= TOLERANCE}


@pytest.mark.parametrize(
    "activation",
    [
        *sorted(set(ACTIVATIONS) - {"softmax", "log_softmax"}),
        "leaky_relu(0.2)",
        "leaky_relu(alpha=0.3)",
        "elu(0.5)",
        "softplus(2)",
        "silu(beta=1.7)",
        "hardtanh(-0.5, 0.25)",
        "softmax",
        "log_softmax",
        "softmax(T=2)",
        "softmax(0.5)",
        "log_softmax(T=3)",
    ],
)
def test_activation_is_that_of_pytorch(activation: str) -> None:
    """An activation, its numbers with it, acts on the last axis of a sequence as PyTorch's does."""
    errors = differences(f"2x3 -> dense(4) {activation} -> dense(2, bias=false)")
    assert {} == {name: error for name, error in errors.items() if not error <= TOLERANCE}


@pytest.mark.parametrize("cost", torch_layers.COSTS)
def test_cost_is_that_of_pytorch(cost: str) -> None:
    """A cost, by its name, with a number, or as a formula, is PyTorch's of shares between 0 and 1, over two axes."""
    errors = differences("2x3 -> dense(4, bias=false) softmax", cost)
    assert {} == {name: error for name, error in errors.items() if not error <= TOLERANCE}


def squares(params: Any, letters: str) -> Any:
    """Return the sum of the squares of all arrays that begin with one of these letters."""
    return sum((array**2).sum() for name, array in params.items() if name[0] in letters)


def sizes(params: Any) -> Any:
    """Return the sum of the absolute values of all weights."""
    return sum(array.abs().sum() for name, array in params.items() if name[0] == "W")


PENALTIES: dict[str, tuple[dict[str, Any], Any]] = {
    "l2": ({"l2": 0.3}, lambda params: 0.15 * squares(params, "W")),
    "l2 with a letter": ({"l2": "lambda=0.3"}, lambda params: 0.15 * squares(params, "W")),
    "l2 of biases too": ({"l2": 0.3, "l2_biases": True}, lambda params: 0.15 * squares(params, "Wb")),
    "l1": ({"l1": 0.2}, lambda params: 0.2 * sizes(params)),
    "both, and a sum": (
        {"l1": "mu=0.2", "l2": 0.3, "reduction": "sum"},
        lambda params: 0.2 * sizes(params) + 0.15 * squares(params, "W"),
    ),
    "a sum": ({"reduction": "sum"}, None),
}
PENALISED = ("3 -> dense(2) tanh -> dense(3, tied_to=1)", "3 -> dense(2) -> batch_norm -> residual(dense(2) tanh)")


@pytest.mark.parametrize("name", PENALTIES)
@pytest.mark.parametrize("line", PENALISED)
def test_penalty_is_that_of_pytorch(line: str, name: str) -> None:
    """A penalty counts each array once, after the mean or the sum over the samples, also where samples are coupled."""
    options, penalty = PENALTIES[name]
    errors = differences(line, penalty=penalty, **options)
    assert {} == {name: error for name, error in errors.items() if not error <= TOLERANCE}


@pytest.mark.parametrize("line", [LINES[3], "3x2 -> lstm(2)", "3x4 -> attention -> layer_norm", "2 -> batch_norm tanh"])
def test_second_derivatives_are_those_of_pytorch(line: str) -> None:
    """H·v along a random direction is what PyTorch has from its gradient, differentiated once more."""
    assert TOLERANCE > second_difference(line)


def second_difference(line: str) -> float:
    """Return how far H·v is from PyTorch's, of the largest entry of all."""
    network = sb.sequential(line, cost="quadratic")
    params, x, y, masks = drawn(line, network)
    ways = {name: np.cos(array + np.arange(array.size).reshape(array.shape)) for name, array in params.items()}
    wanted = TorchLayers(line, torch_layers.COSTS["quadratic"]).hvp(params, x, y, ways, masks)
    named = {name.replace(".", "_"): mask for name, mask in masks.items()}
    found = sb.compile(sb.derive(network)).hvp(params, x, y, ways, **named)
    assert {n: a.shape for n, a in wanted.items()} == {n: a.shape for n, a in found.items()}
    return max(np.abs(wanted[n] - found[n]).max() for n in wanted) / max(np.abs(a).max() for a in wanted.values())


@pytest.mark.filterwarnings("ignore:softmax over the one neuron")  # a right remark: its derivatives are 0
def test_random_network_is_that_of_pytorch(random_layers: int) -> None:
    """Whatever fits together, with any cost, has PyTorch's derivatives."""
    line, cost, options = random_network(random_layers)
    penalty = (lambda params: 0.15 * squares(params, "W")) if "l2" in options else None
    errors = differences(line, cost, penalty, **options)
    assert {} == {name: error for name, error in errors.items() if not error <= TOLERANCE}
