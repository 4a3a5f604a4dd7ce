"""Mistakes in layers that are no dense ones, each on three networks at least, planted in derivatives by hand."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from numerics.by_hand import RNG

import symbackprop as sb
from symbackprop.numerics.arrays.counts import size_letters
from symbackprop.numerics.diagnosis.numpylines import numpy_line
from symbackprop.numerics.diagnosis.problem import problem_of
from symbackprop.numerics.diagnosis.replay import Replay

pytestmark = pytest.mark.combinations

Arrays = dict[str, Any]


def drawn(network: Any, samples: int, outputs: tuple[int, ...], seed: int = 0) -> tuple[Arrays, Any, Any, Arrays]:
    """Return parameters, a batch, and the right derivatives of a network of layers."""
    rng = RNG(seed)
    params = {name: rng.normal(size=shape) for name, shape in network.parameter_shapes.items()}
    x, y = rng.normal(size=(samples, *network.input_shape)), rng.normal(size=(samples, *outputs))
    _, right = sb.compile(sb.derive(network))(params, x, y)
    return params, x, y, right


def kinds_of(report: Any) -> set[tuple[str, str]]:
    """Return what was found, with its places."""
    return {(finding.kind, finding.where.removeprefix("∂C/∂")) for finding in report.findings}


PENALISED = (
    ("3 -> dense(4) tanh -> dense(2)", {"l2": "lambda=0.3"}, lambda w: 0.3 * w),
    ("2 -> dense(3) sigmoid -> dense(2) relu -> dense(1)", {"l1": "lambda=0.2"}, lambda w: 0.2 * np.sign(w)),
    ("1x4 -> conv1d(2, 2) tanh -> flatten -> dense(2)", {"l2": "lambda=0.1"}, lambda w: 0.1 * w),
)


@pytest.mark.parametrize(("layers", "penalty", "derived"), PENALISED, ids=range(3))
def test_penalties(layers: str, penalty: dict[str, str], derived: Any) -> None:
    """λ forgotten, doubled, halved, or put on a bias, in every layer."""
    network = sb.sequential(layers, **penalty)
    outputs = (int(layers.rpartition("(")[2][0]),)
    params, x, y, right = drawn(network, 4, outputs)
    for name, array in params.items():
        own = derived(array)
        changes = {"penalty_on_bias": own} if name[0] == "b" else {"penalty_missing": -own, "penalty_factor": own}
        for kind, change in changes.items():
            report = sb.diagnose(network, {**right, name: right[name] + change}, params=params, x=x, y=y)
            assert (kind, name) in kinds_of(report)


FORMULAS = {
    "sin(z)": (np.sin, np.cos),
    "leaky_relu(0.2)": (lambda z: np.where(z > 0, z, 0.2 * z), lambda z: np.where(z > 0, 1, 0.2)),
}
# a fault in the program below: its kind, and where it is
OF_FORMULAS = {
    "no slope": ("missing_slope", "z1"),
    "no slope behind": ("missing_slope", "z2"),
    "no slope for the bias": ("missing_slope", "b1"),
    "slope twice": ("slope_twice", "z1"),
    "slope at a": ("slope_of_activation", "z1"),
    "activation": ("activation_for_slope", "z1"),
    "slope of tanh": ("activation_of_other_layer", "z1"),
    "no penalties": ("penalty_missing", "everywhere"),
    "one penalty": ("penalty_missing", "everywhere"),
    "penalties of biases": ("penalty_on_bias", "everywhere"),
    "no sign": ("penalty_slope", "everywhere"),
    "sum": ("sum_for_mean", "everywhere"),
}


def of_formula(fault: str, activation: str, p: Arrays, x: Any, y: Any) -> Arrays:
    """Return the derivatives of two layers, the second by softmax and cross-entropy, with Σ W²/10 + Σ |W|/5."""
    (function, slope), m = FORMULAS[activation], len(x)
    z = x @ p["W1"].T + p["b1"]
    a = function(z)
    shares = np.exp(a @ p["W2"].T + p["b2"])
    shares /= shares.sum(axis=1, keepdims=True)
    d2 = -y / shares if fault == "no slope behind" else shares - y
    upstream = d2 @ p["W2"]
    others = {"no slope": 1, "slope twice": slope(z) ** 2, "slope at a": slope(a), "activation": a}
    d1 = upstream * (others | {"slope of tanh": 1 - np.tanh(z) ** 2}).get(fault, slope(z))
    grads = {}
    for number, delta, before in ((1, d1, x), (2, d2, a)):
        of_bias = upstream if fault == "no slope for the bias" and number == 1 else delta
        share = {f"W{number}": delta.T @ before, f"b{number}": of_bias.sum(0)}
        for name, own in share.items():
            sign = 1 if fault == "no sign" else np.sign(p[name])
            penalty = p[name] / 5 * (fault != "one penalty") + sign / 5
            counted = (name[0] == "W" and fault != "no penalties") or fault == "penalties of biases"
            grads[name] = own / (1 if fault == "sum" else m) + penalty * counted
    return grads


@pytest.mark.parametrize("activation", FORMULAS)
def test_slopes_of_formulas_and_two_penalties(activation: str) -> None:
    """What goes wrong at a slope that has no name, at one that has cancelled, and with two penalties is named."""
    network = sb.mlp("3-4-3", [activation, "softmax"], "cross_entropy", l2=0.2, l1=0.2)
    rng = RNG(1)
    params = {name: rng.normal(size=shape) for name, shape in network.parameter_shapes.items()}
    x, y = rng.normal(size=(4, 3)), np.eye(3)[[0, 2, 1, 1]]
    for fault in OF_FORMULAS if activation == "sin(z)" else ("no slope", "activation", "slope of tanh"):
        report = sb.diagnose(network, of_formula(fault, activation, params, x, y), params=params, x=x, y=y)
        assert OF_FORMULAS[fault] in kinds_of(report), f"{fault}: {report}"
        assert not report.findings[0].beside


@pytest.mark.parametrize("widths", [(2, 4, 2), (3, 3, 1), (2, 5, 3)], ids=str)
@pytest.mark.parametrize(("layer", "axis"), [("layer_norm", 1), ("batch_norm", 0)])
def test_statistics_of_a_normalisation(layer: str, axis: int, widths: tuple[int, int, int]) -> None:
    """A mean or a variance that is taken for a constant on the way back, and n - 1 for n."""
    network = sb.sequential(f"{widths[0]} -> dense({widths[1]}) -> {layer} -> dense({widths[2]})", cost="quadratic")
    params, x, y, right = drawn(network, 5, (widths[2],), seed=5)
    z = x @ params["W1"].T + params["b1"]
    scale = np.sqrt(z.var(axis=axis, keepdims=True) + 1e-5)
    h = (z - z.mean(axis=axis, keepdims=True)) / scale
    back = ((h * params["G2"] + params["b2"]) @ params["W3"].T + params["b3"] - y) @ params["W3"] * params["G2"]
    by_mean, by_variance = back.mean(axis=axis, keepdims=True), h * (back * h).mean(axis=axis, keepdims=True)
    bessel = z.shape[axis] / (z.shape[axis] - 1)
    for kind, mean, variance in (("mean_detached", 0, 1), ("variance_detached", 1, 0), ("bessel", 1, bessel)):
        hidden = (back - mean * by_mean - variance * by_variance) / scale / len(x)
        grads = {**right, "W1": hidden.T @ x, "b1": hidden.sum(0)}
        report = sb.diagnose(network, grads, params=params, x=x, y=y)
        assert (kind, "a1") in kinds_of(report)


class Convolutions:
    """Convolutions over one axis by hand, tanh between them, and a mistake on the way back through one of them."""

    def __init__(self, params: Arrays, paddings: tuple[int, ...]) -> None:
        """Keep the kernels with their paddings."""
        self.params, self.paddings = params, paddings
        self.kernels = [params[f"W{layer}"] for layer in range(1, len(paddings) + 1)]

    def gradient(self, x: Any, y: Any, kind: str = "", at: int = 0) -> Arrays:
        """Return the derivatives, with a mistake in the layer `at`."""
        inputs, values = [], x
        for place, (kernel, padding) in enumerate(zip(self.kernels, self.paddings, strict=True)):
            inputs.append(values)
            padded = np.pad(values, ((0, 0), (0, 0), (padding, padding)))
            long = padded.shape[2] - kernel.shape[2] + 1
            sums = (np.einsum("sci,oc->soi", padded[..., u : u + long], kernel[..., u]) for u in range(kernel.shape[2]))
            values = sum(sums) + self.params[f"b{place + 1}"][:, None]
            values = values if place == len(self.kernels) - 1 else np.tanh(values)
        error, grads = (values - y) / len(x), {}
        for place in range(len(self.kernels) - 1, -1, -1):
            kernel, padding, own = self.kernels[place], self.paddings[place], kind if at == place + 1 else ""
            count, wide, long = kernel.shape[2], inputs[place].shape[2], error.shape[2]
            ends = (0, 2 * padding) if own == "padding_lost_of_kernel" else (padding, padding)
            padded = np.pad(inputs[place], ((0, 0), (0, 0), ends))
            views = [padded[..., u : u + long] for u in range(count)]
            grads[f"W{place + 1}"] = np.stack([np.einsum("soi,sci->oc", error, view) for view in views], axis=2)
            grads[f"b{place + 1}"] = error.sum(axis=(0, 2))
            back = np.zeros_like(np.pad(inputs[place], ((0, 0), (0, 0), (padding, padding))))
            for u in range(count):
                turned = kernel[..., count - 1 - u] if own == "kernel_not_flipped" else kernel[..., u]
                back[..., u : u + long] += np.einsum("soi,oc->sci", error, turned)
            start = 0 if own == "padding_lost" else padding
            error = back[..., start : start + wide] * (1 - inputs[place] ** 2 if place else 1)
        return grads


CONVOLUTIONS = (
    ("1x4 -> conv1d(1, 2) tanh -> conv1d(1, 3, padding=1)", (0, 1), (1, 3)),
    ("2x4 -> conv1d(3, 3, padding=1) tanh -> conv1d(2, 3, padding=1)", (1, 1), (2, 4)),
    ("1x5 -> conv1d(2, 2) tanh -> conv1d(2, 3, padding=1) tanh -> conv1d(1, 2, padding=1)", (0, 1, 1), (1, 5)),
)


@pytest.mark.parametrize(("layers", "paddings", "outputs"), CONVOLUTIONS, ids=range(3))
def test_kernels_and_paddings(layers: str, paddings: tuple[int, ...], outputs: tuple[int, int]) -> None:
    """A kernel that is not turned round, a padding that is not cut off, a kernel's derivative without its padding."""
    network = sb.sequential(layers, cost="quadratic")
    params, x, y, right = drawn(network, 3, outputs)
    hand = Convolutions(params, paddings)
    assert all(np.allclose(right[name], grad) for name, grad in hand.gradient(x, y).items())
    for at, padding in enumerate(paddings, start=1):
        made = {"padding_lost_of_kernel": f"W{at}"} if padding else {}
        if at > 1:
            made |= {"kernel_not_flipped": f"a{at - 1}"} | ({"padding_lost": f"a{at - 1}"} if padding else {})
        for mistake, where in made.items():
            report = sb.diagnose(network, hand.gradient(x, y, mistake, at), params=params, x=x, y=y)
            assert (mistake.removesuffix("_of_kernel"), where) in kinds_of(report), f"{mistake} {at}: {report}"


