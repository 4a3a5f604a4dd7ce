"""Which tensors of a batch are the same for all samples, and which are derivatives of each sample's own."""

from __future__ import annotations

import pytest

from symbackprop.calculus.batches import _is_adjoint, is_parameter
from symbackprop.calculus.matrices import Gradient, Matrix, Named
from symbackprop.network import notation
from symbackprop.network.notation import LAYER, Tensor

W, B, Z, DELTA, A = (
    each(LAYER)
    for each in (notation.weight, notation.bias, notation.weighted_input, notation.error, notation.activation)
)
STAND_IN = Tensor("u", None, (3,))  # for ∂C/∂ of what its atom says


@pytest.mark.parametrize(
    ("tensor", "atom", "parameter", "adjoint"),
    [
        (W, None, True, False),
        (B, Named(B), True, False),
        (DELTA, None, False, True),
        (DELTA, Named(DELTA), False, True),
        (Z, None, False, False),
        (A, Named(A), False, False),
        (STAND_IN, Gradient(A), False, True),
        (STAND_IN, Gradient(W), True, False),
        (STAND_IN, Gradient(B), True, False),
    ],
)
def test_kinds_of_tensors_are_told_apart(tensor: Tensor, atom: Matrix | None, parameter: bool, adjoint: bool) -> None:
    """Weights, biases and the derivatives by them have no axis of samples; δ and ∂C/∂a have, and are derivatives."""
    atoms = {} if atom is None else {tensor: atom}
    assert (parameter, adjoint) == (is_parameter(tensor, atoms), _is_adjoint(tensor, atoms))
