"""The numbers that checks are made with: exact ones that keep the laws of exp, digits, and symbols that prove."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import pytest
import sympy
from sympy import Integer, Rational, sqrt, symbols

from symbackprop.calculus import fields
from symbackprop.calculus.fields import DERIVATIVES, Digits, Exact, Symbols, Unproved, hash_of
from symbackprop.calculus.roughly import ManyDigits

THIRD = Fraction(1, 3)


def test_draws_follow_from_seed_and_key_alone() -> None:
    """The same key has the same value in every run, another seed or key another one; values go from 2 to 17."""
    assert (8533, 26858) == (hash_of(1, ("w",)), hash_of("x"))
    drawn = [Exact(1).draw("w", n) for n in range(200)]
    assert drawn == [Exact(1).draw("w", n) for n in range(200)]
    assert set(range(2, 18)) == set(drawn)
    assert drawn != [Exact(2).draw("w", n) for n in range(200)]
    assert [9, 12, 4] == drawn[:3]


def test_functions_of_long_numbers() -> None:
    """A recurrence of quotients comes to numbers of more digits than Python writes; equal ones have one value."""
    long, longer = Fraction(7**6000, 3**6000), Fraction(7**9000, 3**9000)
    field = Exact(1)
    assert [field.function("sin", long), field.power(long, THIRD)] == [
        Exact(1).function("sin", long * longer / longer),
        Exact(1).power(long * longer / longer, THIRD),
    ]
    assert 1 < len({field.function("sin", long + n) for n in range(9)})


def test_some_draws_are_halves_and_thirds() -> None:
    """What stands in logarithms and signs gets halves and thirds, fewer than whole numbers; weights get none."""
    drawn = [Fraction(Exact(1).draw("a", n)) for n in range(2000)]
    counts = {d: sum(number.denominator == d for number in drawn) for d in (1, 2, 3)}
    assert [1500, 250, 250] == pytest.approx(list(counts.values()), abs=45)  # three standard deviations of 250
    assert {Fraction(1, 2), Fraction(3, 2), Fraction(5, 2), Fraction(7, 2)} == {d for d in drawn if d.denominator == 2}
    assert {THIRD, 4 * THIRD, 7 * THIRD, 10 * THIRD} == {d for d in drawn if d.denominator == 3}


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(("p", "q"), [(1, 2), (Fraction(1, 2), THIRD), (Fraction(5, 6), -2), (0, THIRD), (3, -3)])
def test_exponential_of_a_sum_is_the_product(seed: int, p: Any, q: Any) -> None:
    """exp(p + q) = exp(p) exp(q) for sixths, exactly, and no value had to be invented."""
    field = Exact(seed)
    left, right = field.function("exp", p + q), field.function("exp", p) * field.function("exp", q)
    assert (left, False) == (right, field.opaque)
    assert (2, 3, 5)[seed] == field.function("exp", Fraction(1, 6))


def test_invented_exponentials_keep_two_laws() -> None:
    """exp(-q) = 1/exp(q) and exp(2 q) = exp(q)^2 also where the argument is no sixth, or too large to be exact."""
    field = Exact(1)
    for first, second in pairwise([Fraction(1, 20), Fraction(1, 10), Fraction(1, 5)]):
        assert field.function("exp", second) == field.function("exp", first) ** 2
    for argument in (Fraction(1, 7), Fraction(200), Fraction(201, 5)):
        assert 1 == field.function("exp", argument) * field.function("exp", -argument)
    assert field.opaque


def test_small_power_of_the_base_is_exact_and_a_large_one_is_not() -> None:
    """Up to 64 bits of exponent and base an exponential is a power of the base; beyond it is invented."""
    for argument, opaque in ((Fraction(32, 6), False), (Fraction(64, 6), False), (Fraction(33, 6), True)):
        field = Exact(1)
        value = field.function("exp", argument)
        assert opaque == field.opaque
        assert opaque != (value == 3 ** int(6 * argument))


@pytest.mark.parametrize(
    ("base", "exponent", "value"),
    [
        (2, 3, 8),
        (2, -3, Fraction(1, 8)),
        (Fraction(2, 3), 2, Fraction(4, 9)),
        (Fraction(2, 3), -1, Fraction(3, 2)),
        (5, 0, 1),
    ],
)
def test_whole_power_is_exact(base: Any, exponent: int, value: Any) -> None:
    """A whole power of a rational is the rational that it is, a negative one no float."""
    field = Exact(1)
    found = field.power(base, exponent)
    assert (value, False) == (found, field.opaque)
    assert type(value) is type(found)


def test_root_is_invented_once() -> None:
    """A fractional power is a power of one invented root, and has no other value for another exponent."""
    field = Exact(1)
    root = field.power(4, Fraction(1, 2))
    assert field.opaque
    assert root**3 == field.power(4, Fraction(3, 2))
    assert 1 == root * field.power(4, Fraction(-1, 2))


@pytest.mark.parametrize(
    ("base", "exponent", "opaque"),
    [
        (2, 4000, True),
        (1, 4000, False),
        (1, 4001, True),
        (Fraction(1, 3), 2048, False),
        (3, 2049, True),
        (16, 819, False),
        (16, 820, True),
    ],
)
def test_long_power_is_invented(base: Any, exponent: int, opaque: bool) -> None:
    """A power of more than 4096 bits, or an exponent above 4000, is a value of its own."""
    field = Exact(1)
    field.power(base, exponent)
    assert opaque == field.opaque


def test_opaque_value_belongs_to_its_argument() -> None:
    """sin(2) is one number, whether 2 comes as a whole number or as a fraction; that of 3, and of cos, is another."""
    field = Exact(1)
    value = field.function("sin", 2)
    hash_of.cache_clear()  # which takes 2 and 2/1 for one key
    assert value == field.function("sin", Fraction(2))
    values = [field.function(name, argument) for name in ("sin", "cos") for argument in range(20)]
    assert len(set(values)) > 10
    assert field.opaque


def test_numbers_are_shown_short() -> None:
    """A short number is shown exactly, one of more than twelve figures in digits."""
    field = Exact(1)
    shown = [field.shown(number) for number in (THIRD, 10**12 - 1, 10**12, Fraction(10**13, 3), Fraction(1, 10**12))]
    assert ["1/3", "999999999999", "1.0e+12", "3.33333333333e+12", "1.0e-12"] == shown
    assert "0.333333333333" == Digits(1).shown(Digits(1).number(Rational(1, 3)))


@pytest.mark.parametrize(("off", "same"), [(-39, False), (-41, True)])
@pytest.mark.parametrize("size", [1, 1000, -1000])
def test_forty_digits_are_compared(off: int, size: int, same: bool) -> None:
    """Of fifty digits forty count, relative to the larger number, and below 1 to 1."""
    field = Digits(1)
    ten, one = field._context.mpf(10), field._context.mpf(size)
    assert same == field.same(one, one + size * ten**off)
    assert same == field.same(one + size * ten**off, one)
    assert field.same(0, ten**-41)
    assert not field.same(0, ten**-39)
    assert field.same(0, ten**-40)
    assert not field.same(0, ten**-40 * 3 / 2)


@pytest.mark.parametrize(("name", "argument"), [("log", 0), ("atanh", 1), ("exp", 10**40 + 1), ("sinh", -(10**40) - 1)])
def test_pole_is_no_number(name: str, argument: int) -> None:
    """A function at its pole, or of an argument that no computer has the memory for, has no value."""
    with pytest.raises(ZeroDivisionError, match=r" at | pole "):
        Digits(1).function(name, Digits(1).number(Integer(argument)))


def test_large_argument_of_a_bounded_function_has_a_value() -> None:
    """The tanh of a large number is 1, and so many digits as a field has are right."""
    assert 1 == Digits(1).function("tanh", Digits(1).number(Integer(10**10)))
    assert 0 != Digits(1).function("sin", Digits(1).number(Integer(10**40)))
    assert (50, 1000) == (Digits.digits, ManyDigits.digits)
    third = Digits(1).number(Rational(1, 3))
    assert 0 < abs(1 - 3 * third) * mpmath.mpf(10) ** 49 < 1 or 3 * third == 1
    for nothing in (3 * ManyDigits(1).number(Rational(1, 3)) - 1, ManyDigits(1).number(sqrt(2)) ** 2 - 2):
        assert abs(nothing.value) <= nothing.error < mpmath.mpf(10) ** -998


def test_fields_draw_the_same_numbers() -> None:
    """Each field has the numbers of the exact one, halves and thirds among them, and none but that invents values."""
    for n in range(40):
        exact = Fraction(Exact(1).draw("a", n))
        assert exact == Symbols(1).draw("a", n)
        assert 1e-45 > abs(Digits(1).draw("a", n) * exact.denominator - exact.numerator)
    assert (False, False, False) == (Exact(1).opaque, Digits(1).opaque, Symbols(1).opaque)


@pytest.mark.parametrize("order", [0, 1, 2])
def test_function_that_may_be_any_has_its_own_derivatives(order: int) -> None:
    """In digits the value of order n + 1 is the slope of that of order n."""
    field = Digits(3)
    at, step = field.number(Rational(2, 7)), field._context.mpf(10) ** -15
    slope = (field.abstract("f", order, at + step) - field.abstract("f", order, at - step)) / (2 * step)
    assert abs(slope - field.abstract("f", order + 1, at)) < 1e-20
    assert field.abstract("f", order, at) != field.abstract("g", order, at)


@pytest.mark.parametrize("name", DERIVATIVES)
@pytest.mark.parametrize("argument", [Rational(2, 7), Rational(5, 2)])
def test_slopes_of_the_table_are_those_of_differences(name: str, argument: Rational) -> None:
    """Each derivative of the witness's own table, at a point where the function is real."""
    field = Digits(1)
    at, step = field.number(argument), field._context.mpf(10) ** -15
    value = field.function(name, at)
    if getattr(value, "imag", 0):
        return
    slope = (field.function(name, at + step) - field.function(name, at - step)) / (2 * step)
    assert abs(slope - DERIVATIVES[name](value, at, field)) < 1e-20