TIED = (
    ("3 -> dense(2) tanh -> dense(3, tied_to=1)", 1, 2),
    ("4 -> dense(3) sigmoid -> dense(4, tied_to=1) tanh", 1, 2),
    ("2 -> dense(3) tanh -> dense(2) tanh -> dense(3, tied_to=2)", 2, 3),
)


@pytest.mark.parametrize(("layers", "first", "second"), TIED, ids=range(3))
def test_uses_of_a_tied_weight(layers: str, first: int, second: int) -> None:
    """Either use of a tied weight forgotten: one of the derivatives of the same network with two weights."""
    texts = layers, layers.replace(f", tied_to={first}", "")
    network, loose = (sb.sequential(text, cost="quadratic") for text in texts)
    outputs = (int(layers.rpartition("dense(")[2][0]),)
    params, x, y, right = drawn(network, 4, outputs)
    both = {**params, f"W{second}": params[f"W{first}"].T}
    _, apart = sb.compile(sb.derive(loose))(both, x, y)
    one, other = apart[f"W{first}"], apart[f"W{second}"].T
    assert np.allclose(right[f"W{first}"], one + other)
    for alone in (one, other):
        report = sb.diagnose(network, {**right, f"W{first}": alone}, params=params, x=x, y=y)
        assert ("path_missing", f"W{first}") in kinds_of(report)


