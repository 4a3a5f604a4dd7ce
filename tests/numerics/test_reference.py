"""The independent witness: its gradient against the complex step, central differences and mpmath."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise, product
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from numpy.typing import NDArray

from symbackprop.numerics.reference import cost_and_gradient, predict
from symbackprop.numerics.reference_activations import ELEMENTWISE, MIXING
from symbackprop.numerics.reference_costs import CLOSED_PAIRS, COSTS
from symbackprop.numerics.stable import STABLE

Array = NDArray[Any]
Params = dict[str, Array]

ACTIVATIONS = [*ELEMENTWISE, *MIXING]
LOGARITHMIC = ["cross_entropy", "binary_cross_entropy", "kl_divergence", "poisson"]
PAIRS = [
    pair for pair in product(ACTIVATIONS, COSTS) if not (pair[0] == "log_softmax" and pair[1] in LOGARITHMIC)
]  # ln a of a log-softmax, which is negative, means nothing

SELU_ALPHA, SELU_SCALE = 1.67326324235437728, 1.05070098735548049


def up(z: Array) -> Array:
    """Tell where the real part is positive."""
    return np.real(z) > 0


def size(z: Array) -> Array:
    """Return |z|, continued to complex z."""
    return np.where(up(z), z, -z)


def erf(z: Array) -> Array:
    """Return erf, continued to complex z to first order: exact for a complex step."""
    value = np.array([math.erf(x) for x in z.real.flat]).reshape(z.shape)
    return value + 1j * z.imag * 2 / math.sqrt(math.pi) * np.exp(-(z.real**2))


# the definitions, naive, for real and complex z
NAIVE: dict[str, Callable[[Array], Array]] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(up(z), z, 0),
    "leaky_relu": lambda z: np.where(up(z), z, z / 100),
    "elu": lambda z: np.where(up(z), z, np.exp(z) - 1),
    "selu": lambda z: SELU_SCALE * np.where(up(z), z, SELU_ALPHA * (np.exp(z) - 1)),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "softsign": lambda z: z / (1 + size(z)),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "gelu": lambda z: z * (1 + erf(z / math.sqrt(2))) / 2,
    "gelu_tanh": lambda z: z * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))) / 2,
    "mish": lambda z: z * np.tanh(np.log(1 + np.exp(z))),
    "hardtanh": lambda z: np.where(np.abs(z.real) < 1, z, np.sign(z.real)),
    "identity": lambda z: z,
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
    "log_softmax": lambda z: z - np.log(np.exp(z).sum(axis=1, keepdims=True)),
}
NAIVE_COSTS: dict[str, Callable[[Array, Array], Array]] = {
    "quadratic": lambda a, y: ((a - y) ** 2).sum() / 2,
    "mse": lambda a, y: ((a - y) ** 2).sum() / a.shape[1],
    "cross_entropy": lambda a, y: -(y * np.log(a)).sum(),
    "binary_cross_entropy": lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)).sum(),
    "mae": lambda a, y: size(a - y).sum(),
    "huber": lambda a, y: np.where(np.abs((a - y).real) <= 1, (a - y) ** 2 / 2, size(a - y) - 0.5).sum(),
    "hinge": lambda a, y: np.where(up(1 - y * a), 1 - y * a, 0).sum(),
    "kl_divergence": lambda a, y: (y * (np.log(y) - np.log(a))).sum(),
    "poisson": lambda a, y: (a - y * np.log(a)).sum(),
}


def naive_cost(params: Mapping[str, Array], x: Array, y: Array, *, activations: Sequence[str], cost: str) -> Any:
    """Return the mean cost of a batch, sample after sample, layer after layer."""
    total = 0.0
    for sample, target in zip(x, y, strict=True):
        a = sample[np.newaxis]
        for layer, name in enumerate(activations, start=1):
            a = NAIVE[name](np.stack([params[f"W{layer}"] @ row + params[f"b{layer}"] for row in a]))
        total = total + NAIVE_COSTS[cost](a, target[np.newaxis])
    return total / len(x)


def case(shape: Sequence[int], *, seed: int, samples: int = 3) -> tuple[Params, Array, Array]:
    """Return random parameters and data; the last z are small and positive, so that logarithms exist."""
    rng, params = np.random.default_rng(seed), {}
    for layer, (below, width) in enumerate(pairwise(shape), start=1):
        params[f"W{layer}"] = rng.normal(size=(width, below))
        params[f"b{layer}"] = rng.normal(size=width)
    params[f"W{layer}"] *= 0.02
    params[f"b{layer}"] = rng.uniform(0.25, 0.4, shape[-1])
    return params, rng.normal(size=(samples, shape[0])), rng.uniform(0.05, 0.95, (samples, shape[-1]))


def complex_step(cost: Callable[[Params], Any], params: Params) -> Params:
    """Return Im C(param + ih)/h for every parameter: no difference, so h may be tiny."""
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    for name, value in params.items():
        for place in np.ndindex(value.shape):
            moved = {key: array.astype(complex) for key, array in params.items()}
            moved[name][place] += 1e-30j
            grads[name][place] = np.imag(cost(moved)) / 1e-30
    return grads


def norm_error(grads: Mapping[str, Array], truth: Mapping[str, Array]) -> float:
    """Return the largest error of a gradient, relative to its largest entry."""
    assert truth.keys() == grads.keys()
    scale = max(float(np.abs(value).max()) for value in truth.values())
    return max(float(np.abs(grads[name] - truth[name]).max()) for name in truth) / scale


@pytest.mark.parametrize(("activation", "cost"), PAIRS)
def test_gradient_equals_complex_step(activation: str, cost: str) -> None:
    """Every activation, hidden and last, with every cost agrees with the complex step of the naive definition."""
    params, x, y = case((3, 4, 2), seed=1)
    net = {"activations": [activation, activation], "cost": cost}
    value, grads = cost_and_gradient(params, x, y, **net)
    truth = complex_step(lambda moved: naive_cost(moved, x, y, **net), params)
    assert value == pytest.approx(float(naive_cost(params, x, y, **net).real), rel=1e-13)
    assert norm_error(grads, truth) <= 1e-12  # 1e-15 measured


NETS = [
    ((3, 4, 5, 2), ["sigmoid", "tanh", "sigmoid"], "mse", 5),
    ((3, 3, 3, 3), ["tanh"] * 3, "quadratic", 4),
    ((2, 5, 4, 3), ["relu", "leaky_relu", "identity"], "huber", 3),
    ((3, 4, 4, 3), ["tanh", "softmax", "softmax"], "cross_entropy", 5),
    ((3, 4, 3), ["silu", "log_softmax"], "mae", 4),
    ((4, 3, 5, 2), ["gelu", "mish", "sigmoid"], "binary_cross_entropy", 6),
    ((2, 2), ["softplus"], "poisson", 1),
]


@pytest.mark.parametrize(("shape", "activations", "cost", "samples"), NETS)
def test_deep_nets(shape: tuple[int, ...], activations: list[str], cost: str, samples: int) -> None:
    """Nets of other depths, widths and batches agree with the complex step and with central differences."""
    params, x, y = case(shape, seed=2, samples=samples)
    _, grads = cost_and_gradient(params, x, y, activations=activations, cost=cost)

    def at(moved: Params) -> Any:
        return naive_cost(moved, x, y, activations=activations, cost=cost)

    assert norm_error(grads, complex_step(at, params)) <= 1e-12  # 4e-15 measured
    step = np.finfo(float).eps ** (1 / 3)  # central difference: best trade of truncation and rounding
    differences = {name: np.zeros_like(value) for name, value in params.items()}
    for name, value in params.items():
        for place in np.ndindex(value.shape):
            sides = []
            for sign in (1, -1):
                moved = {key: array.astype(complex) for key, array in params.items()}
                moved[name][place] += sign * step
                sides.append(float(at(moved).real))
            differences[name][place] = (sides[0] - sides[1]) / (2 * step)
    assert norm_error(grads, differences) <= 1e-8  # 3e-9 measured; the step is fixed, so is the seed


@pytest.mark.parametrize("fault", ["slope", "mean", "transposed"])
def test_oracle_sees_a_fault(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong slope, a forgotten mean or a transposed W is seen by the complex step."""
    params, x, y = case((3, 3, 3), seed=3)
    net = {"activations": ["tanh", "tanh"], "cost": "quadratic"}
    if fault == "slope":
        monkeypatch.setitem(ELEMENTWISE, "tanh", lambda z: (np.tanh(z), 1 - np.tanh(z)))
    grads = cost_and_gradient(params, x, y, **net)[1]
    if fault == "mean":
        grads = {name: grad * len(x) for name, grad in grads.items()}
    if fault == "transposed":
        grads["W1"] = grads["W1"].T
    truth = complex_step(lambda moved: naive_cost(moved, x, y, **net), params)
    assert norm_error(grads, truth) > 1e-3


