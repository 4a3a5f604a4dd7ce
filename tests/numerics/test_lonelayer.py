"""One layer alone: the network that it makes, the points at which it is looked at, and the truth about them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.model import mlp
from symbackprop.numerics.lonelayer import LoneLayer, lone


def layer_of(*said: str) -> LoneLayer:
    """Return shipped activations, the first one alone, and a cost."""
    return lone(tuple(ACTIVATIONS[name] for name in said[:-1]), COSTS[said[-1]])


def test_layer_is_as_narrow_as_it_can_be() -> None:
    """One neuron, or three where neurons mix; below it there is one input, in its place above it the identity."""
    mixed, below = layer_of("softmax", "tanh", "mse"), layer_of("relu", "softmax", "cross_entropy")
    assert ["1-3-1", "1-1-3"] == [mixed.network.shape, below.network.shape]
    above = below.above().network
    assert ("1-1-3", ["identity", "softmax"]) == (above.shape, [each.name for each in above.activations])
    assert below.network.cost_function == above.cost_function
    assert ("1-1", 1) == (layer_of("relu", "mse").above().network.shape, layer_of("relu", "mse").above().network.depth)


def test_first_weighted_input_is_what_its_bias_says() -> None:
    """The weights of the layer are 0, so that z is b whatever x is; above it no two are the same."""
    found = layer_of("softmax", "sigmoid", "mse").parameters(2.0)
    assert {"W1": [[0], [0], [0]], "b1": [2.0, 0.5, -0.25], "W2": [[0.5, -0.25, 0.125]], "b2": [0.3]} == {
        name: value.tolist() for name, value in found.items()
    }


@pytest.mark.parametrize("below", ["softmax", "log_softmax"])
@pytest.mark.parametrize("above", ["softmax", "log_softmax"])
def test_errors_below_two_layers_that_mix_are_more_than_rounding(below: str, above: str) -> None:
    """The errors of the layer above add up to 0; rows of weights that differ bring back something all the same."""
    [truth] = layer_of(below, above, "quadratic").truths([(0.3, 0.25)], 60)
    assert truth is not None
    assert min(abs(value) for value in truth) > 1e-4  # a thousandth of the errors above; rows alike left 1e-61


@pytest.mark.parametrize(
    ("said", "targets", "first"),
    [
        (("tanh", "quadratic"), [0.25, 1.0, 0.0, -1.0], [0.25]),
        (("softplus", "poisson"), [0.25, 1.0, 0.0], [0.25]),
        (("tanh", "hinge"), [1.0, -1.0], [1.0]),
        (("softmax", "cross_entropy"), [0.25, 1.0, 0.0], [0.25, 0.75, 0.0]),
        (("softmax", "sigmoid", "mse"), [0.25, 1.0, 0.0, -1.0], [0.25]),
    ],
)
def test_targets_are_those_that_the_cost_takes(said: tuple[str, ...], targets: list[float], first: list[float]) -> None:
    """A target for each case of a cost; the rest of a row is what makes it one-hot."""
    layer = layer_of(*said)
    assert (targets, [first]) == (list(layer.targets()), layer.target(targets[0]).tolist())
    assert [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]] == [
        layer_of("softmax", "cross_entropy").target(y).ravel().tolist() for y in (0.0, 1.0)
    ]


@pytest.mark.parametrize(
    ("network", "point", "truth"),
    [
        (("identity", "quadratic"), (3.0, 1.0), (2, 2)),
        (("identity", "quadratic"), (999.0, 999.0), (0, 0)),
        (("identity", "quadratic"), (1000.0, 1000.0), None),  # on the way, a is no less than the largest
        (("identity", "quadratic"), (500.0, 0.0), None),  # the cost is
        (("999*z", "a"), (0.0, 0.0), (0, 999)),
        (("1000*z", "a"), (0.0, 0.0), None),  # the derivative alone is
        (("2000*z", "a"), (0.0, 0.0), None),
        (("log(z)", "quadratic"), (-1.0, 0.0), None),  # not real
        (("1/z", "quadratic"), (0.0, 0.0), None),  # nowhere
        (("1/z", "quadratic"), (2.0, 0.0), (0.125, -0.125)),
        (("identity", "a/y"), (2.0, 0.0), None),  # an error of its own
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_truth_in_many_digits(network: tuple[str, str], point: Any, truth: Any) -> None:
    """The cost and its derivative, where both and all on the way are real and small; one bad point spoils no other."""
    layer = LoneLayer(mlp("1-1", *network))
    found = layer.truths([point, (1.0, 1.0)], 50, 1000.0)
    assert [truth is None, network[0] == "1000*z" or network[0] == "2000*z"] == [each is None for each in found]
    if truth is not None:
        assert truth == pytest.approx([float(each) for each in found[0]], rel=1e-15)  # type: ignore[union-attr]


def test_truth_of_a_layer_that_mixes() -> None:
    """Of each neuron of a softmax the derivative is p - y; those beside the first have the inputs of `parameters`."""
    layer = layer_of("softmax", "cross_entropy")
    (truth,) = layer.truths([(0.7, 1.0)], 40)
    shares = np.exp([0.7, 0.5, -0.25]) / np.exp([0.7, 0.5, -0.25]).sum()
    assert [-np.log(shares[0]), *(shares - [1, 0, 0])] == pytest.approx(
        [float(each) for each in truth or ()], rel=1e-14
    )
    assert layer.numbers(40) is layer.numbers(40)
    assert "Forward" not in repr(layer)


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (layer_of("tanh", "softmax", "mse"), "tanh → softmax → mse"),
        (LoneLayer(mlp("1-1", "erf(z)")), "erf(z) → quadratic"),
        (lone((dataclasses.replace(ACTIVATIONS["softmax"], name="mixer"),), COSTS["mse"]), "mixer → mse"),
    ],
)
def test_name_says_what_follows_what(layer: LoneLayer, name: str) -> None:
    """What is shipped has its name, a formula of the user's its text."""
    assert name == layer.name
