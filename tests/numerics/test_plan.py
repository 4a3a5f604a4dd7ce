"""The plan: the equations of the derivation with matrix forms, and safer forms of δ only where they are equal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sympy import Expr, Indexed, exp

from symbackprop.calculus.backpropagation import derive
from symbackprop.errors import CheckError
from symbackprop.network import notation
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import Y
from symbackprop.network.model import mlp
from symbackprop.network.notation import LAST_LAYER, width
from symbackprop.numerics import forms
from symbackprop.numerics.forms import ErrorForm, error_of_hidden_layer, error_of_last_layer, forward_value
from symbackprop.numerics.fusion import fused
from symbackprop.numerics.plan import plan


def letters(expression: Any) -> str:
    """Return the letters of the tensors that an expression reads."""
    return "".join(sorted({entry.base.letter for entry in expression.atoms(Indexed)}))


LOG_SOFTMAX = "(g(L)[j] - Sum(g(L)[i], (i, 1, n(L))))*p(L)[j] + g(L)[j]*r(L)[j]"


@pytest.mark.parametrize(
    ("activation", "cost", "wanted", "by_activation"),
    [
        ("sigmoid", "quadratic", "(a(L)[j] - y[j])*s(L)[j]", None),  # σ'(z) itself, not a (1 - a)
        ("tanh", "huber", "huber_slope(a(L)[j] - y[j])*s(L)[j]", None),
        ("sigmoid", "binary_cross_entropy", "(1 - y[j])*a(L)[j] - r(L)[j]*y[j]", None),  # not a - y
        ("sigmoid", "kl_divergence", "-r(L)[j]*y[j]", None),
        ("softmax", "cross_entropy", "(-y[j] + Sum(y[i], (i, 1, n(L))))*a(L)[j] - r(L)[j]*y[j]", None),
        ("softmax", "poisson", "(-y[j] + Sum(y[i], (i, 1, n(L))))*a(L)[j] - r(L)[j]*y[j]", None),
        ("softplus", "poisson", "(a(L)[j] - y[j])*q(L)[j]", None),  # σ'/σ as one value
        ("softplus", "kl_divergence", "-q(L)[j]*y[j]", None),
        ("softmax", "quadratic", "(g(L)[j] - Sum(a(L)[i]*g(L)[i], (i, 1, n(L))))*a(L)[j]", "a(L)[j] - y[j]"),
        ("log_softmax", "mae", LOG_SOFTMAX, "abs_slope(a(L)[j] - y[j])"),
        ("relu", "cross_entropy", "-s(L)[j]*t(L)[j]", None),  # y/a as one value, 0 where y is
        ("identity", "quadratic", "a(L)[j] - y[j]", None),
        ("hardtanh", "hinge", "-relu_slope(-a(L)[j]*y[j] + 1)*s(L)[j]*y[j]", None),
    ],
)
def test_error_of_the_last_layer(activation: str, cost: str, wanted: str, by_activation: str | None) -> None:
    """δ is written in values that keep their digits."""
    with pytest.warns(UserWarning, match="can be 0") if activation == "relu" else nothing():
        form = error_of_last_layer(derive(mlp("3-4-2", ["tanh", activation], cost)))
    assert wanted == str(form.error)
    assert by_activation == (None if form.by_activation is None else str(form.by_activation))
    assert form.counted == (activation == "softmax" and by_activation is not None)


def nothing() -> Any:
    """Return a context in which nothing is expected."""
    from contextlib import nullcontext

    return nullcontext()


FUNCTIONS = [
    # activation, cost, what its slope is taken by, δ, whether g is counted from its entry at the largest a
    ("tanh", "(a-y)^4", "a", "g(L)[j]*s(L)[j]", False),
    ("softmax", "(a-y)^4", "a", "(g(L)[j] - Sum(a(L)[i]*g(L)[i], (i, 1, n(L))))*a(L)[j]", True),
    ("log_softmax", "(a-y)^4", "a", LOG_SOFTMAX, False),
    ("sigmoid", "-2*y*ln(a)", "z", "0", False),
    ("1/(1+exp(-2*z))", "cross_entropy", "z", "0", False),
    ("softmax", "-2*y*ln(a)", "share", "0", False),
    ("softmax", "binary_cross_entropy", "share", "0", False),
    ("relu", "-y*ln(a)", "a", "g(L)[j]*s(L)[j]", False),
]


@pytest.mark.filterwarnings("ignore:.* can be 0")
@pytest.mark.parametrize(("activation", "cost", "by", "wanted", "counted"), FUNCTIONS)
def test_error_by_functions_of_its_own(activation: str, cost: str, by: str, wanted: str, counted: bool) -> None:
    """Where a cost has functions of its own, δ is written in their slope, or is it; a wrong slope is refused."""
    network = mlp("2-3", activation, cost)
    derivation, own = derive(network), fused(network.cost_function, network.activations[-1])
    assert own is not None
    form = error_of_last_layer(derivation, own)
    assert (by, wanted, counted) == (own.by, str(form.error), form.counted)
    assert (() if by == "a" else own.arguments) == form.read
    assert (by != "a") == (form.error == 0)
    assert form.by_activation is None
    for wrong in (2 * own.slope.definition, own.slope.definition + Y):
        with pytest.raises(CheckError, match=" is not "):
            error_of_last_layer(derivation, replace(own, slope=replace(own.slope, definition=wrong)))


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_error_of_a_hidden_layer(name: str) -> None:
    """δ of a hidden layer needs the slope where there is one, and the activations where neurons mix."""
    form = error_of_hidden_layer(derive(mlp("3-4-3-2", ["softsign", name, "tanh"])), ACTIVATIONS[name])
    wanted = {"identity": "deltaw", "softmax": "ag", "log_softmax": "gpr"}.get(name, "deltasw")
    assert wanted == letters(form.error)


SLOPE, Q, T = (forward_value(letter, LAST_LAYER)[forms.J] for letter in "sqt")
ACTIVE, TARGET = notation.activation(LAST_LAYER)[forms.J], notation.target(LAST_LAYER)[forms.J]


@pytest.mark.parametrize(
    ("expression", "pole"),
    [
        (1 / ACTIVE, True),
        (TARGET / (1 - ACTIVE) ** 2, True),
        ((ACTIVE - TARGET) ** 3, False),
        (ACTIVE / width(LAST_LAYER), False),
        (TARGET * ACTIVE, False),
    ],
)
def test_pole_is_a_tensor_in_a_denominator(expression: Expr, pole: bool) -> None:
    """A power that is positive is none, and neither is a quotient by a size."""
    assert pole == forms._has_pole(expression)


@pytest.mark.parametrize(
    ("activation", "product", "wanted"),
    [
        ("relu", SLOPE * (TARGET - TARGET / ACTIVE), SLOPE * TARGET - SLOPE * T),
        ("relu", SLOPE * (1 - 1 / ACTIVE), SLOPE * (1 - 1 / ACTIVE)),  # of a cost that divides by a where no y is
        ("relu", SLOPE * (TARGET - ACTIVE) ** 2, SLOPE * (TARGET - ACTIVE) ** 2),
        ("softplus", -SLOPE * TARGET / ACTIVE, -Q * TARGET),
    ],
)
def test_quotient_by_an_activation_is_one_value(activation: str, product: Expr, wanted: Expr) -> None:
    """Where a may be 0, y/a or σ'/σ is a value of the forward pass; what has no such quotient stays as it is."""
    assert wanted == forms._without_pole(product, ACTIVATIONS[activation])


