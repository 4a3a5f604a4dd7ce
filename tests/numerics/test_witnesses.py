"""Witnesses asked for single entries: which entries, and that each gives the derivative of a cost known by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symbackprop.errors import BudgetError
from symbackprop.network.model import mlp
from symbackprop.numerics import witnesses
from symbackprop.numerics.witnesses import (
    central_difference,
    complex_step,
    composed_derivative,
    entries,
    largest_entry,
    lost_in_rounding,
    norm_error,
    seen_by_differences,
)

NETWORK = mlp("1-1", "identity", "quadratic")  # C = ½ (w x + b - y)², the mean over the samples
PARAMS = {"W1": np.array([[3.0]]), "b1": np.array([0.5])}
X, Y = np.array([[2.0], [1.0]]), np.array([[1.0], [0.0]])
# the errors are 5.5 and 3.5: ∂C/∂w = (5.5 · 2 + 3.5 · 1)/2, ∂C/∂b = (5.5 + 3.5)/2
WANTED, TRUTH = [("b1", (0,)), ("W1", (0, 0))], [4.5, 7.25]


def test_all_entries_are_taken_where_they_are_few() -> None:
    """Up to as many as are wanted every entry is named once, in the order of the parameters."""
    network, rng = mlp("2-3-1"), np.random.default_rng(0)
    every = entries(network, 13, rng)
    assert 13 == len(set(every)) == len(every)
    assert [("W1", (0, 0)), ("W1", (0, 1)), ("b2", (0,))] == [every[0], every[1], every[-1]]
    some = entries(network, 12, rng)
    assert 12 == len(some)
    assert set(some) <= set(every)
    assert [3, 3, 3, 3] == [sum(name == each for name, _ in some) for each in ("W1", "b1", "W2", "b2")]


def test_entries_of_a_deep_network_lie_at_all_depths() -> None:
    """Where there are more parameters than entries wanted, the first and the last are among those that are drawn."""
    drawn = entries(mlp([2] * 41), 10, np.random.default_rng(0))
    assert 10 == len(drawn)
    assert ("W1", "b40") == (drawn[0][0], drawn[-1][0])
    assert 10 == len({name for name, _ in drawn})


@pytest.mark.parametrize("digits", [None, 40])
def test_each_witness_gives_the_derivative(digits: int | None) -> None:
    """Differences, complex steps in floats and in digits, and SymPy on the whole cost, in the order that was asked."""
    at = (PARAMS, X, Y)
    assert TRUTH == pytest.approx(central_difference(NETWORK, at, WANTED), rel=1e-9)
    assert TRUTH == pytest.approx([float(each) for each in complex_step(NETWORK, at, WANTED, digits=digits)], rel=1e-15)
    assert TRUTH == [float(each) for each in composed_derivative(NETWORK, at, WANTED, max_operations=100)]


def test_digits_of_a_complex_step_are_half_of_those_asked_for() -> None:
    """With 80 digits the slope of a sigmoid has 39 right ones, and not many more."""
    network, one = mlp("1-1"), np.ones((1, 1))
    (found,) = complex_step(network, ({"W1": one, "b1": np.zeros(1)}, one, 0 * one), [("b1", (0,))], digits=80)
    (truth,) = composed_derivative(
        network, ({"W1": one, "b1": np.zeros(1)}, one, 0 * one), [("b1", (0,))], max_operations=99
    )
    assert abs(found - truth) < 1e-39


def test_given_arrays_are_left_as_they_are() -> None:
    """A witness moves copies; whole numbers are moved by steps that are none."""
    params: dict[str, Any] = {"W1": np.array([[3]]), "b1": np.array([0])}
    found = central_difference(NETWORK, (params, X, Y), WANTED)
    assert [4.0, 6.5] == pytest.approx(found, rel=1e-9)
    assert (3, 0, "i") == (params["W1"][0, 0], params["b1"][0], params["W1"].dtype.kind)


def test_differences_are_of_fourth_order() -> None:
    """A cost of degree 4 has no error but rounding: what is cut off begins with the fifth derivative."""
    network = mlp("1-1", "identity", "(a-y)^4")
    (found,) = central_difference(network, ({"W1": np.ones((1, 1)), "b1": np.zeros(1)}, X[:1], Y[:1]), [("b1", (0,))])
    assert 4.0 == pytest.approx(found, abs=4 * 8 * 2e-16 / witnesses.STEP)


def test_long_formula_is_refused() -> None:
    """A composed cost with more operations than allowed is not built."""
    with pytest.raises(BudgetError, match="composed cost"):
        composed_derivative(mlp("2-3-1"), (PARAMS, X, Y), WANTED, max_operations=10)


@pytest.mark.parametrize("room", [1, 7, 30, 10**6])
def test_moves_go_together_as_far_as_there_is_room(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every move is in one group, those of one array side by side; a group has room, or is one move alone."""
    monkeypatch.setattr(witnesses, "ROOM", room)
    params = {"W1": np.zeros((2, 2)), "b1": np.zeros(2), "W2": np.zeros((1, 2)), "b2": np.zeros(1)}
    names = ["b2", "W1", "b1", "W1", "W2", "b1"]
    groups = list(witnesses._groups(params, 2, names))
    assert sorted(range(len(names))) == sorted(number for group in groups for number in group)
    assert sorted(names) == [names[number] for group in groups for number in group]
    for group in groups:
        taken = len(group) * (2 * 3 + sum(params[name].size for name in {names[number] for number in group}))
        assert len(group) == 1 or taken <= room
    assert (1 if room == 10**6 else 6 if room == 1 else len(groups)) == len(groups)


def test_error_is_relative_to_the_layer_and_nothing_is_passed_over() -> None:
    """The largest difference over the largest entry of its layer, or over what is seen; a NaN is infinitely wrong."""
    gradient = {"W1": np.array([[2.0, -4.0]]), "b1": np.array([1.0])}
    wanted = [("W1", (0, 0)), ("b1", (0,))]
    assert 0.25 == norm_error(gradient, wanted, [2.0, 0.0])
    assert 0.125 == norm_error(gradient, wanted, [2.5, 1.0])
    assert 0.1 == norm_error(gradient, wanted, [2.0, 0.0], least=10.0)
    assert float("inf") == norm_error(gradient, wanted, [float("nan"), 1.0])
    assert float("inf") == norm_error({**gradient, "b1": np.array([np.nan])}, wanted, [2.0, 1.0])
    assert (4.0, 5.0) == (largest_entry(gradient), largest_entry(gradient, 5.0))
    assert np.isnan(largest_entry({"W1": np.array([1.0, np.nan])}))


def test_size_that_differences_see_grows_with_the_cost() -> None:
    """Eight roundings of the cost over the step, of which eight digits are wanted."""
    assert 1e8 * 8 * 2.0**-52 * 3 / 2e-5 == pytest.approx(seen_by_differences(-3.0), rel=1e-15)


@pytest.mark.parametrize(("entry", "wanted"), [(0.0, 2.0), (1e-17, 2.0), (1e-13, 0.0)])
def test_gradient_of_nothing_is_compared_by_the_size_of_the_cost(entry: float, wanted: float) -> None:
    """Where all derivatives are 0 but for rounding, what a witness errs by counts beside the cost; nowhere else."""
    assert wanted == lost_in_rounding(2.0, {"W1": np.array([[entry, 0.0]]), "b1": np.zeros(1)})
