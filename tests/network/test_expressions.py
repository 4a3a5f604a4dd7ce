"""Custom formulas: a good one becomes exactly what it says, any other an ExpressionError, and nothing ever runs."""

from __future__ import annotations

import builtins
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st
from sympy import Abs, Expr, Rational, Symbol, asinh, atan, cos, cosh, erf, exp, lambdify, log, pi, sin, sqrt

from symbackprop.errors import ExpressionError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import A, Y
from symbackprop.network.expressions import FOREIGN, parse, parse_activation, parse_cost
from symbackprop.network.extremes import Maximum, Minimum, where
from symbackprop.network.functions import ABSOLUTE, RELU, SIGMOID, SOFTPLUS, TANH, Z, explicit
from symbackprop.network.vocabulary import Vocable, vocabulary

POINTS = np.array([-1.9, -0.6, 0.35, 1.2])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("z", Z),
        ("z/(1+exp(-z))", Z / (1 + exp(-Z))),
        ("tanh(z)", TANH(Z)),
        ("z**2", Z**2),
        ("z^3", Z**3),
        ("log(1+exp(z))", log(1 + exp(Z))),
        ("ln(1+z^2)", log(1 + Z**2)),
        ("z*sigmoid(z)", Z * SIGMOID(Z)),
        ("z*tanh(softplus(z))", Z * TANH(SOFTPLUS(Z))),
        ("0.5*z", Z / 2),
        ("1e-3*z", Z / 1000),
        ("0.01*z", Rational(1, 100) * Z),
        ("exp(-z^2)", exp(-(Z**2))),
        ("e^-z", exp(-Z)),
        ("2^z", 2**Z),
        ("atan(z) + sin(pi*z) - cos(z)", atan(Z) + sin(pi * Z) - cos(Z)),
        ("z*(1+erf(z/sqrt(2)))/2", Z * (1 + erf(Z / sqrt(2))) / 2),
        ("log(cosh(z))", log(cosh(Z))),
        ("z/(1+abs(z))", Z / (1 + ABSOLUTE(Z))),
        ("relu(z)^2", RELU(Z) ** 2),
        ("sqrt(z^2)", ABSOLUTE(Z)),
        ("z^(1/3)", Z ** Rational(1, 3)),
        ("max(0.1*z, z)", Maximum(Z / 10, Z)),
        ("min(max(z, 0), 6)", Minimum(Maximum(Z, 0), 6)),
        ("where(z <= 0, exp(z) - 1, z)", where("<=", Z, Rational(0), exp(Z) - 1, Z)),
        ("arctan(z) + asinh(z) - log1p(z^2)", atan(Z) + asinh(Z) - log(1 + Z**2)),
        ("logaddexp(z, 0)", log(1 + exp(Z))),
        ("silu(z) + swish(z)", 2 * ACTIVATIONS["silu"].function(Z)),
        ("clip(z, -1, 1)", Minimum(Maximum(Z, -1), 1)),
    ],
)
def test_activation_is_what_its_text_says(text: str, expected: Expr) -> None:
    """A good text becomes the expression in Z that a mathematician would write for it."""
    assert expected == parse_activation(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(a-y)**4", (A - Y) ** 4),
        ("-y*log(a)", -Y * log(A)),
        ("-y*ln(a) - (1-y)*ln(1-a)", -Y * log(A) - (1 - Y) * log(1 - A)),
        ("abs(a-y)", ABSOLUTE(A - Y)),
        ("abs(a-y)^1.5", ABSOLUTE(A - Y) ** Rational(3, 2)),
        ("sqrt(1+(a-y)^2) - 1", sqrt(1 + (A - Y) ** 2) - 1),
        ("a", A),
    ],
)
def test_cost_is_what_its_text_says(text: str, expected: Expr) -> None:
    """A good text becomes the expression in A and Y that a mathematician would write for it."""
    assert expected == parse_cost(text)


@pytest.mark.parametrize(
    ("text", "slopes"),
    [
        ("abs(z)", {-1: -1, 0: 0, 1: 1}),
        ("relu(z)", {-1: 0, 0: 0, 1: 1}),
        ("sqrt(z^2)", {-1: -1, 0: 0, 1: 1}),
    ],
)
def test_slope_of_a_named_function_at_its_kink_is_zero(text: str, slopes: dict[int, int]) -> None:
    """At its kink a named function has the slope 0, as in PyTorch."""
    slope = explicit(parse_activation(text).diff(Z))
    assert slopes == {point: slope.subs(Z, point) for point in slopes}


@dataclass(frozen=True)
class Formula:
    """A text together with the NumPy function that it stands for."""

    text: str
    function: Callable[[np.ndarray], np.ndarray]


