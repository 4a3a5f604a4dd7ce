"""Witnesses asked for single entries: which entries, and that each gives the derivative of a cost known by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symbackprop.errors import BudgetError
from symbackprop.network.model import mlp
from symbackprop.numerics import witnesses
from symbackprop.numerics.arithmetic import STEP
from symbackprop.numerics.witnesses import (
    central_difference,
    complex_step,
    composed_derivative,
    cost_error,
    entries,
    largest_entry,
    lost_in_rounding,
    norm_error,
    seen_by_differences,
    sizes_of,
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
    layers = [int(name[1:]) for name, _ in drawn]
    assert sorted(set(layers)) == layers


@pytest.mark.parametrize("digits", [None, 40])
def test_each_witness_gives_the_derivative(digits: int | None) -> None:
    """Differences, complex steps in floats and in digits, and SymPy on the whole cost, in the order that was asked."""
    at = (PARAMS, X, Y)
    assert TRUTH == pytest.approx(central_difference(NETWORK, at, WANTED), rel=1e-9)
    assert TRUTH == pytest.approx([float(each) for each in complex_step(NETWORK, at, WANTED, digits=digits)], rel=1e-15)
    assert TRUTH == [float(each) for each in composed_derivative(NETWORK, at, WANTED, max_operations=100)]


def test_digits_of_a_difference_are_two_fifths_of_those_asked_for() -> None:
    """With 50 digits the slope of a sigmoid has 20 right ones: the step has 5, and what it cuts off is h⁴."""
    network, at = mlp("1-1"), (PARAMS, X, Y)
    found = central_difference(network, at, WANTED, digits=50)
    truth = composed_derivative(network, at, WANTED, max_operations=99)
    assert 1e-20 > max(abs(one - other) for one, other in zip(found, truth, strict=True)) > 1e-26


def test_composed_cost_of_a_narrow_waist() -> None:
    """Inputs, targets and hidden neurons, all in other numbers, are told apart: C = ½ Σ_j (W2_j W1 x - y_j)²."""
    network = mlp("3-1-2", "identity")
    params = {"W1": np.array([[1.0, 2.0, 3.0]]), "b1": np.zeros(1), "W2": np.array([[2.0], [3.0]]), "b2": np.zeros(2)}
    at = params, np.array([[1.0, 0.5, 2.0]]), np.array([[15.0, 20.0]])  # W1 x = 8; the errors are 1 and 4
    wanted = [("W1", (0, 1)), ("W2", (1, 0)), ("b2", (0,))]
    assert [(1 * 2 + 4 * 3) * 0.5, 4 * 8, 1] == composed_derivative(network, at, wanted, max_operations=200)


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
    assert 4.0 == pytest.approx(found, abs=4 * 8 * 2e-16 / STEP)


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


@pytest.mark.parametrize(("room", "wanted"), [(14, [[0, 1]]), (13, [[0], [1]])])
def test_room_is_for_the_neurons_of_the_samples_and_the_parameter(
    room: int, wanted: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two moves of one bias at two samples of 2 + 1 neurons take 2 · (2 · 3 + 1) numbers, and not one more."""
    monkeypatch.setattr(witnesses, "ROOM", room)
    params = {"W1": np.zeros((2, 2)), "b1": np.zeros(2), "W2": np.zeros((1, 2)), "b2": np.zeros(1)}
    assert wanted == list(witnesses._groups(params, 2, ["b2", "b2"]))


def test_errors_are_relative_to_their_layer() -> None:
    """Each layer has its own size, one with nothing left that of the one above; far down, roundings have added up."""
    gradient = {f"{name}{layer}": np.full(2, size) for layer, size in ((51, 1.0), (50, 0.5)) for name in "Wb"}
    gradient |= {"W2": np.array([1e-3, -1e-2]), "b2": np.array([0.0]), "W1": np.array([1e-9]), "b1": np.array([0.0])}
    expected = {"W51": 1.0, "b51": 1.0, "W50": 0.5 * 1.02, "b50": 0.5 * 1.02}
    expected |= {"W2": 0.01 * 1.04, "b2": 0.01 * 1.04, "W1": 0.01 * 1.06, "b1": 0.01 * 1.06}
    assert expected == pytest.approx(sizes_of(gradient))


