"""Numbers that know how far they may be off: the true value lies within, and where that decides nothing is decided."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from sympy import Integer, Rational

import symbackprop as sb
from symbackprop.calculus.roughly import FloatErrors, ManyDigits, Roughly
from symbackprop.network.manydigits import context_of

FIELD = ManyDigits(1)
FINER = context_of(1200)  # digits: what 1000 of them are held against
THIRD, SEVENTH = FIELD.number(Rational(1, 3)), FIELD.number(Rational(-5, 7))


def exact(number: Fraction) -> Any:
    """Return a fraction with more digits than the numbers have that are looked at."""
    return FINER.mpf(number.numerator) / number.denominator


@pytest.mark.parametrize(
    ("made", "true"),
    [
        (lambda: THIRD + SEVENTH, lambda: exact(Fraction(-8, 21))),
        (lambda: 2 - THIRD * SEVENTH, lambda: exact(Fraction(47, 21))),
        (lambda: (THIRD - SEVENTH) ** 5, lambda: exact(Fraction(22, 21) ** 5)),
        (lambda: FIELD.power(SEVENTH, -3), lambda: exact(Fraction(-343, 125))),
        (lambda: FIELD.power(abs(SEVENTH), Fraction(1, 3)), lambda: FINER.cbrt(exact(Fraction(5, 7)))),
        (lambda: FIELD.power(THIRD, THIRD), lambda: exact(Fraction(1, 3)) ** exact(Fraction(1, 3))),
        (lambda: FIELD.function("exp", 100 * THIRD), lambda: FINER.exp(exact(Fraction(100, 3)))),
        (lambda: FIELD.function("log", 1 - THIRD), lambda: FINER.log(exact(Fraction(2, 3)))),
        (lambda: FIELD.function("tanh", SEVENTH), lambda: FINER.tanh(exact(Fraction(-5, 7)))),
        (lambda: FIELD.function("erf", SEVENTH), lambda: FINER.erf(exact(Fraction(-5, 7)))),
    ],
)
def test_true_value_lies_within(made: Callable[[], Roughly], true: Callable[[], Any]) -> None:
    """Of thirds and sevenths, which are rounded, and of what is computed from them; and not much beside it."""
    found = made()
    assert 0 < found.error < FINER.mpf(10) ** -980  # e^33 has 15 digits before the point
    assert abs(FINER.mpf(found.value) - true()) <= found.error


def test_whole_numbers_and_halves_are_exact() -> None:
    """They decide every case, and are the ends of sums."""
    half, three = FIELD.number(Rational(1, 2)), FIELD.number(Integer(3))
    assert (half + half == 1, half * three > 1, three - 3 == 0) == (True, True, True)
    assert (int(three), math.floor(half - 1), math.ceil(half), int(half - 1)) == (3, -1, 1, 0)
    assert (bool(half - half), bool(THIRD - THIRD)) == (False, True)


@pytest.mark.parametrize(
    "asked",
    [
        lambda: FIELD.power(3 * THIRD - 1, -1),
        lambda: FIELD.function("log", 3 * THIRD - 1),
        lambda: 3 * THIRD == 1,
        lambda: 3 * THIRD < 1,
        lambda: math.floor(3 * THIRD),
        lambda: FIELD.same(FIELD.function("exp", FIELD.number(Integer(3000))) * (3 * THIRD - 1), 0),
    ],
)
def test_what_is_lost_decides_nothing(asked: Callable[[], object]) -> None:
    """3 · 1/3 may be a little less than 1, or more: no pole and no case is seen there, and nothing that differs."""
    with pytest.raises(ZeroDivisionError, match="cannot be told from"):
        asked()


def test_share_of_one_among_others() -> None:
    """Of 1 - p, p = e^z/(e^z + e^y), a thousand digits leave something at z - y = 2000, and nothing at 3000."""
    for apart in (2000, 3000):
        far = FIELD.function("exp", FIELD.number(Integer(apart)))
        rest = 1 - far * FIELD.power(far + 1, -1)
        if apart == 2000:
            assert abs(FIELD.function("log", rest).value + apart) < 1e-40  # of ln 1/(1 + e^2000)
        else:
            with pytest.raises(ZeroDivisionError, match="cannot be told from 0"):
                FIELD.function("log", rest)


@pytest.mark.thorough
def test_network_whose_shares_are_one_to_a_thousand_digits() -> None:
    """ln(1 - a) of a softmax of large numbers is no number of some points, and is compared at others."""
    line = "1x5x5 -> conv2d(1, 2) relu -> flatten -> dense(2) softmax"
    derivation = sb.derive(sb.sequential(line, cost="binary_cross_entropy"))
    assert {"W1", "b1", "W3", "b3"} <= {str(tensor) for tensor in derivation.adjoints}


@pytest.mark.parametrize("x", [0.3, 1e-3, 1e-6])
def test_bound_of_what_floats_lose_holds_and_is_no_excuse(x: float) -> None:
    """(exp(x) - 1)/x in floats errs by less than the bound; where nothing cancels that is a few roundings."""
    field = FloatErrors(0)
    at = field.number(Rational(*x.as_integer_ratio()))
    assert 0 == at.error
    found = (field.function("exp", at) - 1) * field.power(at, -1)
    off = abs(found.value - (math.exp(x) - 1) / x)
    assert off <= found.error <= 8 * 2.0**-53 / x
