"""Which mistake explains these numbers: backpropagation by hand with a mistake in it, and what is said of it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from numerics import by_hand
from numerics.by_hand import RNG

import symbackprop as sb
from symbackprop.errors import DataError

pytestmark = pytest.mark.combinations

NETWORKS = {
    "3-3-3-3 sigmoid": ("3-3-3-3", ["sigmoid"] * 3, "quadratic"),
    "4-4-2 tanh": ("4-4-2", ["tanh", "sigmoid"], "quadratic"),
    "3-3-3-2 relu": ("3-3-3-2", ["relu", "tanh", "identity"], "mse"),
}


class Hand(by_hand.Hand):
    """The layers by hand, and the same network as it is derived."""

    @property
    def network(self) -> Any:
        """The network of the package."""
        return sb.mlp(self.shape, self.activations, self.cost)


# networks whose layers are as wide as one another, so that every mistake can be made in every layer
SQUARE = (
    ("3-3-3-3", ["sigmoid"] * 3, "quadratic"),
    ("4-4-4-4", ["tanh", "softplus", "sigmoid"], "mse"),
    ("2-2-2-2", ["relu", "tanh", "identity"], "quadratic"),
)
# the same with relu, whole numbers in them, so that some z is 0 exactly
RELUS = (
    ("3-3-3-3", ["relu"] * 3, "quadratic"),
    ("4-4-4-2", ["relu", "relu", "identity"], "mse"),
    ("2-3-4-3", ["relu", "relu", "tanh"], "quadratic"),
)
# kind -> the layers in which it is made, of three, and the arrays at which it may be said to be
PLACES: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "missing_slope": ((1, 2, 3), ("z{}",)),
    "slope_of_activation": ((1, 2, 3), ("z{}",)),
    "slope_by_value_at_z": ((1, 2, 3), ("z{}",)),
    "slope_twice": ((1, 2, 3), ("z{}",)),
    "activation_of_other_layer": ((1, 2, 3), ("z{}",)),
    "relu_slope_of_activation_gradient": ((1, 2, 3), ("z{}",)),
    "relu_slope_at_zero": ((1, 2, 3), ("z{}",)),
    "sign": ((1, 2, 3), ("z{}", "a{}", "everywhere")),
    "weight_not_transposed": ((2, 3), ("a{before}",)),
    "wrong_layer_weight": ((2, 3), ("a{before}",)),
    "wrong_layer_activation": ((1, 2, 3), ("W{}",)),
    "sum_for_mean": ((1, 2, 3), ("W{}", "b{}")),
    "mean_twice": ((1, 2, 3), ("W{}", "b{}")),
    "bias_missing": ((1, 2, 3), ("b{}",)),
    "bias_shared": ((1, 2, 3), ("b{}",)),
    "updated_weights": ((0,), ("everywhere",)),
}


def can_be_made(kind: str, name: str) -> bool:
    """Tell whether a mistake changes anything at an activation: the slope of identity is 1, that of relu 0 or 1."""
    if kind.startswith("relu"):
        return name == "relu"
    if kind == "slope_by_value_at_z":
        return name in ("sigmoid", "tanh")
    if name == "identity":
        return "slope" not in kind and kind != "activation_of_other_layer"
    return name != "relu" or kind not in ("slope_of_activation", "slope_twice")


@pytest.mark.parametrize("name", NETWORKS)
def test_the_program_by_hand_is_right_without_a_mistake(name: str) -> None:
    """Without a mistake the derivatives by hand are equal to the derived ones."""
    hand = Hand(*NETWORKS[name])
    report = sb.diagnose(hand.network, hand.gradient(), params=hand.params, x=hand.x, y=hand.y)
    assert ("equal", ()) == (report.verdict, report.findings)


def whole_numbers(network: tuple[str, list[str], str]) -> Hand:
    """Return a network with whole numbers in it, some of whose sums are 0."""
    hand = Hand(*network, seed=2, samples=20)
    for arrays in (hand.weights, hand.biases):
        arrays[:] = map(np.sign, map(np.round, arrays))
    hand.x = np.sign(np.round(hand.x))
    return hand


@pytest.mark.parametrize("place", range(3))  # of the networks
@pytest.mark.parametrize("kind", PLACES)
def test_mistake_is_named_wherever_it_is_made(kind: str, place: int) -> None:
    """In each layer of three networks the mistake is a finding, at its place, with another line than the right one."""
    layers, arrays = PLACES[kind]
    rate = 0.5 if kind == "updated_weights" else None
    network = (RELUS if kind.startswith("relu") else SQUARE)[place]
    hand = whole_numbers(network) if kind == "relu_slope_at_zero" else Hand(*network, seed=1)
    for at in (layer for layer in layers if not layer or can_be_made(kind, hand.activations[layer - 1])):
        grads = hand.gradient(kind, at)
        report = sb.diagnose(hand.network, grads, params=hand.params, x=hand.x, y=hand.y, learning_rate=rate)
        assert 1 == report.exit_status
        places = {place.format(at, before=at - 1) for place in arrays}
        found = [each for each in report.findings if each.kind == kind and each.where.removeprefix("∂C/∂") in places]
        assert [] != found, f"{at}: {report}"
        assert found[0].error < 1e-9
        assert str(found[0].wrong) != str(found[0].right)


@pytest.mark.parametrize("shape", ["3-4-2", "2-3", "2-3-2-4"])
@pytest.mark.parametrize("kind", ["cross_entropy_with_slope", "softmax_elementwise", "quadratic_without_slope"])
def test_mistake_of_a_last_layer_is_named(kind: str, shape: str) -> None:
    """The mistakes that the last activation and its cost invite, on three networks each."""
    last, cost = {
        "cross_entropy_with_slope": ("sigmoid", "binary_cross_entropy"),
        "softmax_elementwise": ("softmax", "mse"),
        "quadratic_without_slope": ("sigmoid", "quadratic"),
    }[kind]
    depth = shape.count("-")
    hand = Hand(shape, [*["tanh"] * (depth - 1), last], cost, seed=2)
    report = sb.diagnose(hand.network, hand.gradient(kind, depth), params=hand.params, x=hand.x, y=hand.y)
    assert kind in [finding.kind for finding in report.findings], report


PAIRS = [
    (("updated_weights", 0), ("slope_of_activation", 1)),
    (("missing_slope", 3), ("weight_not_transposed", 2)),
    (("sign", 2), ("bias_missing", 1)),
    (("slope_twice", 3), ("slope_of_activation", 1)),
    (("bias_shared", 3), ("missing_slope", 1)),
]


@pytest.mark.parametrize("pair", PAIRS, ids=str)
@pytest.mark.parametrize("network", [*SQUARE[:2], ("3-3-3-3", ["softplus", "tanh", "sigmoid"], "quadratic")], ids=str)
def test_two_mistakes_are_named_together(pair: tuple[tuple[str, int], ...], network: tuple[Any, ...]) -> None:
    """Two mistakes in different layers of three networks: both are findings, each beside the other."""
    hand = Hand(*network, seed=1)
    grads = hand.gradient(*pair)
    report = sb.diagnose(hand.network, grads, params=hand.params, x=hand.x, y=hand.y, learning_rate=0.5)
    assert {kind for kind, _ in pair} <= {finding.kind for finding in report.findings}, report
    assert all(finding.beside is not None for finding in report.findings)


@pytest.mark.parametrize("kind", ["missing_slope", "slope_of_activation", "sign"])
def test_a_sum_for_the_mean_everywhere_hides_no_other_mistake(kind: str) -> None:
    """All derivatives summed over the samples, and besides a mistake in the first layer: both are named."""
    hand = Hand(*SQUARE[1], seed=1)
    grads = {name: len(hand.x) * grad for name, grad in hand.gradient(kind, 1).items()}
    report = sb.diagnose(hand.network, grads, params=hand.params, x=hand.x, y=hand.y)
    found = {(each.kind, each.where) for each in report.findings}
    assert ("sum_for_mean", "everywhere") in found
    assert {(kind, "∂C/∂z1"), (kind, "∂C/∂a1")} & found


def test_two_mistakes_that_partly_cancel() -> None:
    """Updated weights and σ'(a) together give -0.01526 for the right -0.01559, and both are named."""
    hand = Hand("2-2-2", ["sigmoid"] * 2, "quadratic")
    hand.weights = [np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[0.5, 0.6], [0.7, 0.8]])]
    hand.biases = [np.zeros(2), np.zeros(2)]
    hand.x, hand.y = np.array([[1.0, 0.0]]), np.array([[0.8, 1.0]])
    pair = hand.gradient(("updated_weights", 0), ("slope_of_activation", 1), rate=1.0)
    assert (-0.01526, -0.01559) == (round(pair["b1"][0], 5), round(hand.gradient()["b1"][0], 5))
    for digits in (4, 17):
        mine = {n: np.vectorize(lambda number, d=digits: float(f"{number:.{d}g}"))(grad) for n, grad in pair.items()}
        report = sb.diagnose(hand.network, mine, params=hand.params, x=hand.x, y=hand.y, learning_rate=1.0)
        found = {(finding.kind, finding.where) for finding in report.findings}
        assert ("slope_of_activation", "∂C/∂z1") in found
        assert any(kind == "updated_weights" for kind, _ in found)


