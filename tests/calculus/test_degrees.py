"""Polynomials stay small whatever a formula's constants are, and what is printed is still what a textbook has."""

import random
import sys

import pytest
from sympy import Rational, Symbol, exp

from symbackprop.calculus.arrangement import arranged
from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.degrees import LARGEST_DEGREE, MOST_TERMS, _power, _Size, _size, in_powers, is_small
from symbackprop.network import notation
from symbackprop.network.model import mlp

Z, X = Symbol("z", real=True), Symbol("x")
CONSTANTS = ("1.702", "0.044715", "3.14159265358979", "1e-17", "12345.678", "1/3", "64", "0.3989422804014327")
FUNCTIONS = ("atan", "cos", "cosh", "erf", "exp", "sigmoid", "sin", "sinh", "softplus", "tanh")


CUBES = (X + 1) ** 3 * (Z + 1) ** 3 * (X + Z) ** 3  # 64 terms


@pytest.mark.parametrize(
    ("expression", "size"),
    [
        (Rational(12), (1, 0, 1, 0, 2)),
        (Rational(7, 30), (1, 0, 1, 0, 3)),
        (X, (1, 1, 1, 0, 0)),
        (3 * X * Z, (1, 2, 1, 0, 1)),
        (X + Z + 2, (3, 1, 1, 0, 1)),
        (X / (Z + 1) + 2 / (X + 3), (4, 2, 4, 2, 3)),
        (1 / X + 1 / Z, (2, 1, 1, 2, 0)),
        ((X + 2 * Z) ** 3, (4, 3, 1, 0, 3)),
        ((X + 2) ** -3, (1, 0, 4, 3, 3)),
        ((X + 1) ** 17, (65, 17, 1, 0, 0)),
        (exp(12 * X + Z), (1, 1, 1, 0, 2)),
        (exp((X + Z + 1) ** 12), (91, 12, 1, 0, 12)),
        (exp(1 / (X**16 * Z)), (1, 17, 1, 0, 0)),
        (exp(X**16), (1, 1, 1, 0, 0)),
        (exp(CUBES), (1, 1, 1, 0, 6)),
        (exp(1 / CUBES), (1, 1, 1, 0, 6)),
    ],
)
def test_terms_degrees_and_digits_are_counted(expression, size):
    """Terms and degree above and below one denominator, and digits; a letter counts as what is too much in it."""
    assert size == _size(expression)


@pytest.mark.parametrize(
    ("expression", "small"),
    [
        (X**2 + 3 * X + 1, True),
        (CUBES, True),
        (1 / CUBES, True),
        (CUBES * (X + 2), False),
        (1 / (CUBES * (X + 2)), False),
        (X**16, True),
        (X**16 * Z, False),
        (1 / X**16, True),
        (1 / (X**16 * Z), False),
        (10**119 * X, True),
        (10**120 * X, False),
        ((X + 1) ** 16, True),
        ((X + 1) ** 17, False),
        (1 / (X + 1) + 1 / (X + 2), True),
        (sum(1 / (X + n) for n in range(20)), False),
        (exp((X + Z + 1) ** 12), False),
    ],
)
def test_what_grows_is_known_before_it_is_multiplied_out(expression, small):
    """A fraction is small if it has at most 64 terms of degree 16 above and below, in its exponents as well."""
    assert small == is_small(expression)


def test_letters_are_positive_and_have_no_minus():
    """The exponentials of x - z and z - x are powers of one letter, positive as they are."""
    total = exp(X - Z) + exp(Z - X) + exp(X * Z / 3) + exp(X * Z) + exp(X) + exp(100 * X)
    written, values = in_powers(total)
    assert (4, total) == (len(values), written.xreplace(values))
    assert all(letter.is_positive for letter in values)


@pytest.mark.parametrize(
    ("exponents", "letters"),
    [((1, -2), 1), ((1, 8), 1), ((1, 9), 2), ((-2, -4), 1), (("1.702", "-1.702"), 1), (("1", "1.702"), 2)],
)
def test_exponentials_share_a_letter_where_they_are_small_powers_of_one(exponents, letters):
    """exp(z) and exp(1.702 z) are two letters, since one would be raised to its 851st power."""
    total = sum(exp(Rational(number) * Z) for number in exponents)
    written, values = in_powers(total)
    assert (letters, total) == (len(values), written.xreplace(values))


