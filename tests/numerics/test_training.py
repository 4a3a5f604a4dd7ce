"""Gradient descent: the same seed visits the same mini-batches, XOR and the digits are learnt, misuse is refused."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import symbackprop as sb
from symbackprop.calculus.backpropagation import derive_for_code
from symbackprop.errors import DataError
from symbackprop.numerics.data import load
from symbackprop.numerics.reference import cost_and_gradient, predict, train
from symbackprop.numerics.training import accuracy, descend, minibatches

Array = NDArray[Any]
ACTIVATIONS = ["tanh", "sigmoid"]


def initial(shape: tuple[int, ...], seed: int = 0) -> dict[str, Array]:
    """Return parameters from a unit normal distribution over the square root of the fan-in."""
    rng, params = np.random.default_rng(seed), {}
    for layer, (below, width) in enumerate(pairwise(shape), start=1):
        params[f"W{layer}"] = rng.normal(size=(width, below)) / np.sqrt(below)
        params[f"b{layer}"] = np.zeros(width)
    return params


def gradient(params: Mapping[str, Array], x: Array, y: Array) -> tuple[float, dict[str, Array]]:
    """Return the witness's own gradient of a tanh-sigmoid net with binary cross-entropy."""
    return cost_and_gradient(params, x, y, activations=ACTIVATIONS, cost="binary_cross_entropy")


def test_both_trainers_learn_xor_alike() -> None:
    """Given the same gradient and seed, `descend` and the witness's own trainer agree to the bit, and solve XOR."""
    xor, start = load("xor"), initial((2, 4, 1))
    options = {"learning_rate": 0.5, "epochs": 300, "batch_size": 3, "seed": 1}
    ours = descend(gradient, start, xor.x, xor.y, **options)
    theirs = train(start, xor.x, xor.y, activations=ACTIVATIONS, cost="binary_cross_entropy", **options)
    assert theirs.losses == ours.losses
    assert all(np.array_equal(theirs.params[name], ours.params[name]) for name in start)
    assert 300 == len(ours.losses)
    assert ours.losses[-1] < 0.05 < ours.losses[0]  # 0.012 measured
    assert accuracy(predict(ours.params, xor.x, activations=ACTIVATIONS), xor.y) == 1.0


def test_digits_are_learnt() -> None:
    """Three epochs of a small net on the digits raise the accuracy from guessing to nine of ten."""
    pytest.importorskip("sklearn")
    digits, start = load("digits"), initial((64, 32, 10))
    net = {"activations": ["relu", "softmax"], "cost": "cross_entropy"}
    history = train(start, digits.x, digits.y, **net, learning_rate=0.2, epochs=3, batch_size=32, seed=0)
    before = accuracy(predict(start, digits.x, activations=net["activations"]), digits.y)
    after = accuracy(predict(history.params, digits.x, activations=net["activations"]), digits.y)
    assert before < 0.3
    assert after > 0.9  # 0.93 measured


def test_parameters_given_are_left_alone() -> None:
    """Training returns new parameters; those it was given, and whole numbers among them, stay as they were."""
    xor, start = load("xor"), {**initial((2, 4, 1)), "b1": np.zeros(4, int)}
    before = {name: value.copy() for name, value in start.items()}
    history = descend(gradient, start, xor.x, xor.y, learning_rate=0.5, epochs=2, batch_size=4, seed=1)
    assert all(np.array_equal(before[name], start[name]) for name in start)
    assert not any(np.array_equal(start[name], history.params[name]) for name in start)


def test_a_reused_workspace_is_no_trap() -> None:
    """A gradient that returns the very same arrays at every call trains like one that returns new ones."""
    xor, start = load("xor"), initial((2, 4, 1))
    workspace = {name: np.empty_like(value) for name, value in start.items()}

    def reusing(params: Mapping[str, Array], x: Array, y: Array) -> tuple[Any, Mapping[str, Array]]:
        cost, grads = gradient(params, x, y)
        for name, grad in grads.items():
            workspace[name][...] = grad
        return np.float64(cost), workspace

    options = {"learning_rate": 0.5, "epochs": 5, "batch_size": 2, "seed": 1}
    expected = descend(gradient, start, xor.x, xor.y, **options)
    assert expected.losses == descend(reusing, start, xor.x, xor.y, **options).losses


@pytest.mark.parametrize(
    ("samples", "batch_size", "sizes"), [(10, 4, [4, 4, 2]), (4, 4, [4]), (3, 10, [3]), (2, 1, [1, 1])]
)
def test_minibatches_visit_every_sample_once(samples: int, batch_size: int, sizes: list[int]) -> None:
    """One epoch uses every sample exactly once; only the last mini-batch may be smaller."""
    batches = list(minibatches(samples, batch_size, np.random.default_rng(5)))
    assert sizes == [len(batch) for batch in batches]
    assert list(range(samples)) == sorted(np.concatenate(batches).tolist())