@pytest.mark.parametrize("seed", range(8))
def test_mistakes_that_partly_cancel_at_other_points(seed: int) -> None:
    """The same two where they leave some derivative within 5 % of the right one, at points found by their numbers."""
    hands = (Hand("2-2-2", ["sigmoid"] * 2, "quadratic", seed=number, samples=1) for number in range(60 * seed, 9999))
    hand = next(each for each in hands if partly_cancels(each))
    pair = hand.gradient(("updated_weights", 0), ("slope_of_activation", 1))
    report = sb.diagnose(hand.network, pair, params=hand.params, x=hand.x, y=hand.y, learning_rate=0.5)
    assert {"updated_weights", "slope_of_activation"} <= {finding.kind for finding in report.findings}


def partly_cancels(hand: Hand) -> bool:
    """Tell whether each of the two mistakes moves a hidden error by more than a tenth, and both by less than 5 %."""
    right = hand.gradient()["b1"]
    one, other, both = (
        np.abs(hand.gradient(*made)["b1"] / right - 1)
        for made in (
            (("updated_weights", 0),),
            (("slope_of_activation", 1),),
            (("updated_weights", 0), ("slope_of_activation", 1)),
        )
    )
    return bool(np.any((one > 0.1) & (other > 0.1) & (both < 0.05)))