def _random_formula(rng, depth):
    if depth == 0:
        return rng.choice(("z", "z", rng.choice(CONSTANTS)))
    first, second = (_random_formula(rng, depth - 1) for _ in range(2))
    number = rng.choice(CONSTANTS)
    return rng.choice(
        (
            f"({first} + {number}*{second})",
            f"({first})*({second})",
            f"({first})/(1 + ({second})^2)",
            f"({first} - z)^{rng.choice((2, 7, 20))}",
            f"{rng.choice(FUNCTIONS)}({number}*z + {first})",
        )
    )


def _calls(work):
    """Return how many Python functions are called by `work`: what it takes, on any machine."""
    count = 0

    def counted(_frame, event, _argument):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


RNG = random.Random(7)
FORMULAS = ["z/(1+exp(-1.702*z))", "(erf(z)+sqrt(2)*z+sqrt(3))^20", "gelu(z-1234.5)"]
FORMULAS += ["min(z, (1e6*z)^20)", "sigmoid(z*ln(2+abs(z))*max(1071, leaky_relu(z)))"]  # large zeros, large powers
FORMULAS += ["ln(sigmoid(z)^(7/2))+softplus(z+1e12)"]  # a large exponential
FORMULAS += [_random_formula(RNG, depth) + " + z" for depth in (2, 2, 3)]


@pytest.mark.combinations
@pytest.mark.parametrize("formula", FORMULAS)
def test_no_formula_takes_long_to_derive(formula: str) -> None:
    """A formula is derived by some 10^5 to 10^6 calls; one factored as a polynomial of degree 851 takes 10^9."""
    network = mlp("1-1", formula)
    assert _calls(lambda: derive(network)) < 3_000_000  # 2 s of an idle core


def test_rounded_constant_keeps_the_textbook_slope():
    """The slope of σ(1.702 z) is 1.702 a (1 - a)."""
    chain = derive(mlp("1-1", "1/(1+exp(-1.702*z))")).specific["BP1 here"].chain
    assert str(chain.result) == "851*(1 - a(L)[j])*(a(L)[j] - y[j])*a(L)[j]/500"


@pytest.mark.parametrize(
    ("cost", "slope"),
    [
        ("(a-y)^2/(1+(a-y)^2)", "2*(a(L)[j] - y[j])/((a(L)[j] - y[j])**2 + 1)**2"),
        ("atan((a-y)^2)", "2*(a(L)[j] - y[j])/((a(L)[j] - y[j])**4 + 1)"),
        ("sqrt(1+(a-y)^2)", "(a(L)[j] - y[j])/sqrt((a(L)[j] - y[j])**2 + 1)"),
        ("1-1/(1+(2*a-2*y)^2)", "8*(a(L)[j] - y[j])/(4*(a(L)[j] - y[j])**2 + 1)**2"),
    ],
)
def test_function_of_a_difference_stays_one(cost, slope):
    """The slope of f(a - y) is written in a - y: its digits are lost where it is multiplied out."""
    assert slope == str(derive(mlp("1-1", "identity", cost)).specific["BP1 here"].chain.result)


def test_difference_is_no_letter_where_its_letters_stand_alone():
    """(a - y)/a is written in a and y."""
    a, y = notation.activation(1)[1], notation.target(1)[1]
    assert arranged((a - y) / a) in {(a - y) / a, 1 - y / a}


@pytest.mark.parametrize(
    ("exponent", "wanted"),
    [
        (2, _Size(3, 6, 1, 2, 8)),  # (a + b)^2 has three terms
        (-2, _Size(1, 2, 3, 6, 8)),
        (LARGEST_DEGREE, _Size(LARGEST_DEGREE + 1, 3 * LARGEST_DEGREE, 1, LARGEST_DEGREE, 4 * LARGEST_DEGREE)),
        (LARGEST_DEGREE + 1, _Size(MOST_TERMS + 1, 3 * (LARGEST_DEGREE + 1))),  # not counted any more
    ],
)
def test_size_of_a_power(exponent: int, wanted: _Size) -> None:
    """A power has its degrees and digits as often, and turned round where it is negative."""
    assert wanted == _power(_Size(2, 3, 1, 1, 4), exponent)


def test_size_is_that_of_a_letter_where_nothing_else_is_said() -> None:
    """One term of degree 1 over 1, without digits."""
    assert _Size() == _size(Symbol("u")) == (1, 1, 1, 0, 0)
