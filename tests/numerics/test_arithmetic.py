"""Floats and numbers of many digits: what each kind takes for small, and functions with all their digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import Rational, pi, sqrt

from symbackprop.network.manydigits import context_of
from symbackprop.numerics.arithmetic import Digits, Floats, _error_function

FORTY, MORE = Digits(40), context_of(120)


@pytest.mark.parametrize(("digits", "near", "step", "tiny"), [(40, -36, -4, -20), (55, -49, -5, -27)])
def test_what_is_small_has_its_share_of_the_digits(digits: int, near: int, step: int, tiny: int) -> None:
    """Rounding leaves nine tenths, a step has one tenth, one whose square is lost has half; i is a root of -1."""
    numbers = Digits(digits)
    ten = numbers.context.mpf(10)
    assert (ten**near, ten**step, ten**tiny) == (numbers.near, numbers.step, numbers.tiny)
    assert -1 == numbers.imaginary**2 == Floats().imaginary ** 2
    assert Floats().tiny ** 2 + Floats().step ** 4 < Floats().near


@pytest.mark.parametrize(("number", "power"), [(Rational(2, 3), 1), (sqrt(2), 2), (-3 * sqrt(7), 2)])
def test_number_has_all_its_digits(number: Any, power: int) -> None:
    """A number that is no float is rounded once, to the digits that are wanted, or to a float."""
    exact = MORE.mpf((number**power).p) / (number**power).q
    (value,) = (MORE.mpf(FORTY.number(number)),)
    assert abs(value**power - exact) < 1e-39 * abs(exact)
    assert float(number) == Floats().number(number)


def test_numbers_stay_what_they_are() -> None:
    """Floats get room for more digits and no others; what has them is left as it is."""
    found = FORTY.array([0.1, FORTY.number(pi), FORTY.imaginary])
    assert [FORTY.context.mpf(0.1), FORTY.number(pi), FORTY.imaginary] == list(found)
    assert 0 != found[0] - FORTY.number(Rational(1, 10))


@pytest.mark.parametrize(
    "at", [0, 0.5, -1.25, 8, -9.5, 10.5, -300, 6 + 6j, 11 - 3j, 0.5 + 1e-15j, -4 + 1e-19j, 9 + 1e-30j]
)
def test_error_function_in_the_plane(at: complex) -> None:
    """Erf has 38 of its 40 digits wherever it is asked for, beside the real axis its tangent in a tiny step as well."""
    exact, found = MORE.erf(MORE.mpmathify(at)), _error_function(40)(FORTY.context.mpmathify(at))
    assert abs(found - exact) <= 1e-38 * abs(exact)
    if 0 < abs(at.imag) < 1e-15:
        assert abs(found.imag - exact.imag) <= 1e-18 * abs(exact.imag)


def test_slow_series_is_not_asked_beside_the_axis(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tiny step goes along the tangent, and far out nothing is summed: the series for complex numbers takes long."""
    numbers, asked = Digits(41), []
    erf = numbers.context.erf
    monkeypatch.setattr(numbers.context, "erf", lambda x: asked.append(x) or erf(x))
    for real in (0.25, -2.0, 11.0, numbers.context.mpf(10) ** 1500):
        numbers.function("erf")(real + numbers.tiny * numbers.imaginary)
    numbers.function("erf")(numbers.context.mpc(1e9, 1e3))
    assert [0.25, -2.0] == asked


def test_functions_that_numpy_lacks_come_from_elsewhere() -> None:
    """What NumPy calls by another name is found, and erf takes floats, steps in the imaginary direction, and both."""
    numbers = Floats()
    assert np.arcsin(0.5) == numbers.function("asin")(0.5)
    assert np.exp(0.5) == numbers.function("exp")(0.5)
    found = numbers.function("erf")(np.array([0.5 + 1e-30j, 3.0]))
    assert [0.5204998778130465, 0.9999779095030014] == pytest.approx(found.real, rel=1e-15)
    assert [1e-30 * 2 * np.exp(-0.25) / np.sqrt(np.pi), 0] == pytest.approx(found.imag, rel=1e-15)
    assert np.dtype(float) == numbers.function("erf")(np.array([0.5])).dtype
