"""Derivatives of a concrete network: in δ and a, and expanded, with SymPy's derivative of the cost as judge."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache
from itertools import pairwise, product
from random import Random
from typing import Any

import mpmath
import numpy as np
import pytest
from sympy import Expr, Rational, Symbol, exp, lambdify, symbols

from symbackprop.calculus.backpropagation import Derivation, derive
from symbackprop.calculus.instances import _joined
from symbackprop.errors import BudgetError, ShapeError
from symbackprop.network.extent import Extent
from symbackprop.network.model import mlp

pytestmark = pytest.mark.combinations


@cache
def derivation(*made_of: Any) -> Derivation:
    """Return the derivation of a network, made once."""
    return derive(mlp(*made_of))


def parameters(shape: str) -> list[dict[str, Any]]:
    """Return every weight and bias of a network."""
    widths = [int(width) for width in shape.split("-")]
    return [
        {"letter": letter, "layer": layer, "j": j, **({"k": k} if letter == "w" else {})}
        for layer, (before, width) in enumerate(pairwise(widths), start=1)
        for letter in "wb"
        for j in range(1, width + 1)
        for k in range(1, (before if letter == "w" else 1) + 1)
    ]


def symbol(letter: str, layer: int, j: int, k: int | None = None) -> Symbol:
    """Return the symbol of a parameter."""
    return Symbol("_".join(map(str, (letter, layer, j) if k is None else (letter, layer, j, k))))


def point(cost: Expr) -> Mapping[Symbol, Expr]:
    """Return a rational point for the symbols of a cost, off every kink and inside every logarithm."""
    rng = Random(7)
    found = {}
    for each in sorted(cost.free_symbols, key=str):
        number = Rational(rng.randint(2, 19), 20)
        found[each] = -number if each.name[0] in "wbx" and rng.random() < 0.5 else number
    return found


def values(expressions: list[Expr], at: Mapping[Symbol, Expr]) -> list[Any]:
    """Return the values of expressions at a point, with 60 digits; no symbol may be left over."""
    with mpmath.workdps(60):
        numbers = [mpmath.mpf(number.p) / number.q for number in at.values()]
        return lambdify(list(at), expressions, "mpmath", cse=True)(*numbers)  # type: ignore[no-any-return]


def test_derivative_in_errors_and_activations() -> None:
    """By default a partial derivative is BP4 or BP3 with numbers for its layer and its indices."""
    d = derivation("2-3-1")
    delta_2_1, delta_1_2, a_1_3, x_1 = symbols("delta_2_1 delta_1_2 a_1_3 x_1")
    assert delta_1_2 * x_1 == d.partial("w", layer=1, j=2, k=1)
    assert delta_2_1 * a_1_3 == d.partial("w", layer=2, j=1, k=3)
    assert delta_1_2 == d.partial("b", layer=1, j=2)
    assert delta_1_2 * x_1 == d.partial("w", layer=np.int64(1), j=np.int64(2), k=np.int64(1))


def test_expanded_by_hand() -> None:
    """The smallest network is expanded to what one writes down: (a - y) a (1 - a) x."""
    x, y, w, b = symbols("x_1 y_1 w_1_1_1 b_1_1")
    a = 1 / (1 + exp(-w * x - b))
    assert 0 == (derivation("1-1").partial("w", layer=1, j=1, k=1, expanded=True) - (a - y) * a * (1 - a) * x).expand()


NETWORKS: list[tuple[Any, ...]] = [
    ("2-3-1",),
    ("3-2",),
    ("1-2-2", "tanh", "huber"),
    ("2-2-2", ("tanh", "softmax"), "cross_entropy"),
    ("2-3-2", ("sigmoid", "softmax"), "quadratic"),
    ("1-2-2-1", ("relu", "tanh", "sigmoid"), "binary_cross_entropy"),
    ("1-2-2", ("softmax", "log_softmax"), "mae"),
    ("2-2-2", ("log_softmax", "leaky_relu"), "hinge"),
    ("2-2-2", ("gelu", "softplus"), "poisson"),
    ("2-2-1", ("selu", "mish"), "mse"),
    ("2-2-2", ("elu", "softmax"), "kl_divergence"),
    ("2-2-2", ("z/(1+exp(-z))", "2^z"), "(a-y)**4"),
    ("1-2-2", ("max(z, z^2)", "sin(z)"), "log(1+(a-y)^2)"),
]


@pytest.mark.parametrize("made_of", NETWORKS, ids=str)
def test_expanded_form_is_the_derivative_of_the_composed_cost(made_of: tuple[Any, ...]) -> None:
    """For every weight and bias, the expanded form has the value of `sympy.diff(net.cost, w)`, to 40 digits."""
    d = derivation(*made_of)
    cost = d.network.composed_cost()
    at = point(cost)
    asked = parameters(made_of[0])
    forms = [d.partial(**parameter, expanded=True) for parameter in asked]
    numbers = values([*(cost.diff(symbol(**parameter)) for parameter in asked), *forms], at)
    for parameter, wanted, found in zip(asked, numbers, numbers[len(asked) :], strict=False):
        assert abs(wanted - found) <= abs(wanted) * 1e-40, parameter


@pytest.mark.parametrize("made_of", [("1-1",), ("2-2-1", "tanh"), ("2-2", "softmax", "cross_entropy")], ids=str)
def test_expanded_form_is_equal_exactly(made_of: tuple[Any, ...]) -> None:
    """As rational functions of the exponentials, the two are one and the same: their difference cancels to 0."""
    d = derivation(*made_of)
    cost = d.network.composed_cost()
    for parameter in parameters(made_of[0]):
        difference = cost.diff(symbol(**parameter)) - d.partial(**parameter, expanded=True)
        exponentials = {e: Symbol(f"e{n}") for n, e in enumerate(sorted(_basis(difference), key=str))}
        assert 0 == _in_basis(difference, exponentials).together().expand().cancel(), parameter


def _basis(expression: Expr) -> set[Expr]:
    """Return the terms in all exponents, each without its number: exp(2 x + 3 y) is made of exp(x) and exp(y)."""
    return {term.as_coeff_Mul()[1] for e in expression.atoms(exp) for term in e.args[0].expand().as_ordered_terms()}


def _in_basis(expression: Expr, letters: Mapping[Expr, Symbol]) -> Expr:
    """Return the expression with every exponential as a product of powers of letters."""
    values = {}
    for e in expression.atoms(exp):
        value = Rational(1)
        for term in e.args[0].expand().as_ordered_terms():
            number, rest = term.as_coeff_Mul()
            value *= letters[rest] ** number
        values[e] = value
    return expression.xreplace(values)


def test_planted_fault_in_a_network_is_seen() -> None:
    """The comparison with SymPy's derivative tells two networks apart that differ in one activation."""
    cost = derivation("2-2-1", "tanh").network.composed_cost()
    wrong = derivation("2-2-1", ("tanh", "sigmoid")).partial("w", layer=1, j=1, k=1, expanded=True)
    wanted, found = values([cost.diff(Symbol("w_1_1_1")), wrong], point(cost))
    assert abs(wanted - found) > 1e-3