def disguised(grads: dict[str, Any], how: str, rng: np.random.Generator) -> dict[str, Any]:
    """Return right derivatives as somebody may have them."""
    if how == "rounded":
        return {name: np.round(grad, 6) for name, grad in grads.items()}
    if how == "float32":
        return {name: grad.astype(np.float32) for name, grad in grads.items()}
    if how == "transposed":
        return {f"d{name}": grad.T for name, grad in grads.items()}
    order = rng.permutation(len(grads["b1"]))
    return {**grads, "W1": grads["W1"][order], "b1": grads["b1"][order], "W2": grads["W2"][:, order]}


@pytest.mark.parametrize("how", ["rounded", "float32", "transposed", "permuted"])
@pytest.mark.parametrize("seed", range(3))
def test_right_derivatives_are_never_accused(how: str, seed: int) -> None:
    """Rounded to 6 digits, in float32, transposed or with neurons in another order they are equal up to that."""
    rng = RNG(seed)
    shape = ["3-4-2", "2-5-3", "4-3-1"][seed]
    hand = Hand(shape, ["tanh", "sigmoid"], "quadratic", seed)
    report = sb.diagnose(hand.network, disguised(hand.gradient(), how, rng), params=hand.params, x=hand.x, y=hand.y)
    assert report.verdict in ("equal", "equal up to")
    assert 0 == report.exit_status


