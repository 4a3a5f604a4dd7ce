"""The forward program taken at its word: the cost by hand, in floats, in complex numbers and in many digits."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from sympy import Indexed, Integer, Sum, atan2

from symbackprop.errors import CheckError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.model import mlp
from symbackprop.network.notation import Tensor, index
from symbackprop.numerics import interpretation
from symbackprop.numerics.arithmetic import Digits, Floats
from symbackprop.numerics.interpretation import Forward, _contracted
from symbackprop.numerics.reference import cost_and_gradient
from symbackprop.numerics.witnesses import central_difference, complex_step, entries


def at(shape: str, samples: int = 4) -> tuple[dict[str, Any], Any, Any]:
    """Return a random point of a network of this shape."""
    rng, network = np.random.default_rng(3), mlp(shape)
    params = {name: value + 0.2 for name, value in network.initial_params(1).items()}
    return params, rng.normal(size=(samples, network.widths[0])), rng.uniform(0.2, 0.8, (samples, network.widths[-1]))


@pytest.mark.parametrize("numbers", [Floats(), Digits(30)], ids=["floats", "digits"])
@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_cost_equals_the_one_by_hand(activation: str, numbers: Any) -> None:
    """The cost of every activation, in both kinds of numbers, is the one that the witness by hand has."""
    params, x, y = at("3-4-2")
    found = Forward(mlp("3-4-2", activation, "mse"), numbers)(params, x, y)
    wanted, _ = cost_and_gradient(params, x, y, activations=[activation] * 2, cost="mse")
    assert wanted == pytest.approx(float(found), rel=1e-14)


def test_digits_are_there() -> None:
    """With fifty digits the cost of one sigmoid at 0 and target 0 is exactly an eighth, that at 1 has fifty digits."""
    network, zero = mlp("1-1"), np.zeros((1, 1))
    params = {"W1": zero, "b1": np.zeros(1)}
    assert "0.125" == str(Forward(network, Digits(50))(params, zero, zero))
    found = Forward(network, Digits(50))({**params, "b1": np.ones(1)}, zero, zero)
    assert "0.267223" == str(found)[:8]  # (1/(1 + 1/e))²/2
    assert len(str(found)) > 15


def test_complex_numbers_go_through() -> None:
    """A step in the imaginary direction comes out as the derivative, cases and error function included."""
    params, x, y = at("3-4-2")
    forward = Forward(mlp("3-4-2", ["gelu", "elu"], "huber"), Floats())
    moved = {**params, "b1": params["b1"].astype(complex)}
    moved["b1"][0] += 1e-30j
    _, grads = cost_and_gradient(params, x, y, activations=["gelu", "elu"], cost="huber")
    assert float(np.imag(forward(moved, x, y)) / 1e-30) == pytest.approx(grads["b1"][0], rel=1e-12)


def test_cost_that_is_chosen_entry_by_entry() -> None:
    """A cost that is said by `where` on a and y is taken at its word, for each output of each sample."""
    network = mlp("1-2", "identity", "where(a > y, a - y, 2*(y - a))")
    params = {"W1": np.array([[1.0], [2.0]]), "b1": np.zeros(2)}
    x, y = np.array([[1.0], [-1.0], [3.0]]), np.array([[0.0, 4.0], [-3.0, 0.0], [3.0, 6.5]])
    costs = Forward(network, Floats()).each(params, x, y)
    assert [1 + 2 * 2, 2 + 2 * 2, 0 + 2 * 0.5] == costs.tolist()


def test_distance_from_kinks_is_noted() -> None:
    """The nearest kink is measured over all activations and the cost; a smooth network has none."""
    zero = np.zeros((1, 1))
    forward = Forward(mlp("1-1", "relu"), Floats())
    forward({"W1": zero, "b1": np.array([-0.25])}, zero, zero)
    assert 0.25 == forward.nearest_kink
    smooth = Forward(mlp("1-1", "tanh"), Floats())
    smooth({"W1": zero, "b1": np.array([-0.25])}, zero, zero)
    assert math.inf == smooth.nearest_kink


def test_what_is_not_plain_is_refused() -> None:
    """An index that is no letter, and an expression of a foreign kind, have no value here."""
    forward, k = Forward(mlp("2-1"), Floats()), index("k")
    x = Tensor("a", 0, (2,))
    with pytest.raises(CheckError, match=r"its indices are not plain$"):
        forward._value(Sum(Indexed(x, k + 1), (k, 1, 1)), {"a0": np.ones((1, 2))})
    with pytest.raises(CheckError, match=r"has no value here: atan2 is unknown$"):
        forward._value(atan2(Indexed(x, k), 1), {x: np.ones((1, 2))})


@pytest.mark.parametrize("numbers", [Floats(), Digits(30)], ids=["floats", "digits"])
def test_sum_adds_what_does_not_vary_as_often_as_it_says(numbers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum over an index that nothing has is so many times the rest; of floats no product is made entry by entry."""
    contracted = []
    monkeypatch.setattr(interpretation, "_contracted", lambda *given: contracted.append(1) or _contracted(*given))
    forward, j, k = Forward(mlp("2-1"), numbers), index("j"), index("k")
    x = Tensor("a", 0, (2,))
    known = {x: numbers.array(np.array([[1.0, 2.0], [3.0, 5.0]]))}
    assert 6 == forward._value(Sum(Integer(2), (k, 2, 4)), known)[0]
    assert [9, 24] == list(forward._value(Sum(x[k], (k, 1, 2), (j, 2, 4)), known)[0])
    assert [5, 34] == list(forward._value(Sum(x[k] * x[k], (k, 1, 2)), known)[0])
    assert (2 if isinstance(numbers, Floats) else 0) == len(contracted)


