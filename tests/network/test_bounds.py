"""The bounds: what could make SymPy run for ever is refused on the tree; what is useful passes."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from sympy import Symbol, lambdify

from symbackprop.errors import ExpressionError
from symbackprop.network.bounds import CONSTANTS, check_bounds, evaluate
from symbackprop.network.extremes import Extreme
from symbackprop.network.functions import Elementwise, explicit
from symbackprop.network.grammar import Source, read
from symbackprop.network.vocabulary import vocabulary

ARITIES = {name: called.arity for name, called in vocabulary().items()}
BOUNDED = ("arccos", "acos", "arcsin", "asin", "arctanh", "atanh")
DOMAINS = {"arccosh": (1.1, 3), "acosh": (1.1, 3)} | dict.fromkeys(BOUNDED, (0.1, 0.9))


def source(text: str) -> Source:
    """Return a text in which z, the constants and every function may be said."""
    return Source(text, "formula", ("z", *CONSTANTS), ARITIES)


def check(text: str) -> None:
    """Read the text and measure it."""
    formula = source(text)
    check_bounds(read(formula), formula)


@pytest.mark.parametrize(
    "text",
    [
        "z^64",
        "z^(63/64)",
        "(z^8)^8",
        "z*" * 63 + "z",
        "exp(exp(exp(z)))",
        "2^(3^z)",
        "100^z",
        "0.01^z",
        "max(min(z, 1), -1)",
        "where(z < 1, where(z <= -1, -1, z), 1)",
        "exp(sin(log(z)))",
        "exp(-64)",
        "(1.0000000000000000001)^20",
        "z^0",
        "0*z",
        "sqrt(0)",
    ],
)
def test_limit_itself_is_accepted(text: str) -> None:
    """A formula at the edge of a limit is within it."""
    check(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "z^65",
            r"character 2: an exponent that is too large or no fraction; write a number p/q with p and q at most 64$",
        ),
        ("z^(1/65)", "too large or no fraction"),
        ("z^pi", "too large or no fraction"),
        ("9^9^9", "character 2: an exponent that is too large"),
        ("z*" * 64 + "z", "a power of degree 65; at most 64"),
        ("(z^9)^8", "character 6: a power of degree 72; at most 64"),
        ("((z^(1/64))^64)^64", "a power of degree 4096"),
        ("exp(exp(exp(exp(z))))", "a tower of exponentials; at most 3"),
        ("2^2^2^2^z", "a tower of exponentials"),
        ("max(z, z, 2^2^2^2^z)", "a tower of exponentials"),
        (
            "101^z",
            r"a number from 1/100 to 100, as in 2\^z, or use exp\(z\); in equations a letter may be an",
        ),
        ("0.009^z", "a variable exponent"),
        ("z^z", "a variable exponent"),
        ("(-2)^z", "a variable exponent"),
        ("0^z", "a variable exponent"),
        (
            "exp(2*log(z))",
            r"write the power: z\^2 for exp\(2\*log\(z\)\)",
        ),
        ("2^ln(z)", "a logarithm in an exponent"),
        ("exp(1e9*log(1 + 1e-9))", "a logarithm in an exponent"),
        ("abs(abs(abs(z)))", "3 case distinctions inside one another"),
        ("((1.0000000000000000001)^64)^64", "numbers of up to"),
        ("(99999999999999999999*z)^64", "numbers of up to"),
        ("0/0", "character 2: a constant without a finite real value"),
        ("1/(1 - 1)", "a constant without a finite real value"),
        ("log(0)", "a constant without a finite real value"),
        ("sqrt(-1)", "a constant without a finite real value"),
        ("(-8)^(1/3)", "a constant without a finite real value"),
        ("0^(-1)", "a constant without a finite real value"),
        ("exp(1000)", "a constant without a finite real value"),
        ("1e60*1e60", "character 1: a constant out of range"),
        ("1/1e60/1e60", "a constant out of range"),
        ("exp(-400)", "a constant out of range"),
    ],
)
def test_what_grows_without_bound_is_refused(text: str, message: str) -> None:
    """Each limit refuses what exceeds it, and says by how much or what to write instead."""
    with pytest.raises(ExpressionError, match=message):
        check(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("exp(2*log(z))", None),
        ("exp(-64*log(z)/2 + 32*ln(1/z) - z)", None),
        ("exp(z*log(z)) + 2^ln(z) + exp(log(z)^2) + exp(1/ln(z))", None),
        ("exp(65*log(z))", "a logarithm in an exponent"),
        ("exp(33*log(z) - 32*log(z))", "a logarithm in an exponent"),
        ("exp(1e9*log(1 + 1e-9))", "a logarithm in an exponent"),
        ("exp(32*log(z^3))", "a power of degree 96"),
        ("exp(z*log(exp(exp(z))))", "a tower of exponentials"),
    ],
)
def test_logarithm_in_an_exponent_of_an_equation_is_the_power_that_it_becomes(text: str, message: str | None) -> None:
    """u^n of exp(n log u) has the bounds of a power; where n is no number it grows as x^x does."""
    formula = type("Equation", (Source,), {"has_letters": True})(text, "formula", ("z", *CONSTANTS), ARITIES)
    if message is None:
        check_bounds(read(formula), formula)
    else:
        with pytest.raises(ExpressionError, match=message):
            check_bounds(read(formula), formula)


@pytest.mark.parametrize("name", sorted({*vocabulary()} - {"where"}))
def test_float_function_agrees_with_the_definition(name: str) -> None:
    """What is computed in floats is what SymPy's definition gives, on both sides of every kink."""
    called = vocabulary()[name]
    symbols = [Symbol(letter, real=True) for letter in "uvw"[: called.arity]]
    defined = lambdify(symbols, explicit(called.build(*symbols)), "mpmath")
    points = np.random.default_rng(0).uniform(*DOMAINS.get(name, (0.1, 3)), (20, called.arity))
    one_sided = (called.logarithm and called.arity == 1) or name in ("sqrt", "arccosh", "acosh")
    for point in points if one_sided else [*points, *-points]:
        numbers = [mpmath.mpf(coordinate) for coordinate in point]
        assert math.isclose(float(defined(*numbers)), called.value(*point), rel_tol=1e-12, abs_tol=1e-12)


def test_float_functions_do_not_overflow_where_the_function_is_finite() -> None:
    """The stable forms of sigmoid and softplus are finite far out on both sides."""
    assert [vocabulary()["sigmoid"].value(x) for x in (-1e4, 1e4)] == [0, 1]
    assert [vocabulary()["softplus"].value(x) for x in (-1e4, 1e4)] == [0, 1e4]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("1/z", ZeroDivisionError),
        ("log(z)", ValueError),
        ("(z - 1)^(1/2)", ValueError),
        ("exp(exp(10 + z))", OverflowError),
    ],
)
def test_value_that_is_not_real_raises(text: str, error: type[Exception]) -> None:
    """At a point outside the domain there is no value, rather than a complex one or infinity."""
    with pytest.raises(error, match=r"\w"):
        evaluate(read(source(text)), {"z": 0.0})


def test_named_functions_are_known_as_such() -> None:
    """The functions that SymPy cannot compare the values of are those that are built as our own or with cases."""
    symbols = [Symbol(letter, real=True) for letter in "uvw"]
    for name, called in vocabulary().items():
        if name != "where":
            assert called.named == bool(called.build(*symbols[: called.arity]).atoms(Elementwise, Extreme))