def test_minibatches_depend_on_the_seed_alone() -> None:
    """The same seed gives the same order, epoch after epoch; another seed, and the next epoch, another order."""

    def orders(seed: int) -> list[list[int]]:
        rng = np.random.default_rng(seed)
        return [np.concatenate(list(minibatches(50, 8, rng))).tolist() for _ in range(2)]

    assert orders(1) == orders(1)
    assert orders(1) != orders(2)
    assert orders(1)[0] != orders(1)[1]


def test_loss_of_an_epoch_is_the_mean_over_its_samples() -> None:
    """A smaller last mini-batch counts by its samples; the epochs are reported one by one, from 1."""
    seen: list[tuple[int, float]] = []

    def constant(params: Mapping[str, Array], x: Array, y: Array) -> tuple[float, dict[str, Array]]:
        return float(len(x)), {}

    history = descend(
        constant,
        {},
        np.zeros((5, 1)),
        np.zeros((5, 1)),
        learning_rate=1.0,
        epochs=2,
        batch_size=3,
        seed=0,
        on_epoch=lambda epoch, loss, params: seen.append((epoch, loss)),
    )
    assert ((3 * 3 + 2 * 2) / 5,) * 2 == history.losses
    assert [(1, history.losses[0]), (2, history.losses[1])] == seen


def test_witness_reports_its_epochs() -> None:
    """The witness's trainer calls `on_epoch` with the epoch, its loss and the parameters so far."""
    xor, seen = load("xor"), []
    history = train(
        initial((2, 4, 1)),
        xor.x,
        xor.y,
        activations=ACTIVATIONS,
        cost="quadratic",
        learning_rate=0.1,
        epochs=2,
        batch_size=4,
        seed=0,
        on_epoch=lambda epoch, loss, params: seen.append((epoch, loss, params["b2"].copy())),
    )
    assert [(1, history.losses[0]), (2, history.losses[1])] == [entry[:2] for entry in seen]
    assert np.array_equal(history.params["b2"], seen[-1][2])


def test_a_step_allocates_nothing() -> None:
    """After the first step of 784-512-256-10 with 128 samples no array is made anew, by the gradient or by the step."""
    network, rng = sb.mlp("784-512-256-10"), np.random.default_rng(0)
    gradient, start = sb.compile(derive_for_code(network)), network.initial_params(0)
    x, y = rng.normal(size=(512, 784)), np.eye(10)[rng.integers(10, size=512)]
    seen: list[tuple[int, int]] = []

    def look(*_: object) -> None:
        seen.append(tracemalloc.get_traced_memory())
        tracemalloc.reset_peak()

    tracemalloc.start()
    descend(gradient, start, x, y, learning_rate=0.1, epochs=1, batch_size=128, on_step=look)
    tracemalloc.stop()
    assert seen[0][0] > 8 * network.parameter_count  # the measure sees what the first step keeps
    for before, after in pairwise(seen):
        assert max(after) - before[0] < 4096  # bytes: the numbers and names of a step; the smallest array has 10,240


def test_no_epoch_changes_nothing() -> None:
    """Zero epochs return the parameters that came in, and no losses."""
    xor, start = load("xor"), initial((2, 4, 1))
    history = descend(gradient, start, xor.x, xor.y, learning_rate=0.5, epochs=0, batch_size=4, seed=1)
    assert () == history.losses
    assert all(np.array_equal(start[name], history.params[name]) for name in start)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("learning_rate", 0.0, "learning_rate is 0.0, wanted a positive number; try 0.1"),
        ("learning_rate", -1.0, "learning_rate is -1.0, wanted a positive"),
        ("learning_rate", float("nan"), "learning_rate is nan, wanted a positive"),
        ("epochs", -1, "epochs is -1, wanted a whole number, 0 or more; try 10"),
        ("epochs", 1.5, "epochs is 1.5, wanted a whole number"),
        ("batch_size", 0, "batch_size is 0, wanted a whole number, 1 or more; try 32"),
        ("batch_size", True, "batch_size is True, wanted a whole number"),
        ("learning_rate", "0.1", "learning_rate is '0.1', wanted a positive number"),
        ("learning_rate", None, "learning_rate is None, wanted a positive number"),
        pytest.param("learning_rate", 10**400, "learning_rate is 10{19}, wanted a", id="too large"),
    ],
)
def test_options_out_of_range(option: str, value: float, message: str) -> None:
    """An option that cannot be meant is refused before anything is computed."""
    xor, options = load("xor"), {"learning_rate": 0.5, "epochs": 1, "batch_size": 4, "seed": 1, option: value}
    with pytest.raises(DataError, match=message):
        descend(gradient, initial((2, 4, 1)), xor.x, xor.y, **options)


