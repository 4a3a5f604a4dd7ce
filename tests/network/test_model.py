"""The network: what it says of itself, where its parameters start, and what it refuses."""

from __future__ import annotations

import re
import warnings
from contextlib import suppress
from dataclasses import FrozenInstanceError
from itertools import product
from typing import Any

import numpy as np
import pytest
from sympy import Symbol, exp, symbols

from symbackprop.errors import (
    BudgetError,
    DomainError,
    ExpressionError,
    ShapeError,
    SpecError,
    SymbackpropError,
    UnknownNameError,
)
from symbackprop.network.activations import ACTIVATIONS, from_function
from symbackprop.network.costs import COSTS, A, Cost, Y
from symbackprop.network.functions import Z, elementwise
from symbackprop.network.model import Network, mlp

INPUTS, TARGETS = symbols("x_1 x_2"), symbols("y_1 y_2")


def test_defaults() -> None:
    """A shape alone is a network of sigmoids with the quadratic cost."""
    expected = Network((2, 3, 1), (ACTIVATIONS["sigmoid"],) * 2, COSTS["quadratic"])
    assert expected == mlp("2-3-1") == mlp((2, 3, 1)) == mlp([2, 3, 1], ["sigmoid", "sigmoid"], "quadratic")


def test_what_it_says_of_itself() -> None:
    """Depth, shape, distinct activations and the number of parameters follow from the widths."""
    network = mlp("784-30-20-10", ["tanh", "sigmoid", "tanh"], title="Digits")
    assert (3, "784-30-20-10", "Digits") == (network.depth, network.shape, network.title)
    assert ["tanh", "sigmoid"] == [activation.name for activation in network.distinct_activations]
    assert 785 * 30 + 31 * 20 + 21 * 10 == network.parameter_count
    shapes = {"W1": (30, 784), "b1": (30,), "W2": (20, 30), "b2": (20,), "W3": (10, 20), "b3": (10,)}
    assert shapes == network.parameter_shapes
    assert network.parameter_count == sum(int(np.prod(shape)) for shape in network.parameter_shapes.values())


def test_network_is_frozen() -> None:
    """A network is a value: it is compared by what it says, and cannot be changed."""
    network = mlp("2-1")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'widths'"):
        network.widths = (3, 1)  # type: ignore[misc]
    assert mlp("2-1", "tanh") != network
    assert hash(mlp("2-1")) == hash(network)


def test_composed_cost_of_the_smallest_network() -> None:
    """The composed cost is what one writes down: ½ (σ(w x + b) - y)²."""
    w, b, x, y = symbols("w_1_1_1 b_1_1 x_1 y_1")
    assert 0 == ((1 / (1 + exp(-w * x - b)) - y) ** 2 / 2 - mlp("1-1").cost).expand()


def test_composed_cost_has_the_symbols_of_the_contract() -> None:
    """Its symbols are w_layer_j_k, b_layer_j, x_k and y_j, and all of them."""
    weights = [f"w_1_{j}_{k}" for j in (1, 2, 3) for k in (1, 2)] + [f"w_2_1_{k}" for k in (1, 2, 3)]
    biases = [f"b_1_{j}" for j in (1, 2, 3)] + ["b_2_1"]
    assert {*map(Symbol, [*weights, *biases, "x_1", "x_2", "y_1"])} == mlp("2-3-1").cost.free_symbols


def test_each_layer_has_its_own_activation() -> None:
    """With identities and one square, the composed cost is a polynomial that one can multiply out by hand."""
    (x_1, x_2), y = INPUTS, TARGETS[0]
    w = {(j, k): Symbol(f"w_1_{j}_{k}") for j in (1, 2) for k in (1, 2)}
    b, v, c = symbols("b_1_1 b_1_2"), symbols("w_2_1_1 w_2_1_2"), Symbol("b_2_1")
    hidden = [(w[j, 1] * x_1 + w[j, 2] * x_2 + b[j - 1]) ** 2 for j in (1, 2)]
    expected = (v[0] * hidden[0] + v[1] * hidden[1] + c - y) ** 2
    assert 0 == (expected - mlp("2-2-1", ["z^2", "identity"], "(a-y)**2").cost).expand()


