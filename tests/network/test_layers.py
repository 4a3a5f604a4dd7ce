"""Layers only say equations: each of them in its place."""

from __future__ import annotations

import numpy as np
import pytest
from network.random_layers import random_network, slopes_agree

import symbackprop as sb
from symbackprop.errors import SymbackpropError
from symbackprop.network.layers import LAYERS
from symbackprop.network.program import entries

pytestmark = pytest.mark.combinations


@pytest.mark.parametrize("name", LAYERS)
def test_gradient_of_every_layer(name: str) -> None:
    """The derivatives of a small network with the layer are the slope of its cost: differences err by 1e-8."""
    network = sb.sequential(LAYERS[name].example)
    if isinstance(network, sb.LayeredNetwork):
        assert slopes_agree(network) < 1e-7


def test_padding_with_a_dilation_is_an_array_of_zeros_around() -> None:
    """The padded array is one that the layer computes, so that the layer is told as one."""
    network = sb.sequential("2x5 -> conv1d(2, 3, padding=2, dilation=2)")
    assert isinstance(network, sb.LayeredNetwork)
    assert ["conv1d"] == [layer.name for layer in network.layers]
    assert slopes_agree(network) < 1e-7


def test_kernels_of_one_keep_what_goes_past_them() -> None:
    """Where an image is added to one behind two kernels of 1, no kernel may be larger in a check, either."""
    assert slopes_agree(sb.sequential("1x3 -> residual(conv1d(2, 1) tanh -> conv1d(1, 1))")) < 1e-7


def test_chain_of_dense_layers_is_the_network_of_its_shape() -> None:
    """A line of plain dense layers is what `mlp` makes, so that its story is the one of BP1 to BP4."""
    line = sb.sequential("4 -> dense(8) tanh -> dense(3) softmax", cost="cross_entropy")
    assert sb.mlp("4-8-3", ["tanh", "softmax"], "cross_entropy") == line
    listed = sb.sequential([{"layer": "dense", "width": 8}], input=4)
    assert sb.mlp("4-8", "identity") == listed


def test_a_field_of_two_numbers_may_be_a_tuple() -> None:
    """A kernel is (2, 3) in Python as it is [2, 3] in a file."""
    tables = [{"layer": "conv2d", "channels": 2, "kernel": size} for size in ((2, 3), [2, 3])]
    assert sb.sequential(tables[:1], input=(1, 4, 4)) == sb.sequential(tables[1:], input=(1, 4, 4))


def test_names_and_shapes_of_parameters() -> None:
    """Letter and number of the entry in the list; nested layers with points; an axis that flatten made is one."""
    line = "1x6x6 -> conv2d(2, 3) -> flatten -> dense(4) -> residual(dense(5) tanh -> dense(4)) -> dense(3, bias=false)"
    network = sb.sequential(line)
    assert network.parameter_shapes == {
        "W1": (2, 1, 3, 3),
        "b1": (2,),
        "W3": (4, 32),
        "b3": (4,),
        "W4.1": (5, 4),
        "b4.1": (5,),
        "W4.2": (4, 5),
        "b4.2": (4,),
        "W5": (3, 4),
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1x28x28", "found the end, wanted ->"),
        ("4 -> dens(3)", r"layer 1 \(dens\): layer 'dens' is unknown; did you mean 'dense'"),
        ("4 -> dense", r"layer 1 \(dense\): width is missing"),
        ("4 -> dense(3, 4)", r"layer 1 \(dense\): bias: wanted true or false, got 4"),
        ("4 -> dense(3, colour=2)", r"layer 1 \(dense\): has no field 'colour'"),
        ("4 -> dense(0, bias=false)", r"width: wanted a whole number from 1 to 1,000,000, got 0"),
        ("4 -> conv2d(2, 3)", r"layer 1 \(conv2d\): wanted channels, height and width, such as 1x28x28, got 4"),
        ("1x4x4 -> conv2d(2, 5)", r"a window of 5 does not fit in 4 entries"),
        ("1x4x4 -> conv2d(2, 3, dilation=2)", r"a window of 5 does not fit in 4 entries"),
        ("1x4x4 -> conv2d(2, [3, 2, 1])", r"kernel: wanted a whole number or two, such as \[3, 5\], got \[3, 2, 1\]"),
        (
            "4 -> dense(3) -> relu",
            r"layer 2 \(relu\): relu is an activation; write it behind a layer, as in dense\(3\)",
        ),
        (
            "4 -> dense(3) prelu",
            r"layer 1 \(dense\): prelu is a layer; write it behind an arrow, as in dense\(3\) -> prelu",
        ),
        ("4x2 -> conv1d(3, 1) dropout(0.5)", r"layer 1 \(conv1d\): dropout is a layer; write it behind an arrow"),
        ("4 -> flatten(2)", r"layer 1 \(flatten\): got 2, it has no fields"),
        ("2x3 -> flatten", "nothing is computed by these layers; add one that does"),
        ("6x6 -> conv1d(6, 3, groups=2) -> conv1d(6, 2, groups=3)", r"channels in parts of 2x3; take as many groups"),
        ("4x2 -> conv1d(4, 2, groups=2) -> rnn(3)", r"layer 2 \(rnn\): wanted steps along one axis, got 2x2"),
        ("4x2 -> conv1d(4, 1, groups=2) -> attention", r"layer 2 \(attention\): wanted steps along one axis, got 2x2"),
        ("4x6 -> conv1d(6, 3, groups=3)", r"groups = 3 does not divide 4 channels before and 6 after evenly"),
        ("4 -> residual(dense(3))", r"layer 1 \(residual\): its layers give 3, but 4 goes past them"),
        ("3x4 -> lstm(2) relu", r"layer 1 \(lstm\): no activation follows it"),
        ("3x5 -> attention(2)", r"heads = 2 does not divide the width 5 evenly"),
        ("4 -> dense(3) tanhh -> layer_norm", "activation 'tanhh' is unknown"),
        ("4 -> dense(3, tied_to=2)", r"layer 2 has no matrix W before this layer"),
        ("4 -> dense(3) sigmoid(2) -> layer_norm", "activation 'sigmoid' takes no numbers"),
    ],
)
def test_what_a_line_cannot_say(line: str, message: str) -> None:
    """One line says which layer, what it got and what was wanted."""
    with pytest.raises(SymbackpropError, match=message) as raised:
        sb.sequential(line)
    assert "\n" not in str(raised.value)