def test_neurons_in_another_order_where_two_are_never_on() -> None:
    """Rows that are 0 are told apart by nothing, and are no reason to accuse anybody."""
    hand = Hand("3-5-2", ["relu", "tanh"], "quadratic")
    hand.biases[0][1:3] = -50
    grads = disguised(hand.gradient(), "permuted", RNG(1))
    report = sb.diagnose(hand.network, grads, params=hand.params, x=hand.x, y=hand.y)
    assert ("equal up to", 0) == (report.verdict, report.exit_status)


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_unknown_and_its_place_is_told(seed: int) -> None:
    """Noise in the first layer alone: no mistake is named, the layers behind it are told to be right."""
    hand, rng = Hand(*NETWORKS["4-4-2 tanh"], seed), RNG(seed)
    grads = hand.gradient()
    grads["W1"] = grads["W1"] + 0.1 * rng.normal(size=grads["W1"].shape)
    report = sb.diagnose(hand.network, grads, params=hand.params, x=hand.x, y=hand.y)
    assert ("unknown", "W1", 1) == (report.verdict, report.first_difference, report.exit_status)


def test_noise_in_a_recurrence_is_unknown() -> None:
    """Functions of sums, as a recurrence has them, are no reason to fail; noise everywhere is unknown."""
    said = "input x[T]\nparameter w, u\nsizes T = 3\nh[0] = 0\n"
    text = said + "h[t] = tanh(w * h[t - 1] + u * x[t]) for t = 1..T\nC = h[T]^2"
    network, rng = sb.equations(text), RNG(0)
    point = {"x": rng.normal(size=3), "w": 0.7, "u": -0.4}
    _, right = sb.compile(sb.derive(network))(point)
    mine = {"w": right["w"] * 1.1, "u": right["u"] * 0.8}
    assert "unknown" == sb.diagnose(network, mine, params=point).verdict


@pytest.mark.parametrize(("factor", "said"), [(5.0, "the number"), (-1.0, "-1"), (0.5, "1/2"), (0.37, "0.37")])
def test_factor_is_told(factor: float, said: str) -> None:
    """All derivatives by one number: equal up to a factor, which is named."""
    hand = Hand(*NETWORKS["4-4-2 tanh"])
    grads = {name: factor * grad for name, grad in hand.gradient().items()}
    report = sb.diagnose(hand.network, grads, params=hand.params, x=hand.x, y=hand.y)
    assert ("equal up to", "factor", 1) == (report.verdict, report.findings[0].kind, report.exit_status)
    assert factor == pytest.approx(report.findings[0].factor)
    assert said in report.findings[0].sentence


@pytest.mark.parametrize("shape", ["3-3-3", "2-2-2-2", "4-4-4"])
@pytest.mark.parametrize("number", [2.0, -1.0, 0.37])
def test_factor_together_with_a_transposition_or_another_order(shape: str, number: float) -> None:
    """Square matrices transposed and multiplied, all or one of them, or neurons in another order: both are told."""
    hand = Hand(shape, [*["tanh"] * (shape.count("-") - 1), "sigmoid"], "quadratic")
    grads = hand.gradient()
    for mine, kind, where in (
        ({name: number * grad.T for name, grad in grads.items()}, "transposed", "everywhere"),
        ({**grads, "W1": number * grads["W1"].T}, "transposed", "W1"),
        (
            {name: number * grad for name, grad in disguised(grads, "permuted", RNG(3)).items()},
            "permutation",
            "everywhere",
        ),
    ):
        report = sb.diagnose(hand.network, mine, params=hand.params, x=hand.x, y=hand.y)
        assert ("equal up to", 1) == (report.verdict, report.exit_status)
        assert [kind, "factor"] == [finding.kind for finding in report.findings]
        assert (where, pytest.approx(number)) == (report.findings[1].where, report.findings[1].factor)


def test_one_number_is_no_factor_of_another() -> None:
    """Where a single derivative is not 0, any other number is some multiple of it: that explains nothing."""
    hand = Hand("2-2-1", ["relu", "identity"], "mse")
    hand.biases[0][:] = -50
    grads = hand.gradient()
    for number, verdict in ((0.83, "unknown"), (-1.0, "equal up to")):
        mine = {**grads, "b2": number * grads["b2"]}
        report = sb.diagnose(hand.network, mine, params=hand.params, x=hand.x, y=hand.y)
        assert verdict == report.verdict


