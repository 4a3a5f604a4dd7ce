"""Named functions: derivatives in the form of the textbooks, and values where they jump."""

from __future__ import annotations

from math import erf as reference_erf

import mpmath
import numpy as np
import pytest
from sympy import Expr, Piecewise, Rational, S, Symbol, diff, erf, exp, lambdify, log, pi, sin, sqrt

from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs.separable import HUBER
from symbackprop.network.expressions import parse_activation
from symbackprop.network.functions import (
    ABSOLUTE,
    RELU,
    SIGMA,
    SIGMOID,
    SOFTPLUS,
    TANH,
    X_LOG_X,
    Elementwise,
    Z,
    elementary,
    elementwise,
    explicit,
    slope,
)
from symbackprop.network.kinks import kinks
from symbackprop.network.lawful import lawful_slope

U = Symbol("u", real=True)
ELEMENTWISE = [name for name in ACTIVATIONS if ACTIVATIONS[name].function is not None]


@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (SIGMOID, exp(-Z) / (1 + exp(-Z)) ** 2),
        (TANH, 1 - (exp(Z) - exp(-Z)) ** 2 / (exp(Z) + exp(-Z)) ** 2),
        (elementwise("f", Z / (1 + exp(-Z))), 1 / (1 + exp(-Z)) + Z * exp(-Z) / (1 + exp(-Z)) ** 2),
    ],
)
def test_derivative_is_written_as_a_textbook_would(function: type[Elementwise], derivative: Expr) -> None:
    """No e^-z is turned into e^z on the way, and a sum times its opposite is a square."""
    assert derivative == slope(function).definition


def test_functions_are_the_same_for_the_same_name_and_definition() -> None:
    """A class is made once; another definition under the same name is another function."""
    assert elementwise("f", Z**2) is elementwise("f", Z**2)
    assert elementwise("f", Z**2) is not elementwise("f", Z**3)
    assert elementwise("f", Z**2)(U) != elementwise("f", Z**3)(U)
    assert slope(SIGMOID) is slope(SIGMOID)


def test_slopes_are_functions_of_their_own() -> None:
    """A slope has a name that code can use, knows what it is the derivative of, and has a slope again."""
    first, second = slope(TANH), slope(slope(TANH))
    assert [("tanh", 0), ("tanh", 1), ("tanh", 2)] == [(f.stem, f.order) for f in (TANH, first, second)]
    assert ["tanh", "tanh_slope", "tanh_slope_slope"] == [f.__name__ for f in (TANH, first, second)]
    assert (TANH, first) == (first.origin, second.origin)
    assert all(f.__name__.isidentifier() for f in (first, second))


def test_sympy_differentiates_by_the_slope() -> None:
    """`diff` follows the chain rule through named functions, of which σ stands for any."""
    assert slope(SIGMA)(U**2) * 2 * U == diff(SIGMA(U**2), U)
    assert slope(SIGMOID)(TANH(U)) * slope(TANH)(U) == diff(SIGMOID(TANH(U)), U)
    assert SIGMA(U) == SIGMA(U).explicit()
    assert slope(SIGMA).definition is None


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_second_derivative_is_that_of_the_first(name: str) -> None:
    """The slope of a slope is its difference quotient, off the kinks."""
    function = ACTIVATIONS[name].function
    first, second = (lambdify(Z, explicit(f(Z)), "mpmath") for f in (slope(function), slope(slope(function))))
    with mpmath.workdps(50):
        step = mpmath.mpf(10) ** -15
        for n in (-17, -9, -4, 2, 5, 11):
            point = mpmath.mpf(n) / 7
            assert abs((first(point + step) - first(point - step)) / (2 * step) - second(point)) < 1e-20


def test_numbers_are_evaluated_exactly() -> None:
    """At a number a function has its exact value; at anything else it stays as it is written."""
    assert [S.Half, 0, Rational(3, 2)] == [SIGMOID(0), RELU(Rational(-3, 2)), ABSOLUTE(Rational(-3, 2))]
    assert [S.Zero, S.Zero] == [X_LOG_X(0), TANH(0)]
    assert [1 / (1 + exp(-sqrt(2))), 1 / (1 + exp(-pi)), pi] == [SIGMOID(sqrt(2)), SIGMOID(pi), ABSOLUTE(-pi)]
    assert SIGMOID(U).func is SIGMOID