def test_cost_of_several_outputs() -> None:
    """A cost adds up over the outputs, and the mean squared error divides by their number."""
    quadratic, mean = mlp("1-2", "identity").cost, mlp("1-2", "identity", "mse").cost
    assert 0 == (quadratic - mean).expand()
    assert 0 == (3 * mlp("1-3", "identity", "mse").cost - 2 * mlp("1-3", "identity").cost).expand()


def test_budget_of_the_composed_cost() -> None:
    """A large network's cost is refused before anything is built, and a small one's can be refused too."""
    with pytest.raises(
        BudgetError, match=r"^the composed cost has about \d{3},\d{3} operations .* than the 20,000 all"
    ):
        _ = mlp("784-30-10").cost
    with pytest.raises(BudgetError, match=r"^the composed cost has about 38 operations .* than the 30 allowed"):
        mlp("2-3-1").composed_cost(max_operations=30)
    assert mlp("2-3-1").cost == mlp("2-3-1").composed_cost(max_operations=40)


def test_deep_and_narrow_network_is_refused_in_words() -> None:
    """What is nested too deep for SymPy is refused with the number, not by Python's recursion limit."""
    with pytest.raises(
        BudgetError, match=r"^the composed cost has \d{3} parts inside one another .* more than the 150"
    ):
        _ = mlp("-".join(["1"] * 61)).cost
    assert 7 < len(mlp("-".join(["1"] * 21)).cost.free_symbols)


def test_initial_parameters() -> None:
    """Weights have variance 1/n of the layer before, biases are 0, and the seed decides everything."""
    network = mlp("400-300-2")
    params = network.initial_params(seed=3)
    assert network.parameter_shapes == {name: array.shape for name, array in params.items()}
    assert (1 / 20, 1 / 300**0.5) == pytest.approx((params["W1"].std(), params["W2"].std()), rel=0.1)
    assert 0 == np.abs(params["b1"]).max()
    same, other = network.initial_params(seed=3), network.initial_params(seed=4)
    assert all(np.array_equal(params[name], same[name]) for name in params)
    assert not np.array_equal(params["W1"], other["W1"])


