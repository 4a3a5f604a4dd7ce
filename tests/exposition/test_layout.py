"""The pictures as data: what is shown, what is left out, and the path from one weight to the cost."""

from __future__ import annotations

import pytest
from sympy import Symbol

from symbackprop.calculus.partials import Partial
from symbackprop.exposition.figures.layout import (
    CLOSE,
    FEW_ABOVE_ANOTHER,
    WIDEST,
    NetworkPicture,
    chain_picture,
    network_picture,
    shown,
)
from symbackprop.network import notation
from symbackprop.network.model import mlp
from symbackprop.network.notation import COST

SHAPES = ["1-1", "4-2", "2-3-1", "784-30-10", "3-4-5-2", "-".join(["12"] * 20), "7-6-5-4-3-2", "1000-1"]


@pytest.mark.parametrize(
    ("count", "most", "expected"),
    [(1, 6, (1,)), (6, 6, (1, 2, 3, 4, 5, 6)), (7, 6, (1, 2, 3, 4, 0, 7)), (784, 6, (1, 2, 3, 4, 0, 784))],
)
def test_middle_of_many_is_left_out(count: int, most: int, expected: tuple[int, ...]) -> None:
    """As many places as allowed are shown; where there are more, the last place but one stands for the rest."""
    assert expected == shown(count, most)


@pytest.mark.parametrize("shape", SHAPES)
def test_picture_stays_small(shape: str) -> None:
    """No layer shows more than a few neurons, no network more than forty, none is wider or higher than others."""
    picture = network_picture(mlp(shape))
    layers = {neuron.layer for neuron in picture.neurons}
    assert all(sum(n.layer == layer for n in picture.neurons) <= FEW_ABOVE_ANOTHER for layer in layers)
    assert max(neuron.y for neuron in picture.neurons) <= CLOSE * (FEW_ABOVE_ANOTHER - 1) / 2
    assert len(picture.neurons) <= 40
    assert picture.cost.x <= WIDEST + 0.01


@pytest.mark.parametrize("shape", SHAPES)
def test_no_two_neurons_stand_in_one_place(shape: str) -> None:
    """Neurons keep their distance, and each letter is that of its layer and number."""
    picture = network_picture(mlp(shape))
    places = [(neuron.x, neuron.y) for neuron in picture.neurons]
    assert len(places) == len(set(places))
    assert all(notation.activation(n.layer)[n.number] == n.letter for n in picture.neurons)


def reached(picture: NetworkPicture) -> set[tuple[float, float]]:
    """Return the points that are reached from the end of the named weight, along any edges, to the right."""
    (first,) = [edge for edge in picture.edges if edge.label is not None]
    points = {first.end}
    for edge in sorted(picture.edges, key=lambda edge: edge.start[0]):
        if edge.start in points:
            points.add(edge.end)
    return points


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape.count("-") < 6])
def test_path_is_everything_between_the_weight_and_the_cost(shape: str) -> None:
    """An edge is on the path exactly if it is the named weight's, or begins where the named weight's end leads to."""
    picture = network_picture(mlp(shape))
    points = reached(picture)
    expected = {edge for edge in picture.edges if edge.label is not None or edge.start in points}
    assert expected == {edge for edge in picture.edges if edge.on_path}
    assert (picture.cost.x, picture.cost.y) in points


@pytest.mark.parametrize("shape", SHAPES)
def test_named_weight_is_one_of_the_first_layer(shape: str) -> None:
    """The weight that is named belongs to layer 1 and joins two neurons that are shown."""
    picture = network_picture(mlp(shape))
    (edge,) = [edge for edge in picture.edges if edge.label is not None]
    assert picture.weight == edge.label
    assert notation.weight(1) == picture.weight.base
    assert {edge.start, edge.end} <= {(neuron.x, neuron.y) for neuron in picture.neurons}


def test_layers_that_are_left_out_have_dots_and_faded_edges() -> None:
    """A deep network shows its first layers and its last one, with dots and beginnings of lines between them."""
    picture = network_picture(mlp("-".join(["3"] * 20)))
    assert [0, 1, 2, 3, 19] == sorted({neuron.layer for neuron in picture.neurons})
    assert 1 == sum(dots.layers for dots in picture.dots)
    assert 6 == sum(edge.faded for edge in picture.edges)


def test_columns_say_what_stands_above_them() -> None:
    """Each layer that is shown has its width, and its activation unless it is the input."""
    network = mlp("784-30-10", ["sigmoid", "softmax"], "cross_entropy")
    columns = network_picture(network).columns
    assert [784, 30, 10] == [column.size[1] for column in columns]
    assert [None, *network.activations] == [column.activation for column in columns]


def test_links_of_a_chain_are_the_derivatives_of_neighbours() -> None:
    """Below each arrow stands the derivative of its end by its start, with the part that it plays."""
    w, z, a = notation.weight(1)[1, 1], notation.weighted_input(1)[1], notation.activation(1)[1]
    picture = chain_picture((w, z, a, COST), named=1, name=Symbol("d"))
    assert [Partial(z, w), Partial(a, z), Partial(COST, a)] == [link.rate for link in picture.links]
    assert ["input", "activation", "cost"] == [link.role for link in picture.links]


@pytest.mark.parametrize(
    ("shape", "all_there"), [("8-8-8-8", True), ("8-8-8-8-8", True), ("8-8-8-8-8-1", False), ("9-1", False)]
)
def test_network_of_forty_neurons_is_shown_whole(shape: str, all_there: bool) -> None:
    """Up to forty neurons, of which no more than eight above one another, all are there; of more, some are dots."""
    network = mlp(shape)
    picture = network_picture(network)
    assert all_there is (len(picture.neurons) == sum(network.widths))
    assert all_there is (picture.dots == ())