def test_cost_is_the_mean_over_samples() -> None:
    """The cost and the gradient of a batch are the means of those of its samples."""
    params, x, y = case((3, 4, 2), seed=4, samples=5)
    net = {"activations": ["sigmoid", "softmax"], "cost": "cross_entropy"}
    value, grads = cost_and_gradient(params, x, y, **net)
    alone = [cost_and_gradient(params, x[i : i + 1], y[i : i + 1], **net) for i in range(5)]
    assert value == pytest.approx(np.mean([cost for cost, _ in alone]), rel=1e-14)
    assert norm_error(grads, {name: np.mean([g[name] for _, g in alone], axis=0) for name in grads}) <= 1e-14


def single(z: Sequence[float], y: Sequence[float], activation: str, cost: str) -> tuple[float, Array]:
    """Return the cost of one sample whose weighted inputs are z, and δ."""
    params = {"W1": np.zeros((len(z), 1)), "b1": np.array(z)}
    value, grads = cost_and_gradient(params, np.ones((1, 1)), np.array([y]), activations=[activation], cost=cost)
    return value, grads["b1"]


@pytest.mark.parametrize(
    ("activation", "cost", "z", "y", "slope"),
    [
        ("relu", "quadratic", 0.0, 1.0, 0.0),
        ("leaky_relu", "quadratic", 0.0, 1.0, -0.01),
        ("elu", "quadratic", 0.0, 1.0, -1.0),
        ("selu", "quadratic", 0.0, 1.0, -1.7580993408473766),
        ("hardtanh", "quadratic", 1.0, 3.0, 0.0),
        ("hardtanh", "quadratic", -1.0, 3.0, 0.0),
        ("identity", "mae", 2.0, 2.0, 0.0),
        ("identity", "hinge", 1.0, 1.0, 0.0),
        ("identity", "hinge", -1.0, -1.0, 0.0),
        ("identity", "huber", 3.0, 2.0, 1.0),
        ("identity", "huber", 1.0, 2.0, -1.0),
    ],
)
def test_kinks_follow_the_convention(activation: str, cost: str, z: float, y: float, slope: float) -> None:
    """At a kink the derivative is exactly PyTorch's subgradient."""
    assert [slope] == single([z], [y], activation, cost)[1].tolist()