SKIPPING = ("a[i] = u[i] + v[i]", "a[i] = u[i] * v[i]", "a[i] = u[i]^2 + sin(v[i])")


@pytest.mark.parametrize("output", SKIPPING)
def test_uses_of_a_skipping_value(output: str) -> None:
    """One way on which a value reaches the cost is forgotten: past a layer, or through it."""
    text = "input x[N]\nparameter w[N], q[N, N]\ntarget y[N]\nsizes N = 3\nu[i] = tanh(w[i]*x[i])\n"
    text += f"v[i] = sum[j](q[i,j]*u[j])\n{output}\nC = sum[i]((a[i]-y[i])^2)/2"
    network, rng = sb.equations(text), RNG(3)
    p = {"x": rng.normal(size=3), "w": rng.normal(size=3), "q": rng.normal(size=(3, 3)), "y": rng.normal(size=3)}
    u = np.tanh(p["w"] * p["x"])
    v = p["q"] @ u
    value, past, through = {
        SKIPPING[0]: lambda: (u + v, np.ones(3), np.ones(3)),
        SKIPPING[1]: lambda: (u * v, v, u),
        SKIPPING[2]: lambda: (u**2 + np.sin(v), 2 * u, np.cos(v)),
    }[output]()
    error = value - p["y"]
    _, right = sb.compile(sb.derive(network))(p)
    for back in (error * past, p["q"].T @ (error * through)):
        own = back * (1 - u**2)
        report = sb.diagnose(network, {**right, "w": own * p["x"], "x": own * p["w"]}, params=p)
        assert ("path_missing", "u") in kinds_of(report)


