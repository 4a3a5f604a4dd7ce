"""Numbers in the places of letters: the parentheses and dots that they need, and nothing carried out."""

from __future__ import annotations

import pytest
from sympy import Expr, Float, Integer, Rational, Symbol, exp, log

from symbackprop.calculus.matrices import Hadamard, Matrix, Named, Plus, Product, Scaled, Transposed
from symbackprop.exposition.document import Formula
from symbackprop.exposition.example.terms import Array, Filled, Rounded, is_exact, rounded
from symbackprop.exposition.formulas import formula_box, formula_latex
from symbackprop.exposition.linebreaking import rows, width
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.plain import in_line
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.story.terms import Chain
from symbackprop.network import notation

STYLE = Style()
W, X, B, A, Y = (Symbol(name) for name in ("w_1_1_1", "x_1", "b_1_1", "a_1_1", "y_1"))


def filled(formula: Expr | Matrix, **values: str) -> str:
    """Return a formula with numbers for its letters as one line of text."""
    numbers = tuple((Symbol(name), Rounded(Rational(value), 4)) for name, value in values.items())
    return in_line(formula_box(Formula((Filled(formula, numbers),)), STYLE))


@pytest.mark.parametrize(
    ("formula", "values", "text"),
    [
        (W * X + B, {"w_1_1_1": "0.3", "x_1": "2", "b_1_1": "1"}, "0.3 · 2 + 1"),
        (W * X + B, {"w_1_1_1": "-0.3", "x_1": "-2", "b_1_1": "-1"}, "(−0.3) · (−2) + (−1)"),
        (A - Y, {"a_1_1": "-0.5", "y_1": "-1"}, "(−0.5) − (−1)"),
        ((A - Y) ** 2 / 2, {"a_1_1": "0.5", "y_1": "1"}, "½ · (0.5 − 1)²"),
        (A * (1 - A) * (A - Y), {"a_1_1": "0.5", "y_1": "1"}, "(0.5 − 1) · 0.5 · (1 − 0.5)"),
        (exp(-X), {"x_1": "-2"}, "e⁻⁽⁻²⁾"),
        (-Y * log(A), {"y_1": "1", "a_1_1": "0.5"}, "−1 · ln 0.5"),
        (A**2, {"a_1_1": "-0.5"}, "(−0.5)²"),
        (1 - A**2, {"a_1_1": "1/3"}, "1 − (⅓)²"),
        (2 * A, {"a_1_1": "0.5"}, "2 · 0.5"),
    ],
)
def test_numbers_get_the_parentheses_of_their_place(formula: Expr, values: dict[str, str], text: str) -> None:
    """A negative factor, term, base or exponent is read as it is meant, and products have dots."""
    assert text == filled(formula, **values)


@pytest.mark.parametrize(("number", "text"), [("0.6119", "0.6119²"), ("-0.5", "(−0.5)²"), ("1e-9", "(10⁻⁹)²")])
def test_parentheses_of_a_letter_with_a_layer_are_not_those_of_its_number(number: str, text: str) -> None:
    """(a^{(2)}_1)² has parentheses because of the layer; a number under an exponent has those that it needs itself."""
    a = notation.activation(2)[1]
    box = formula_box(Formula((Filled(a**2, ((a, Rounded(Rational(number), 4)),)),)), STYLE)
    assert text == in_line(box)


def test_nothing_is_carried_out() -> None:
    """0.5 - 0.5 stays a difference, and what is no letter of the example stays a letter."""
    assert "0.5 − 0.5" == filled(A - Y, a_1_1="0.5", y_1="0.5")
    assert "0.5 − y₁" == filled(A - Y, a_1_1="0.5")