def test_zero_targets_cost_nothing() -> None:
    """0 ln 0 = 0: a target of 0 at an activation of 0 adds neither cost nor slope, whatever the activation."""
    for cost in ("cross_entropy", "kl_divergence"):
        value, delta = single([0.0, 1.0], [0.0, 1.0], "relu", cost)
        assert (0.0, [0.0, -1.0]) == (value, delta.tolist())


def test_softmax_of_one_neuron() -> None:
    """A softmax of one neuron is 1 whatever z is, so its δ is 0."""
    for cost in ("cross_entropy", "quadratic", "poisson", "binary_cross_entropy"):
        assert [0.0] == single([3.0], [1.0], "softmax", cost)[1].tolist()
    value, delta = single([3.0], [0.5], "softmax", "binary_cross_entropy")  # which costs ln 0, for ever
    assert (math.inf, [0.0]) == (value, delta.tolist())


SATURATED = [
    (1000.0, 0.0, -1000.0),
    (-1000.0, -1000.0, 1000.0),
    (710.0, 709.0, -37.0),
    (37.0, 0.5, -0.5),
    (40.0, 0.0, 1.0),
]
DIGITS = 1300  # 869 for 1 - a = exp(-2000), 170 for the step, 170 for its error, and some to spare
STEP = mp.mpf(10) ** -170

