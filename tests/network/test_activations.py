"""The registry of activations: values against formulas of mpmath, bounds, and what a part of one's own looks like."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite
from typing import Any

import mpmath
import numpy as np
import pytest
from sympy import Indexed, Rational, Sum, lambdify

from symbackprop.network.activations import ACTIVATIONS, Activation, from_function
from symbackprop.network.composition import unrolled
from symbackprop.network.functions import Z, elementwise, explicit
from symbackprop.network.notation import Tensor, index
from symbackprop.network.program import free_indices

J = index("j")
ROW = Tensor("z", None, (3,))

Formula = Callable[[Any], Any]


def tail(z: Any) -> Any:
    """Return what gelu's approximation takes the tanh of."""
    return mpmath.sqrt(2 / mpmath.pi) * (z + mpmath.mpf("0.044715") * z**3)


def selu(z: Any) -> Any:
    """Return selu with the constants of its paper."""
    alpha, scale = mpmath.mpf("1.67326324235437728481704296167"), mpmath.mpf("1.05070098735548049341933498529")
    return scale * (z if z > 0 else alpha * mpmath.expm1(z))


FORMULAS: dict[str, Formula] = {  # written once more, in mpmath's own functions
    "elu": lambda z: z if z > 0 else mpmath.expm1(z),
    "gelu": lambda z: z * mpmath.ncdf(z),
    "gelu_tanh": lambda z: z / 2 * (1 + mpmath.tanh(tail(z))),
    "hardtanh": lambda z: min(max(z, -1), 1),
    "identity": lambda z: z,
    "leaky_relu": lambda z: max(z, z / 100),
    "mish": lambda z: z * mpmath.tanh(mpmath.log1p(mpmath.exp(z))),
    "relu": lambda z: max(z, 0),
    "selu": selu,
    "sigmoid": lambda z: (1 + mpmath.tanh(z / 2)) / 2,
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
    "softsign": lambda z: z / (1 + abs(z)),
    "tanh": mpmath.tanh,
}
MIXING: dict[str, Callable[[list[Any]], list[Any]]] = {
    "softmax": lambda z: [mpmath.exp(each) / sum(map(mpmath.exp, z)) for each in z],
    "log_softmax": lambda z: [each - mpmath.log(sum(map(mpmath.exp, z))) for each in z],
}
POINTS = [Rational(n, 8) for n in (-40, -21, -9, -8, -3, -1, 0, 1, 2, 8, 13, 40)]


def test_every_activation_has_a_formula() -> None:
    """The tables of this file and the registry name the same activations."""
    assert [*ACTIVATIONS] == sorted([*FORMULAS, *MIXING])


@pytest.mark.parametrize("name", FORMULAS)
def test_value_of_an_elementwise_activation(name: str) -> None:
    """The definition has the value of the formula, to 28 digits, at both ends and at every kink."""
    function = ACTIVATIONS[name].function
    value = lambdify(Z, explicit(function(Z)), "mpmath")
    with mpmath.workdps(40):
        for point in POINTS:
            number = mpmath.mpf(point.p) / point.q
            expected = FORMULAS[name](number)
            assert abs(expected - value(number)) <= 1e-28
            assert abs(expected - mpmath.mpf(str(explicit(function(point)).evalf(35)))) <= 1e-28


@pytest.mark.parametrize("name", FORMULAS)
def test_value_under_its_own_name(name: str) -> None:
    """Under its name a function has values for exact numbers, floats, arrays and mpmath."""
    function = ACTIVATIONS[name].function
    assert name == function.stem == function.__name__
    numbers = np.array([-2.5, -0.25, 0.0, 0.75, 3.0])
    expected = [float(FORMULAS[name](mpmath.mpf(number))) for number in numbers]
    named = lambdify(Z, function(Z), "numpy")
    assert expected == pytest.approx(list(named(numbers)), rel=1e-14)
    assert expected[3] == pytest.approx(float(named(0.75)), rel=1e-14)
    assert expected[3] == pytest.approx(float(lambdify(Z, function(Z), "mpmath")(mpmath.mpf("0.75"))), rel=1e-14)
    assert function(Rational(3, 4)).free_symbols == set()


@pytest.mark.parametrize("name", MIXING)
def test_value_of_an_activation_that_mixes(name: str) -> None:
    """Softmax and its logarithm have the values of their formulas, for a whole layer."""
    numbers = [Rational(3, 4), Rational(-5, 2), Rational(1, 3)]
    entries = [unrolled(ACTIVATIONS[name].value(ROW, J), lambda _, at: numbers[at[0] - 1], {J: j}) for j in (1, 2, 3)]
    with mpmath.workdps(40):
        expected = MIXING[name]([mpmath.mpf(number.p) / number.q for number in numbers])
        for wanted, entry in zip(expected, entries, strict=True):
            assert abs(wanted - mpmath.mpf(str(entry.evalf(35)))) <= 1e-30


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_is_an_expression_in_the_layer(name: str) -> None:
    """The value of neuron j is a function of j alone, in the entries of the layer; elementwise ones read one entry."""
    activation = ACTIVATIONS[name]
    value = activation.value(ROW, J)
    assert {J} == free_indices(value)
    assert name == activation.name
    assert {ROW} == {entry.base for entry in value.atoms(Indexed)}
    assert activation.is_elementwise == (not value.has(Sum)) == (name in FORMULAS)


@pytest.mark.combinations
@pytest.mark.parametrize("name", FORMULAS)
def test_bounds_hold_and_are_tight(name: str) -> None:
    """The values stay between the bounds, come near a finite one, and meet the lower one only where that is said."""
    activation = ACTIVATIONS[name]
    with mpmath.workdps(40):
        values = [FORMULAS[name](mpmath.mpf(n) / 64) for n in range(-2600, 2601)]
    lowest, highest, least, most = activation.lowest, activation.highest, min(values), max(values)
    assert lowest - 1e-4 <= least <= most <= highest
    for bound, extreme in ((lowest, least), (highest, most)):
        assert float(extreme) == pytest.approx(bound, abs=0.03) if isfinite(bound) else abs(extreme) > 0.3
    if lowest in (0, -1):  # the others are minima, rounded down
        assert (least == lowest) == activation.reaches_lowest


def test_bounds_of_shares() -> None:
    """Shares lie between 0 and 1, without meeting either; their logarithms below 0."""
    shares, logarithms = ACTIVATIONS["softmax"], ACTIVATIONS["log_softmax"]
    assert (0, 1, False) == (shares.lowest, shares.highest, shares.reaches_lowest)
    assert (-inf, 0, False) == (logarithms.lowest, logarithms.highest, logarithms.reaches_lowest)


def test_aliases() -> None:
    """Two activations have the other name that people use."""
    assert (ACTIVATIONS["silu"], ACTIVATIONS["identity"]) == (ACTIVATIONS["swish"], ACTIVATIONS["linear"])
    assert ("swish",) == ACTIVATIONS.aliases("silu")
    assert 16 == len(ACTIVATIONS)


def test_activation_of_one_s_own() -> None:
    """A function with a definition in Z is all that an elementwise activation needs."""
    square = from_function(elementwise("square", Z**2), 0, inf, reached=True)
    assert Activation("square", square.value, elementwise("square", Z**2), 0, inf, True) == square
    assert square.is_elementwise
    assert ROW[J] ** 2 == square.value(ROW, J).explicit()
