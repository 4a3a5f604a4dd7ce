"""Trainers beside descent spelled out: an honest one passes, and how long the steps are is what is promised."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from symbackprop.numerics.reference import History
from symbackprop.numerics.trainer_verification import AT_ONCE, EPOCHS, STEP, _apart, trainer_error
from symbackprop.numerics.training import descend

PARAMS = {"W1": np.array([[2.0, -4.0]]), "b1": np.array([0.5])}
X, Y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.zeros((3, 1))


def gradient(params: Any, x: Any, y: Any) -> tuple[float, dict[str, Any]]:
    """Return the cost ½ (W x + b - y)² and its gradient, the mean over the samples."""
    error = x @ params["W1"].T + params["b1"] - y
    return float((error**2).sum()) / 2 / len(x), {"W1": error.T @ x / len(x), "b1": error.sum(axis=0) / len(x)}


def test_honest_trainers_pass() -> None:
    """Descent spelled out is what `descend`, its single steps and the witness do."""
    assert 0.0 == trainer_error(gradient, (PARAMS, X, Y), None)
    assert 0.0 == trainer_error(gradient, (PARAMS, X, Y), partial(descend, gradient))


NOTHING = {name: 0 * value for name, value in PARAMS.items()}


@pytest.mark.parametrize(
    ("params", "target"),
    [(PARAMS, 0.0), (NOTHING, 1.0), (NOTHING, 0.0), (PARAMS, None)],
)
def test_steps_are_a_hundredth_of_the_parameters(params: Any, target: float | None) -> None:
    """No step is longer than a hundredth of the largest parameter, or of 1, where all of them or the slopes are 0."""
    courses: list[dict[str, Any]] = []

    def by_hand(params: Any, x: Any, y: Any, **course: Any) -> History:
        courses.append(course)
        return descend(gradient, params, x, y, **course)

    y = X @ PARAMS["W1"].T + PARAMS["b1"] if target is None else Y + target
    slope = max(np.abs(each).max() for each in gradient(params, X, y)[1].values())
    assert 1e-14 > (trainer_error(gradient, (params, X, y), by_hand) or 0.0)
    largest = max(np.abs(each).max() for each in params.values())
    expected = {"learning_rate": STEP * (largest or 1.0) / (slope or 1.0), "epochs": EPOCHS, "batch_size": AT_ONCE}
    assert [expected | {"seed": 0}] == courses
    assert 0.01 == STEP


@pytest.mark.parametrize("moved", [0.0, 1e-3])
@pytest.mark.parametrize("cost", [0.0, 1e-2])
def test_error_is_relative_to_the_step(moved: float, cost: float) -> None:
    """A parameter that ends off is measured by the step, 0.04 here; a cost by itself, or by 1 where it is smaller."""

    def by_hand(params: Any, x: Any, y: Any, **course: Any) -> History:
        end = descend(gradient, params, x, y, **course)
        params = {**end.params, "b1": end.params["b1"] + moved * 0.04}
        return History((*end.losses[:-1], end.losses[-1] + cost * max(1, end.losses[-1])), params)

    assert max(moved, cost) == pytest.approx(trainer_error(gradient, (PARAMS, X, Y), by_hand), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("cost", "other", "apart"), [(0.5, 0.25, 0.25), (-4.0, -3.0, 0.25), (1.5, 1.5, 0.5)])
def test_costs_are_apart_by_a_share_of_what_is_large(cost: float, other: float, apart: float) -> None:
    """Two costs differ by a share of the first, or of 1; parameters by a share of the step."""
    here = {"b": np.array([1.0])}
    there = {"b": np.array([1.0 if cost != other else 3.0])}
    assert apart == _apart((cost, here), (other, there), least=4.0)


def test_cost_that_is_no_number_is_no_point() -> None:
    """A path on which the cost is not finite compares nothing, and a trainer that ends in no number is wrong."""

    def nowhere(params: Any, x: Any, y: Any) -> tuple[float, dict[str, Any]]:
        return float("nan"), gradient(params, x, y)[1]

    assert None is trainer_error(nowhere, (PARAMS, X, Y), None)
    lost = History((float("nan"),), PARAMS)
    assert float("inf") == trainer_error(gradient, (PARAMS, X, Y), lambda *_, **__: lost)