RECURRENT = (
    ("tanh", "C = (h[T] - y)^2 / 2", 3),
    ("sigmoid", "C = (h[T] - y)^2 / 2", 4),
    ("tanh", "C = sum[t]((h[t] - y)^2) / 2", 3),
)


@pytest.mark.parametrize(("activation", "cost", "steps"), RECURRENT, ids=range(3))
def test_share_of_one_time_step(activation: str, cost: str, steps: int) -> None:
    """Back through time, the share of the first or of the last step is forgotten, or there is no other; or h itself."""
    text = f"sizes T = {steps}\ninput x[T]\nparameter w, u\ntarget y\nh[0] = 0\n"
    text += f"h[t] = {activation}(w * h[t - 1] + u * x[t]) for t = 1..T\n{cost.replace('sum[t]', 'sum[t = 1..T]')}"
    network, rng = sb.equations(text), RNG(2)
    p = {"x": rng.normal(size=steps), "w": 0.8, "u": -0.6, "y": 0.3}
    h = [0.0]
    for entry in p["x"]:
        z = p["w"] * h[-1] + p["u"] * entry
        h.append(np.tanh(z) if activation == "tanh" else 1 / (1 + np.exp(-z)))
    shares: dict[str, list[float]] = {"w": [], "u": []}
    back = 0.0
    for t in range(steps, 0, -1):
        back += h[t] - p["y"] if t == steps or "sum" in cost else 0.0
        own = back * (1 - h[t] ** 2 if activation == "tanh" else h[t] * (1 - h[t]))
        shares["w"].insert(0, own * h[t - 1])
        shares["u"].insert(0, own * p["x"][t - 1])
        back = own * p["w"]
    _, right = sb.compile(sb.derive(network))(p)
    assert all(np.isclose(right[name], sum(each)) for name, each in shares.items())
    for name, each in shares.items():
        for mine in (sum(each[:-1]), sum(each[1:]), each[-1]):
            if not np.isclose(mine, sum(each)):
                report = sb.diagnose(network, {**right, name: mine}, params=p)
                assert ("path_missing", name) in kinds_of(report), f"{name}: {report}"


