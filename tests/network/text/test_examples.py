"""The shipped examples, against the same networks written by hand with NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symbackprop.network.program import Kind, Program
from symbackprop.network.text.equations import EquationsNetwork, equations

EXAMPLES = Path(__file__).parents[3] / "symbackprop" / "network" / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.eq"))
Values = Mapping[str, Any]


def sigmoid(z: Any) -> Any:
    """Return 1/(1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))


def softmax(z: Any) -> Any:
    """Return the shares along the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def logistic_regression(v: Values) -> dict[str, Any]:
    """Binary cross-entropy of a logit, the mean over the samples."""
    p = sigmoid(v["x"] @ v["w"] + v["b"])
    return {"C": -np.mean(v["y"] * np.log(p) + (1 - v["y"]) * np.log(1 - p))}


def two_layer_network(v: Values) -> dict[str, Any]:
    """Samples as rows through two dense layers."""
    hidden = np.tanh(np.einsum("ij,kj->ik", v["X"], v["W1"]) + v["b1"])
    out = sigmoid(np.einsum("ij,kj->ik", hidden, v["W2"]) + v["b2"])
    return {"C": ((out - v["Y"]) ** 2).sum() / (2 * len(out))}


def softmax_regression(v: Values) -> dict[str, Any]:
    """Cross-entropy of shares, and a penalty on the weights."""
    p = softmax(np.einsum("ij,kj->ik", v["x"], v["W"]) + v["b"])
    return {"C": -(v["y"] * np.log(p)).sum() / len(p) + v["lambda"] / 2 * (v["W"] ** 2).sum()}


def autoencoder(v: Values) -> dict[str, Any]:
    """The same weights there and back."""
    hidden = sigmoid(v["W"] @ v["x"] + v["b"])
    return {"C": ((v["W"].T @ hidden + v["c"] - v["x"]) ** 2).sum() / 2}


def convolution(v: Values) -> dict[str, Any]:
    """The kernel at every place where it fits."""
    z = np.correlate(v["a"], v["k"], mode="valid") + v["b"]
    return {"C": ((np.maximum(z, 0) - v["y"]) ** 2).sum() / 2}


def max_pooling(v: Values) -> dict[str, Any]:
    """The larger one of every two."""
    o = v["w"] @ v["a"].reshape(-1, 2).max(axis=1)
    return {"C": (o - v["y"]) ** 2 / 2}


def rnn(v: Values) -> dict[str, Any]:
    """One state after the other."""
    h, cost = v["h0"], 0.0
    for x, y in zip(v["x"], v["y"], strict=True):
        h = np.tanh(v["Wx"] @ x + v["Wh"] @ h + v["b"])
        cost += ((v["Wy"] @ h - y) ** 2).sum() / 2
    return {"C": cost}


def lstm(v: Values) -> dict[str, Any]:
    """Gates, cell and state, one time after the other (Hochreiter and Schmidhuber 1997, with a forget gate)."""
    h, c, cost = v["h0"], v["c0"], 0.0
    for x, y in zip(v["x"], v["y"], strict=True):
        i, f, g, o = (v[f"W{gate}"] @ x + v[f"U{gate}"] @ h + v[f"b{gate}"] for gate in "ifgo")
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        cost += ((h - y) ** 2).sum() / 2
    return {"C": cost}


def layer_norm(v: Values) -> dict[str, Any]:
    """Mean 0 and variance 1 for each sample."""
    x = v["x"]
    centred = x - x.mean(axis=1, keepdims=True)
    return {"o": v["G"] * centred / np.sqrt(x.var(axis=1, keepdims=True) + v["epsilon"]) + v["b"]}


def attention(v: Values) -> dict[str, Any]:
    """Shares of values, by how well a query fits each key."""
    return {"o": softmax(v["q"] @ v["k"].T / np.sqrt(v["q"].shape[1])) @ v["v"]}


def rms_norm(v: Values) -> dict[str, Any]:
    """The size of each sample is 1, a product with a gate goes through it, and the sample is added."""
    n = v["x"] / np.sqrt((v["x"] ** 2).mean(axis=1, keepdims=True) + 1e-5) * v["g"]
    u = n @ v["w"]
    return {"y": v["x"] + (u * sigmoid(u) * (n @ v["v"])) @ v["o"]}


BY_HAND: dict[str, Callable[[Values], dict[str, Any]]] = {
    function.__name__: function
    for function in (
        logistic_regression,
        two_layer_network,
        softmax_regression,
        autoencoder,
        convolution,
        max_pooling,
        rnn,
        lstm,
        layer_norm,
        attention,
        rms_norm,
    )
}


def read(name: str) -> EquationsNetwork:
    """Return an example."""
    return equations((EXAMPLES / f"{name}.eq").read_text(encoding="utf-8"))


def drawn(program: Program) -> dict[str, Any]:
    """Return values from 0.1 to 0.9 for everything that is given, floats that the witness takes exactly."""
    rng = np.random.default_rng(3)
    kinds = (Kind.INPUT, Kind.PARAMETER, Kind.CONSTANT, Kind.TARGET)
    numbers = dict(program.sizes)
    return {
        array.name: rng.uniform(0.1, 0.9, size=[int(size.xreplace(numbers)) for size in array.tensor.sizes])
        for array in program.of_kind(*kinds)
    }


@pytest.mark.parametrize("name", NAMES)
def test_example_computes_what_is_written_by_hand(name: str, evaluated: Callable[..., dict[str, Any]]) -> None:
    """The equations of an example give the numbers of the same network in NumPy."""
    program = read(name).program
    values = drawn(program)
    found, wanted = evaluated(program, values), BY_HAND[name](values)
    assert wanted.keys() == found.keys()
    for output, value in wanted.items():
        np.testing.assert_allclose(found[output], value, rtol=1e-12)  # a few roundings of floats by hand


def test_shipped_examples_have_witnesses_and_titles() -> None:
    """Each has a witness by hand, a title of one line, and numbers for all of its sizes."""
    assert sorted(BY_HAND) == NAMES
    for name in NAMES:
        network = read(name)
        assert network.title
        assert {str(size) for size in network.program.sizes} == set(network.sizes)


def by_torch(name: str, v: Values) -> Any:
    """Return what PyTorch's own layer of this name gives: a cost, or the output of a block."""
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    t = {key: torch.as_tensor(value, dtype=torch.float64) for key, value in v.items()}
    if name == "attention":
        return functional.scaled_dot_product_attention(t["q"], t["k"], t["v"])
    if name == "layer_norm":
        return functional.layer_norm(t["x"], t["x"].shape[1:], t["G"], t["b"], float(v["epsilon"]))
    if name == "convolution":
        z = functional.conv1d(t["a"][None, None], t["k"][None, None], t["b"][None])[0, 0]
        return ((functional.relu(z) - t["y"]) ** 2).sum() / 2
    if name == "logistic_regression":
        return functional.binary_cross_entropy_with_logits(t["x"] @ t["w"] + t["b"], t["y"])
    width, inputs = len(v["h0"]), v["x"].shape[1]
    if name == "rnn":
        layer, gates, state = torch.nn.RNN(inputs, width).double(), [("Wx", "Wh", "b")], t["h0"][None]
    else:
        layer, state = torch.nn.LSTM(inputs, width).double(), (t["h0"][None], t["c0"][None])
        gates = [(f"W{gate}", f"U{gate}", f"b{gate}") for gate in "ifgo"]  # the order of PyTorch's rows
    with torch.no_grad():
        for own, parts in zip(layer.parameters(), zip(*gates, strict=True), strict=False):
            own.copy_(torch.cat([t[part] for part in parts]))
        layer.bias_hh_l0.zero_()
        states, _ = layer(t["x"], state)
    out = states @ t["Wy"].T if name == "rnn" else states
    return ((out - t["y"]) ** 2).sum() / 2


@pytest.mark.parametrize("name", ["attention", "convolution", "layer_norm", "logistic_regression", "lstm", "rnn"])
def test_example_is_the_layer_of_pytorch(name: str, evaluated: Callable[..., dict[str, Any]]) -> None:
    """Where PyTorch has the network of an example as a layer of its own, both give the same numbers."""
    program = read(name).program
    values = drawn(program)
    (found,) = evaluated(program, values).values()
    np.testing.assert_allclose(found, np.asarray(by_torch(name, values)), rtol=1e-12)  # a few roundings of floats
