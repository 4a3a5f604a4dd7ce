"""The grammar: precedence as in mathematics, exact numbers, and an error that points at the character."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from symbackprop.errors import ExpressionError
from symbackprop.network.bounds import evaluate
from symbackprop.network.formula import Call, Name, Negative, Node, Number, Power, Product, Sum
from symbackprop.network.grammar import Source, read

FUNCTIONS = {"exp": 1, "max": 2}


def source(text: str) -> Source:
    """Return a text in which x, e and two functions may be said."""
    return Source(text, "formula", ("x", "e"), FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2*3", 7),
        ("2*3^2", 18),
        ("2**3**2", 512),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("2^-1", Fraction(1, 2)),
        ("8/4/2", 1),
        ("8 - 4 - 2", 2),
        ("8/4*2", 4),
        ("2 - -3", 5),
        ("+-+3", -3),
        ("-3*-2", 6),
        ("((1))", 1),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1e-3", Fraction(1, 1000)),
        ("2.5E+2", 250),
        (".5", Fraction(1, 2)),
        ("1.", 1),
        ("0", 0),
    ],
)
def test_value_is_that_of_mathematics(text: str, value: Fraction) -> None:
    """Signs bind as in mathematics, powers to the right, and decimals are exact fractions."""
    assert value == evaluate(read(source(text)), {})


def test_tree_says_where_each_part_stands() -> None:
    """A node carries the position of its sign or its first character, the first character being 1."""
    expected = Sum(
        1,
        (
            Product(1, (Number(1, Fraction(2)), Name(3, "x"))),
            Negative(5, Power(8, Name(7, "x"), Number(9, Fraction(3)))),
        ),
    )
    assert expected == read(source("2*x - x^3"))


def test_power_of_e_is_the_exponential() -> None:
    """e^u and exp(u) are read as the same thing."""
    assert Call(1, "exp", (Name(3, "x"),)) == read(source("e^x"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2x", r"^formula '2x', character 2: found 'x'; a sign is missing before it: 2\*x$"),
        ("x (x)", r"character 3: found '\('; a sign is missing before it: x\*\($"),
        ("x +", r"character 4: found the end; wanted a number, a name or an opening bracket$"),
        ("(x", r"character 3: found the end; wanted a closing bracket$"),
        ("x)", r"character 2: found '\)'; no opening bracket for it$"),
        ("x, x", r"character 2: found ','; write numbers, x, e, \+ - \* / \^ \( \) and functions such as exp, max$"),
        ("exp", r"character 1: exp is a function; write exp\(\.\.\.\)$"),
        ("max(x)", r"character 1: max with 1 argument; it takes 2$"),
        ("exp()", r"character 1: exp with 0 arguments; it takes 1$"),
        ("exp(x,x)", r"character 1: exp with 2 arguments; it takes 1$"),
        ("1 + exps(x)", r"character 5: found 'exps', which is unknown; did you mean exp\? write numbers"),
        ("X", r"character 1: found 'X', which is unknown; did you mean x\?"),
        ("x²", r"character 2: found '²' \(U\+00B2\); write \^2$"),
        ("x.y", r"character 2: found '\.'"),
        ("x _y", r"character 3: found '_'"),
        ("1_000", r"character 2: found '_'"),
        ("0x10", r"character 2: found 'x10'; a sign is missing"),
        ("1j", r"character 2: found 'j'; a sign is missing"),
        ("007", r"character 1: found '007'; write the number without leading zeros$"),
        ("x\t+x", r"character 2: found '\\t'"),
        ("  ", r"^formula '  ': it is empty; write numbers"),
        ("1e101", r"found '1e101'; numbers lie between 1e-100 and 1e100$"),
        ("1e-101", r"found '1e-101'; numbers lie between"),
        ("1e" + "9" * 300, r"found '1e9{28}'; numbers lie between"),
        ("1" * 21, r"character 1: a number of 21 digits; at most 20$"),
        ("x" * 501, r"^formula 'x{37}\.\.\.': 501 characters; at most 500; shorten it$"),
        ("x" + "+x" * 100, r"201 numbers, names and signs; at most 200"),
        ("(" * 31 + "x" + ")" * 31, r"character 32: more than 30 levels inside one another"),
        ("-" * 31 + "x", r"character 32: more than 30 levels"),
        ("x" + "^x" * 31, r"character 63: more than 30 levels"),
    ],
)
def test_error_points_at_the_character(text: str, message: str) -> None:
    """What does not fit is refused with its place, what was found, and what may stand there."""
    with pytest.raises(ExpressionError, match=message):
        read(source(text))


@pytest.mark.parametrize(
    "text", ["x" + "+x" * 99, "(" * 30 + "x" + ")" * 30, "-" * 30 + "x", "x" + "^x" * 30, "9" * 20, "1e100"]
)
def test_limit_itself_is_accepted(text: str) -> None:
    """A formula that is exactly as long and as deep as is allowed is read."""
    assert isinstance(read(source(text)), Node)


@given(text=st.text(max_size=40) | st.text("xe()+-*/^., 0123456789exp", max_size=200))
@example("(" * 500)
@example("-" * 500)
@example("^" * 500)
@example("exp(" * 125)
def test_nothing_but_an_expression_error_leaves(text: str) -> None:
    """Any text gives a tree or an ExpressionError of one printable line."""
    try:
        read(source(text))
    except ExpressionError as error:
        assert str(error).isprintable()  # noqa: PT017 - most texts raise, some do not