FAMOUS = {
    "W1": [[0.15, 0.20], [0.25, 0.30]],
    "b1": [0.35, 0.35],
    "W2": [[0.40, 0.45], [0.50, 0.55]],
    "b2": [0.60, 0.60],
}


@pytest.mark.parametrize(
    ("cost", "kinds"),
    [
        ("0.291027924", {"updated_weights", "bias_not_updated"}),
        ("0.291027773694", {"bias_not_updated"}),
        ("0.280471447", set()),
        ("0.285750887", {"bias_shared"}),
    ],
)
def test_cost_after_one_update_of_the_widely_copied_example(cost: str, kinds: set[str]) -> None:
    """The cost that is printed everywhere comes from weights that were updated too early, and from biases that stay."""
    report = sb.diagnose(
        sb.mlp("2-2-2"), params=FAMOUS, x=[0.05, 0.10], y=[0.01, 0.99], cost_after=cost, learning_rate=0.5
    )
    assert kinds == {finding.kind for finding in report.findings}
    assert ("mistake" if kinds else "equal") == report.verdict


@pytest.mark.parametrize("name", NETWORKS)
def test_parameters_after_an_update(name: str) -> None:
    """Updated parameters are derivatives once the rate is known; biases that stay are told."""
    hand = Hand(*NETWORKS[name])
    grads = hand.gradient()
    updated = {name: hand.params[name] - 0.5 * grads[name] * (name[0] == "W") for name in grads}
    report = sb.diagnose(hand.network, params=hand.params, x=hand.x, y=hand.y, updated=updated, learning_rate=0.5)
    assert ["bias_not_updated"] == [finding.kind for finding in report.findings]


def test_softmax_and_cross_entropy() -> None:
    """Softmax's Jacobian as its diagonal, and a slope that has cancelled put in again."""
    network = sb.mlp("3-4-3", ["tanh", "softmax"], "cross_entropy")
    params, rng = network.initial_params(3), RNG(4)
    x, y = rng.normal(size=(4, 3)), np.eye(3)[[0, 2, 1, 1]]
    a1 = np.tanh(x @ params["W1"].T + params["b1"])
    shares = np.exp(a1 @ params["W2"].T + params["b2"])
    a2 = shares / shares.sum(1, keepdims=True)
    for kind, error in (
        ("softmax_elementwise", -y / a2 * a2 * (1 - a2)),
        ("cross_entropy_with_slope", (a2 - y) * a2 * (1 - a2)),
    ):
        hidden = error @ params["W2"] * (1 - a1**2)
        grads = {"W1": hidden.T @ x / 4, "b1": hidden.mean(0), "W2": error.T @ a1 / 4, "b2": error.mean(0)}
        report = sb.diagnose(network, grads, params=params, x=x, y=y)
        assert kind == report.findings[0].kind


def test_mistakes_with_the_same_cost_after_an_update_are_all_told() -> None:
    """The slope left out in the last layer is the error of cross-entropy as well, also seen from the cost."""
    hand = Hand("2-2-2", ["sigmoid"] * 2, "quadratic")
    grads = hand.gradient("missing_slope", 2)
    after = {name: array - 0.5 * grads[name] for name, array in hand.params.items()}
    cost, _ = sb.compile(sb.derive(hand.network))(after, hand.x, hand.y)
    report = sb.diagnose(
        hand.network, cost_after=f"{cost:.12f}", learning_rate=0.5, params=hand.params, x=hand.x, y=hand.y
    )
    assert {"missing_slope", "quadratic_without_slope"} <= {finding.kind for finding in report.findings}


