"""Trainers beside descent spelled out: an honest one passes, and how long the steps are is what is promised."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbackprop.numerics.reference import History
from symbackprop.numerics.trainer_verification import AT_ONCE, EPOCHS, STEP, trainer_error

PARAMS = {"W1": np.array([[2.0, -4.0]]), "b1": np.array([0.5])}
X, Y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.zeros((3, 1))


def gradient(params: Any, x: Any, y: Any) -> tuple[float, dict[str, Any]]:
    """Return the cost ½ (W x + b - y)² and its gradient, the mean over the samples."""
    error = x @ params["W1"].T + params["b1"] - y
    return float((error**2).sum()) / 2 / len(x), {"W1": error.T @ x / len(x), "b1": error.sum(axis=0) / len(x)}


def test_honest_trainers_pass_with_steps_of_a_hundredth() -> None:
    """No step is longer than a hundredth of the largest parameter, whatever the gradient, and none is lost."""
    courses: list[dict[str, Any]] = []

    def by_hand(params: Any, x: Any, y: Any, **course: Any) -> History:
        courses.append(course)
        return History((0.0,), params)

    assert 0.0 == trainer_error(gradient, (PARAMS, X, Y), None)
    assert 1e-3 < (trainer_error(gradient, (PARAMS, X, Y), by_hand) or 0.0)
    slope = max(np.abs(each).max() for each in gradient(PARAMS, X, Y)[1].values())
    expected = {"learning_rate": STEP * 4.0 / slope, "epochs": EPOCHS, "batch_size": AT_ONCE, "seed": 0}
    assert [expected] == courses
    assert 0.01 == STEP


def test_nothing_to_descend_on_is_no_mistake() -> None:
    """Where all parameters or the whole gradient are 0, steps are made all the same."""
    nothing = {name: 0 * value for name, value in PARAMS.items()}
    assert 0.0 == trainer_error(gradient, (nothing, X, Y), None)
    assert 0.0 == trainer_error(gradient, (nothing, X, Y + 1), None)


def test_cost_that_is_no_number_is_no_point() -> None:
    """A path on which the cost is not finite compares nothing, and a trainer that ends in no number is wrong."""

    def nowhere(params: Any, x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        return float("nan"), gradient(params, x, y)[1]

    assert None is trainer_error(nowhere, (PARAMS, X, Y), None)
    lost = History((float("nan"),), PARAMS)
    assert float("inf") == trainer_error(gradient, (PARAMS, X, Y), lambda *_, **__: lost)