EXACT: dict[str, Callable[[list[mp.mpf]], list[mp.mpf]]] = {
    "softmax": lambda z: [mp.exp(z_j) / sum(map(mp.exp, z)) for z_j in z],
    "log_softmax": lambda z: [z_j - mp.log(sum(map(mp.exp, z))) for z_j in z],
    "sigmoid": lambda z: [1 / (1 + mp.exp(-z_j)) for z_j in z],
    "softplus": lambda z: [mp.log1p(mp.exp(z_j)) for z_j in z],
    "tanh": lambda z: [mp.tanh(z_j) for z_j in z],
}


def term(cost: str, a: mp.mpf, y: mp.mpf) -> mp.mpf:
    """Return the cost of one neuron, by definition."""
    if cost == "quadratic":
        return (a - y) ** 2 / 2
    hit = y * mp.log(a) if y else 0
    if cost == "binary_cross_entropy":
        return -hit - ((1 - y) * mp.log(1 - a) if y != 1 else 0)
    return {"cross_entropy": 0, "kl_divergence": y * mp.log(y) if y else 0, "poisson": a}[cost] - hit


@cache
def exact_activations(z: tuple[float, ...], activation: str) -> list[list[mp.mpf]]:
    """Return the activations at z and at two neighbours of z for each of its entries."""
    with mp.workdps(DIGITS):
        points = [[mp.mpf(z_j) for z_j in z]]
        for j, sign in product(range(len(z)), (1, -1)):
            points.append([*points[0][:j], points[0][j] + sign * STEP, *points[0][j + 1 :]])
        return [EXACT[activation](point) for point in points]


def exact_delta(z: tuple[float, ...], y: Sequence[float], activation: str, cost: str) -> tuple[mp.mpf, list[mp.mpf]]:
    """Return the cost of one sample and δ by central differences of the definitions, with enough digits."""
    neighbours = exact_activations(z, activation)
    with mp.workdps(DIGITS):
        here, *sides = [sum(term(cost, a_j, mp.mpf(y_j)) for a_j, y_j in zip(a, y, strict=True)) for a in neighbours]
        return here, [(above - below) / (2 * STEP) for above, below in zip(sides[::2], sides[1::2], strict=True)]


OPEN_PAIRS = [(name, "quadratic") for name in EXACT]