@pytest.mark.parametrize("shape", ["3-4-2", "2-3-2", "3-2-3-2"])
@pytest.mark.parametrize(("cost", "kind", "factor"), [("mse", "sum_for_mean", 2), ("quadratic", "mean_for_sum", 1 / 2)])
def test_sum_and_mean_over_the_outputs(cost: str, kind: str, factor: float, shape: str) -> None:
    """The error of two outputs added up where the cost is their mean, and the other way round; together with a sign."""
    hand = Hand(shape, [*["tanh"] * (shape.count("-") - 1), "sigmoid"], cost)
    grads = {name: factor * grad for name, grad in hand.gradient().items()}
    grads["b1"] = -grads["b1"]
    report = sb.diagnose(hand.network, grads, params=hand.params, x=hand.x, y=hand.y)
    assert {kind, "sign"} <= {finding.kind for finding in report.findings}


@pytest.mark.parametrize("detail", ["tanh for sigmoid", "z(2) without b(2)"])
def test_gradient_of_another_forward_pass(detail: str) -> None:
    """The derivatives are right, of a network with another activation, or without a bias: said so."""
    hand = Hand(*NETWORKS["3-3-3-3 sigmoid"])
    network, params = hand.network, hand.params
    if detail == "tanh for sigmoid":
        hand.activations = ["tanh", "sigmoid", "sigmoid"]
    else:
        hand.biases = [hand.biases[0], np.zeros(3), hand.biases[2]]
    report = sb.diagnose(network, hand.gradient(), params=params, x=hand.x, y=hand.y)
    assert [("wrong_forward", detail)] == [(finding.kind, finding.detail) for finding in report.findings]
    assert str(report.findings[0].wrong) != str(report.findings[0].right)


def test_a_sample_that_cannot_tell() -> None:
    """Where every neuron of relu is on, its slope is not seen: that is said, with a point at which it is."""
    network, rng = sb.mlp("2-3-2", ["relu", "identity"]), RNG(0)
    params = {name: np.abs(array) + 0.1 for name, array in network.initial_params(0).items()}
    x, y = rng.uniform(0.1, 1, (3, 2)), rng.uniform(size=(3, 2))
    gradient = sb.compile(sb.derive(network))
    _, right = gradient(params, x, y)
    report = sb.diagnose(network, right, params=params, x=x, y=y)
    assert ("equal", 0) == (report.verdict, report.exit_status)
    assert ("missing_slope", "∂C/∂z1") in [(finding.kind, finding.where) for finding in report.undecided]
    there = {name: np.array(value) for name, value in report.tells_apart.items()}
    assert (there["x"] @ params["W1"].T + params["b1"] < 0).any()
    assert "This sample cannot tell these mistakes" in str(report)


def test_what_is_tried_is_told() -> None:
    """Each mistake, and each pair, is told while it is tried, and each line of a derivation."""
    hand, told = Hand("2-2-2", ["sigmoid"] * 2, "quadratic"), []
    grads = {name: grad + 0.1 for name, grad in hand.gradient().items()}
    sb.diagnose(hand.network, grads, params=hand.params, x=hand.x, y=hand.y, on_step=told.append)
    assert re.fullmatch(r"trying mistake 1 of \d+", told[0])
    sb.diagnose(hand.network, lines="delta[2] = a[2] - y", on_step=told.append)
    assert "judging line 1" == told[-1]


def test_one_sample_tells_no_sum_from_a_mean() -> None:
    """A mean over one sample is its sum; two samples tell them apart."""
    hand = Hand(*NETWORKS["4-4-2 tanh"])
    hand.x, hand.y = hand.x[:1], hand.y[:1]
    report = sb.diagnose(hand.network, hand.gradient(), params=hand.params, x=hand.x, y=hand.y)
    assert {"sum_for_mean", "mean_twice"} == {finding.kind for finding in report.undecided}
    assert 2 == len(report.tells_apart["x"])
    hand = Hand(*NETWORKS["4-4-2 tanh"])
    assert () == sb.diagnose(hand.network, hand.gradient(), params=hand.params, x=hand.x, y=hand.y).undecided