SUMMED = (("3 -> dense(2) tanh -> dense(2)", (2,)), ("2 -> dense(3)", (3,)), ("1x4 -> conv1d(1, 2)", (1, 3)))


@pytest.mark.parametrize(("layers", "outputs"), SUMMED, ids=range(3))
def test_mean_over_the_samples_where_the_cost_adds_up(layers: str, outputs: tuple[int, ...]) -> None:
    """Of a cost that adds up the samples, one derivative that is their mean, in every layer."""
    network = sb.sequential(layers, cost="quadratic", reduction="sum")
    params, x, y, right = drawn(network, 4, outputs)
    for name in params:
        report = sb.diagnose(network, {**right, name: right[name] / 4}, params=params, x=x, y=y)
        assert ("mean_for_sum", name) in kinds_of(report)


LOOPED = (
    ("1x4 -> conv1d(1, 2) tanh -> conv1d(1, 3, padding=1)", (1, 3), ("dW2", "da1", "dW1", "dx")),
    (
        "2x6x6 -> conv2d(3, 3, stride=2, padding=1) tanh -> max_pool2d(2) -> flatten -> dense(2)",
        (2,),
        ("dW1", "da1", "dx"),
    ),
    ("1x5x5 -> conv2d(2, 2) tanh -> avg_pool2d(2) -> flatten -> dense(2)", (2,), ("dW1", "da1", "dx")),
    ("5x3 -> rnn(2) -> dense(2)", (2,), ("h1", "dh1")),
)


@pytest.mark.parametrize(("layers", "outputs", "wanted"), LOOPED, ids=range(len(LOOPED)))
def test_lines_with_a_loop_compute_what_they_say(
    layers: str, outputs: tuple[int, ...], wanted: tuple[str, ...]
) -> None:
    """Lines of NumPy for windows and steps of time, run on the arrays of a pass, give what their equations do."""
    network = sb.sequential(layers, cost="quadratic")
    params, x, y, _ = drawn(network, 3, outputs)
    problem = problem_of(network)
    replay = Replay(problem.staged, problem.compiled.known(problem.values(params, x, y, [])))
    program = replay.passes.program
    planted = [each for each in replay.staged.variants if each.kind in ("kernel_not_flipped", "padding_lost")]
    made = [((), equation) for equation in (*program.equations, *replay.passes.adjoints)]
    made += [((each,), next(iter(each.changes.values()))) for each in planted]
    looped = set()
    for mistakes, equation in made:
        line = numpy_line(equation, replay.names, size_letters(replay.compiled.program), program)
        if "for " not in line:
            continue
        found = replay.with_mistakes(*mistakes)
        name, computed = run_line(line, found, replay)
        looped.add(name)
        assert np.allclose(found[replay.names[equation.tensor]], computed), f"{mistakes} {line}"
    assert set(wanted) <= looped
    if any(each.kind == "kernel_not_flipped" for each in planted):
        assert "dx" in looped


def run_line(line: str, found: Arrays, replay: Any) -> tuple[str, Any]:
    """Return the array that a line computes, with what stands before the first and behind the last step of time."""
    short = {re.sub("^v_|(?<=^d)_", "", known): value for known, value in found.items()}
    own = re.search(r": (\w+?)(_padded)?\[", line)
    assert own is not None
    name, steps = own[1], re.search(r"\[:, t\] =", line) is not None
    right = np.asarray(short[name])
    start = np.full_like(right, np.nan if steps else 0.0)
    for ends in (0, -1) if steps else ():
        start[:, ends] = right[:, ends]
    cut = re.search(r"_padded\[([^\]]*)\]$", line)
    ends = [re.match(r"(\d*):-?(\d*)$", part.strip()) for part in cut[1].split(",")] if cut else []
    pads = [(int(each[1] or 0), int(each[2] or 0)) for each in ends if each is not None]
    sizes = {symbol.name: int(number) for symbol, number in replay.passes.program.sizes.items()}
    space = {
        "np": np,
        "m": 3,
        "tanh": np.tanh,
        **sizes,
        **short,
        name: start,
        f"{name}_padded": np.pad(start, pads or 0),
    }
    space["tanh_slope"] = lambda z: 1 - np.tanh(z) ** 2
    exec(line, space)  # noqa: S102 (a line of our own)
    return name, space[name]