GROWTH = exp(TARGET * (1 + TARGET))
REST, P = (forward_value(letter, LAST_LAYER)[forms.J] for letter in "rp")


@pytest.mark.parametrize(
    ("activation", "expression", "wanted"),
    [
        ("sigmoid", (1 - ACTIVE) * TARGET, REST * TARGET),
        ("sigmoid", (1 + ACTIVE) * (1 - TARGET), (1 + ACTIVE) * (1 - TARGET)),
        ("log_softmax", (1 - P) * (1 - ACTIVE), REST * (1 - ACTIVE)),
    ],
)
def test_rest_is_a_value_of_its_own(activation: str, expression: Expr, wanted: Expr) -> None:
    """1 - a, of a log-softmax 1 - p, is r; nothing else is."""
    assert wanted == forms._with_rest(expression, ACTIVATIONS[activation], LAST_LAYER)


@pytest.mark.parametrize(
    ("activation", "error", "wanted"),
    [
        ("sigmoid", ACTIVE - TARGET, ACTIVE * (1 - TARGET) - REST * TARGET),
        ("sigmoid", 2 * (ACTIVE - TARGET), ACTIVE * (2 - 2 * TARGET) - 2 * REST * TARGET),
        ("tanh", ACTIVE - TARGET, ACTIVE - TARGET),  # whose r is not known with all its digits
        ("sigmoid", ACTIVE * TARGET, ACTIVE * TARGET),
        ("sigmoid", TARGET - 1, TARGET - 1),
        ("sigmoid", ACTIVE - TARGET + TARGET * REST, ACTIVE * (1 - TARGET) + TARGET * REST - REST * TARGET),
        ("sigmoid", ACTIVE - TARGET / (1 + ACTIVE), ACTIVE - TARGET / (1 + ACTIVE)),
        ("sigmoid", (ACTIVE - TARGET) * GROWTH, ACTIVE * (GROWTH - TARGET * GROWTH) - REST * TARGET * GROWTH),
    ],
)
def test_difference_is_split_in_two(activation: str, error: Expr, wanted: Expr) -> None:
    """Terms without a or r are taken times a + r, where others have an a: nothing cancels where a is nearly y."""
    assert wanted == forms._split(error, ACTIVATIONS[activation], LAST_LAYER)