@pytest.mark.parametrize("formula", ["where(z>=-1,max(z,0)*z,abs(z)-z)", "where(z>0,where(z>1,z^2,z),min(z,-1/3))"])
def test_difference_goes_into_cases(formula: str) -> None:
    """Decisions inside of a case hold for each of many moves, sample by sample."""
    network, (params, x, y) = mlp("2-3-1", (formula, "tanh")), at("2-3-1", samples=7)
    wanted = entries(network, 99, np.random.default_rng(0))
    found = central_difference(network, (params, x, y), wanted)
    assert complex_step(network, (params, x, y), wanted) == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize(
    ("activation", "slope"),
    [
        ("relu", 0.0),
        ("leaky_relu", 0.01),
        ("max(z,0)", 0.5),
        ("max(0.1*z,z)", 0.55),
        ("relu(z)-relu(-z)", 1.0),
        ("where(z>=0,2*z,z)", 2.0),
        ("elu", 1.0),
    ],
)
@pytest.mark.parametrize("noise", [0.0, 2.0**-51, -(2.0**-51)])  # the last digit of 3
def test_difference_at_a_kink_is_the_slope_that_holds_there(activation: str, slope: float, noise: float) -> None:
    """Held at a sample that sits on a kink, up to rounding, differences of the cost have the prescribed derivative."""
    network = mlp("1-1-1", (activation, "identity"), "max(a,y)")
    params = {
        "W1": np.array([[3.0]]),
        "b1": np.array([-3.0 + noise]),
        "W2": np.array([[2.0]]),
        "b2": np.array([0.5]),
    }
    wanted = [("W2", (0, 0)), ("b2", (0,)), ("b1", (0,))]
    found = central_difference(network, (params, np.array([[1.0]]), np.array([[0.5]])), wanted)
    assert [0.0, 0.5, slope] == pytest.approx(found, abs=1e-9)  # ∂max(a, y)/∂a is 1/2, where both are 0.5


@pytest.mark.parametrize(("cost", "slope"), [("max(a,2*a-y)", 1.5), ("min(a,2*a-y)", 1.5), ("max(3*a-2*y,a)+a", 3.0)])
def test_tie_in_a_cost_is_held_at_the_mean_of_both_slopes(cost: str, slope: float) -> None:
    """Where two values of a cost are equal, differences of it have the mean of the slopes of both."""
    params = {"W1": np.array([[2.0]]), "b1": np.array([-1.0])}
    one = np.array([[1.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a cost that nobody would train with
        network = mlp("1-1", "identity", cost)
    assert [slope] == pytest.approx(central_difference(network, (params, one, one), [("b1", (0,))]), abs=1e-9)