def test_a_point_tells_apart_what_is_the_same_here() -> None:
    """Where no input tells two mistakes apart, other parameters do: at the point that is proposed they differ."""
    hand = Hand("2-2-2", ["sigmoid"] * 2, "quadratic")
    hand.weights, hand.biases = ([np.array(FAMOUS[f"{letter}{layer}"]) for layer in (1, 2)] for letter in "Wb")
    hand.x, hand.y = np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]])
    mine = hand.gradient("missing_slope", 2)
    report = sb.diagnose(hand.network, mine, params=hand.params, x=hand.x, y=hand.y)
    assert "activation_of_other_layer" in [finding.kind for finding in report.findings]
    there = {name: np.array(value) for name, value in report.tells_apart.items()}
    hand.weights, hand.biases = ([there[f"{letter}{layer}"] for layer in (1, 2)] for letter in "Wb")
    hand.x, hand.y = there["x"], there["y"]
    mine = hand.gradient("missing_slope", 2)
    again = sb.diagnose(hand.network, mine, params=hand.params, x=hand.x, y=hand.y)
    assert {"missing_slope", "quadratic_without_slope"} == {finding.kind for finding in again.findings}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda grad: grad.astype(np.float32), "float32"),
        (lambda grad: np.round(grad, 4), "4 after the point"),
        (np.vectorize(lambda number: float(f"{number:.5g}")), "5 significant ones"),
    ],
)
def test_digits_that_are_there_are_said(changed: Any, said: str) -> None:
    """Right derivatives with fewer digits are equal up to precision, and how many there are is said."""
    hand = Hand(*NETWORKS["4-4-2 tanh"])
    grads = {name: changed(grad) for name, grad in hand.gradient().items()}
    report = sb.diagnose(hand.network, grads, params=hand.params, x=hand.x, y=hand.y)
    assert ("equal up to", 0) == (report.verdict, report.exit_status)
    assert [f"the same numbers with fewer digits, {said}"] == [finding.sentence for finding in report.findings]


def test_samples_in_another_order() -> None:
    """Derivatives by the inputs of equations whose rows are in another order are equal up to that."""
    said = "input x[M, 2]\nparameter w[2]\ntarget y[M]\nsizes M = 4\n"
    text = said + "z[s] = sum[k](x[s, k] * w[k])\nC = sum[s]((z[s] - y[s])^2)"
    network, rng = sb.equations(text), RNG(0)
    point = {"x": rng.normal(size=(4, 2)), "w": rng.normal(size=2), "y": rng.normal(size=4)}
    error = 2 * (point["x"] @ point["w"] - point["y"])
    mine = {"x": np.outer(error, point["w"])[[2, 0, 3, 1]], "w": error @ point["x"]}
    report = sb.diagnose(network, mine, params=point)
    assert ("equal up to", "samples", 0) == (report.verdict, report.findings[0].detail, report.exit_status)


def test_arrays_that_are_not_given_are_said() -> None:
    """Some derivatives alone may be right; that the others are not compared is said."""
    hand = Hand(*NETWORKS["4-4-2 tanh"])
    report = sb.diagnose(hand.network, {"W1": hand.gradient()["W1"]}, params=hand.params, x=hand.x, y=hand.y)
    assert ("equal", ("not given, and not compared: b1, W2, b2",)) == (report.verdict, report.guessed)


def test_lines_of_numpy_compute_what_they_say() -> None:
    """The line of NumPy under each finding gives the numbers that stand there, from the arrays of a pass by hand."""
    hand = Hand(*NETWORKS["3-3-3-3 sigmoid"])
    report = sb.diagnose(
        hand.network, hand.gradient("weight_not_transposed", 2), params=hand.params, x=hand.x, y=hand.y
    )
    found = report.findings[0]
    assert ("da1 = dz2 @ W2.T", "da1 = dz2 @ W2") == (found.wrong.code, found.right.code)
    summed = {**hand.gradient(), "b1": len(hand.x) * hand.gradient()["b1"]}
    found = sb.diagnose(hand.network, summed, params=hand.params, x=hand.x, y=hand.y).findings[0]
    assert ("db1 = dz1.sum(axis=0)", "db1 = dz1.sum(axis=0) / m") == (found.wrong.code, found.right.code)


