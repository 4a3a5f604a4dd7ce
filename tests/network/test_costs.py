"""The registry of costs: values against formulas of mpmath, factors, and which logarithms they take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import pytest
from sympy import Rational, Sum

from symbackprop.network import notation
from symbackprop.network.composition import unrolled, with_sizes
from symbackprop.network.costs import COSTS, A, Cost, N, Y
from symbackprop.network.costs.separable import HUBER
from symbackprop.network.functions import Z, explicit
from symbackprop.network.kinks import kinks
from symbackprop.network.model import mlp
from symbackprop.network.notation import LAST_LAYER, index, width

J = index("j")


def logarithm(number: Any) -> Any:
    """Return ln."""
    return mpmath.log(number)


FORMULAS: dict[str, Callable[[Any, Any], Any]] = {  # of one output, written once more
    "binary_cross_entropy": lambda a, y: -logarithm(a**y * (1 - a) ** (1 - y)),
    "cross_entropy": lambda a, y: -logarithm(a**y),
    "hinge": lambda a, y: max(0, 1 - y * a),
    "huber": lambda a, y: (a - y) ** 2 / 2 if abs(a - y) <= 1 else abs(a - y) - mpmath.mpf(1) / 2,
    "kl_divergence": lambda a, y: y * logarithm(y / a) if y else 0,
    "mae": lambda a, y: abs(a - y),
    "mse": lambda a, y: (a - y) ** 2,
    "poisson": lambda a, y: a - y * logarithm(a),
    "quadratic": lambda a, y: (a - y) ** 2 / 2,
}
OUTPUTS = [(Rational(1, 4), Rational(3, 5)), (Rational(2, 3), Rational(1)), (Rational(7, 8), Rational(0))]
FAR = [(Rational(5, 2), Rational(-1)), (Rational(3), Rational(1)), (Rational(1, 2), Rational(4))]


def test_every_cost_has_a_formula() -> None:
    """The table of this file and the registry name the same costs."""
    assert [*COSTS] == sorted(FORMULAS)


def composed(cost: Cost, outputs: list[tuple[Any, Any]]) -> Any:
    """Return the cost of one sample with these activations and targets as a number of 35 digits."""
    a, y = notation.activation(LAST_LAYER), notation.target(LAST_LAYER)
    sized = with_sizes(cost.value(a, y, J), (1, len(outputs)))

    def entry(tensor: Any, at: tuple[int, ...]) -> Any:
        return outputs[at[0] - 1][tensor.letter == "y"]

    return mpmath.mpf(str(explicit(unrolled(sized, entry)).evalf(35)))


@pytest.mark.parametrize("name", COSTS)
def test_value_of_every_cost(name: str) -> None:
    """A cost adds up over the outputs; the mean squared error divides by their number."""
    with mpmath.workdps(40):
        far = [] if COSTS[name].wants_positive else FAR
        pairs = [*OUTPUTS, *far]
        expected = sum(FORMULAS[name](*(mpmath.mpf(n.p) / n.q for n in pair)) for pair in pairs)
        assert abs(expected / (len(pairs) if name == "mse" else 1) - composed(COSTS[name], pairs)) <= 1e-30


@pytest.mark.parametrize("name", COSTS)
def test_cost_is_a_sum_over_the_outputs(name: str) -> None:
    """Every cost is a factor times one sum over the last layer, whatever its width."""
    value = COSTS[name].value(notation.activation(LAST_LAYER), notation.target(LAST_LAYER), J)
    (total,) = value.atoms(Sum)
    assert ((J, 1, width(LAST_LAYER)),) == tuple(limit.args for limit in total.limits)
    assert COSTS[name].factor.xreplace({N: width(LAST_LAYER)}) == value / total


def test_logarithms_are_known() -> None:
    """Four costs take the logarithm of an activation, one that of 1 minus it."""
    positive = {name for name in COSTS if COSTS[name].wants_positive}
    assert {"binary_cross_entropy", "cross_entropy", "kl_divergence", "poisson"} == positive
    assert ["binary_cross_entropy"] == [name for name in COSTS if COSTS[name].wants_below_one]


def test_logarithms_of_a_custom_cost_are_known() -> None:
    """What a formula takes the logarithm of is found in it."""
    custom = mlp("1-1", "sigmoid", "-y*ln(a) - ln(1 - a)").cost_function
    assert (True, True) == (custom.wants_positive, custom.wants_below_one)
    plain = mlp("1-1", "sigmoid", "ln(1 + (a-y)^2)").cost_function
    assert (False, False) == (plain.wants_positive, plain.wants_below_one)


def test_entropy_of_a_certain_target_is_zero() -> None:
    """Where y is 0, y ln y is 0: the divergence of a one-hot target is finite."""
    kl = COSTS["kl_divergence"]
    pairs = [(Rational(1, 4), Rational(0)), (Rational(3, 4), Rational(1))]
    assert abs(composed(kl, pairs) - composed(COSTS["cross_entropy"], pairs)) <= 1e-30


def test_huber_has_no_kink() -> None:
    """The parabola and the lines of Huber's cost meet with the same slope."""
    assert () == kinks(HUBER)
    assert [Rational(1, 2)] * 2 == [explicit(HUBER(Rational(side))) for side in (-1, 1)]


def test_cost_of_one_s_own() -> None:
    """A term in A and Y, and a factor that may have the width N in it, is all that a cost needs."""
    own = Cost("own", (A - Y) ** 4, 1 / (2 * N))
    pairs = [(Rational(1), Rational(0)), (Rational(3), Rational(1))]
    assert 17 / mpmath.mpf(4) == composed(own, pairs)
    assert not own.wants_positive
    assert Z not in own.term.free_symbols