NUMPY_FUNCTIONS: dict[str, Callable[..., np.ndarray]] = {
    "abs": np.abs,
    "atan": np.arctan,
    "cos": np.cos,
    "cosh": np.cosh,
    "erf": np.vectorize(math.erf),
    "exp": np.exp,
    "ln": np.log,
    "log": np.log,
    "max": np.maximum,
    "min": np.minimum,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "sin": np.sin,
    "sinh": np.sinh,
    "softplus": lambda x: np.log1p(np.exp(x)),
    "sqrt": np.sqrt,
    "tanh": np.tanh,
}


def number(value: float) -> Formula:
    """Return a number as it is written in decimals."""
    return Formula(f"{value:.3f}", lambda z: np.full_like(z, round(value, 3)))


def called(name: str, parts: list[Formula]) -> Formula:
    """Return a function of as many parts as it takes."""
    parts = parts[: vocabulary()[name].arity]
    text = f"{name}({', '.join(part.text for part in parts)})"
    return Formula(text, lambda z: NUMPY_FUNCTIONS[name](*(part.function(z) for part in parts)))


def combined(sign: str, left: Formula, right: Formula) -> Formula:
    """Return two formulas with a sign between them."""
    operation = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[sign]
    return Formula(f"({left.text} {sign} {right.text})", lambda z: operation(left.function(z), right.function(z)))


def raised(base: Formula, exponent: int) -> Formula:
    """Return a formula raised to a whole power."""
    return Formula(f"({base.text})^{exponent}", lambda z: base.function(z) ** float(exponent))


def negated(part: Formula) -> Formula:
    """Return the negative of a formula."""
    return Formula(f"-{part.text}", lambda z: -part.function(z))


def larger(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    """Return formulas made of given ones."""
    functions = st.builds(called, st.sampled_from(sorted(NUMPY_FUNCTIONS)), st.lists(parts, min_size=2, max_size=2))
    sums = st.builds(combined, st.sampled_from("+-*/"), parts, parts)
    return functions | sums | st.builds(raised, parts, st.integers(-3, 4)) | st.builds(negated, parts)


FORMULAS = st.recursive(st.just(Formula("z", lambda z: z)) | st.floats(0, 9).map(number), larger, max_leaves=6)


@given(formula=FORMULAS)
@example(negated(raised(Formula("z", lambda z: z), 2)))
def test_value_is_that_of_numpy(formula: Formula) -> None:
    """Wherever NumPy's value is finite and well conditioned, the parsed expression has the same one."""
    try:
        expression = parse(formula.text, {"z": Z}, where="formula")
    except ExpressionError:
        reject()
    compiled = lambdify([Z], expression, [NUMPY_FUNCTIONS, "numpy"])
    with np.errstate(all="ignore"):
        expected, nearby = formula.function(POINTS), formula.function(POINTS * (1 + 1e-11))
        actual = np.broadcast_to(compiled(POINTS), POINTS.shape)
        settled = np.isfinite(expected) & (np.abs(expected) < 1e6) & (np.abs(expected - nearby) < 1e-8)
    assert np.allclose(expected[settled], actual[settled], rtol=1e-6, atol=1e-6)


@pytest.mark.hostile("activation")
def test_hostile_activation_is_refused_at_once(hostile_text: str) -> None:
    """Every hostile activation is refused in one printable line, in less than a second."""
    refused_at_once(parse_activation, hostile_text)


@pytest.mark.hostile("cost")
def test_hostile_cost_is_refused_at_once(hostile_text: str) -> None:
    """Every hostile cost is refused in one printable line, in less than a second."""
    refused_at_once(parse_cost, hostile_text)


def refused_at_once(reader: Callable[[str], Expr], text: str) -> None:
    """Hold that a text is refused within a second of the processor's time."""
    start = time.process_time()
    with pytest.raises(ExpressionError, match=r"^(activation|cost) ") as caught:
        reader(text)
    assert time.process_time() - start < 1
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "text",
    [
        "atan(erf(exp((z - 99999999999999999999) + sinh(z))))",
        "softplus(sigmoid(cosh(sinh(exp(z - 1e20))^8)))",
        "cosh(cosh(exp(z*(0.5 + 1e100))))",
        "erf(atan(sinh(z*z))*ln(atan(pi)) + cosh((2 + 1) - (1e-3/z - 0.1/1e-3)))",
        "erf(exp(-atan(exp(sin(z)/atan(64)))))",
    ],
)
def test_formula_that_made_sympy_hang_is_read_at_once(text: str) -> None:
    """What fuzzing found: SymPy's LaTeX printer simplifies exponents that it knows to be negative, without end."""
    start = time.process_time()
    assert {Z} == parse_activation(text).free_symbols
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0.5", r"^activation '0.5' does not depend on z, so nothing can be learned; use z$"),
        ("z - z", "does not depend on z"),
        (
            "sqrt(-1 - z^2)",
            r"^activation 'sqrt\(-1 - z\^2\)': it has no finite real value at any sample point; try z = 0.3",
        ),
        ("1/sin(pi) + z", "it or its derivative contains zoo; write it in another way"),
        ("log(cos(1e100)) + z", "it or its derivative contains"),
        ("z*tanh(1)", r"character 3: tanh of a constant; write its value$"),
        ("relu(z - z) + z", "character 1: relu of a constant"),
        ("(64 + 1e-100)^(1/3)*z", r"SymPy fails on it \(ValueError\)"),
        (7, "^activation: wanted a formula as text, got int$"),
        (None, "got NoneType"),
    ],
)
def test_useless_activation_says_why(text: object, message: str) -> None:
    """A formula that is well formed but of no use is refused with the reason."""
    with pytest.raises(ExpressionError, match=message):
        parse_activation(text)  # type: ignore[arg-type]  # the wrong types are tested too