def test_matrices_take_the_place_of_whole_letters() -> None:
    """W x + b becomes grids side by side, without a dot and without parentheses of parentheses."""
    w, x, b = (Named(make(1)) for make in (notation.weight, notation.weighted_input, notation.bias))
    grid = Array(tuple(tuple(Rounded(Integer(n), 4) for n in row) for row in ((1, -2), (3, 4))))
    column = Array(((Rounded(Rational(1, 2), 4),), (Rounded(Integer(5), 4),)))
    numbers = ((w, grid), (x, column), (b, column))
    whole = Filled(Plus((Product((Transposed(w), x)), b)), numbers)
    latex = formula_latex(Formula((whole,)), STYLE)
    first = r"\left(\begin{matrix} 1 & -2 \\ 3 & 4 \end{matrix}\right)^{\mathsf{T}}"
    second = r"\left(\begin{matrix} 0.5 \\ 5 \end{matrix}\right)"
    assert f"{first}{second} + {second}" == latex
    assert "(1, −2; 3, 4)ᵀ (0.5; 5) + (0.5; 5)" == in_line(formula_box(Formula((whole,)), STYLE))
    product = Filled(Hadamard((x, Scaled(Integer(2), b))), numbers)
    assert r"\cdot" not in formula_latex(Formula((product,)), STYLE)


def test_equalities_are_broken_before_their_signs() -> None:
    """A formula, the same with numbers, and its value stand below one another where they have no room."""
    formula = sum(Symbol(f"w_1_1_{k}") * Symbol(f"x_{k}") for k in range(1, 4))
    numbers = tuple((letter, Rounded(Rational(3, 10), 4)) for letter in sorted(formula.free_symbols, key=str))
    chain = Chain((formula, Filled(formula, numbers), Rounded(Rational(27, 100), 4)), ("=", "="))
    box = formula_box(Formula((chain,)), STYLE)
    assert 1 == len(rows(box, 100.0))
    longest = max(width(formula_box(Formula((side,)), STYLE)) for side in chain.sides)
    first, second, third = map(written, rows(box, longest + 2))
    assert ["{} = ", "{} = "] == [second[:5], third[:5]]
    assert "=" not in first


@pytest.mark.parametrize(
    ("value", "digits", "text", "exact"),
    [
        (Rational(151, 400), 4, "0.3775", True),
        (Rational(151, 400), 3, "0.3775", True),
        (Rational(1, 3), 4, "⅓", True),
        (Rational(-2, 7), 4, "−2/7", True),
        (Rational(123456789, 10**6), 4, "123.5", False),
        (Rational(1, 997), 4, "0.001003", False),
        (Float("0.59326999210720187", 50), 4, "0.5933", False),
        (Float("0.045", 50), 4, "0.04500", False),
        (Float("-1.25e-7", 50), 2, "−1.2 · 10⁻⁷", False),
        (Float("1e-8", 50), 4, "1.000 · 10⁻⁸", False),
        (Float("123456789.5", 50), 4, "1.235 · 10⁸", False),
        (Integer(0), 4, "0", True),
        (Integer(-12), 4, "−12", True),
        (Rational(9, 8), 2, "1.125", True),
    ],
)
def test_number_is_shown_whole_or_rounded(value: Expr, digits: int, text: str, exact: bool) -> None:
    """A decimal that ends soon and a fraction people read are shown as they are; all else has so many digits."""
    shown = Rounded(value, digits)
    assert text == in_line(formula_box(Formula((shown,)), STYLE))
    assert exact == is_exact(shown)


def test_ties_go_to_the_even_digit() -> None:
    """Rounding has no drift: 0.12345 and 0.12355 to four digits."""
    assert ["0.1234", "0.1236"] == [str(rounded(Float(text, 50), 4)) for text in ("0.12345", "0.12355")]


def test_symbols_are_renamed_before_numbers_are_put_in() -> None:
    """Numbers find their letters however these are called."""
    numbers = ((W, Rounded(Integer(2), 4)), (X, Rounded(Integer(3), 4)))
    box = formula_box(Formula((Filled(W * X, numbers),)), Style({"w": r"\theta"}))
    assert "2 · 3" == in_line(box)