def test_program_holds_one_equation_of_each_kind() -> None:
    """A hundred equal layers share two equations, and the nodes say at which layer each is used."""
    program = mlp("-".join(["5"] * 101)).program
    assert (201, 3) == (len(program.nodes), len(program.distinct))
    assert [layer for layer in range(1, 101) for _ in "za"] == [node.layer for node in program.nodes[:-1]]
    assert 4 == len(mlp("2-3-4-5-1", ["tanh", "relu", "tanh", "relu"]).program.distinct)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (("2--1",), ShapeError, r"^shape '2--1': layer 1 wants a whole number, got nothing; "),
        (("2-3-1", ["tanh"] * 3), ShapeError, r"^3 activations for 2 layers of 2-3-1; give one, or one per layer$"),
        (("2-3-1", []), ShapeError, r"^0 activations for 2 layers of 2-3-1; "),
        (
            ("2-3-1", "sigmod"),
            UnknownNameError,
            r"^activation 'sigmod' is unknown; did you mean 'sigmoid'\? known: elu, ",
        ),
        (
            ("2-3-1", ["tanh", "Softmax"]),
            UnknownNameError,
            r"^layer 2: activation 'Softmax' .*did you mean 'softmax'",
        ),
        (("2-3-1", "tanh", "quadratc"), UnknownNameError, r"^cost 'quadratc' is unknown; did you mean 'quadratic'\? "),
        (
            ("2-3-1", "sine"),
            UnknownNameError,
            r"did you mean the formula sin\(z\)\? known: .*, or a formula in z, such as",
        ),
        (("2-3-1", "arctan"), UnknownNameError, r"did you mean the formula arctan\(z\)\?"),
        (
            ("2-3-1", "tanh", "logcosh"),
            UnknownNameError,
            r"^cost 'logcosh' is unknown; .* formula log\(cosh\(a - y\)\)\?",
        ),
        (
            ("2-3-1", "tanh", "focal"),
            UnknownNameError,
            r"unknown; known: .*, or a formula in a and y, such as \(a-y\)\^4$",
        ),
        (("2-3-1", "tanh", "y"), ExpressionError, r"^cost 'y' does not depend on a, "),
        (("2-3-1", "z +"), ExpressionError, r"^activation 'z \+', character 4: "),
        (("2-3-1", "tanh", "(a-y"), ExpressionError, r"^cost '\(a-y', character 5: "),
        (("2-3-1", "2"), ExpressionError, r"^activation '2' does not depend on z, "),
        (("2-3-1", "tanh", "y^2"), ExpressionError, r"^cost 'y\^2' does not depend on a, "),
        (("2-3-1", None), ExpressionError, r"^activation: wanted a name or a formula, .* got NoneType; try 'sigmoid'$"),
        (("2-3-1", ["tanh", 3]), ExpressionError, r"^activation: wanted .* got int; "),
        (("2-3-1", [["tanh"]]), ExpressionError, r"^activation: wanted .* got list; "),
        (
            ("2-3-1", "tanh", None),
            ExpressionError,
            r"^cost: wanted a name or a formula, got NoneType; try 'quadratic'$",
        ),
        (("2-3-1", "tanh", b"mse"), ExpressionError, r"^cost: wanted a name or a formula, got bytes; "),
    ],
)
def test_what_is_refused(arguments: tuple[Any, ...], kind: type[SymbackpropError], message: str) -> None:
    """A shape, an activation or a cost that is not one is refused in one line that says what to write."""
    with pytest.raises(kind, match=message) as caught:
        mlp(*arguments)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("title", ["", "a\x00b", "x" * 500, 5])
def test_title_is_a_label(title: Any) -> None:
    """A title is text that can be shown."""
    with pytest.raises(SpecError, match=r"^title"):
        mlp("2-1", title=title)


POSITIVE = "wants positive activations"
BETWEEN = "wants activations between 0 and 1"


@pytest.mark.parametrize(
    ("activation", "cost", "message"),
    [
        ("tanh", "cross_entropy", rf"^cost cross_entropy {POSITIVE}, but tanh gives values from -1 to 1; end with sig"),
        ("identity", "cross_entropy", rf"{POSITIVE}, but identity gives values from -inf to inf"),
        ("log_softmax", "cross_entropy", rf"{POSITIVE}, but log_softmax gives values from -inf to 0"),
        ("elu", "poisson", POSITIVE),
        ("hardtanh", "kl_divergence", POSITIVE),
        ("tanh", "-y*log(a) + a", POSITIVE),
        ("tanh", "binary_cross_entropy", BETWEEN),
        ("relu", "binary_cross_entropy", rf"^cost binary_cross_entropy {BETWEEN}, but relu gives values from 0 to inf"),
        ("softplus", "ln(1-a)", BETWEEN),
        ("sin(z)", "cross_entropy", rf"{POSITIVE}, but f\(z\) = sin\(z\) gives values such as -0\.\d+; end with sig"),
    ],
)
def test_logarithm_of_a_negative_activation_is_refused(activation: str, cost: str, message: str) -> None:
    """A cost that takes a logarithm is refused after an activation that leaves its domain."""
    with pytest.raises(DomainError, match=message):
        mlp("2-3-2", ["tanh", activation], cost)


@pytest.mark.parametrize("cost", ["1/relu(a-10)", "1/max(0,a-3)", "ln(relu(a-y-3))"])
def test_cost_that_is_finite_nowhere_is_refused(cost: str) -> None:
    """A cost that divides by 0 at every value of the last activation is no cost."""
    with pytest.raises(DomainError, match=r"has no finite value after sigmoid, which gives values from 0 to 1; take "):
        mlp("2-3-1", cost=cost)
    with pytest.warns(UserWarning, match="has no real value at"):
        assert cost == mlp("2-3-1", "identity", cost).cost_function.name


