"""The stable functions on single numbers: those on arrays are the measure, digit by digit."""

from __future__ import annotations

import ast
import inspect
import math

import numpy as np
import pytest

from symbackprop.numerics import stable
from symbackprop.numerics.stable import STABLE, scalar, scalarshares
from symbackprop.numerics.stable.scalar import SCALAR

POINTS = [0.0, 0.3, -0.3, 1.0, -1.0, 2.5, -2.5, 5.0, -5.0, 20.0, -20.0, 37.0, -37.0, 700.0, -700.0, 1000.0, -1000.0]
ELEMENTWISE = {function.__name__: function for each in STABLE.values() for function in (each.value, each.slope)}
# two correct roundings of the same value, a few ulp each
CLOSE = 4e-15


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_number_equals_array(name: str) -> None:
    """A value and a slope on one number are those on an array, saturated points and kinks included."""
    points = [z for z in POINTS if z >= 0] if "log_x" in name or "x_log" in name else POINTS
    wanted = ELEMENTWISE[name](np.array(points))
    for z, value in zip(points, np.broadcast_to(wanted, len(points)), strict=True):
        found = SCALAR[name](z)
        if abs(value) > 1e-300:  # below it floats lose digits one by one
            assert found == pytest.approx(value, rel=CLOSE, abs=0.0)
        else:
            assert abs(found) <= 1e-300


@pytest.mark.parametrize("z", [[0.3], [1.0, 2.0, -0.5], [1000.0, 0.0], [0.0, 40.0, 40.0], [-900.0, -1000.0]])
def test_shares_equal_those_of_arrays(z: list[float]) -> None:
    """Softmax, its rest and its logarithms keep their digits whatever the largest share is."""
    for found, wanted in zip(scalarshares.shares(z), stable.shares(np.array([z])), strict=True):
        assert found == pytest.approx(wanted[0].tolist(), rel=CLOSE, abs=1e-300)
    assert scalarshares.softmax(z) == pytest.approx(stable.softmax(np.array([z]))[0].tolist(), rel=CLOSE, abs=1e-300)
    assert scalarshares.log_softmax(z) == pytest.approx(stable.log_softmax(np.array([z]))[0].tolist(), rel=CLOSE)
    wanted = stable.log_one_minus_softmax(np.array([z]))[0].tolist()
    assert scalarshares.log_one_minus_softmax(z) == pytest.approx(wanted, rel=CLOSE, abs=1e-300)


def test_products_know_zero() -> None:
    """0 ln 0 and 0/0 of a cost are 0, a logarithm of 0 and a division by 0 elsewhere are infinite."""
    assert (
        0.0 == scalarshares.x_log_y(0.0, 0.0) == scalarshares.product(0.0, -math.inf) == scalarshares.quotient(0.0, 0.0)
    )
    assert -math.inf == scalarshares.x_log_y(1.0, 0.0) == scalarshares.log(0.0) == scalarshares.quotient(-1.0, 0.0)
    assert [0.0, 2.0] == scalarshares.from_largest([1.0, 3.0], [0.9, 0.1])


def test_every_name_has_its_relative_on_arrays() -> None:
    """What unrolled code may call is also there for arrays, but for helpers of this module."""
    helpers = {"gauss", "mish_shares", "normal"}
    assert set(SCALAR) - helpers <= {*ELEMENTWISE, *stable.__all__}
    assert set(ELEMENTWISE) <= set(SCALAR)


def test_oracle_sees_lost_digits() -> None:
    """The textbook slope of the sigmoid fails where the stable one passes."""
    a = scalar.sigmoid(37.0)
    assert a * (1 - a) != pytest.approx(scalar.sigmoid_slope(37.0), rel=1e-3, abs=0.0)


def test_texts_stand_alone() -> None:
    """Each function uses the standard library and functions of its own module, and nothing else."""
    for name, function in SCALAR.items():
        used = {node.id for node in ast.walk(ast.parse(inspect.getsource(function))) if isinstance(node, ast.Name)}
        assert "np" not in used, name