def test_symbols_keep_what_they_know() -> None:
    """√2, π and functions stay as they are; what is equal by their laws is the same, what is not is not proved."""
    field = Symbols(1)
    root = field.power(2, Fraction(1, 2))
    assert field.same(root**2, Integer(2))
    assert field.same((root + 1) ** 2, 3 + 2 * root)
    assert not field.same(Integer(2), Fraction(5, 2))
    with pytest.raises(Unproved, match="sqrt"):
        field.same(root, Integer(1))
    assert field.draw("w", 1) == Exact(1).draw("w", 1)
    assert sympy.sin(1) == field.function("sin", Integer(1))
    with pytest.raises(ZeroDivisionError, match="not finite"):
        field.function("log", Integer(0))
    with pytest.raises(ZeroDivisionError, match="not finite"):
        field.power(0, -1)


@pytest.mark.parametrize(("base", "exponent"), [(2, 4001), (2, Fraction(1, 4001)), (16, 820)])
def test_symbols_give_a_long_power_up(base: Any, exponent: Any) -> None:
    """A power of more than 4096 bits, or with a longer exponent than 4000, proves nothing."""
    with pytest.raises(Unproved, match=r"power"):
        Symbols(1).power(base, exponent)
    assert Symbols(1).power(16, 819) == 2**3276
    assert Symbols(1).power(2, 2048) == 2**2048
    assert 1 == Symbols(1).power(1, 4000)
    assert Symbols(1).power(3, Fraction(1, 4000)) ** 4000 == 3


