"""Letters: tensors that know their layer, their ranges and their name, and move to another layer as a whole."""

from __future__ import annotations

import pickle

import pytest
from sympy import Integer, S, Sum, Symbol

from symbackprop.network import notation
from symbackprop.network.notation import COST, LAST_LAYER, LAYER, Tensor, index, scalar, size, width
from symbackprop.network.program import at_layer

J, K = index("j"), index("k")


@pytest.mark.parametrize(
    ("tensor", "letter", "axes"),
    [
        (notation.weight(LAYER), "w", ((1, width(LAYER)), (1, width(LAYER - 1)))),
        (notation.bias(LAYER), "b", ((1, width(LAYER)),)),
        (notation.weighted_input(LAYER), "z", ((1, width(LAYER)),)),
        (notation.activation(LAYER), "a", ((1, width(LAYER)),)),
        (notation.error(LAYER), "delta", ((1, width(LAYER)),)),
    ],
)
def test_letters_of_a_layer(tensor: Tensor, letter: str, axes: tuple) -> None:
    """Each letter has the shape of its meaning: a weight for every pair of neurons, else one number per neuron."""
    assert (letter, LAYER, axes) == (tensor.letter, tensor.layer, tensor.axes)
    assert tuple(last for _, last in axes) == tensor.sizes


def test_target_belongs_to_no_layer() -> None:
    """The target y is as wide as the last layer, or as the layer that takes its place."""
    assert (None, (width(LAST_LAYER),)) == (notation.target().layer, notation.target().sizes)
    assert (width(LAYER),) == notation.target(LAYER).sizes


def test_layer_moves_letters_ranges_and_sums() -> None:
    """Substituting l moves the tensor, its ranges and the sums over them to another layer."""
    w, a = notation.weight(LAYER), notation.activation(LAYER - 1)
    general = Sum(w[J, K] * a[K], (K, 1, width(LAYER - 1)))
    third = Sum(notation.weight(3)[J, K] * notation.activation(2)[K], (K, 1, width(2)))
    assert third == at_layer(general, 3)
    assert third == at_layer(at_layer(general, LAYER + 1), 2)
    assert (3, (width(3), width(2))) == (at_layer(w, 3).layer, at_layer(w, 3).sizes)


def test_equal_tensors_are_one_object() -> None:
    """Whatever makes a tensor, the same arguments give the same object."""
    assert notation.weight(2) is notation.weight(LAYER).xreplace({LAYER: Integer(2)})
    assert Tensor("x", None, (size("N"),)) is Tensor("x", None, ((S.One, size("N")),))
    assert Tensor("x", None, (size("N"),)) is not Tensor("x", None, (size("M"),))
    assert Tensor("x", 1) is not Tensor("x", 2)


def test_axes_may_begin_anywhere() -> None:
    """An axis is a pair (first, last), or a width n for 1 to n."""
    tensor = Tensor("h", None, ((0, size("T")), 3))
    assert (((0, size("T")), (1, 3)), (size("T") + 1, 3)) == (tensor.axes, tensor.sizes)


def test_names_in_code_are_identifiers() -> None:
    """What is executed has a name of letters and digits: w3, not w^{(3)}."""
    assert ["w3", "b12", "y"] == [
        tensor.code_name for tensor in (notation.weight(3), notation.bias(12), notation.target())
    ]


def test_symbols_of_a_concrete_network() -> None:
    """Scalars are plain symbols with the numbers of their layer and place."""
    assert [Symbol("w_1_2_1"), Symbol("x_1")] == [scalar("w", 1, 2, 1), scalar("x", 1)]
    assert "C" == COST.name


def test_indices_are_told_from_sizes_and_layers() -> None:
    """An index is an integer of any sign; sizes, widths and layers are positive."""
    assert [(True, None)] * 2 == [(symbol.is_integer, symbol.is_positive) for symbol in (J, K)]
    assert all(symbol.is_positive for symbol in (LAYER, LAST_LAYER, size("N"), width(LAYER), width(3)))


def test_tensor_survives_a_copy() -> None:
    """A tensor that was pickled is the same tensor: what is derived can be sent to another process."""
    assert notation.weight(LAYER) == pickle.loads(pickle.dumps(notation.weight(LAYER)))
