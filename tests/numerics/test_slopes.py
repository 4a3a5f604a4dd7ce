"""The slope of a cost along a direction, beside difference quotients."""

from __future__ import annotations

import numpy as np

from symbackprop.numerics.slopes import slope_error

WAY = {"W1": np.ones(2)}


def test_quotient_of_a_smooth_cost_is_its_slope() -> None:
    """Right derivatives pass, and one that is wrong by a thousandth does not, with whatever step."""
    at, grads = {"W1": np.array([0.5, -2.0])}, {"W1": np.array([1.0, -4.0])}
    cost = lambda params: float(np.sum(params["W1"] ** 2))  # noqa: E731 - two lines of test, one of cost
    assert slope_error(cost, grads, at, WAY, allowed=1e-6) < 1e-9
    assert slope_error(cost, {"W1": np.array([1.001, -4.0])}, at, WAY, allowed=1e-6) > 1e-4


def test_kink_near_the_point_is_stepped_over() -> None:
    """A kink 3e-7 away lies within the longer steps, whose quotients are no slopes, and outside of the shortest."""
    at = {"W1": np.array([3e-7, 1.0])}
    error = slope_error(lambda p: float(np.maximum(p["W1"], 0).sum()), {"W1": np.ones(2)}, at, WAY, allowed=1e-6)
    assert error < 1e-6


def test_nothing_to_train_has_no_error() -> None:
    """Without parameters there is no direction."""
    assert 0.0 == slope_error(lambda _: 1.0, {}, {}, {}, allowed=1e-6)
