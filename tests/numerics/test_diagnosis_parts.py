"""Mistakes in a part of a derivative, as people make them by hand: a factor, a term, a mean, an axis, some samples.

Each is a program with one fault, beside the same program without it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

import symbackprop as sb
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.numerics.diagnosis.blocks import random_point

pytestmark = pytest.mark.combinations

TEXTS = {
    "norm": """input x[T, D]
parameter g[D], b[D]
sizes T = 3, D = 4
mu[t] = sum[d](x[t, d]) / D
v[t] = sum[d]((x[t, d] - mu[t])^2) / D
h[t, d] = (x[t, d] - mu[t]) / sqrt(v[t] + 0.00001)
y[t, d] = h[t, d] * g[d] + b[d]""",
    "short norm": """input x[T, D]
parameter g[D], b[D]
sizes T = 3, D = 4
mu[t] = mean[d](x[t, d])
v[t] = mean[d]((x[t, d] - mu[t])^2)
y[t, d] = (x[t, d] - mu[t]) / sqrt(v[t] + 0.00001) * g[d] + b[d]""",
    "attention": """input q[T, D], k[T, D], v[T, D]
sizes T = 3, D = 3
s[i, j] = sum[d](q[i, d] * k[j, d]) / sqrt(D)
p[i, j] = softmax[j](s[i, j])
o[i, d] = sum[j](p[i, j] * v[j, d])""",
    "gate": """input x[T, D]
parameter w[H, D], v[H, D]
sizes T = 3, D = 2, H = 4
u[t, h] = sum[d](w[h, d] * x[t, d])
q[t, h] = sum[d](v[h, d] * x[t, d])
y[t, h] = silu(u[t, h]) * q[t, h]""",
    "kernel": """input x[N]
parameter k[K], b
sizes N = 6, K = 3
z[i] = sum[u](k[u] * x[i + u - 1]) + b""",
    "largest": """input x[T, D]
sizes T = 3, D = 4
m[t] = max[d](x[t, d])
y[t] = m[t]^2""",
    "recurrence": """input x[T, N]
parameter W[M, N], U[M, M], b[M]
target y[T, M]
sizes T = 4, N = 2, M = 3
h[0, j] = 0
h[t, j] = tanh(sum[n](W[j, n] * x[t, n]) + sum[k](U[j, k] * h[t - 1, k]) + b[j]) for t = 1..T
C = sum[t, j]((h[t, j] - y[t, j])^2) / 2""",
    "cell": """input x[T, N]
