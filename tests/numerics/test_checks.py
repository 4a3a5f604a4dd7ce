"""The guards in front of the numbers: good arrays pass unchanged, each slip gets its own clear line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symbackprop.errors import DataError
from symbackprop.network.model import mlp
from symbackprop.numerics.checks import TARGETS, check_samples, check_targets, warn_of_targets

X, Y = np.arange(6.0).reshape(3, 2), np.zeros((3, 1))


def test_good_data_pass() -> None:
    """Arrays that fit come back as they are; whole numbers, float32 and lists become float64."""
    x, y = check_samples(X, Y)
    assert x is X
    assert y is Y
    assert np.array_equal(Y, check_samples(X, Y[:, 0])[1])
    for value in (X.astype(int), X.astype(np.float32), X.tolist()):
        x, _ = check_samples(value, Y.astype(bool))
        assert np.float64 == x.dtype
        assert np.array_equal(X, x)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros(2), Y, r"x has shape \(2,\), wanted two axes, samples and columns"),
        (np.zeros((3, 2, 1)), Y, r"x has shape \(3, 2, 1\), wanted two axes"),
        (np.float64(1), Y, r"x has shape \(\), wanted two axes"),
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
        check_samples(x, y)
    assert "\n" not in str(caught.value)


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