@pytest.mark.parametrize("text", ["y", "a - a + y", "0*a"])
def test_cost_depends_on_the_activation(text: str) -> None:
    """A cost in which a does not occur, or cancels, is refused."""
    with pytest.raises(ExpressionError, match=r"^cost '.*' does not depend on a, so nothing can be learned; use a$"):
        parse_cost(text)


def test_error_names_the_place_that_it_is_given() -> None:
    """The caller says where the text stood, and the message begins with it."""
    with pytest.raises(ExpressionError, match=r"^activation of layer 2 'z\.x', character 2: found '\.'"):
        parse("z.x", {"z": Symbol("z", real=True)}, where="activation of layer 2")


def test_any_variables_can_be_handed_in() -> None:
    """A formula is read in the symbols of the caller, and in no others."""
    u, v = Symbol("u_1", real=True), Symbol("v_1", real=True)
    assert u**2 - 2 * v == parse("p^2 - 2*q", {"p": u, "q": v}, where="formula")
    with pytest.raises(ExpressionError, match="found 'z', which is unknown"):
        parse("p + z", {"p": u}, where="formula")


def test_no_text_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a good nor a hostile text reaches eval, exec, compile or open."""

    def forbidden(*_: object, **__: object) -> None:
        pytest.fail("text was run")

    parse_activation("tanh(z)")  # what SymPy imports on the way is imported by now
    with monkeypatch.context() as patch:
        for name in ("eval", "exec", "compile", "open"):
            patch.setattr(builtins, name, forbidden)
        refused = 0
        for text in ("z/(1+exp(-z))", '__import__("os").system("id")', 'open("x")', "z.__class__", 'Symbol("z")'):
            try:
                parse_activation(text)
            except ExpressionError:
                refused += 1
    assert refused == 4


@given(text=st.text(max_size=30) | st.text("zae()+-*/^, .0123456789", max_size=60) | FORMULAS.map(lambda f: f.text))
@example("max(max(max(z,1),2),3)")
@example("erf(exp(exp(z) - 99999999999999999999))")
@example("1e9^99999^z")
@example("min(z, sinh(64))")
def test_nothing_but_an_expression_error_leaves(text: str) -> None:
    """Any text gives an expression that prints and differentiates, or an ExpressionError of one printable line."""
    try:
        expression = parse_activation(text)
    except ExpressionError as error:
        assert str(error).isprintable()  # noqa: PT017 - most texts raise, some do not
        return
    slope = expression.diff(Z)
    assert expression.free_symbols == {Z}
    assert not any(form.has(*FOREIGN) for form in (expression, slope))
    assert not any(form.has(Abs) for form in (expression, slope))


def test_canary_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that SymPy cannot differentiate for a backend is caught, should one ever be added to the table."""
    from sympy import sign

    foreign = {**vocabulary(), "sign": Vocable(1, sign, lambda x: math.copysign(1, x))}
    for module in ("expressions", "bounds"):
        monkeypatch.setattr(f"symbackprop.network.{module}.vocabulary", lambda: foreign)
    with pytest.raises(ExpressionError, match="it or its derivative contains"):
        parse_activation("sign(z)")


def test_case_distinction_stays_one() -> None:
    """Max is a function of our own, never SymPy's Max."""
    expression = parse_activation("max(z, 0.1*z)")
    assert isinstance(expression, Maximum)
    assert [-0.2, 3.0] == [float(expression.subs(Z, point)) for point in (-2, 3)]
