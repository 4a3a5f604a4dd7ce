"""The guards in front of the numbers: good arrays pass unchanged, each slip gets its own clear line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symbackprop.errors import DataError, ShapeError, SymbackpropError
from symbackprop.network.model import mlp
from symbackprop.numerics.checks import TARGETS, check_data, check_params, check_targets, warn_of_targets

X, Y = np.arange(6.0).reshape(3, 2), np.zeros((3, 1))
PARAMS = {"W1": np.zeros((3, 2)), "b1": np.zeros(3), "W2": np.zeros((1, 3)), "b2": np.zeros(1)}


def test_good_data_pass() -> None:
    """Arrays that fit come back as they are; whole numbers, float32 and lists become float64."""
    x, y = check_data(X, Y, (2, 3, 1))
    assert x is X
    assert y is Y
    for value in (X.astype(int), X.astype(np.float32), X.tolist()):
        x, _ = check_data(value, Y.astype(bool), (2, 3, 1))
        assert np.float64 == x.dtype
        assert np.array_equal(X, x)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros(2), Y, r"x has shape \(2,\), wanted two axes, samples and columns; try x.reshape\(-1, 2\)"),
        (np.zeros((3, 2, 1)), Y, r"x has shape \(3, 2, 1\), wanted two axes"),
        (np.float64(1), Y, r"x has shape \(\), wanted two axes"),
        (X, np.zeros(3), r"y has shape \(3,\), wanted two axes, samples and columns; try y.reshape\(-1, 1\)"),
        (np.zeros((3, 5)), Y, "x has 5 columns, the network 2-3-1 wants 2, one for each input"),
        (np.zeros((2, 3)), Y, "x has 3 columns, the network 2-3-1 wants 2, one for each input; try x.T"),
        (X, np.zeros((3, 2)), "y has 2 columns, the network 2-3-1 wants 1, one for each output"),
        (X, np.zeros((4, 1)), "x has 3 rows, y has 4; give one row of each for every sample"),
        (np.zeros((0, 2)), Y, "x has no rows; give at least one sample"),
        ([[1.0, 2.0], [3.0]], Y, "x is ragged: its rows differ in length"),
        ([["1", "2"]], Y, "x holds values of type <U1, wanted real numbers"),
        (np.zeros((3, 2), complex), Y, "x holds values of type complex128, wanted real numbers"),
        (np.array([[None, 1.0]]), Y, "x holds values of type object, wanted real numbers"),
        (None, Y, "x is missing; give an array of real numbers"),
        (np.where(X == 3, np.nan, X), Y, r"x\[1, 1\] is nan, wanted a finite number; drop or replace it"),
        (X, np.array([[0.0], [0.0], [-np.inf]]), r"y\[2, 0\] is -inf, wanted a finite number"),
        (np.zeros((3, 2), "datetime64[s]"), Y, "x holds values of type datetime64"),
    ],
)
def test_bad_data_are_refused(x: Any, y: Any, message: str) -> None:
    """Each wrong array is refused with one line that says what, got, wanted and often what to try."""
    with pytest.raises(DataError, match=message) as caught:
        check_data(x, y, (2, 3, 1))
    assert "\n" not in str(caught.value)


def test_class_numbers_are_told_how_to_become_columns() -> None:
    """The number of each sample's class is no target yet: the message says what to write, with the right width."""
    with pytest.raises(DataError, match=r"y has shape \(3,\), .*; for class numbers, try y = np.eye\(4\)\[y\]"):
        check_data(X, np.array([0, 3, 1]), (2, 3, 4))
    with pytest.raises(DataError, match=r"samples and columns$"):
        check_data(X, np.array([0, 5, 1]), (2, 3, 4))


@pytest.mark.parametrize(
    ("cost", "good", "bad", "message"),
    [
        ("cross_entropy", [0.0, 1.0, 2.0], -0.5, r"y\[1, 0\] is -0.5, cross_entropy wants y >= 0; give shares"),
        ("kl_divergence", [0.0, 1.0, 0.2], -1.0, r"y\[1, 0\] is -1, kl_divergence wants y >= 0"),
        ("binary_cross_entropy", [0.0, 1.0, 0.2], 1.5, r"y\[1, 0\] is 1.5, binary_cross_entropy wants 0 <= y <= 1"),
        ("poisson", [0.0, 7.0, 0.2], -1.0, r"y\[1, 0\] is -1, poisson wants y >= 0; give counts"),
        ("hinge", [1.0, -1.0, 1.0], 0.0, r"y\[1, 0\] is 0, hinge wants y = -1 or y = 1; turn 0 and 1 into 2\*y - 1"),
    ],
)
def test_targets_outside_the_domain_of_a_cost(cost: str, good: list[float], bad: float, message: str) -> None:
    """A cost with a domain accepts targets inside it and names the first one outside."""
    y = np.array(good)[:, np.newaxis]
    check_targets(y, cost)
    y[1] = bad
    with pytest.raises(DataError, match=message):
        check_targets(y, cost)