@pytest.mark.parametrize(
    ("shape", "size"),
    [("3-5-5-5-5-2", r"1[45]\d,\d{3}"), ("784-30-10", r"1,4\d\d,\d{3}"), ("5-60-60-60-60-5", r"[\d,]+")],
)
def test_budget_is_counted_before_anything_is_built(shape: str, size: str) -> None:
    """What would have too many operations is refused at once, with the number, and the advice."""
    d = derivation(shape)
    started = time.process_time()
    with pytest.raises(
        BudgetError, match=rf"^∂C/∂w_1_1_1 has about {size} operations .*, more than the 20,000 allowed; keep what is"
    ):
        d.partial("w", layer=1, j=1, k=1, expanded=True)
    assert time.process_time() - started < 2
    assert {"delta_1_1", "x_1"} == {each.name for each in d.partial("w", layer=1, j=1, k=1).free_symbols}


@pytest.mark.parametrize("made_of", NETWORKS, ids=str)
def test_count_is_close_to_what_is_built(made_of: tuple[Any, ...]) -> None:
    """The number that a budget is compared with is that of the expanded form, within a factor of two."""
    d = derivation(*made_of)
    for parameter in parameters(made_of[0])[:3]:
        built = int(d.partial(**parameter, expanded=True).count_ops())
        with pytest.raises(BudgetError, match=r"has about [\d,]+ operations") as caught:
            d.partial(**parameter, expanded=True, max_operations=0)
        counted = int(str(caught.value).split("about ")[1].split(" ")[0].replace(",", ""))
        assert built / 2 <= counted <= 2 * built + 10, parameter