@pytest.mark.parametrize(
    ("largest", "wanted"),
    [
        ([1e-6], [1e-6]),  # a small derivative is no faded one: nothing is above
        ([1e-4, 1.0], [1e-4 * 1.02, 1.0]),  # as small as what has not faded may be
        ([1.0, 5e-5, 1.0], [1.04, 1.02, 1.0]),  # below what has faded nothing comes back
        ([0.0], [1e-280]),
    ],
)
def test_layer_has_faded_beside_the_one_above(largest: list[float], wanted: list[float]) -> None:
    """A layer whose derivatives are a ten-thousandth of those above, and all below it, are measured by these."""
    found = sizes_of({f"b{layer}": np.array([size]) for layer, size in enumerate(largest, 1)})
    assert wanted == pytest.approx([found[f"b{layer}"] for layer in range(1, len(largest) + 1)], rel=1e-12)


def test_error_is_relative_to_the_layer_and_nothing_is_passed_over() -> None:
    """The largest difference over the largest entry of its layer, or over what is seen; a NaN is infinitely wrong."""
    gradient = {"W1": np.array([[2.0, -4.0]]), "b1": np.array([1.0])}
    wanted = [("W1", (0, 0)), ("b1", (0,))]
    assert 0.25 == norm_error(gradient, wanted, [2.0, 0.0])
    assert 0.5 == norm_error({"b1": np.array([0.5])}, [("b1", (0,))], [0.25])
    assert 0.125 == norm_error(gradient, wanted, [2.5, 1.0])
    assert 0.1 == norm_error(gradient, wanted, [2.0, 0.0], least=10.0)
    assert float("inf") == norm_error(gradient, wanted, [float("nan"), 1.0])
    assert float("inf") == norm_error({**gradient, "b1": np.array([np.nan])}, wanted, [2.0, 1.0])
    assert (4.0, 5.0) == (largest_entry(gradient), largest_entry(gradient, 5.0))
    assert np.isnan(largest_entry({"W1": np.array([1.0, np.nan])}))


def test_size_that_differences_see_grows_with_the_cost() -> None:
    """Eight roundings of the cost over the step, of which eight digits are wanted."""
    assert 1e8 * 8 * 2.0**-52 * 3 / 2e-5 == pytest.approx(seen_by_differences(-3.0), rel=1e-15)


@pytest.mark.parametrize(
    ("cost", "entry", "wanted"),
    [(2.0, 0.0, 2.0), (2.0, 8 * 2.0**-51, 2.0), (2.0, 9 * 2.0**-51, 0.0), (-3.0, 1e-17, 3.0), (0.5, 1e-17, 1.0)],
)
def test_gradient_of_nothing_is_compared_by_the_size_of_the_cost(cost: float, entry: float, wanted: float) -> None:
    """Where all derivatives are 0 but for 8 roundings, what a witness errs by counts beside the cost, or 1."""
    assert wanted == lost_in_rounding(cost, {"W1": np.array([[entry, 0.0]]), "b1": np.zeros(1)})


@pytest.mark.parametrize(
    ("found", "true", "error"),
    [(4.5, 5.0, 0.1), (5.5, 5.0, 0.1), (-3.0, -4.0, 0.25), (0.75, 0.5, 0.25), (1.0, 1.0, 0.0)],
)
def test_error_of_a_cost(found: float, true: float, error: float) -> None:
    """Relative to the true one, or to 1 where that is smaller; all of these are exact in floats."""
    assert error == pytest.approx(cost_error(found, true), rel=1e-15)