# what PyTorch 2 gives for the derivative at a kink: 0 of relu, the mean of both slopes of `maximum` and `minimum`
SUBGRADIENTS = {
    "relu": [(0, 0)],
    "leaky_relu": [(0, Rational(1, 100))],
    "hardtanh": [(-1, 0), (1, 0)],
    "selu": [(0, Rational("1.05070098735548049341933498529") * Rational("1.67326324235437728481704296167"))],
    "max(0, z)": [(0, S.Half)],
    "min(z, 2)": [(2, S.Half)],
    "max(-1, min(z, 1))": [(-1, S.Half), (1, S.Half)],
    "abs(z)": [(0, 0)],
    "relu(2*z - 1)": [(S.Half, 0)],
    "abs(abs(z) - 1)": [(-1, 0), (0, 0), (1, 0)],
    "max(0, z^2 - 2)": [(-sqrt(2), -sqrt(2)), (sqrt(2), sqrt(2))],
    "relu(relu(z) - 3)": [(3, 0)],
    "abs(sin(z))": [],  # its kinks have no end, and are not listed
}


def custom(text: str) -> type[Elementwise]:
    """Return the function that a formula of a user's is."""
    definition = parse_activation(text)
    return elementwise("f", definition, lawful_slope(definition))


@pytest.mark.parametrize("name", SUBGRADIENTS)
def test_value_at_a_kink(name: str) -> None:
    """Where a derivative jumps it has the value that PyTorch gives it, and the place is known."""
    function = ACTIVATIONS[name].function if name in ACTIVATIONS else custom(name)
    assert SUBGRADIENTS[name] == list(kinks(function))
    for point, value in SUBGRADIENTS[name]:
        assert value == explicit(slope(function)(S(point)))


@pytest.mark.parametrize("name", sorted({*ELEMENTWISE} - {*SUBGRADIENTS}))
def test_smooth_activations_have_no_kink(name: str) -> None:
    """No other activation has a derivative that jumps; elu's two branches meet with the same slope."""
    assert () == kinks(ACTIVATIONS[name].function)


def test_functions_that_may_be_any_have_no_known_kink() -> None:
    """Of σ nothing is known, and Huber's cost has none."""
    assert () == kinks(SIGMA) == kinks(HUBER)


def test_kink_inside_another_function_is_known() -> None:
    """A kink is where the function inside has one, at whatever argument."""
    shifted = elementwise("f", RELU(3 * Z + 2) ** 2 + ABSOLUTE(Z - 1))
    assert ((1, Rational(30)),) == kinks(shifted)  # the square has none; 2 relu(5) 3 + 0 at z = 1


def test_writing_out() -> None:
    """`explicit` leaves nothing named; `elementary` keeps what distinguishes cases."""
    nested = SIGMOID(RELU(U)) + SOFTPLUS(U)
    assert set() == explicit(nested).atoms(Elementwise)
    assert {RELU(U)} == elementary(nested).atoms(Elementwise)
    assert 1 / (1 + exp(-RELU(U))) + log(1 + exp(U)) == elementary(nested)
    assert SIGMA(U) + U == explicit(SIGMA(U) + U)
    assert Piecewise((U, U > 0), (0, True)) == explicit(RELU(U))


def test_numeric_values_of_arrays() -> None:
    """Under its name a function takes whole arrays, with the error function that NumPy lacks."""
    numbers = np.array([-1.5, 0.0, 2.0])
    found = lambdify(Z, elementwise("f", erf(Z) + sin(Z))(Z), "numpy")(numbers)
    assert [reference_erf(n) + np.sin(n) for n in numbers] == pytest.approx(list(found), rel=1e-15)
    with pytest.raises(TypeError, match="a function without a definition has no values"):
        lambdify(Z, SIGMA(Z), "numpy")(numbers)
