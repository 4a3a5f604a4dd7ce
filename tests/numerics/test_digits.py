"""Digits of users' formulas: against many digits, straight from the text of the formula."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import mpmath
import numpy as np
import pytest

from symbackprop.calculus.backpropagation import derive
from symbackprop.network.activations import ACTIVATIONS, from_function
from symbackprop.network.costs import Cost
from symbackprop.network.expressions import parse_activation, parse_cost
from symbackprop.network.formula import Call, Inverse, Name, Negative, Node, Number, Power, Product, Sum
from symbackprop.network.functions import elementwise
from symbackprop.network.grammar import Source, read
from symbackprop.network.model import mlp
from symbackprop.network.vocabulary import vocabulary
from symbackprop.numerics import verification
from symbackprop.numerics.compilation import compile
from symbackprop.numerics.functiontext import (
    Formula,
    array_functions,
    decimal_functions,
    formulas_of,
    number_functions,
    stable_functions,
)
from symbackprop.numerics.fusion import fused
from symbackprop.numerics.inaccuracy import measured
from symbackprop.numerics.removable import removable
from symbackprop.numerics.stable import exponential, imports
from symbackprop.numerics.stable.scalar import SCALAR

pytestmark = pytest.mark.combinations

LAW = 1e-12  # of |f| + |z f'|: what a rounding of z itself does, thousands of times over
TINY = 1e-290  # what is smaller has underflowed, or is about to
WITNESS = mpmath.mpf(10) ** -60  # a step of 1e-67 next to 0, where f is taken between two neighbours
MP = mpmath.mp.clone()
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "ln": MP.log,
    "log": MP.log,
    "sigmoid": lambda x: 1 / (1 + MP.exp(-x)),
    "softplus": lambda x: MP.log(1 + MP.exp(x)),
}


def value(node: Node, at: Mapping[str, Any]) -> Any:
    """Return what a tree is worth: the grammar's own meaning, in mpmath, and nothing of the house's."""
    match node:
        case Number():
            return MP.mpf(node.value.numerator) / node.value.denominator
        case Name():
            return at[node.name]
        case Sum():
            return MP.fsum(value(term, at) for term in node.terms)
        case Product():
            return MP.fprod(value(factor, at) for factor in node.factors)
        case Negative():
            return -value(node.term, at)
        case Inverse():
            return 1 / value(node.divisor, at)
        case Power():
            return MP.power(value(node.base, at), value(node.exponent, at))
        case Call():
            arguments = [value(part, at) for part in node.arguments]
            return (FUNCTIONS.get(node.function) or getattr(MP, node.function))(*arguments)
    raise TypeError(node)


@cache
def tree(text: str, *names: str) -> Node:
    """Return the tree of a formula in these names."""
    return read(Source(text, "formula", names, {name: each.arity for name, each in vocabulary().items()}))


def truth(function: Callable[[Any], Any], z: float) -> tuple[Any, Any, Any]:
    """Return f, f' and f'' at z: so many digits that exp(-|z|) beside 1 leaves some, and differences of tiny steps."""
    MP.dps = 200 + int(3 * min(abs(z), 1e3)) if abs(z) < 2e3 else 9_300
    x, h = MP.mpf(z), MP.mpf(10) ** (-MP.dps // 3)
    low, high = function(x - h), function(x + h)
    return (low + high) / 2, (high - low) / (2 * h), (low - 2 * function(x) + high) / h**2 if z else MP.mpf(0)


Run = Callable[[str, tuple[float, ...]], float]


def worst_error(
    formulas: list[Formula], ways: list[Run], point: tuple[float, ...], true: tuple[Any, Any, Any]
) -> float:
    """Return the largest error of value and slope, computed in each of the ways, relative to |f| + |z f'|."""
    worst = 0.0
    for run in ways:
        for formula, wanted, rate in zip(formulas, true, true[1:], strict=False):
            found = run(formula.name, point)
            scale = abs(wanted) + abs(point[0] * rate)
            error = max(abs(found - wanted) - WITNESS, 0) if math.isfinite(found) else math.inf
            worst = max(worst, float(error / max(scale, TINY)))
    return worst


def both_ways(formulas: list[Formula]) -> list[Run]:
    """Return what computes the formulas: their text for arrays, and that for numbers."""
    arrays, called = array_functions(formulas)
    numbers, _ = number_functions(formulas)
    texts = (stable_functions(called) if called else "", decimal_functions(arrays), arrays)
    names: tuple[dict[str, Any], dict[str, Any]] = ({}, {**SCALAR})
    for text, defined in (("\n\n".join(texts), names[0]), (decimal_functions(numbers) + numbers, names[1])):
        exec(f"{imports(text)}\n\n{text}", defined)  # noqa: S102 - text that the writers under test have just written
    return [
        lambda name, point: float(names[0][name](*(np.array([each]) for each in point))[0]),
        lambda name, point: float(names[1][name](*point)),
    ]


FAR = [0.0, *(sign * size for size in (1e-9, 1e-3, 0.7, 8.0, 37.5, 720.0, 1000.0) for sign in (1, -1))]


@pytest.mark.parametrize(
    "formula",
    [
        "(exp(z)-exp(-z))/(exp(z)+exp(-z))",
        "z/(1+exp(-1.702*z))",
        "ln(exp(z)+exp(-2*z))",
        "ln((1+exp(z))/(1+exp(-z)))",
        "1/cosh(z)^2",
        "exp(z)/(1+exp(z))^2",
        "1-1/(1+exp(z))",
        "z^2*exp(-z)",
        "exp(-z^2)*z",
        "exp(z)-1",
        "(cosh(z)-1)/cosh(z)",
        "sqrt(1+z^2)-1",
        "ln(2+exp(z)+exp(-z))",
        # 0/0 at 0, where the limit is meant
        "tanh(z)/z",
        "sin(z)/z",
        "(exp(z)-1)/z",
        "z/(exp(z)-1)",
        "(1-cos(z))/z^2",
        "z^3/(exp(z)-1)",
        "atan(z)/z-1",
    ],
)
def test_activation_keeps_its_digits(formula: str) -> None:
    """Value and slope have an error of at most 1e-12 (|f| + |z f'|), from 0 to where exponentials leave the floats."""
    formulas = formulas_of([elementwise("f", parse_activation(formula))])
    ways = both_ways(formulas)
    for z in FAR:
        true = truth(lambda x: value(tree(formula, "z"), {"z": x}), z)
        if max(map(abs, true)) < 1e300:
            assert worst_error(formulas, ways, (z,), true) <= LAW, z


DIFFERENCES = [(y + d, y) for d in (1e-9, -0.3, 40.0, -1000.3) for y in (0.25, -3.5)]
DIFFERENCES += [(9999.0, 0.0), (1e4 + 1, 1e4), (1e6 + 1, 1e6), (10000.3, 10001.2), (1001.7, 1000.2)]
LOGITS = [(z, y) for z in (0.3, -1.7, 25.0, -37.5, 710.0, -1000.0) for y in (0.0, 1.0, 0.25)]


@pytest.mark.parametrize(
    ("activation", "cost", "points"),
    [
        ("identity", "(a-y)^2/(1+(a-y)^2)", DIFFERENCES),
        ("identity", "atan((a-y)^2)", DIFFERENCES),
        ("identity", "1/(1+exp(-(a-y)))", DIFFERENCES),
        ("identity", "ln(cosh(a-y))", DIFFERENCES),
        ("identity", "ln(1+(a-y)^2)", DIFFERENCES),
        ("identity", "1-exp(-(a-y)^2)", DIFFERENCES),
        ("identity", "sqrt(1+(a-y)^2)-1", DIFFERENCES),
        ("identity", "softplus(a-y)-(a-y)/2", DIFFERENCES),
        ("identity", "ln(1+exp(a))-y*a", LOGITS),
        ("identity", "ln(1+exp(-y*a))", LOGITS),
        ("sigmoid", "-y*(1-a)^2*ln(a)", LOGITS),
        ("sigmoid", "-0.25*y*(1-a)^2*ln(a)-0.75*(1-y)*a^2*ln(1-a)", LOGITS),
        ("sigmoid", "-3*y*ln(a)-(1-y)*ln(1-a)", LOGITS),
        ("sigmoid", "-ln(a*y+(1-a)*(1-y))", LOGITS),
        ("sigmoid", "y*ln(y/a)+(1-y)*ln((1-y)/(1-a))", [point for point in LOGITS if 0 < point[1] < 1]),
        ("1/(1+exp(-1.702*z))", "-3*y*ln(a)-(1-y)*ln(1-a)", LOGITS[:-6]),
        ("tanh(z)", "-y*ln((1+a)/2)", LOGITS),
        ("exp(z)", "a-y*ln(a)", LOGITS[:-6]),
        ("softplus", "0.5*(ln(1+a)-ln(1+y))^2", LOGITS),
    ],
)
def test_cost_keeps_its_digits(activation: str, cost: str, points: list[tuple[float, float]]) -> None:
    """Cost and slope by z have an error of at most 1e-12 (|f| + |z f'|), for |a - y| up to 1e4 and y up to 1e6."""
    named = activation in ACTIVATIONS
    part = ACTIVATIONS[activation] if named else from_function(elementwise("f", parse_activation(activation)))
    functions = fused(Cost("own", parse_cost(cost)), part)
    assert functions is not None
    formulas = [functions.cost, functions.slope]
    ways = both_ways(formulas)
    text = {"identity": "z"}.get(activation, f"{activation}(z)" if named else activation)
    for z, y in points:

        def of_input(x: Any, y: float = y) -> Any:
            return value(tree(cost, "a", "y"), {"a": value(tree(text, "z"), {"z": x}), "y": MP.mpf(y)})

        true = truth(of_input, z)
        assert worst_error(formulas, ways, (z, y), true) <= LAW, (z, y)


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
@pytest.mark.parametrize("samples", [1, 2])
@pytest.mark.parametrize(
    ("z", "wanted"),
    [
        ((-745.0, 0.5, -0.25), (0.0, -0.64164260164921, 0.64164260164921)),
        ((710.0, 0.0, 0.0), (2.0, -1.5, -0.5)),
        ((-1000.0, 1000.0, 0.0), (0.0, 0.0, 0.0)),
        ((1000.0, 0.0, -1000.0), (2.0, -2.0, 0.0)),
    ],
)
def test_softmax_with_binary_cross_entropy(
    backend: str, samples: int, z: tuple[float, ...], wanted: tuple[float, ...]
) -> None:
    """δ is finite and right where a share underflows, or nothing is left to 1 of the largest."""
    gradient = compile(derive(mlp("1-3", "softmax", "binary_cross_entropy")), backend)
    x, y = np.zeros((samples, 1)), np.tile([0.0, 1.0, 0.0], (samples, 1))
    _, grads = gradient({"W1": np.zeros((3, 1)), "b1": np.array(z)}, x, y)
    assert wanted == pytest.approx(tuple(grads["b1"]), abs=1e-10)


@pytest.mark.parametrize(
    "formula", ["z/(1+exp(-1.702*z))", "sin(z)/z", "tanh(z)/z", "(1-cos(z))/z^2", "ln(1+z)/z", "z^2*exp(-z)"]
)
def test_nearly_nothing_is_computed_in_decimals(formula: str) -> None:
    """Of a thousand usual entries none is left to decimal numbers: not near 0/0, nor near a zero of the slope."""
    formulas = formulas_of([elementwise("f", parse_activation(formula))])
    arrays, called = array_functions(formulas)
    asked: list[float] = []
    names: dict[str, Any] = {}
    text = "\n\n".join((stable_functions(called) if called else "", arrays))
    exec(f"{imports(text)}\n\n{text}", names)  # noqa: S102 - as above
    names["exact"] = lambda function, point: asked.append(point) or 0.0
    z = np.abs(np.random.default_rng(0).normal(size=1000))
    for each in formulas:
        names[each.name](z * (-1 if "ln" not in formula else 1))
    assert [] == asked


@pytest.mark.parametrize(
    ("formula", "centers"),
    [
        ("sin(z)/z", [0.0]),
        ("1/(z-1)-2/(z^2-1)", [1.0]),
        ("1/z", []),  # a pole
        ("sqrt(z)/z", []),  # a branch of a root
        ("exp(-1/z^2)", []),  # an essential singularity
        ("1/(exp(z)-1)", []),
    ],
)
def test_series_only_where_there_is_a_limit(formula: str, centers: list[float]) -> None:
    """A formula has a power series at a zero of a denominator exactly where it is analytic around it."""
    assert centers == [center for center, _, _ in removable(parse_activation(formula))]


def test_generated_code_needs_numpy_alone() -> None:
    """The text for a formula of the user's imports NumPy and the standard library."""
    made = compile(derive(mlp("2-1", "sin(z)/z", "ln(cosh(a-y))")))
    lines = [line for source in (made.source, made.flat_source) for line in source.splitlines() if "import" in line]
    standard = {
        "import math",
        "from collections.abc import Callable",
        "from decimal import Context, Decimal, localcontext",
    }
    assert {"import numpy as np", *standard} == {line for line in lines if not line.startswith(" ")}


@pytest.mark.filterwarnings("ignore:.* has no real value at ")
@pytest.mark.parametrize(
    ("activation", "cost"),
    [
        ("sin(z)/z", "quadratic"),
        ("exp(exp(z))", "quadratic"),
        ("exp(z)*(1-1/(1+exp(-z)))", "quadratic"),  # 0 or -1 with any digits but very many
        ("1-1/(1+exp(-z))-1/(1+exp(z))+exp(-z^2)", "quadratic"),
        ("sigmoid", "(a-y)^2/(a*(1-a))"),
        ("softmax", "-y*(1-a)^2*ln(a)"),
        ("identity", "where(a>y,(a-y)^2,a-y)"),
        ("1-erf(z)", "quadratic"),  # 0 with 60 and with 120 digits at 20
        ("sin(exp(exp(z)))", "quadratic"),  # beyond any memory at 1000
        # of what is no real number, the larger of two is none either, nor is the size or the square
        ("max(ln(z), z)+acosh(2+z)", "quadratic"),
        ("where(z>=z,arcsin(z),z)+z", "quadratic"),
        ("identity", "abs(log(a/y))"),
        ("identity", "(sqrt(a)-sqrt(y))^2"),
        ("identity", "min(elu(a),sqrt(y)*a)"),  # a condition that asks for another one first
        ("identity", "where(selu(y)>(0.1*a),a/a,a/y)"),  # SymPy solves it each time that it is made
        ("identity", "erf(1/a+y*100)"),  # at 1e1500, beside 0
        ("identity", "max(1e-3,a)-selu(y)"),  # 0.001 is not quite 1/1000, where the slope jumps
        ("identity", "atan(ln(a*a))"),  # ln |a| for SymPy
        ("min(sqrt(z),z+z)-z+z/logaddexp(z-z,z)", "quadratic"),  # 1/ln(2) in digits, in its decimals
    ],
)
def test_formula_that_keeps_its_digits_is_not_warned_of(activation: str, cost: str) -> None:
    """What is measured when a formula is taken passes where floats are right."""
    (found,) = measured(mlp("1-2", activation, cost))
    assert (True, "") == (found.error < LAW, found.region)


def test_inaccuracy_is_not_silent(plant: Any) -> None:
    """Where a formula has lost digits, measuring it says how many and where, and its row in verify fails."""
    plant(exponential.sigmoid, "value: np.ndarray = e / (1 + e)", "value: np.ndarray = e / (1 + 1e-7 + e)")
    network = mlp("1-1", "sigmoid(2*z)+sigmoid(z/3)")
    (found,) = measured(network)
    with pytest.warns(UserWarning, match=re.escape(str(found))):
        compile(derive(network))
    assert re.search(
        r"activation sigmoid\(z/3\) \+ sigmoid\(2\*z\): .* err by up to 1e-07 of \|f\| \+ \|x f'\|, where z is from",
        str(found),
    )
    (row,) = verification._own_formulas(network)
    assert ("formulas of your own", False) == (row.check, row.ok)


def test_measuring_is_bounded() -> None:
    """Of a formula that takes long, as many points are looked at as its operations allow, all over the range."""
    network = mlp("1-1", "softplus(z)*tanh(softplus(z))*erf(z)")
    few, all_of_them = (measured(network, operations)[0] for operations in (2_000, 10**6))
    assert 0 < few.points < all_of_them.points == 31


@pytest.mark.parametrize("backend", ["numpy", "scalar"])
@pytest.mark.parametrize("formula", ["where(z>=z,arcsin(z),z)", "arccos(z)*z", "atan(sqrt(1-z^2))"])
def test_formula_outside_its_domain_ends(formula: str, backend: str) -> None:
    """Where a formula has no real value its decimal numbers are NaN, and no series of them goes on for ever."""
    with pytest.warns(UserWarning, match="has no real value at z = "):
        network = mlp("1-1", formula, "a+0*y")
    cost, _ = compile(derive(network), backend)({"W1": np.array([[0.0]]), "b1": np.array([2.0])}, [[1.0]], [[1.0]])
    assert math.isnan(cost)