def test_budget_can_be_raised() -> None:
    """A larger budget builds what a smaller one refuses."""
    d = derivation("2-3-1")
    with pytest.raises(BudgetError, match=r"^∂C/∂b_1_3 has about \d+ operations .* than the 50 allowed"):
        d.partial("b", layer=1, j=3, expanded=True, max_operations=50)
    assert d.partial("b", layer=1, j=3, expanded=True, max_operations=500).count_ops() > 50


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        (("w", 3, 1, 1), r"^layer 3 is not there; the network 2-3-1 has layers 1 to 2$"),
        (("w", 0, 1, 1), r"^layer 0 is not there; "),
        (("w", -1, 1, 1), r"^layer -1 is not there; "),
        (("w", 1, 4, 1), r"^w of layer 1 has no entry \(4, 1\); give j from 1 to 3, k from 1 to 2$"),
        (("w", 1, 1, 3), r"^w of layer 1 has no entry \(1, 3\); "),
        (("w", 1, 0, 1), r"^w of layer 1 has no entry \(0, 1\); "),
        (("w", 1, 1, None), r"^w of layer 1 has no entry \(1,\); "),
        (("b", 2, 2, None), r"^b of layer 2 has no entry \(2,\); give j from 1 to 1$"),
        (("b", 2, 1, 1), r"^b of layer 2 has no entry \(1, 1\); give j from 1 to 1$"),
        (("x", 1, 1, 1), r"^parameter 'x' is neither a weight nor a bias; ask for 'w' or 'b'$"),
        (("w", "1", 1, 1), r"^layer and place of a parameter are whole numbers, not '1', 1, 1; try layer=1, j=1$"),
        (("w", 1, 1.0, 1), r"whole numbers, not 1, 1.0, 1; "),
        (("w", 1, 1, True), r"whole numbers, not 1, 1, True; "),
    ],
)
@pytest.mark.parametrize("expanded", [False, True])
def test_parameter_that_is_not_there(parameter: tuple[Any, ...], message: str, expanded: bool) -> None:
    """A layer, a place or a letter that the network does not have is refused with what it has."""
    letter, layer, j, k = parameter
    with pytest.raises(ShapeError, match=message):
        derivation("2-3-1").partial(letter, layer=layer, j=j, k=k, expanded=expanded)


def test_every_place_of_a_layer() -> None:
    """Every weight has a derivative of its own: as many as there are parameters."""
    d = derivation("2-3-2")
    found = {d.partial(**parameter) for parameter in parameters("2-3-2")}
    assert d.network.parameter_count == len(found)
    assert set(product("wb", (1, 2))) == {(p["letter"], p["layer"]) for p in parameters("2-3-2")}


def test_extent_of_a_sum_over_neurons() -> None:
    """Σ_j r_j M_j over n neurons has n products and n - 1 sums, and is two levels higher than its factors."""
    wanted = Extent(3 * (10 + 4 + 2) - 1, 5 + 2)
    assert wanted == _joined(3, Extent(10, 2), Extent(4, 5)) == _joined(3, Extent(4, 5), Extent(10, 2))