parameter F[N, N], G[N, N]
sizes T = 3, N = 2
f[t, j] = sigmoid(sum[n](F[j, n] * x[t, n]))
o[t, j] = sigmoid(sum[n](G[j, n] * x[t, n]))
c[0, j] = 0
c[t, j] = f[t, j] * c[t - 1, j] + x[t, j] for t = 1..T
h[t, j] = o[t, j] * tanh(c[t, j]) for t = 1..T""",
}


def norm(fault: str, x: Any, g: Any, dy: Any) -> Any:
    """Return the derivatives of a normalisation along rows."""
    count, unbiased = x.shape[1], fault == "forward unbiased"
    v = x.var(1, keepdims=True, ddof=int(unbiased))
    s = np.sqrt(v + (0 if fault == "no epsilon" else 1e-5))
    h = (x - x.mean(1, keepdims=True)) / s
    dh = dy if fault == "no gain" else dy * g
    axis = 0 if fault == "axis" else 1
    m1, m2 = dh.mean(axis, keepdims=True), h * (dh * h).mean(axis, keepdims=True)
    m1 = m1 * count if fault in ("sum", "sums") else m1
    m2 = m2 * count if fault == "sums" else m2 * count / (count - 1) if unbiased else m2
    inner = {"both detached": dh, "term sign": dh - m1 + m2}.get(fault, dh - m1 - m2)
    dx = inner * {"no root": s, "root twice": 1 / s}.get(fault, 1) / s
    gain, bias = (dy * h).sum(0), dy.sum(0)
    if fault == "mean of rows":
        return dx, gain / len(x), bias / len(x)
    return (dx, bias, gain) if fault == "swapped" else (dx, gain, bias)


def attention(fault: str, q: Any, k: Any, v: Any, p: Any, do: Any) -> Any:
    """Return the derivatives of attention."""
    dp = do @ v.T
    rows = (dp if fault == "no shares" else dp * p).sum(0 if fault == "axis" else 1, keepdims=True)
    ds = p * (dp - (0 if fault == "no sum" else rows))
    ds = ds / {"no scale": 1.0, "scale twice": q.shape[1]}.get(fault, np.sqrt(q.shape[1]))
    return ds @ k, (ds if fault == "as it stands" else ds.T) @ q, p.T @ do


def gate(fault: str, x: Any, w: Any, v: Any, u: Any, q: Any, dy: Any) -> Any:
    """Return the derivatives of a gated layer."""
    s = 1 / (1 + np.exp(-u))
    slope = s + s * (1 - s) if fault == "no z" else s * (1 + u * (1 - s))
    du, dq = dy * q * slope, dy * u * (1 if fault == "no silu" else s)
    return du @ w + dq @ v, du.T @ x, dq.T @ x


def kernel(fault: str, x: Any, k: Any, dz: Any) -> Any:
    """Return the derivatives of a convolution."""
    dk = np.correlate(x, dz, "valid")
    return np.convolve(dz, k), dk[::-1] if fault == "turned" else dk, dz.sum()


def largest(fault: str, x: Any, m: Any, dy: Any) -> Any:
    """Return the derivative of the square of the largest entry of each row."""
    chosen = (x == m[:, None]) | (fault == "all")
    return (2 * m * dy)[:, None] * chosen


def recurrence(fault: str, W: Any, U: Any, b: Any, x: Any, y: Any) -> Any:
    """Return the derivatives of a recurrence, step by step backwards."""
    h = np.zeros((len(x) + 1, len(b)))
    for t, each in enumerate(x):
        h[t + 1] = np.tanh(W @ each + U @ h[t] + b)
    grads, later = {"W": np.zeros_like(W), "U": np.zeros_like(U), "b": np.zeros_like(b)}, 0 * b
    for t in reversed(range(len(x))):
        dz = (h[t + 1] - y[t] + later) * (1 - h[t + 1] ** 2)
        own = {"W": np.outer(dz, x[t]), "U": np.outer(dz, h[t + 1 if fault == "same step" else t]), "b": dz}
        grads = {name: grads[name] + own[name] for name in grads}
        later = U.T @ dz
    return grads


def cell(fault: str, x: Any, F: Any, G: Any, f: Any, o: Any, c: Any, dh: Any) -> Any:
    """Return the derivatives of a cell that forgets, step by step backwards."""
    s, dF, later = np.tanh(c[1:]), np.zeros_like(f), 0 * f[0]
    dx = later * x
    for t in reversed(range(len(x))):
        later = later + dh[t] * (1 - s[t] ** 2) * (1 if fault == "no gate" else o[t])
        dx[t] += later
        dF[t] = later * c[t] * f[t] * (1 - f[t])
        later = later * (1 if fault == "nothing forgotten" else f[t])
    dG = dh * s * o * (1 - o)
    return dx + dF @ F + dG @ G, dF.T @ x, dG.T @ x


BLOCKS: dict[str, Callable[..., Any]] = {"norm": norm, "attention": attention, "gate": gate, "kernel": kernel}
PLACES = {  # a fault: the kind, where it is, a detail
    ("norm", "sum"): ("inner_sum", "∂C/∂x", ""),
    ("norm", "sums"): ("inner_sum", "∂C/∂x", ""),
    ("norm", "mean of rows"): ("inner_mean", "everywhere", ""),
    ("norm", "axis"): ("wrong_axis", "∂C/∂x", ""),
    ("norm", "both detached"): ("statistics_detached", "∂C/∂x", ""),
    ("norm", "term sign"): ("term_sign", "∂C/∂x", ""),
    ("norm", "no gain"): ("factor_missing", "∂C/∂h", "g"),
    ("norm", "no root"): ("factor_missing", "∂C/∂x", "1/sqrt(v + 1/100000)"),
    ("norm", "root twice"): ("factor_twice", "∂C/∂x", "1/sqrt(v + 1/100000)"),
    ("norm", "swapped"): ("names_swapped", "g, b", "g = b, b = g"),
    ("norm", "forward unbiased"): ("wrong_forward", "v", "the variance with n - 1"),
    ("norm", "no epsilon"): ("wrong_forward", "h", "the variance without epsilon"),
    ("short norm", "sum"): ("inner_sum", "∂C/∂x", ""),
    ("short norm", "sums"): ("inner_sum", "∂C/∂x", ""),
    ("short norm", "both detached"): ("statistics_detached", "∂C/∂x", ""),
    ("attention", "no scale"): ("factor_missing", "everywhere", "1/sqrt(D)"),
    ("attention", "scale twice"): ("factor_twice", "everywhere", "1/sqrt(D)"),
    ("attention", "no sum"): ("term_missing", "∂C/∂s", ""),
    ("attention", "no shares"): ("factor_missing", "∂C/∂s", "p"),
    ("attention", "axis"): ("wrong_axis", "∂C/∂s", ""),
    ("attention", "as it stands"): ("matrix_not_transposed", "∂C/∂k", "∂C/∂s"),
    ("gate", "no z"): ("slope_in_part", "∂C/∂u", "silu"),
    ("gate", "no silu"): ("function_missing", "∂C/∂q", "silu"),
    ("kernel", "turned"): ("kernel_turned", "∂C/∂k", ""),
    ("largest", "all"): ("to_all_of_window", "∂C/∂x", ""),
    ("cell", "no gate"): ("factor_missing", "∂C/∂c", "o"),
    ("cell", "nothing forgotten"): ("factor_missing", "∂C/∂c", "f"),
    ("recurrence", "same step"): ("step_shifted", "∂C/∂U", "h"),
}


@cache
def network_of(name: str) -> Any:
    """Return a network from its equations."""
    return sb.equations(TEXTS[name])


def with_fault(name: str, fault: str) -> Any:
    """Return a program with a fault, its arguments being those of the arrays."""
    if name == "recurrence":
        return lambda W, U, b, x, y: recurrence(fault, W, U, b, x, y)
    if name.endswith("norm"):
        return lambda x, g, b, dy: norm(fault, x, g, dy)
    if name == "largest":
        return lambda x, m, dy: largest(fault, x, m, dy)
    if name == "kernel":
        return lambda x, k, b, dz: kernel(fault, x, k, dz)
    if name == "cell":
        return lambda x, F, G, f, o, c, dh: cell(fault, x, F, G, f, o, c, dh)
    if name == "gate":
        return lambda x, w, v, u, q, dy: gate(fault, x, w, v, u, q, dy)
    return lambda q, k, v, p, do: attention(fault, q, k, v, p, do)


def judged(name: str, fault: str) -> Any:
    """Return what is said of a program with a fault."""
    network = network_of(name)
    point = random_point(network) if network.program.has_cost else None
    return sb.diagnose(network, function=with_fault(name, fault), params=point)


@pytest.mark.parametrize("name", TEXTS)
def test_program_without_a_fault_is_right(name: str) -> None:
    """Nobody is accused."""
    report = judged(name, "")
    assert ("equal", ()) == (report.verdict, report.findings)


@pytest.mark.parametrize(("name", "fault"), PLACES)
def test_fault_in_a_part_is_named_with_its_place(name: str, fault: str) -> None:
    """One mistake explains all numbers, and every language has a title and a sentence for it."""
    kind, where, detail = PLACES[name, fault]
    report = judged(name, fault)
    assert ("mistake", 1) == (report.verdict, report.exit_status)
    (finding,) = [each for each in report.findings if each.kind == kind]
    assert (where, detail) == (finding.where, finding.detail)
    spanish = LANGUAGES["es"]
    assert spanish.worded(finding.remark) != str(finding.remark)
    told = sb.render(report, "markdown", lang="es")
    assert spanish.words(f"mistake.{kind}") in told


def dense(fault: str, params: Any, x: Any, y: Any) -> dict[str, Any]:
    """Return the derivatives of 3-4-3 by tanh and softmax with cross-entropy."""
    p, m = params, len(x)
    z = np.tanh(x @ p["W1"].T + p["b1"])
    a = z @ p["W2"].T + p["b2"]
    if fault not in ("no softmax", "sigmoid"):
        axis = {"other axis": 0, "all": None}.get(fault, 1)
        a = np.exp(a) / np.exp(a).sum(axis=axis, keepdims=True)
        a = np.exp(a) / np.exp(a).sum(axis=1, keepdims=True) if fault == "twice" else a
    a = 1 / (1 + np.exp(-a)) if fault == "sigmoid" else a
    d2 = a - y
    d1 = (d2 @ p["W2"]) * (1 - (z if fault == "no square" else z**2)) * {"detached": 0, "scaled": 2}.get(fault, 1)
    rows = {"last": slice(m - 1, m), "all but the last": slice(0, m - 1)}.get(fault, slice(None))
    grads = {"W1": d1[rows].T @ x[rows] / m, "W2": d2[rows].T @ z[rows] / m}
    grads |= {"W2": 0 * grads["W2"]} if fault == "forgotten" else {}
    first = fault == "first of biases"
    return grads | {f"b{at}": d[0] if first else d[rows].sum(0) / m for at, d in ((1, d1), (2, d2))}


OF_DENSE = {
    "no square": ("slope_in_part", "tanh"),
    "last": ("one_sample", "last"),
    "all but the last": ("sample_missing", "last"),
    "first of biases": ("one_sample_for_mean", "first"),
    "detached": ("nothing_sent_back", ""),
    "forgotten": ("left_at_zero", ""),
    "scaled": ("factor", ""),
    "other axis": ("wrong_forward", "softmax along the other axis"),
    "all": ("wrong_forward", "softmax over all entries"),
    "twice": ("wrong_forward", "softmax twice"),
    "sigmoid": ("wrong_forward", "sigmoid for softmax"),
    "no softmax": ("wrong_forward", "softmax left out"),
}


@pytest.mark.parametrize("fault", OF_DENSE)
def test_fault_in_a_dense_network_is_named(fault: str) -> None:
    """Some of the samples, shares that are others than those of softmax, a slope without its square."""
    rng = np.random.default_rng(1)
    network = sb.mlp("3-4-3", ["tanh", "softmax"], "cross_entropy")
    params = {name: rng.normal(size=shape) for name, shape in network.parameter_shapes.items()}
    point = {"params": params, "x": rng.normal(size=(4, 3)), "y": np.eye(3)[[0, 1, 2, 1]]}
    report = sb.diagnose(network, function=lambda params, x, y: dense(fault, params, x, y), **point)
    assert (OF_DENSE[fault], "mistake") == ((report.findings[0].kind, report.findings[0].detail), report.verdict)
    assert LANGUAGES["es"].worded(report.findings[0].remark) != str(report.findings[0].remark)
    assert LANGUAGES["es"].words(f"mistake.{report.findings[0].kind}") in sb.render(report, "markdown", lang="es")


@pytest.mark.parametrize("cost", ["huber", "(sum(a) - sum(y))^2"])
def test_derivative_of_another_cost_is_named(cost: str) -> None:
    """An error that huber would have bounded, or a cost of sums have summed, is that of the quadratic cost."""
    network, rng = sb.sequential("3 -> dense(3)", cost=cost), np.random.default_rng(1)
    params, (x, y) = network.initial_params(1), 3 * rng.normal(size=(2, 4, 3))
    e = (x @ params["W1"].T + params["b1"] - y) / 4
    (finding,) = sb.diagnose(network, {"W1": e.T @ x, "b1": e.sum(0)}, params=params, x=x, y=y).findings
    assert ("other_cost", "∂C/∂a1", "quadratic") == (finding.kind, finding.where, finding.detail)


def test_arrays_of_equations_are_given_by_their_names() -> None:
    """A target called Y is given to a function that asks for it, as any array is."""
    text = """input X[M, N]