def test_symbols_prove_what_is_short_enough() -> None:
    """A difference of up to 150 operations and 400 terms is multiplied out over one denominator, a longer one not."""
    a, b = symbols("a b")  # (a + b)^4 ((a + b)^4 - (a^2 + 2 a b + b^2)^2) has 16 (16 + 9) terms
    square = a**2 + 2 * a * b + b**2
    field = Symbols(1)
    assert field.same((a + b) ** 8, square**2 * (a + b) ** 4)
    assert field.same(1 / a - 1 / b, (b - a) / (a * b))
    with pytest.raises(Unproved, match=r"\(a \+ b\)\*\*9"):
        field.same((a + b) ** 9, square * (a + b) ** 7)
    for count in (50, 51):
        letters = symbols(f"x:{count}")
        sides = sum(letters) * a, sum(letter * a for letter in letters)  # 3 operations for each letter
        if count == 50:
            assert field.same(*sides)
        else:
            with pytest.raises(Unproved, match=r"^a difference of too many operations$"):
                field.same(*sides)


def test_length_is_counted_before_it_is_multiplied_out() -> None:
    """How many terms a product, a power and what stands in a function have at most."""
    a, b, c = symbols("a b c")
    cases = {
        (a + b) * (a + c): 4,
        (a + b) ** 3: 8,
        (a + b) ** -2: 2,
        a + b + sympy.sin(a + b + c): 5,
        (a + b) ** 100: fields.MOST_TERMS + 1,
        sympy.sin(a): 1,
    }
    assert list(cases.values()) == [fields._terms(each) for each in cases]


@pytest.mark.parametrize(("whole", "twos"), [(0, 0), (7, 0), (12, 2), (-8, 3)])
def test_twos_are_counted(whole: int, twos: int) -> None:
    """How often 2 divides a whole number."""
    assert twos == fields._twos(whole)