@pytest.mark.parametrize("activation", ["cosh(sqrt(z))", "cosh(expm1(z)^(1/2))", "cos(sqrt(z))^2"])
def test_value_that_is_real_by_way_of_others_alone_is_warned_of(activation: str) -> None:
    """The cosine of i is a real number, but the root of -1 before it is none, and its numbers are nan."""
    with pytest.warns(UserWarning, match="has no real value at z = -2: its numbers are not defined there"):
        mlp("1-1", activation)


def test_softmax_over_one_neuron_is_no_probability() -> None:
    """The only share of a softmax is 1, and ln(1 - 1) is refused."""
    with pytest.raises(
        DomainError, match=r"takes ln\(1 - a\), but softmax over one neuron is always 1; end with sigmoid"
    ):
        mlp("2-1", "softmax", "binary_cross_entropy")
    assert "softmax" == mlp("2-2", "softmax", "binary_cross_entropy").activations[-1].name


@pytest.mark.parametrize(
    ("activation", "cost"),
    [
        ("sigmoid", "binary_cross_entropy"),
        ("softmax", "cross_entropy"),
        ("softplus", "poisson"),
        ("tanh", "hinge"),
        ("z^2", "poisson"),
        ("identity", "huber"),
    ],
)
def test_domain_that_fits_is_silent(activation: str, cost: str) -> None:
    """Where the activation stays in the domain, or is not known to leave it, nothing is said."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cost == mlp("2-3-2", ["tanh", activation], cost).cost_function.name


def test_logarithm_of_what_can_be_zero_is_warned_of() -> None:
    """After a relu the logarithm may be infinite: the network is made, and a warning says so."""
    with pytest.warns(
        UserWarning, match=r"^cost poisson takes the logarithm of relu, which can be 0: the cost is inf"
    ) as told:
        assert "relu" == mlp("2-1", "relu", "poisson").activations[0].name
    assert 1 == len(told)


@pytest.mark.parametrize(
    ("shape", "activation", "cost", "message"),
    [
        ("2-3-1", "sqrt(z)", "mse", r"^activation f\(z\) = sqrt\(z\) has no real value at z = -2: its numbers are"),
        ("2-3-1", ["tanh", "ln(1 - z)"], "mse", r"^activation f\(z\) = log\(1 - z\) has no real value at z = 2:"),
        ("2-3-1", "sigmoid", "(a-y)^0.5", r"^cost \(a-y\)\^0\.5 has no real value at a = 1/8, y = 1/3:"),
        ("2-3-1", "identity", "sqrt(a) - y", r"^cost sqrt\(a\) - y has no real value at a = -2, y = 1/3:"),
        (
            "2-3-1",
            "softmax",
            "mse",
            r"^softmax over the one neuron of layer 2 is always the same, so nothing is learned",
        ),
        ("2-1-2", ["log_softmax", "tanh"], "mse", r"^log_softmax over the one neuron of layer 1 is always the same"),
    ],
)
def test_what_has_no_use_is_warned_of(shape: str, activation: str | list[str], cost: str, message: str) -> None:
    """A formula without a real value somewhere, and softmax over one neuron, are taken with a warning."""
    with pytest.warns(UserWarning, match=message) as told:
        mlp(shape, activation, cost)
    assert 1 == len(told)


@pytest.mark.parametrize(
    ("activation", "cost"),
    [
        ("z/(1+exp(-z))", "(a-y)**4"),
        ("1/z", "abs(a-y)^1.5"),
        ("max(0, z)", "a/y"),
        ("abs(z)^(1/2)", "2^a - y"),
        ("sigmoid", "sqrt(a) - y*ln(a)"),
        ("exp(z)", "a - y*ln(a)"),
        ("exp(z)", "2*y*a^(-0.5) + 2*a^0.5"),
        ("1 + z^2", "ln(a) - y"),
    ],
)
def test_formula_with_real_values_is_silent(activation: str, cost: str) -> None:
    """A pole at one point is no gap, and the values that the last activation does not take are not tried."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cost == mlp("2-3-2", activation, cost).cost_function.name


