"""The parts of a layered network, with symbolic sizes, from the forward equation alone: each result by hand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import mpmath
import pytest
from sympy import Expr, Indexed, KroneckerDelta, Piecewise, Rational, S, Sum, Symbol, erf, exp, lambdify, log, pi, sqrt

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.checking import Trust
from symbackprop.calculus.derivation import Chain, extend
from symbackprop.calculus.links import activation_link, cost_link
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.rules import ARRANGE, ASSUME, RESTORE, Hypothesis
from symbackprop.network import notation
from symbackprop.network.activations import ACTIVATIONS, Activation, from_function
from symbackprop.network.activations.elementwise import SELU_ALPHA, SELU_SCALE
from symbackprop.network.costs import COSTS
from symbackprop.network.costs.separable import HUBER
from symbackprop.network.expressions import parse_activation
from symbackprop.network.functions import (
    ABSOLUTE,
    RELU,
    SIGMA,
    SIGMOID,
    SOFTPLUS,
    TANH,
    Z,
    elementwise,
    explicit,
    slope,
)
from symbackprop.network.model import dense_equations, mlp
from symbackprop.network.notation import COST, LAST_LAYER, LAYER, index, width
from symbackprop.network.program import Equation

I, J, K, Q = map(index, "ijkq")  # noqa: E741 - the letters of every textbook
W, B, INPUT, DELTA = (make(LAYER) for make in (notation.weight, notation.bias, notation.weighted_input, notation.error))
A, BEFORE = notation.activation(LAYER), notation.activation(LAYER - 1)
LAST, Y = notation.activation(LAST_LAYER), notation.target(LAST_LAYER)
WEIGHTED, ACTIVE = dense_equations(from_function(SIGMA), LAYER)
SIZES = {width(LAYER): 2, width(LAYER - 1): 3, width(LAST_LAYER): 3}
ANY = {"sigma": Z**3 / 8 + Z}

Lettered = Callable[[Expr], Expr]
Derived = Callable[..., Chain]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (W[J, K], DELTA[J] * BEFORE[K]),
        (B[J], DELTA[J]),
        (BEFORE[Q], Sum(DELTA[J] * W[J, Q], (J, 1, width(LAYER)))),
    ],
)
def test_dense_layer(by: Indexed, expected: Expr, lettered: Lettered, derived: Derived, instance: type) -> None:
    """∂C/∂w_jk = δ_j a_k, ∂C/∂b_j = δ_j and ∂C/∂a_q = Σ_j δ_j w_jq, from z_j = Σ_k w_jk a_k + b_j."""
    chain = derived(by, [WEIGHTED], INPUT, names={DELTA: INPUT})
    assert lettered(expected) == lettered(chain.result)
    assert [] == instance([WEIGHTED], SIZES, INPUT, names={DELTA: INPUT}).differences(chain)


def test_any_elementwise_activation(derived: Derived, instance: type) -> None:
    """∂C/∂z_q = ∂C/∂a_q σ'(z_q) for any σ, on the condition that σ is differentiable there."""
    chain = derived(INPUT[Q], [ACTIVE], A)
    assert Partial(COST, A[Q]) * slope(SIGMA)(INPUT[Q]) == chain.result
    assert (Hypothesis("differentiable", SIGMA(Symbol("z"))),) == chain.hypotheses
    assert [] == instance([ACTIVE], SIZES, A, functions=ANY).differences(chain)


def test_input_of_a_layer_with_its_activation(lettered: Lettered, derived: Derived, instance: type) -> None:
    """∂C/∂a of the layer before is Σ_j ∂C/∂z_j w_jq, whatever follows z."""
    chain = derived(BEFORE[Q], [WEIGHTED, ACTIVE], A)
    assert lettered(Sum(Partial(COST, INPUT[J]) * W[J, Q], (J, 1, width(LAYER)))) == lettered(chain.result)
    assert [] == instance([WEIGHTED, ACTIVE], SIZES, A, functions=ANY).differences(chain)


def cubic(z: Expr) -> Expr:
    """Return what the tanh of gelu_tanh is taken of."""
    return sqrt(2 / pi) * (z + Rational("0.044715") * z**3)