def test_learning_rate_is_any_number() -> None:
    """A fraction and an array without axes, as NumPy and PyTorch have a number, are taken for what they are."""
    xor, start = load("xor"), initial((2, 4, 1))
    rates = (0.5, Fraction(1, 2), np.array(0.5), Decimal("0.5"))
    losses = {descend(gradient, start, xor.x, xor.y, learning_rate=rate, epochs=3).losses for rate in rates}
    assert len(losses) == 1


@pytest.mark.parametrize("count", [0, 1, 3, 5])
def test_as_many_targets_as_samples(count: int) -> None:
    """Samples and targets that do not go by rows are refused: the last target would count for all that have none."""
    xor, other = load("xor"), np.zeros((count, 1))
    with pytest.raises(DataError, match=f"x has 4 samples and y has {count}; give one row of y for each"):
        descend(gradient, initial((2, 4, 1)), xor.x, other, learning_rate=0.5, epochs=1)
    with pytest.raises(DataError, match="x and y are missing: the samples to descend on"):
        descend(gradient, initial((2, 4, 1)), xor.x[:0], xor.y[:0], learning_rate=0.5, epochs=1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"x": [[1, 2], [3]]}, "^x is ragged: its rows differ in length"),
        ({"y": [[1], [2, 3]]}, "^y is ragged"),
        ({"x": [["a", "b"], ["c", "d"]]}, "^x holds values of type <U1, wanted real numbers"),
        ({"params": {**initial((2, 4, 1)), "W1": [[1, 2], [3]]}}, "^W1 is ragged"),
        ({"params": [1, 2]}, "^params: wanted a mapping such as {'W1': …}, got list"),
    ],
)
def test_what_is_no_array_is_said(given: dict[str, Any], message: str) -> None:
    """Rows of different lengths, text, and parameters without names are refused in one line."""
    options: dict[str, Any] = {"params": initial((2, 4, 1)), "x": [[0, 1], [1, 0]], "y": [[1], [0]], **given}
    with pytest.raises(DataError, match=message):
        descend(gradient, **options, learning_rate=0.5, epochs=1)


def test_divergence_is_said() -> None:
    """When the cost leaves the numbers, the epoch is named and a lower learning rate is asked for."""

    def diverging(params: Mapping[str, Array], x: Array, y: Array) -> tuple[float, dict[str, Array]]:
        return float("inf"), {}

    xor = load("xor")
    with pytest.raises(DataError, match="epoch 1: the cost became inf; lower learning_rate, now 9"):
        descend(diverging, {}, xor.x, xor.y, learning_rate=9.0, epochs=3, batch_size=4, seed=1)


def test_accuracy_counts_classes() -> None:
    """Columns are classes; a single column is split in the middle of its targets, 0 and 1 as well as -1 and 1."""
    one_hot = np.eye(3)[[0, 1, 2, 1]]
    assert 0.75 == accuracy(np.eye(3)[[0, 1, 2, 0]] * 0.4, one_hot)
    assert 0.5 == accuracy(np.array([[0.6], [0.6]]), np.array([[1.0], [0.0]]))
    assert 1.0 == accuracy(np.array([[0.2], [-0.2]]), np.array([[1.0], [-1.0]]))
    with pytest.raises(DataError, match=r"predictions have shape \(2, 1\), y has \(4, 3\)"):
        accuracy(np.zeros((2, 1)), one_hot)


def test_equations_are_descended_on() -> None:
    """A program of equations has samples among its arrays; what moves are its parameters, Python's numbers included."""
    text = "input x[m, n]\ntarget y[m]\nparameter w[n], b\nz[s] = sum[j](w[j]*x[s, j]) + b\nC = mean[s]((z[s]-y[s])^2)"
    gradient = sb.compile(sb.derive(sb.equations(text)))
    x = np.random.default_rng(0).normal(size=(20, 3))
    values = {"x": x, "y": x @ [1.0, 2.0, 3.0] + 0.5, "w": np.zeros(3), "b": 0.0}
    found = sb.descend(gradient, values, learning_rate=0.1, epochs=400)
    np.testing.assert_allclose(found.params["w"], [1, 2, 3], atol=1e-6)
    assert found.params["b"] == pytest.approx(0.5, abs=1e-6)
    with pytest.raises(DataError, match="x and y: a program of equations has them among its arrays"):
        sb.descend(gradient, values, x, values["y"], learning_rate=0.1, epochs=1)