PER_CLASS = r"^cost {} wants one output per class: .*; take binary_cross_entropy, or two outputs and softmax$"
ALL_GROW = r"^cost {} after {} pushes outputs up and none down, .*; end with softmax, or take binary_cross_entropy$"
ONE_SIGN = r"^cost hinge tells two classes apart by the sign of the output, which {} never changes; end with tanh"


@pytest.mark.parametrize(
    ("shape", "activation", "cost", "message"),
    [
        ("2-1", "sigmoid", "cross_entropy", PER_CLASS.format("cross_entropy")),
        ("2-1", "softplus", "kl_divergence", PER_CLASS.format("kl_divergence")),
        ("2-1", "sigmoid", "-y*(1-a)^2*ln(a)", PER_CLASS.format(r"-y\*\(1-a\)\^2\*ln\(a\)")),
        ("2-3", "sigmoid", "cross_entropy", ALL_GROW.format("cross_entropy", "sigmoid")),
        ("2-3", "z^2", "kl_divergence", ALL_GROW.format("kl_divergence", "f")),
        ("2-1", "sigmoid", "hinge", ONE_SIGN.format("sigmoid")),
        ("2-1", "relu", "hinge", ONE_SIGN.format("relu")),
    ],
)
def test_cost_that_cannot_teach_the_last_activation_is_warned_of(
    shape: str, activation: str, cost: str, message: str
) -> None:
    """A cost that never pushes an output down, or waits for a sign that never comes, is taken with one warning."""
    with pytest.warns(UserWarning, match=message) as told:
        mlp(shape, activation, cost)
    assert 1 == len(told)


def test_no_other_pair_of_parts_is_warned_of_as_deaf() -> None:
    """Costs of shares are after anything elementwise, and hinge for two classes after what never changes its sign."""
    found = set()
    for outputs, activation, cost in product((1, 3), ACTIVATIONS, COSTS):
        with warnings.catch_warnings(record=True) as told, suppress(DomainError):
            warnings.simplefilter("always")
            mlp(f"2-{outputs}", activation, cost)
        if any(re.search("one output per class|none down|by the sign", str(each.message)) for each in told):
            found.add((outputs, activation, cost))
    shares = {
        (n, a, c) for n in (1, 3) for a in ("sigmoid", "softplus", "relu") for c in ("cross_entropy", "kl_divergence")
    }
    assert shares | {(1, a, "hinge") for a in ("sigmoid", "softplus", "relu")} == found


@pytest.mark.parametrize("seed", [-1, 1.5, "a", True, None])
def test_seed_is_a_whole_number(seed: object) -> None:
    """What NumPy would refuse in its own words is refused in ours."""
    with pytest.raises(SpecError, match=r"^seed: wanted a whole number from 0 on, got "):
        mlp("2-1").initial_params(seed)  # type: ignore[arg-type]


def test_hidden_activations_do_not_matter_for_the_domain() -> None:
    """Only the last activation reaches the cost."""
    assert 2 == mlp("2-3-1", ["tanh", "sigmoid"], "binary_cross_entropy").depth


def test_parts_may_be_given_as_such() -> None:
    """An activation and a cost of the caller's own go in as objects, beside names and formulas."""
    cube = from_function(elementwise("cube", Z**3))
    network = mlp("1-1-1", [cube, "z/2"], Cost("own", (A - Y) ** 2))
    assert ["cube", "f"] == [activation.name for activation in network.activations]
    w, b, v, c, x, y = symbols("w_1_1_1 b_1_1 w_2_1_1 b_2_1 x_1 y_1")
    assert 0 == (((v * (w * x + b) ** 3 + c) / 2 - y) ** 2 - network.cost).expand()


def test_formulas_are_called_by_letters() -> None:
    """Activations given as text are f, g, h and so on, the same text being the same function."""
    network = mlp("1-1-1-1-1", ["z^2", "z^3", "z^2", "sin(z)"])
    assert ["f", "g", "f", "h"] == [activation.name for activation in network.activations]
    assert 3 == len(network.distinct_activations)
