"""Expressions and matrices as text: what the text computes is what the expression says."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr, Integer, Piecewise, Rational, Symbol, cosh, erf, exp, log, pi, sqrt
from sympy.core.function import Function

from symbackprop.calculus.matrices import Hadamard, Matrix, Named, Ones, Plus, Powered, Product, Scaled, Transposed
from symbackprop.errors import CheckError, SymbackpropError
from symbackprop.network import notation
from symbackprop.network.expressions import parse_activation
from symbackprop.network.functions import ABSOLUTE, RELU, SIGMOID, SOFTPLUS, TANH, Z, elementwise, explicit, slope
from symbackprop.numerics import stable
from symbackprop.numerics.decimaltext import decimal_text
from symbackprop.numerics.elementwise import MATH, NUMPY, Writer, bare
from symbackprop.numerics.functiontext import (
    array_functions,
    decimal_functions,
    formulas_of,
    stable_functions,
)
from symbackprop.numerics.matrixtext import MatrixWriter, name_of
from symbackprop.numerics.recognition import EXPM1, LOG1P, LOG_COSH, LOG_SIGMOID, known_name
from symbackprop.numerics.stable import STABLE, decimals, imports
from symbackprop.numerics.stable.scalar import SCALAR
from symbackprop.numerics.stableform import stabilised

U, V = Symbol("u", real=True), Symbol("v", real=True)
LANGUAGES = {"numpy": NUMPY, "math": MATH, "decimal": None}


def run(text: str, **names: Any) -> Any:
    """Return what a text computes, the stable functions at hand."""
    functions = {f.__name__: f for each in STABLE.values() for f in (each.value, each.slope)}
    functions |= {"erf": stable.erf} if "np" in names else SCALAR
    known = {"__builtins__": {"int": int}, "math": math, **vars(decimals), **functions, **names}
    exec(f"found = {text}", known)  # noqa: S102 - text that the writers under test have just written
    return known["found"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "expression",
    [
        U - V,
        2 * (U - V),
        -U * V,
        U / V,
        U / (V + 1) / 3,
        -((U + 1) ** 2) / V,
        (U - V) ** 3,
        1 / (1 + exp(-U)),
        sqrt(U**2 + 1),
        U ** Rational(3, 2),
        2**U,
        exp(-(U**2)) * erf(U),
        log(U + 2) / log(3),
        pi * U,
        Rational(1, 3) * U,
        Piecewise((U, V > 0), (-U, V < -1), (Integer(5), True)),
        Piecewise((U, (V > 0) & (V < 3)), (U**2, True)),
        RELU(U - V),
        ABSOLUTE(U - V) * slope(SIGMOID)(U),
        slope(SOFTPLUS)(-V),
        U - (V - 1),
        -(U - V),
        U * -(V - 1),
    ],
)
def test_text_computes_the_expression(expression: Expr, language: str) -> None:
    """In each language the text has the value of the expression, whatever needs brackets in it."""
    chosen, names = LANGUAGES[language], {U: "u", V: "v"}
    text = Writer(chosen).text(expression, names) if chosen else decimal_text(expression, names)
    for u, v in ((0.7, 2.2), (1.9, -0.4), (0.2, -1.6)):
        given = {"u": u, "v": v} if language == "math" else {"u": Decimal(u), "v": Decimal(v)}
        if language == "numpy":
            given = {"u": np.array(u), "v": np.array(v), "np": np}
        wanted = float(explicit(expression.xreplace({U: Rational(str(u)), V: Rational(str(v))})))
        assert float(run(text, **given)) == pytest.approx(wanted, rel=1e-14)


def test_unknown_function_has_no_text() -> None:
    """What no language can say is refused by its name."""
    with pytest.raises(CheckError, match=r"cannot be written as code$"):
        Writer(NUMPY).text(Function("f")(U, V), {U: "u", V: "v"})


@pytest.mark.parametrize(
    ("text", "wanted"), [("(a)", "a"), ("(a) * (b)", "(a) * (b)"), ("a", "a"), ("((a))", "(a)"), ("(a)(b)", "(a)(b)")]
)
def test_bare(text: str, wanted: str) -> None:
    """Only parentheses around the whole are taken away."""
    assert wanted == bare(text)


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("z/(1+exp(-z))", "silu"),
        ("1/(1+exp(-z))", "sigmoid"),
        ("log(1+exp(z))", "softplus"),
        ("z*tanh(log(1+exp(z)))", "mish"),
        ("relu(z)", "relu"),
        ("max(0,z)", None),
        ("(exp(z)-exp(-z))/(exp(z)+exp(-z))", "tanh"),
        ("z^3", None),
        ("1/(2+exp(-z))", None),
    ],
)
def test_formulas_are_recognised(formula: str, name: str | None) -> None:
    """A known function is recognised by what it is."""
    assert name == known_name(elementwise("f", parse_activation(formula)))


def test_names_are_not_trusted() -> None:
    """A function that only calls itself sigmoid is none, and its second derivative has no stable form."""
    assert known_name(elementwise("sigmoid", Z**3)) is None
    assert known_name(slope(slope(SIGMOID))) is None
    assert "sigmoid" == known_name(slope(SIGMOID))


@pytest.mark.parametrize(
    ("formula", "stable_form"),
    [
        (log(1 + exp(2 * Z)), SOFTPLUS(2 * Z)),
        (1 / (1 + exp(-(Z**2))), SIGMOID(Z**2)),
        (Z * exp(Z) / (1 + exp(Z)), Z * SIGMOID(Z)),
        (Z**2 + 1, Z**2 + 1),
        (1 - SIGMOID(Z), SIGMOID(-Z)),
        (1 + TANH(Z), 2 * SIGMOID(2 * Z)),
        (slope(SIGMOID)(Z) / SIGMOID(Z), SIGMOID(-Z)),
        ((exp(U) - exp(-U)) / (exp(U) + exp(-U)), TANH(U)),
        (cosh(U) ** -2, 4 * SIGMOID(2 * U) * SIGMOID(-2 * U)),
        (exp(2 * U) / (1 + exp(U)) ** 3, SIGMOID(U) ** 2 * SIGMOID(-U)),
        (1 / (2 + exp(U)), SIGMOID(log(2) - U) / 2),
        (log(1 / (1 + exp(-U))), LOG_SIGMOID(U)),
        (log(SIGMOID(U) ** 2 / 3), 2 * LOG_SIGMOID(U) - log(3)),
        (log(cosh(U - V)), LOG_COSH(U - V)),
        (log(1 + exp(-U * V)), SOFTPLUS(-U * V)),
        (log(exp(U) + 3 * exp(-2 * U)), log(3) - 2 * U + SOFTPLUS(3 * U - log(3))),
        (exp(U) - 1, EXPM1(U)),
        (log(1 + U**2), LOG1P(U**2)),
    ],
)
def test_stable_parts_are_named(formula: Expr, stable_form: Expr) -> None:
    """Sums of exponentials, their quotients and logarithms are written in functions that keep their digits."""
    assert stable_form == stabilised(formula)


def custom(formula: str) -> dict[str, Any]:
    """Return the functions that the text for a custom formula defines."""
    text, called = array_functions(formulas_of([elementwise("f", parse_activation(formula))]))
    names: dict[str, Any] = {}
    text = "\n\n".join((stable_functions(called) if called else "", decimal_functions(text), text))
    exec(f"{imports(text)}\n\n{text}", names)  # noqa: S102 - as above
    return names


@pytest.mark.combinations
@pytest.mark.parametrize(
    "formula", ["z/(1+exp(-2*z))", "log(1+exp(z))*z", "sinh(z)/cosh(z)", "exp(-z^2)*z", "1/(1+exp(-z))^2", "erf(z)*z"]
)
@pytest.mark.parametrize("z", [-1000.0, -710.0, -37.0, -1.0, 0.0, 2.0, 37.0, 710.0, 1000.0])
def test_custom_values_and_slopes(formula: str, z: float) -> None:
    """Where the value is finite it is computed, to nearly all digits, even where the formula overflows."""
    definition = parse_activation(formula)
    for name, form in (("f", definition), ("f_slope", definition.diff(Z))):
        with mpmath.workdps(1000):
            wanted = float(mpmath.mpf(explicit(form.xreplace({Z: Rational(z)})).evalf(1000)._to_mpmath(3400)))
        found = custom(formula)[name](np.array([z]))[0]
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-290)  # three of the sixteen digits may cancel


@pytest.mark.parametrize("formula", ["ln(z)", "sqrt(z)", "z^(1/3)", "sqrt(z)*z+ln(z)"])
def test_outside_its_domain_a_formula_has_no_value(formula: str) -> None:
    """Where a formula is no real number it is NaN, not the real part of a complex one; where it is one, it is that."""
    functions = custom(formula)
    assert np.isnan(functions["f"](np.array([-2.0]))[0])
    assert np.isfinite([functions[name](np.array([2.0]))[0] for name in ("f", "f_slope")]).all()


formulas = st.recursive(
    st.sampled_from(["z", "1", "2", "0.5", "3"]),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from("+-*/"), part).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
        st.tuples(st.sampled_from(["exp", "tanh", "sigmoid", "softplus", "relu", "sin", "erf", "atan"]), part).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
    ),
    max_leaves=6,
)


# not nearer to a pole at 0: 1/z² times a slope that has underflowed would be asked for
@given(formulas, st.floats(-3, 3).filter(lambda z: abs(z) > 1e-2))
def test_any_formula_means_the_same_in_code(formula: str, z: float) -> None:
    """Whatever passes the parser has, in code, the value and the slope that SymPy gives it with 30 digits."""
    try:
        definition = parse_activation(formula)
    except SymbackpropError:
        return
    function = elementwise("f", definition)
    if known_name(function):
        return
    point = Rational(z)
    for name, form in (("f", definition), ("f_slope", slope(function).definition)):
        wanted = explicit(form.xreplace({Z: point})).evalf(30)
        if not wanted.is_Float or abs(wanted) > 1e8:
            continue  # a pole, or so near to one that floats have lost their digits
        found = float(custom(formula)[name](np.array([z]))[0])
        assert found == pytest.approx(float(wanted), rel=1e-9, abs=1e-9)  # what cancels is computed again


def arrays() -> tuple[dict[str, Any], dict[str, Matrix]]:
    """Return arrays by name, and the tensors that stand for them."""
    rng = np.random.default_rng(0)
    values = {"a2": rng.normal(size=(4, 3)), "d2": rng.normal(size=(4, 3)), "W2": rng.normal(size=(3, 5))}
    values |= {"y": rng.normal(size=(4, 3)), "b2": rng.normal(size=3)}
    a, d, y = (Named(t, batch=True) for t in (notation.activation(2), notation.error(2), notation.target()))
    named: dict[str, Matrix] = {"a": a, "d": d, "y": y, "w": Named(notation.weight(2)), "b": Named(notation.bias(2))}
    return values, named


def test_matrices_compute_what_they_say() -> None:
    """Products, sums over ones, repetition, powers and signs have the values of the matrices."""
    v, n = arrays()
    ones, wide = Ones(None), Ones(Integer(3))
    cases: list[tuple[Matrix, Any]] = [
        (Product((n["d"], n["w"])), v["d2"] @ v["W2"]),
        (Product((Transposed(n["d"]), n["a"])), v["d2"].T @ v["a2"]),
        (Product((Transposed(n["d"]), ones)), v["d2"].sum(axis=0)),
        (Product((Hadamard((n["a"], n["d"])), wide, Transposed(wide))), (v["a2"] * v["d2"]).sum(axis=1)[:, None]),
        (Product((ones, Transposed(n["b"]))), v["b2"]),
        (Product((ones, Transposed(wide))), np.ones((4, 3))),
        (Plus((n["a"], Scaled(Integer(-1), n["y"]))), v["a2"] - v["y"]),
        (Hadamard((Plus((n["a"], Scaled(Integer(-1), n["y"]))), n["d"])), (v["a2"] - v["y"]) * v["d2"]),
        (Hadamard((Powered(n["a"], Integer(-1)), n["y"])), v["y"] / v["a2"]),
        (Hadamard((n["y"], Powered(n["a"], Integer(-1)))), v["y"] / v["a2"]),
        (Powered(Plus((n["a"], Integer(1))), Integer(3)), (v["a2"] + 1) ** 3),
        (Scaled(Rational(2, 3), n["a"]), 2 / 3 * v["a2"]),
        (Hadamard((n["d"], Scaled(Integer(-1), n["a"]))), -v["a2"] * v["d2"]),
    ]
    for matrix, wanted in cases:
        text = MatrixWriter().text(matrix)
        found = run(text, np=np, m=4, x=v["a2"], space={"ones": np.ones(4)}, **v)
        assert np.allclose(wanted, found, rtol=1e-15, atol=1e-15), text


def test_inputs_are_called_x() -> None:
    """The activations of layer 0 are the input; a target has no layer."""
    assert ["x", "W3", "d1", "y"] == [
        name_of(t) for t in (notation.activation(0), notation.weight(3), notation.error(1), notation.target())
    ]


def test_foreign_matrix_has_no_text() -> None:
    """A kind of matrix that NumPy code has no word for is refused by its name."""
    with pytest.raises(CheckError, match=r"^Matrix has no text in NumPy$"):
        MatrixWriter().text(Matrix())