@pytest.mark.parametrize("fault", ["sign", "slope", "rest"])
def test_form_that_differs_is_refused(fault: str) -> None:
    """A form with a lost sign, without σ', or with r for a is not taken."""
    derivation = derive(mlp("3-4-2", ["tanh", "sigmoid"]))
    chain, activation = derivation.specific["BP1 here"].chain, derivation.network.activations[-1]
    good = error_of_last_layer(derivation)
    s, r = (forward_value(letter, LAST_LAYER)[forms.J] for letter in "sr")
    a = notation.activation(LAST_LAYER)[forms.J]
    wrong = {"sign": -good.error, "slope": good.error / s, "rest": good.error.xreplace({a: r})}[fault]
    assert good == forms._checked(good, activation, LAST_LAYER, chain)
    with pytest.raises(CheckError, match=r" is not "):
        forms._checked(ErrorForm(wrong), activation, LAST_LAYER, chain)


def test_plan_has_a_line_for_everything() -> None:
    """Each layer has its weighted input, its error and both derivatives, in the sizes of the network."""
    made = plan(derive(mlp("3-4-2", ["sigmoid", "softmax"], "cross_entropy")))
    assert [(1, 4), (2, 2)] == [(layer.layer, layer.width) for layer in made.layers]
    assert [("s",), ("r",)] == [layer.values for layer in made.layers]
    assert ("log_a",) == made.cost.values
    first = made.layers[0]
    assert "w(1)[j, k]" == str(first.by_weight.target)
    assert (4, 3) == tuple(int(size) for size in first.by_weight.target.base.sizes)
    assert ["W1", "b1", "W2", "b2"] == list(made.network.parameter_shapes)


@pytest.mark.parametrize(
    ("activation", "cost", "values"),
    [
        ("sigmoid", "binary_cross_entropy", ("log_a", "log_r")),
        ("softmax", "binary_cross_entropy", ()),  # by functions of its own, which take them
        ("softmax", "cross_entropy", ("log_a",)),
        ("softplus", "poisson", ("log_a",)),
        ("tanh", "quadratic", ()),
        ("relu", "cross_entropy", ()),
    ],
)
def test_logarithms_come_straight_from_z(activation: str, cost: str, values: tuple[str, ...]) -> None:
    """Where ln a and ln(1 - a) are known without a, the forward pass gives them, and the cost reads no others."""
    with pytest.warns(UserWarning, match="can be 0") if activation == "relu" else nothing():
        made = plan(derive(mlp("2-3", activation, cost)))
    assert values == tuple(v for v in made.cost.values if made.fused is None)
    logarithms = {term.argument for term in made.cost.terms} - {None}
    assert bool(logarithms) == (activation == "relu")


def test_cost_keeps_what_is_no_logarithm() -> None:
    """A cost is taken apart into logarithms, straight from z where that is known, and the rest."""
    made = plan(derive(mlp("2-1", "sigmoid", "kl_divergence"))).cost
    assert {"-log_a*y", "xlogx(y)"} == {str(term.factor) for term in made.terms}
    with pytest.warns(UserWarning, match="can be 0"):
        general = plan(derive(mlp("2-1", "relu", "poisson"))).cost
    assert [("a", None), ("-y", "a")] == [(str(t.factor), t.argument and str(t.argument)) for t in general.terms]