@pytest.mark.combinations
@pytest.mark.parametrize(("activation", "cost"), [*CLOSED_PAIRS, *OPEN_PAIRS])
def test_saturated_errors_keep_their_digits(activation: str, cost: str) -> None:
    """At z = ±1000, and where 1 - a is rounded to 0, cost and δ still agree with mpmath, and no flag is raised."""
    for z, y in product(SATURATED, [(0.0, 1.0, 0.0), (0.25, 0.5, 0.75)]):
        with np.errstate(all="raise", under="ignore"):
            value, delta = single(z, y, activation, cost)
        true_value, true_delta = exact_delta(z, y, activation, cost)
        for got, exact in zip([value, *delta.tolist()], [true_value, *true_delta], strict=True):
            # 3e-15 measured, tanh' the worst; what is smaller than 1e-306 has underflowed somewhere
            assert abs(got - exact) <= 1e-14 * abs(exact) + 1e-306


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_agrees_with_the_stable_table(name: str) -> None:
    """The two independent tables of activations agree from -1000 to 1000, and raise no flag."""
    z = np.concatenate([[0.0, 37.0, -37.0, 710.0, -710.0, 1000.0, -1000.0], np.linspace(-45, 45, 300)])
    with np.errstate(all="raise", under="ignore"):
        value, slope = ELEMENTWISE[name](z)
        expected_value, expected_slope = STABLE[name].value_and_slope(z)
    # gelu and gelu_tanh round z² and z³, which exp multiplies by up to 700; near a slope's root 1e-15 is the floor
    assert np.allclose(value, expected_value, rtol=1e-12, atol=1e-300)
    assert np.allclose(slope, expected_slope, rtol=1e-12, atol=1e-300) or np.allclose(slope, expected_slope, 0, 1e-15)


def test_oracle_sees_lost_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The textbook slope a(1 - a) is caught at z = 37, where it has become 0."""
    monkeypatch.setitem(ELEMENTWISE, "sigmoid", lambda z: (1 / (1 + np.exp(-z)), np.exp(-z) * 0))
    _, delta = single((40.0, 0.0, 1.0), (0.0, 1.0, 0.0), "sigmoid", "quadratic")
    _, exact = exact_delta((40.0, 0.0, 1.0), (0.0, 1.0, 0.0), "sigmoid", "quadratic")
    assert abs(delta[0] - exact[0]) > 0.5 * abs(exact[0])


def test_float32_stays_float32() -> None:
    """Parameters and data in single precision give gradients in single precision, near the double ones."""
    for activation, cost in PAIRS:
        params, x, y = case((3, 4, 2), seed=5)
        net = {"activations": [activation, activation], "cost": cost}
        single_params = {name: value.astype(np.float32) for name, value in params.items()}
        _, grads = cost_and_gradient(single_params, x.astype(np.float32), y.astype(np.float32), **net)
        assert {np.dtype(np.float32)} == {grad.dtype for grad in grads.values()}
        assert norm_error(grads, cost_and_gradient(params, x, y, **net)[1]) <= 5e-6  # 3e-7 measured


def test_predict_is_the_forward_pass() -> None:
    """The prediction is the activation of the last layer, sample by sample."""
    params, x, _ = case((3, 4, 2), seed=6)
    a = NAIVE["softmax"](np.tanh(x @ params["W1"].T + params["b1"]) @ params["W2"].T + params["b2"])
    assert np.allclose(a, predict(params, x, activations=["tanh", "softmax"]), rtol=1e-14)


def test_inputs_are_left_alone() -> None:
    """Neither parameters nor data are written to, and no gradient shares memory with them."""
    for activation, cost in PAIRS:
        params, x, y = case((3, 4, 2), seed=7)
        before = [array.copy() for array in (*params.values(), x, y)]
        _, grads = cost_and_gradient(params, x, y, activations=["identity", activation], cost=cost)
        assert all(map(np.array_equal, before, (*params.values(), x, y)))
        assert not any(np.shares_memory(g, array) for g in grads.values() for array in (*params.values(), x, y))


def test_unknown_names_are_refused() -> None:
    """An activation or a cost that the witness does not know is named, with those it knows."""
    params, x, y = case((3, 4, 2), seed=8)
    with pytest.raises(ValueError, match=r"activation 'swich' is unknown; known: elu, gelu, .*tanh"):
        cost_and_gradient(params, x, y, activations=["swich", "tanh"], cost="mse")
    with pytest.raises(ValueError, match=r"cost 'l1' is unknown; known: binary_cross_entropy, .*quadratic"):
        cost_and_gradient(params, x, y, activations=["tanh", "tanh"], cost="l1")
