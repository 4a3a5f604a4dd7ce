"""Named functions: derivatives in the form of the textbooks, and values where they jump."""

from __future__ import annotations

import pytest
from sympy import Expr, exp

from symbackprop.network.functions import SIGMOID, TANH, Elementwise, Z, elementwise, slope


@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (SIGMOID, exp(-Z) / (1 + exp(-Z)) ** 2),
        (TANH, 1 - (exp(Z) - exp(-Z)) ** 2 / (exp(Z) + exp(-Z)) ** 2),
        (elementwise("f", Z / (1 + exp(-Z))), 1 / (1 + exp(-Z)) + Z * exp(-Z) / (1 + exp(-Z)) ** 2),
    ],
)
def test_derivative_is_written_as_a_textbook_would(function: type[Elementwise], derivative: Expr) -> None:
    """No e^-z is turned into e^z on the way, and a sum times its opposite is a square."""
    assert derivative == slope(function).definition
