"""Functions place by place, in any numbers: cases, kinks, what is held, and how near a kink came."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sympy import ITE, And, Not, Or, Piecewise, Symbol, erf, exp, true

from symbackprop.errors import CheckError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.functions import Z
from symbackprop.network.model import mlp
from symbackprop.numerics.arithmetic import Digits, Floats
from symbackprop.numerics.pointwise import Pointwise

HERE = np.array([-3.0, -0.5, 0.0, 0.5, 3.0])
STEP = 1e-30


def pointwise() -> Pointwise:
    """Return values in floats, nothing held."""
    return Pointwise(Floats())


@pytest.mark.parametrize("numbers", [Floats(), Digits(70)], ids=["floats", "digits"])
def test_absolute_value_keeps_a_complex_step(numbers: Any) -> None:
    """|z| is z or -z by the real part, the step along: its slope is the sign."""
    found = Pointwise(numbers).function("Abs")(numbers.array(HERE) + numbers.imaginary * STEP)
    assert [3, 0.5, 0, 0.5, 3] == [float(each.real) for each in found]
    assert [-1, -1, 1, 1, 1] == [float(each.imag / STEP) for each in found]


@pytest.mark.parametrize(("sign", "wanted"), [(1, [1.0, 2.0]), (-1, [-1.0, 2.0])])
def test_extreme_is_the_larger_or_the_smaller(sign: int, wanted: list[float]) -> None:
    """Of two values the larger one or the smaller one; how far they are apart is noted, but where they are equal."""
    found = pointwise()
    assert np.array_equal(wanted, found.extreme(sign, np.array([1.0, 2.0]), np.array([-1.0, 2.0])))
    assert 2.0 == found.nearest_kink
    assert [sign * 0.5] == found.extreme(sign, np.array([sign * 0.5]), np.array([sign * 0.25])).tolist()


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [(3.0, 3.0, True), (0.0, 1e-12, True), (0.5, 0.5 + 1.5e-12, False), (1e6, 1e6 + 1e-7, True), (-1e6, 1e6, False)],
)
def test_equal_but_for_rounding(first: float, second: float, near: bool) -> None:
    """Two values are equal up to 1e-12, of the larger one where that is above 1."""
    assert near == pointwise()._near(first, second)


@pytest.mark.parametrize(("formula", "slope"), [("1+max(0,z-2)", 0.5), ("where(z>2,z-1,1)", 0.0)])
def test_kink_beside_zero_is_left_along_its_slope(formula: str, slope: float) -> None:
    """The distance from a kink at 2 is measured from there, and held there f goes on from f(2) = 1 with its slope."""
    held, bent = pointwise(), mlp("1-1", formula).activations[0].function
    held.elementwise(bent, np.array([1.5, 4.0]))
    assert 0.5 == held.nearest_kink
    held.record()
    held.elementwise(bent, np.array([2.0, 1.0]))
    held.replay()
    held.begin()
    assert [1 + slope / 2, 1.0] == held.elementwise(bent, np.array([2.5, 1.5])).tolist()


def test_kink_without_a_slope_is_left_as_the_function_goes() -> None:
    """Where no slope holds, as of a root at 0, a held function is what it is."""
    held, root = pointwise(), mlp("1-1", "where(z>=0,sqrt(z),-sqrt(-z))").activations[0].function
    held.record()
    held.elementwise(root, np.array([0.0]))
    held.replay()
    held.begin()
    assert [0.5] == held.elementwise(root, np.array([0.25])).tolist()


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


@pytest.mark.parametrize("always", [True, False])
def test_condition_that_asks_nothing_holds_everywhere_or_nowhere(always: bool) -> None:
    """What is true, or false, of every entry is so."""
    assert [always] * 2 == pointwise()._holds(true if always else ~true, {}, (2,)).tolist()


@pytest.mark.parametrize(("is_held", "wanted"), [(True, 1), (False, 0)])
def test_case_at_its_border_is_held_as_if_nothing_had_been_rounded(is_held: bool, wanted: int) -> None:
    """What is rounded to just below a border counts as on it where cases are kept, else as below it."""
    found = pointwise()
    if is_held:
        found.record()
    assert [wanted] == found.at(Piecewise((1, Z >= 0), (0, True), evaluate=False), {Z: np.array([-1e-17])}).tolist()


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