def test_targets_of_other_samples() -> None:
    """Rows of y that were moved by one against those of x."""
    for network in NETWORKS.values():
        hand = Hand(*network)
        right = hand.y
        hand.y = np.roll(right, 1, 0)
        report = sb.diagnose(hand.network, hand.gradient(), params=hand.params, x=hand.x, y=right)
        assert ["target_of_other_sample"] == [finding.kind for finding in report.findings]


@pytest.mark.parametrize(
    ("named", "grads_of"),
    [
        ("lower case", lambda g: {name.lower(): grad for name, grad in g.items()}),
        ("grad_W1", lambda g: {f"grad_{name}": grad for name, grad in g.items()}),
        ("weights[0]", lambda g: {"weights": [g["W1"], g["W2"]], "biases": [g["b1"], g["b2"]]}),
        ("a list", lambda g: [g["W1"], g["b1"], g["W2"], g["b2"]]),
        ("weights first", lambda g: [g["W1"], g["W2"], g["b1"], g["b2"]]),
        ("fc1.weight", lambda g: {f"fc{n[1]}.{'weight' if n[0] == 'W' else 'bias'}": v for n, v in g.items()}),
        ("columns", lambda g: {name: grad[:, np.newaxis] if grad.ndim == 1 else grad for name, grad in g.items()}),
    ],
)
def test_names_and_layouts_are_guessed(named: str, grads_of: Any) -> None:
    """Whatever the arrays are called, right derivatives are equal."""
    hand = Hand(*NETWORKS["4-4-2 tanh"])
    grads = hand.gradient()
    report = sb.diagnose(
        hand.network, grads_of(grads), params=hand.params, x=hand.x.T if named == "a list" else hand.x, y=hand.y
    )
    assert "equal" == report.verdict


class Columns:
    """A class with its weights as lists, which works through one sample after the other, in columns."""

    weights: list[Any]
    biases: list[Any]

    def backward(self, x: Any, y: Any) -> Any:
        """Return the derivatives as two lists; the slope of layer 1 is left out."""
        weights, biases = [np.zeros_like(w) for w in self.weights], [np.zeros_like(b) for b in self.biases]
        for row, target in zip(x, y, strict=True):
            hidden = np.tanh(self.weights[0] @ row + self.biases[0])
            z = self.weights[1] @ hidden + self.biases[1]
            error = (1 / (1 + np.exp(-z)) - target) * np.exp(-z) / (1 + np.exp(-z)) ** 2
            before = self.weights[1].T @ error
            for layer, (own, value) in enumerate(((before, row), (error, hidden))):
                weights[layer] += np.outer(own, value) / len(x)
                biases[layer] += own / len(x)
        return weights, biases


def test_own_functions_in_several_styles() -> None:
    """A function of params, x, y, one of each array, and a class with backward are called with what they take."""
    hand = Hand(*NETWORKS["4-4-2 tanh"])

    def whole(params: Any, x: Any, y: Any) -> Any:
        return 0.0, hand.gradient("sign", 1)

    def each(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any) -> Any:
        return hand.gradient("missing_slope", 2)

    for function, kind in ((whole, "sign"), (each, "missing_slope"), (Columns, "missing_slope")):
        report = sb.diagnose(hand.network, params=hand.params, x=hand.x, y=hand.y, function=function)
        assert kind == report.findings[0].kind


def test_wrong_input_is_one_line() -> None:
    """What cannot be read is said in one line."""
    hand = Hand(*NETWORKS["4-4-2 tanh"])
    at = {"params": hand.params, "x": hand.x, "y": hand.y}
    with pytest.raises(DataError, match="'Q7' is none of W1, b1"):
        sb.diagnose(hand.network, {"Q7": np.zeros(3)}, **at)
    with pytest.raises(DataError, match=r"W1 has shape \(2, 2\), wanted \(4, 4\)"):
        sb.diagnose(hand.network, {"W1": np.zeros((2, 2))}, **at)
    with pytest.raises(DataError, match="wants one of grads, updated"):
        sb.diagnose(hand.network, **at)
    with pytest.raises(DataError, match="x is missing; give x, d_y"):  # of a block without a cost
        sb.diagnose(sb.equations("input x[N]\ny[i] = tanh(x[i])"), {}, params={})