parameter W[K, N]
target Y[M, K]
sizes M = 4, N = 3, K = 3
P = softmax(X @ W.T, axis=1)
C = -mean(sum(Y * log(P), axis=1))"""
    rng = np.random.default_rng(1)
    point = {"X": rng.normal(size=(4, 3)), "W": rng.normal(size=(3, 3)), "Y": np.eye(3)[[0, 1, 2, 1]]}

    def gradient(X: Any, W: Any, Y: Any, rows: slice) -> Any:
        shares = np.exp(X @ W.T)
        shares /= shares.sum(1, keepdims=True)
        return {"W": (shares - Y)[rows].T @ X[rows] / len(X)}

    every, last = slice(None), slice(-1, None)
    report = sb.diagnose(sb.equations(text), function=lambda X, W, Y: gradient(X, W, Y, every), params=point)
    assert "equal" == report.verdict
    report = sb.diagnose(sb.equations(text), function=lambda X, W, Y: gradient(X, W, Y, last), params=point)
    assert ("one_sample", "last") == (report.findings[0].kind, report.findings[0].detail)


def test_penalty_over_the_samples_is_named() -> None:
    """A penalty that is divided by the number of samples has its own factor."""
    network = sb.sequential("2 -> dense(2) tanh", cost="mse", l2="lambda=0.3")
    rng = np.random.default_rng(1)
    params, (x, y) = network.initial_params(1), rng.normal(size=(2, 3, 2))
    grads = sb.compile(sb.derive(network))(params, x, y)[1]
    mine = {**grads, "W1": grads["W1"] - 0.2 * params["W1"]}
    (finding,) = sb.diagnose(network, mine, params=params, x=x, y=y).findings
    assert ("penalty_factor", "1 over the number of samples") == (finding.kind, finding.detail)


def test_rows_that_are_looked_up_twice() -> None:
    """What dW[x] += … makes in NumPy of a word that stands twice is named; np.add.at is right."""
    network = sb.sequential("4 -> embedding(3, 2) -> flatten -> dense(2)", cost="mse")
    rng = np.random.default_rng(1)
    params, y = network.initial_params(1), rng.normal(size=(3, 2))
    x = np.array([[0, 1, 1, 2], [2, 2, 2, 0], [1, 0, 1, 1]])

    def gradient(params: Any, x: Any, y: Any, *, add: Any) -> dict[str, Any]:
        words = x.astype(int)
        flat = params["W1"][words].reshape(3, -1)
        d = (flat @ params["W3"].T + params["b3"] - y) / 3
        rows = np.zeros_like(params["W1"])
        add(rows, words, (d @ params["W3"]).reshape(3, 4, 2))
        return {"W1": rows, "W3": d.T @ flat, "b3": d.sum(0)}

    def lost(rows: Any, words: Any, more: Any) -> None:
        rows[words] += more

    point = {"params": params, "x": x, "y": y}
    right = sb.diagnose(network, function=lambda params, x, y: gradient(params, x, y, add=np.add.at), **point)
    assert "equal" == right.verdict
    report = sb.diagnose(network, function=lambda params, x, y: gradient(params, x, y, add=lost), **point)
    assert [("repeats_lost", "∂C/∂W1")] == [(each.kind, each.where) for each in report.findings]
    assert LANGUAGES["es"].words("mistake.repeats_lost") in sb.render(report, "markdown", lang="es")


def test_weights_that_were_updated_too_early_without_their_rate() -> None:
    """The learning rate is found from the first array that is wrong, and the arrays in any order by their shapes."""
    network, rng = sb.mlp("3-4-2", "tanh", "mse"), np.random.default_rng(1)
    params = {name: rng.normal(size=shape) for name, shape in network.parameter_shapes.items()}
    x, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))

    def backward(params: Any, x: Any, y: Any, rate: float) -> tuple[Any, ...]:
        a = np.tanh(x @ params["W1"].T + params["b1"])
        o = np.tanh(a @ params["W2"].T + params["b2"])
        d2 = (o - y) * (1 - o**2) / len(x)
        late = params["W2"] - rate * d2.T @ a
        d1 = d2 @ late * (1 - a**2)
        return d2.T @ a, d2.sum(0), d1.T @ x, d1.sum(0)

    found = sb.diagnose(network, function=lambda params, x, y: backward(params, x, y, 0.0), params=params, x=x, y=y)
    assert "equal" == found.verdict
    assert "the arrays are taken for W2, b2, W1, b1, by their shapes" in found.guessed
    report = sb.diagnose(network, function=lambda params, x, y: backward(params, x, y, 0.3), params=params, x=x, y=y)
    assert [("updated_weights", "∂C/∂a1")] == [(each.kind, each.where) for each in report.findings]
    (finding,) = report.findings
    assert finding.error < 1e-9
    assert not np.array_equal(finding.wrong.value, finding.right.value)


def test_samples_that_are_not_added_up_are_said() -> None:
    """A derivative with a row for each sample is one line that says what to add up."""
    network = sb.mlp("2-2", "tanh", "mse")
    params, x = network.initial_params(1), np.ones((3, 2))
    with pytest.raises(sb.SymbackpropError, match=r"b1 has shape \(3, 2\), wanted \(2,\); add up along its first axis"):
        sb.diagnose(network, {"W1": params["W1"], "b1": x}, params=params, x=x, y=x)