def slopes(z: Expr, a: Expr) -> dict[str, Expr]:
    """Return the derivative of every elementwise activation, as textbooks write it."""
    return {
        "sigmoid": a * (1 - a),
        "tanh": 1 - a**2,
        "relu": Piecewise((1, z > 0), (0, True)),
        "leaky_relu": Piecewise((1, z > 0), (Rational(1, 100), True)),
        "elu": Piecewise((1, z > 0), (exp(z), True)),
        "selu": Piecewise((SELU_SCALE, z > 0), (SELU_SCALE * SELU_ALPHA * exp(z), True)),
        "softplus": exp(z) / (1 + exp(z)),
        "softsign": 1 / (1 + ABSOLUTE(z)) ** 2,
        "silu": SIGMOID(z) + z * slope(SIGMOID)(z),
        "gelu": (1 + erf(z / sqrt(2))) / 2 + z * exp(-(z**2) / 2) / sqrt(2 * pi),
        "gelu_tanh": (1 + TANH(cubic(z)) + z * slope(TANH)(cubic(z)) * cubic(Z).diff(Z).xreplace({Z: z})) / 2,
        "mish": TANH(SOFTPLUS(z)) + z * slope(TANH)(SOFTPLUS(z)) * slope(SOFTPLUS)(z),
        "hardtanh": Piecewise((0, (z <= -1) | (z >= 1)), (1, True)),
        "identity": S.One,
    }


CUSTOM = {  # text and its derivative
    "z/(1+exp(-z))": 1 / (1 + exp(-Z)) + Z * exp(-Z) / (1 + exp(-Z)) ** 2,
    "2^z - 1": 2**Z * log(2),
    "max(-1, min(z, 2))": Piecewise((1, (Z > -1) & (Z < 2)), (0, True)),
    "1/(z^2+1)": -2 * Z / (Z**2 + 1) ** 2,
}
POINTS = [Rational(n, 7) for n in (-23, -16, -11, -8, -5, -2, 1, 3, 6, 10, 15, 25)]  # off every kink


def chosen(name: str) -> Activation:
    """Return an activation of the registry, or the one that the text says."""
    return ACTIVATIONS[name] if name in ACTIVATIONS else from_function(elementwise("g", parse_activation(name)))


def slope_at(name: str, point: Expr) -> Expr:
    """Return the derived ∂a_j/∂z_j at a point as a number."""
    activation = chosen(name)
    value = activation.function(Z)
    link = activation_link(activation)
    assert Partial(A[J], INPUT[J]) == link.goal
    at = {INPUT[J]: point, A[J]: explicit(value).xreplace({Z: point})}
    return explicit(link.result.xreplace(at)).evalf(30)


ELEMENTWISE = [name for name in ACTIVATIONS if ACTIVATIONS[name].is_elementwise]


@pytest.mark.parametrize("name", [*ELEMENTWISE, *CUSTOM])
def test_slope_is_the_one_of_the_textbook(name: str) -> None:
    """The derived slope of every elementwise activation has the value of the formula written by hand."""
    value = explicit(chosen(name).function(Z))
    by_hand = CUSTOM[name] if name in CUSTOM else slopes(Z, value)[name]
    for point in POINTS:
        expected = explicit(by_hand.xreplace({Z: point})).evalf(30)
        assert expected == pytest.approx(slope_at(name, point), rel=1e-20, abs=1e-20)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softsign", "silu", "identity"])
def test_slope_is_written_as_in_the_textbook(name: str) -> None:
    """Known values come back, a (1 - a) and 1 - a², and what has no such form stays short."""
    assert slopes(INPUT[J], A[J])[name] == activation_link(ACTIVATIONS[name]).result


@pytest.mark.parametrize("name", [*ELEMENTWISE, *CUSTOM])
def test_slope_agrees_with_difference_quotient(name: str) -> None:
    """The derived slope is what mpmath finds from values of the function alone."""
    value = lambdify(Z, explicit(chosen(name).function(Z)), "mpmath")
    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -20
        for point in POINTS:
            number = mpmath.mpf(point.p) / point.q
            expected = (value(number + step) - value(number - step)) / (2 * step)
            assert abs(expected - mpmath.mpf(str(slope_at(name, point)))) < 1e-25


@pytest.mark.parametrize(
    ("name", "expected"),
    [("softmax", A[I] * (KroneckerDelta(I, J) - A[J])), ("log_softmax", KroneckerDelta(I, J) - exp(A[J]))],
)
def test_full_jacobian(name: str, expected: Expr, instance: type) -> None:
    """∂a_i/∂z_j of softmax is a_i (δ_ij - a_j), of log-softmax δ_ij - exp(a_j), in known values."""
    chain = activation_link(ACTIVATIONS[name])
    assert (Partial(A[I], INPUT[J]), expected) == (chain.goal, chain.result)
    witness = instance([Equation(A[J], ACTIVATIONS[name].value(INPUT, J))], SIZES)
    for i, j in product((1, 2), repeat=2):
        assert abs(witness.link(A[i], INPUT[j]) - witness.value(chain.result, {I: i, J: j})) < 1e-25