def test_random_network_has_the_slope_of_its_cost(random_layers: int) -> None:
    """Whatever layers fit together, with any cost and penalty, the derivatives are those of difference quotients."""
    line, cost, options = random_network(random_layers)
    network = sb.sequential(line, cost=cost, **options)
    if isinstance(network, sb.LayeredNetwork):
        assert slopes_agree(network) < 1e-5  # near a kink, or where the slope is small, differences have fewer digits


def test_sum_counts_a_constant_for_each_sample_and_a_penalty_once() -> None:
    """The cost of a batch is the sum of the costs of its samples, each with its own 1, and the penalty."""
    cost = "1 - sum(a*y)"
    gradient = sb.compile(sb.derive(sb.sequential("2 -> dense(2)", cost=cost, reduction="sum", l2=0.5)))
    params = {"W1": np.eye(2), "b1": np.zeros(2)}
    rows = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert 2 - np.sum(rows**2) + 0.25 * 2 == gradient(params, rows, rows)[0]


def test_softmax_over_one_entry_is_named_by_its_layer() -> None:
    """What learns nothing is remarked with the number that the layer has in the line."""
    with pytest.warns(UserWarning, match="softmax over the one neuron of layer 2 is always the same"):
        sb.sequential("1x4x4 -> global_avg_pool -> flatten softmax", cost="quadratic")


@pytest.mark.parametrize("cost", ["mse", "1 - sum(a*y)/sqrt(sum(a^2)*sum(y^2))"])
def test_cost_of_a_sequence_has_the_letters_of_its_layers(cost: str) -> None:
    """The cost, too, counts steps of time by t and outputs by j: y_tj, as a_tj."""
    program = sb.derive(sb.sequential("3x4 -> dense(2)", cost=cost)).program
    assert {"a1[t, j]", "y[t, j]"} == {str(entry) for entry in entries(program.equations[-1].expression)}


def test_an_activation_has_the_letters_of_its_layer() -> None:
    """What a convolution computes at o, i is activated at o, i; one slope for all has no index."""
    net = sb.sequential("2x6 -> conv1d(2, 3) tanh -> residual(conv1d(2, 1)) relu -> prelu")
    assert "a1[o, i] = tanh(z1[o, i])" in net.text
    assert "a2[t, j] = relu(z2[t, j])" in net.text
    assert "where(a2[t, j] > 0, a2[t, j], A3 * a2[t, j])" in net.text
    assert {"A3": (1,)}.items() <= net.parameter_shapes.items()
