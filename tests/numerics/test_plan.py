"""The plan: the equations of the derivation with matrix forms, and safer forms of δ only where they are equal."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sympy import Expr, Indexed, exp, log, sqrt

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.matrices import Named
from symbackprop.errors import CheckError
from symbackprop.network import notation
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import A, Y
from symbackprop.network.functions import Elementwise
from symbackprop.network.model import mlp
from symbackprop.network.notation import LAST_LAYER, LAYER, index, width
from symbackprop.numerics import forms
from symbackprop.numerics.forms import ErrorForm, error_of_hidden_layer, error_of_last_layer, forward_value
from symbackprop.numerics.forwardvalues import text_of_value
from symbackprop.numerics.fusion import LOG_A, LOG_R, R, _in_shares, _is_singular, fused
from symbackprop.numerics.plan import Place, _line, plan


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


@pytest.mark.combinations
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


SIZES = {
    1: {LAYER: 1, width(LAYER - 1): 3, width(LAYER): 4, width(LAYER + 1): 2},
    3: {LAYER: 3, width(LAYER - 1): 2, width(LAYER): 5, LAST_LAYER: 3, width(LAST_LAYER - 1): 2, width(LAST_LAYER): 5},
}


@pytest.mark.parametrize("layer", SIZES)
def test_numbers_of_a_place(layer: int) -> None:
    """A layer knows the width below it, its own, and that above it where there is one; the last one by both letters."""
    assert SIZES[layer] == Place(layer, (3, 4, 2, 5)).numbers


def test_lines_are_those_of_their_layer() -> None:
    """Forward and backward, by the numbers of the layer; where neurons mix δ has g before it, and matrices fit."""
    first, last = plan(derive(mlp("3-4-2", ["sigmoid", "softmax"], "quadratic"))).layers
    assert ["sigmoid", "softmax"] == [first.activation.name, last.activation.name]
    assert "b(1)[j] + Sum(a(0)[k]*w(1)[j, k], (k, 1, 3))" == str(first.weighted.expression)
    assert "b(2)[j] + Sum(a(1)[k]*w(2)[j, k], (k, 1, 4))" == str(last.weighted.expression)
    assert "s(1)[j]*Sum(delta(2)[i]*w(2)[i, j], (i, 1, 2))" == str(first.error.expression)
    assert first.by_activation is None
    assert ("g(2)[j]", "a(2)[j] - y[j]") == (str(last.by_activation.target), str(last.by_activation.expression))
    assert ["a(0)[k]*delta(1)[j]", "delta(2)[j]"] == [str(first.by_weight.expression), str(last.by_bias.expression)]
    assert ["a(0)"] == [str(part.tensor) for part in first.by_weight.matrix.factors if isinstance(part, Named)]


def test_error_by_functions_has_no_line() -> None:
    """Where functions of the cost give δ itself, its line is left out, and that of no other layer."""
    first, last = plan(derive(mlp("3-4-2", ["tanh", "sigmoid"], "-2*y*ln(a)"))).layers
    assert (True, False) == (last.error is None, first.error is None)
    assert None is last.by_activation


def test_derivative_that_is_no_mean_is_refused() -> None:
    """The sum over the samples is a mean in δ of the last layer, and only once."""
    derivation = derive(mlp("2-1"))
    weight = notation.weight(LAYER)[forms.J, index("k")]
    with pytest.raises(CheckError, match=r"w\(l\)\[j, k\] is not a mean over the samples"):
        _line(weight, 2 * derivation.equations["BP4"].right)


@pytest.mark.parametrize(
    ("letter", "activation", "text"),
    [
        ("r", "sigmoid", "sigmoid(-z1)"),
        ("r", "1/(1+exp(-z))", "sigmoid(-z1)"),
        ("r", "z^3", "1 - a1"),
        ("log_r", "softmax", "log_one_minus_softmax(z1)"),
        ("t", "relu", "quotient(y, a1)"),
        ("q", "softplus", "log_softplus_slope(z1)"),
    ],
)
def test_value_beside_an_activation(letter: str, activation: str, text: str) -> None:
    """A value has the stable function of its activation, also where that is spelt out, else the one for all."""
    layer: Any = SimpleNamespace(activation=mlp("1-2", activation).activations[0])
    assert text == text_of_value(letter, layer, {"z": "z1", "a": "a1", "y": "y"})


@pytest.mark.parametrize(
    ("term", "wanted"),
    [
        (1 - A, R),
        (2 - 2 * A, 2 * R),
        (A - 1, -R),
        (Y * (3 - 3 * A) + A, 3 * R * Y + A),
        (1 / (1 - A) ** 2, R**-2),
        (2 - A, 2 - A),
        (1 + A, 1 + A),
        (log(A) + log(1 - A), LOG_A + LOG_R),
        (log(1 + A), log(1 + A)),
    ],
)
def test_rest_of_a_share_is_a_letter(term: Expr, wanted: Expr) -> None:
    """Multiples of 1 - a are multiples of r, and both logarithms letters; nothing else is."""
    assert wanted == _in_shares(term)


@pytest.mark.parametrize(
    ("term", "wanted"),
    [(A**2, False), (sqrt(A), True), (1 / A, True), (log(A), True), (log(Y) + A, False), (A ** sqrt(2), True)],
)
def test_singular_term(term: Expr, wanted: bool) -> None:
    """A logarithm, a root or a pole in a is; a whole power, and what has no a, is not."""
    assert wanted == _is_singular(term)


def test_letters_of_shares_are_numbers_as_shares_are() -> None:
    """1 - a is above 0, and so is what a real logarithm is of: roots of squares go away."""
    assert [R, exp(LOG_A), exp(LOG_R)] == [sqrt(R**2), sqrt(exp(LOG_A) ** 2), sqrt(exp(LOG_R) ** 2)]


@pytest.mark.parametrize(
    ("activation", "is_stable"), [("sigmoid", True), ("1/(1+exp(-z))", True), ("1/(1+exp(-2*z))", False)]
)
def test_error_by_input_is_in_stable_functions(activation: str, is_stable: bool) -> None:
    """A function that is known is called, in whatever words it was said; another one is written out."""
    network = mlp("2-3", activation, "-2*y*ln(a)")
    found = fused(network.cost_function, network.activations[0])
    assert found is not None
    assert is_stable == bool(found.slope.definition.atoms(Elementwise))


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