def test_jacobian_meets_the_chain_rule(derived: Derived, instance: type) -> None:
    """Through softmax, ∂C/∂z_q = a_q (∂C/∂a_q - Σ_i ∂C/∂a_i a_i): the part -p pᵀ is not lost."""
    softmax = Equation(A[J], ACTIVATIONS["softmax"].value(INPUT, J))
    chain = derived(INPUT[Q], [softmax], A)
    by_hand = A[Q] * (Partial(COST, A[Q]) - Sum(Partial(COST, A[I]) * A[I], (I, 1, width(LAYER))))
    short = extend(chain, RESTORE, by_hand)  # raises CheckError unless the two agree
    assert [] == instance([softmax], SIZES, A).differences(chain)
    assert [] == instance([softmax], SIZES, A).differences(short)


def cost_slopes(a: Expr, y: Expr) -> dict[str, Expr]:
    """Return ∂C/∂a_j of every cost."""
    return {
        "quadratic": a - y,
        "mse": (a - y) / width(LAST_LAYER) * 2,
        "cross_entropy": -y / a,
        "binary_cross_entropy": (a - y) / (a * (1 - a)),
        "mae": slope(ABSOLUTE)(a - y),
        "huber": slope(HUBER)(a - y),
        "hinge": -y * slope(RELU)(1 - y * a),
        "kl_divergence": -y / a,
        "poisson": 1 - y / a,
        "(a-y)**4": 4 * (a - y) ** 3,
        "log(1+(a-y)^2)": (a - y) / (1 + (a - y) ** 2) * 2,
    }


@pytest.mark.parametrize("name", [*COSTS, "(a-y)**4", "log(1+(a-y)^2)"])
def test_slope_of_every_cost(name: str, instance: type) -> None:
    """∂C/∂a_j of every cost of the registry and of a custom one, for a last layer of any width."""
    cost = mlp("1-1", "sigmoid", name).cost_equation
    chain = cost_link(cost)
    assert Partial(COST, LAST[J]) == chain.goal
    by_hand = cost_slopes(LAST[J], Y[J])[name]
    assert by_hand == extend(chain, ARRANGE, by_hand).result  # raises CheckError unless the two agree
    assert [] == instance([cost.at_layer(LAST_LAYER)], SIZES).differences(chain)


@pytest.mark.parametrize("name", ["quadratic", "mse", "cross_entropy", "mae", "huber", "(a-y)**4"])
def test_slope_of_a_cost_is_written_as_in_the_textbook(name: str) -> None:
    """The last line of the first link is the short form."""
    assert cost_slopes(LAST[J], Y[J])[name] == cost_link(mlp("1-1", "sigmoid", name).cost_equation).result


@pytest.mark.parametrize("cost", ["cross_entropy", "kl_divergence"])
def test_softmax_with_cross_entropy(cost: str, lettered: Lettered) -> None:
    """δ_j is a_j Σ_i y_i - y_j, and a_j - y_j if Σ y = 1 is granted: the last step says so."""
    chain = derive(mlp("2-3-2", ["tanh", "softmax"], cost)).specific["BP1 here"].chain
    *_, assumed = chain.steps
    last, n = notation.error(LAST_LAYER), width(LAST_LAYER)
    assert (last[J], LAST[J] - Y[J]) == (chain.goal, chain.result)
    assert lettered(LAST[J] * Sum(Y[I], (I, 1, n)) - Y[J]) == lettered(assumed.before)
    assert (ASSUME, Trust.ASSUMED) == (assumed.rule, assumed.evidence.trust)
    assert (Hypothesis("sums to one", Y),) == assumed.hypotheses
    assert {Trust.IDENTITY_TESTED} == {step.evidence.trust for step in chain.steps[:-1]}


def test_softmax_with_cross_entropy_in_numbers(instance: type) -> None:
    """Without the assumption the result is that of the written-out network, with targets that add up to anything."""
    chain = derive(mlp("2-3-2", ["tanh", "softmax"], "cross_entropy")).specific["BP1 here"].chain
    inputs = notation.weighted_input(LAST_LAYER)
    softmax = Equation(LAST[J], ACTIVATIONS["softmax"].value(inputs, J))
    cost = mlp("1-1", "sigmoid", "cross_entropy").cost_equation.at_layer(LAST_LAYER)
    witness = instance([softmax, cost], SIZES, names={notation.error(LAST_LAYER): inputs})
    free = type(chain)(chain.goal, chain.setting, chain.steps[:-1])
    assert [] == witness.differences(free)
    assert 3 == len(witness.differences(chain))


def test_witness_sees_a_wrong_result(derived: Derived, instance: type) -> None:
    """The written-out network contradicts a result that another network has."""
    chain = derived(INPUT[Q], [ACTIVE], A)
    assert 2 == len(instance([Equation(A[J], SIGMA(2 * INPUT[J]))], SIZES, A, functions=ANY).differences(chain))
