"""Functions place by place, in any numbers: cases, kinks, what is held, and how near a kink came."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sympy import ITE, And, Not, Or, Piecewise, Symbol, erf, exp

from symbackprop.errors import CheckError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.functions import Z
from symbackprop.numerics.arithmetic import Digits, Floats
from symbackprop.numerics.pointwise import Pointwise

HERE = np.array([-3.0, -0.5, 0.0, 0.5, 3.0])
STEP = 1e-30


def pointwise() -> Pointwise:
    """Return values in floats, nothing held."""
    return Pointwise(Floats())


def test_absolute_value_keeps_a_complex_step() -> None:
    """|z| is z or -z by the real part, the step along: its slope is the sign."""
    found = pointwise().function("Abs")(HERE + 1j * STEP)
    assert np.array_equal(np.abs(HERE), found.real)
    assert np.array_equal([-1, -1, 1, 1, 1], found.imag / STEP)


@pytest.mark.parametrize(("sign", "wanted"), [(1, [1.0, 2.0]), (-1, [-1.0, 2.0])])
def test_extreme_is_the_larger_or_the_smaller(sign: int, wanted: list[float]) -> None:
    """Of two values the larger one or the smaller one; how far they are apart is noted, but where they are equal."""
    found = pointwise()
    assert np.array_equal(wanted, found.extreme(sign, np.array([1.0, 2.0]), np.array([-1.0, 2.0])))
    assert 2.0 == found.nearest_kink


@pytest.mark.parametrize("sign", [1, -1])
def test_held_extreme_takes_half_of_each_where_both_were_equal(sign: int) -> None:
    """Once held, equal values count half each, and others stay what they were, wherever they move."""
    held = pointwise()
    held.record()
    held.extreme(sign, np.array([1.0, 5.0]), np.array([1.0, 2.0]))
    held.replay()
    held.begin()
    moved = held.extreme(sign, np.array([1.5, 1.0]), np.array([1.0, 2.0]))
    assert [1.25, 1.0 if sign == 1 else 2.0] == moved.tolist()


def test_held_relu_follows_its_slope_at_the_kink() -> None:
    """A function that was at its kink goes on along f(p) + f'(p)(z - p), the others as ever."""
    held, relu = pointwise(), ACTIVATIONS["relu"].function
    held.record()
    held.elementwise(relu, np.array([0.0, 2.0]))
    held.replay()
    held.begin()
    assert [0.0, 2.5] == held.elementwise(relu, np.array([0.5, 2.5])).tolist()  # relu'(0) is 0
    held.begin()
    assert [0.0, -1.0] == held.elementwise(relu, np.array([-0.5, -1.0])).tolist()


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (Z > 0, [0, 0, 0, 1, 1]),
        (Z >= 0, [0, 0, 1, 1, 1]),
        (Z < 0, [1, 1, 0, 0, 0]),
        (Z <= 0, [1, 1, 1, 0, 0]),
        (And(Z > -1, Z < 1), [0, 1, 1, 1, 0]),
        (Or(Z < -1, Z > 1), [1, 0, 0, 0, 1]),
        (Not(And(Z > -1, Z < 1)), [1, 0, 0, 0, 1]),
        (ITE(Z > 0, Z > 1, Z < -1), [1, 0, 0, 0, 1]),
    ],
    ids=str,
)
def test_first_case_that_holds_is_taken(condition: Any, wanted: list[int]) -> None:
    """Each entry goes by the first condition that it fulfils."""
    found = pointwise().at(Piecewise((1, condition), (0, True), evaluate=False), {Z: HERE})
    assert wanted == found.tolist()


def test_other_cases_are_not_evaluated() -> None:
    """A case is computed where it holds alone: no overflow of another one is met, and none of its numbers."""
    value = Piecewise((Z, Z > 0), (exp(-(Z**2) * 1000), True), evaluate=False)
    with np.errstate(all="raise"):
        assert [1.0, 30.0] == pointwise().at(value, {Z: np.array([0.0, 30.0])}).tolist()


@pytest.mark.parametrize("numbers", [Floats(), Digits(40)], ids=["floats", "digits"])
def test_error_function_and_its_slope(numbers: Any) -> None:
    """Erf has its value and, along a step in the imaginary direction, its slope 2 exp(-x²)/√π, far out too."""
    for x in (0.0, 0.5, -1.25, 3.0, 30.0, -200.0):
        step = STEP if isinstance(numbers, Floats) else numbers.context.mpf(10) ** -20
        at = numbers.array(np.array([x])) + step * numbers.imaginary
        (found,) = Pointwise(numbers).at(erf(Z), {Z: at})
        assert float(found.real) == pytest.approx(math.erf(x), rel=1e-15)
        slope = 2 * math.exp(-(x**2)) / math.sqrt(math.pi)
        assert float(found.imag / step) == pytest.approx(
            slope, rel=1e-13, abs=1e-60
        )  # 60 digits beside erf = 1, over the step


def test_what_has_no_value_says_so() -> None:
    """A condition that is no comparison is named."""
    with pytest.raises(CheckError, match="cannot be decided"):
        pointwise().at(Piecewise((1, Symbol("p")), (0, True)), {Z: HERE})