def test_every_domain_is_tested_and_others_are_free() -> None:
    """The costs above are all that have a domain; any other, custom ones too, takes every target."""
    assert {"cross_entropy", "kl_divergence", "binary_cross_entropy", "poisson", "hinge"} == set(TARGETS)
    for cost in ("quadratic", "mse", "mae", "huber", "(a-y)**4"):
        check_targets(np.array([[-7.5]]), cost)


@pytest.mark.parametrize(
    ("activation", "cost", "bad", "message"),
    [
        (
            "sigmoid",
            "quadratic",
            [0.0, 5.0],
            r"^y\[1, 1\] is 5, but sigmoid gives values from 0 to 1; scale the targets",
        ),
        ("relu", "mae", [-2.0, 0.0], r"^y\[1, 0\] is -2, but relu gives values from 0 to inf; .* end with identity$"),
        ("sigmoid", "poisson", [3.0, 0.0], r"^y\[1, 0\] is 3, but sigmoid gives values from 0 to 1"),
        ("softmax", "cross_entropy", [1.0, 1.0], r"^y\[1\] adds up to 2, cross_entropy wants shares that add up to 1"),
        ("softmax", "kl_divergence", [0.0, 0.0], r"^y\[1\] adds up to 0, kl_divergence wants shares .* one-hot rows"),
    ],
)
def test_targets_that_no_training_reaches_are_warned_of(
    activation: str, cost: str, bad: list[float], message: str
) -> None:
    """Targets beyond the values of the last activation, and classes that are no shares of a whole, get one warning."""
    network = mlp("2-2", activation, cost)
    with pytest.warns(UserWarning, match=message) as told:
        warn_of_targets(np.array([[1.0, 0.0], bad]), network)
    assert 1 == len(told)


@pytest.mark.parametrize(
    ("activation", "cost", "y"),
    [("tanh", "hinge", [1.0, -1.0]), ("identity", "mse", [9.0, -9.0]), ("sigmoid", "(a-y)^4", [3.0, 0.0])]
    + [("sigmoid", "quadratic", [0.0, 1.0]), ("softmax", "cross_entropy", [0.333333, 0.666667])],
)
def test_targets_within_reach_are_silent(activation: str, cost: str, y: list[float]) -> None:
    """Nothing is said of targets that the last activation can take, or about a cost of which nothing is known."""
    warn_of_targets(np.array([y]), mlp("2-2", activation, cost))


def test_good_params_pass() -> None:
    """Parameters come back in the order of the layers, float32 as float32, anything else as float64."""
    params = check_params(dict(reversed(PARAMS.items())), (2, 3, 1))
    assert list(PARAMS) == list(params)
    mixed = {**PARAMS, "W1": np.zeros((3, 2), np.float32), "b1": [0, 0, 0]}
    dtypes = [value.dtype for value in check_params(mixed, (2, 3, 1)).values()]
    assert [np.float32, np.float64, np.float64, np.float64] == dtypes


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"W2": None}, ShapeError, "params lack W2; network 2-3-1 wants W1, b1, W2, b2"),
        ({"W3": np.zeros(1)}, ShapeError, "params hold 'W3'; network 2-3-1 wants only W1, b1, W2, b2"),
        ({"W1": np.zeros((2, 3))}, ShapeError, r"W1 has shape \(2, 3\), layer 1 wants \(3, 2\); try W1.T"),
        ({"b1": np.zeros((3, 1))}, ShapeError, r"b1 has shape \(3, 1\), layer 1 wants \(3,\); try b1.reshape\(3,\)"),
        ({"W1": np.zeros((4, 2))}, ShapeError, r"W1 has shape \(4, 2\), layer 1 wants \(3, 2\); make one row for"),
        ({"b2": np.zeros(3)}, ShapeError, r"b2 has shape \(3,\), layer 2 wants \(1,\); make one entry for"),
        ({"b2": np.array([np.nan])}, DataError, r"b2\[0\] is nan, wanted a finite number"),
        ({"b2": ["a"]}, DataError, "b2 holds values of type <U1, wanted real numbers"),
        ({"W1": [[1.0], [1.0, 2.0]]}, DataError, "W1 is ragged"),
        (
            {"b2": np.ma.array([1.0], mask=[True])},
            DataError,
            r"b2 has masked entries; drop them, or .* b2.filled",
        ),
    ],
)
def test_bad_params_are_refused(change: dict[str, Any], error: type[SymbackpropError], message: str) -> None:
    """Each wrong parameter is named, with the shape it has and the shape it should have."""
    params = {name: value for name, value in {**PARAMS, **change}.items() if value is not None}
    with pytest.raises(error, match=message) as caught:
        check_params(params, (2, 3, 1))
    assert "\n" not in str(caught.value)


def test_params_are_a_mapping() -> None:
    """A list of arrays is no set of named parameters."""
    with pytest.raises(DataError, match=r"params: wanted a mapping such as \{'W1': …\}, got list"):
        check_params([np.zeros((3, 2))], (2, 3, 1))
