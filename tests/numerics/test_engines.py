"""Backends that differentiate, beside NumPy: the same numbers, our equations behind their gradients, files that run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

import symbackprop as sb
from symbackprop.cli.shipped import examples, shipped_example
from symbackprop.errors import CheckError, DataError, MissingExtraError, ShapeError, SpecError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.functions import numeric
from symbackprop.network.layered import dense_layers
from symbackprop.network.layers import LAYERS
from symbackprop.network.terms import terms_of
from symbackprop.numerics.backends import BACKENDS
from symbackprop.numerics.compilation import source_of
from symbackprop.numerics.engines.translation import translated
from symbackprop.numerics.loading import loaded

CLOSE = 1e-12  # relative to the largest entry: both sides round some hundred times in float64
SAMPLES = 3

LINES = {
    "dense": ("3 -> dense(4) tanh -> dense(2) softmax", "cross_entropy"),
    "lenet": (
        "1x6x7 -> conv2d(2, 3, padding=1) relu -> max_pool2d(2, stride=1) -> flatten -> dense(3) softmax",
        "cross_entropy",
    ),
    "layer of attention": ("3x2 -> attention(1) -> layer_norm -> dense(2)", "mse"),
    "layer of lstm": ("2x2 -> lstm(2) -> dense(2) sigmoid", "binary_cross_entropy"),
    "words": ("3 -> embedding(4, 2) -> flatten -> dense(2)", "mse"),
    "samples coupled": ("3 -> dense(3) gelu -> batch_norm -> dropout(0.5) -> dense(2)", "huber"),
    "recurrences": (
        "2x2 -> gru(2, sequence) -> rms_norm -> position -> rnn(2, tanh, sequence) -> flatten -> dense(1) tanh",
        "mse",
    ),
    "along one axis": (
        "2x9 -> residual(conv1d(4, 3, padding=1, groups=2) -> conv1d(2, 1)) -> prelu(channel) -> max_pool1d(2)"
        " -> avg_pool1d(2) -> global_avg_pool tanh",
        "abs(a-y)^p; p = 3",
    ),
    "strides": ("2x4x5 -> conv2d(2, [2, 3], stride=[1, 2], padding=[1, 0]) selu -> avg_pool2d(2) tanh", "mse"),
}


TEXTS = {
    "flow": """
input z[N, D]
parameter u[D], w[D]
a[n] = sum[d](w[d] * z[n, d])
g[n] = ln(abs(1 + sum[d](u[d] * w[d]) * (1 - tanh(a[n])^2)))
C = mean[n](sum[d]((z[n, d] + u[d] * tanh(a[n]))^2 + z[n, d]^2) / 2 - g[n])
""",
    "causal convolution of each channel": """
input x[D, T]
parameter w[D, K]
sizes D = 2, T = 4, K = 3
y[d, t] = sum[k = 1..min(K, t)](w[d, k] * x[d, t - k + 1]) for t = 1..T
""",
    "cases that a step decides, and a size": """
input x[T, K]
parameter u
sizes T = 3, K = 2
a[0, k] = 0
a[t, k] = where(t == 2, 3, tanh(u * a[t - 1, k]) + sum[j](where(t <= 1, 5 + a[t - 1, j], x[t, j]))) for t = 1..T
b[t, k] = where(T >= 3, a[t, k] * x[t, k], 0) for t = 1..T
C = sum[t, k](b[t, k]^2) + sum[t, k](where(K >= 3, b[t, k], 1))
""",
    "windows of one's own": """
input e[P, N, A]
parameter q[B, A, 3], h[B], f[2, B, M]
sizes P = 2, N = 9, A = 2, B = 3, M = 2
y[p, n, b] = sum[v = max(1, 4 - 2*n)..3, a](e[p, 2*n + v - 3, a] * q[b, a, v]) + h[b] for n = 1..4
g[p, b, n] = relu(y[p, n, b])
l[p, b, n] = max[v = 1..2](g[p, b, n + v - 1]) for n = 1..3
r[p, n, c] = sum[v, b](l[p, b, n - v + M] * f[c, b, v]) for n = 1..4 - M
""",
    "what is read of no array": """
input x[N]
sizes N = 3
e = 0
f = 2/3
g = sqrt(N)
h = sum[i](x[i] - x[i])
k[i] = i
q[i] = tanh(k[i])
r[i] = where(x[i] > 0, 1, 0)
s[i] = softplus(r[i])
C = tanh(e)*abs(h) + exp(f)*tanh(g)*sum[i](x[i]^2) + sum[i](q[i]*s[i]*x[i])
""",
    "a cost that its slope is read off": """
input x[N]
parameter w[N]
a[i] = softmax[i](x[i])
z = sum[i](a[i]*w[i]*x[i])
C = exp(-z)
""",
    "a cost between 0 and 1": """
input x[N]
parameter w[N]
z = sum[i](tanh(w[i]*x[i]))
C = sigmoid(z)
""",
    "filter of Kalman's": """
input z[T]
parameter q, r, a, c
sizes T = 3
m[0] = 0
v[0] = 1
k[t] = (a^2*v[t - 1] + exp(q))*c/((a^2*v[t - 1] + exp(q))*c^2 + exp(r)) for t = 1..T
m[t] = a*m[t - 1] + k[t]*(z[t] - c*a*m[t - 1]) for t = 1..T
v[t] = (1 - k[t]*c)*(a^2*v[t - 1] + exp(q)) for t = 1..T
C = sum[t = 1..T]((z[t] - c*a*m[t - 1])^2)/2
""",
    "sums over paths": """
input e[T, K]
parameter m[K, K]
sizes T = 3, K = 2
a[1, k] = e[1, k]
a[t, k] = e[t, k] + ln(sum[j](exp(a[t - 1, j] + m[j, k]))) for t = 2..T
C = ln(sum[k](exp(a[T, k])))
""",
    "several heads": """
input q[H, T, D], k[H, T, D], v[H, T, D]
r[h, i, j] = sum[d](q[h, i, d]*k[h, j, d])/sqrt(D)
p[h, i, j] = softmax[j](r[h, i, j])
o[i, h, d] = sum[j](p[h, i, j]*v[h, j, d])
""",
    "more than a cost": """
input x[N]
parameter w[N]
target y
a = sum[i](w[i] * x[i])
u[i] = tanh(x[i] * a)
C = (a - y)^2
""",
    "parameters that are numbers": """
input x[N], s
parameter a, b, t
target y[N]
u[n] = a*x[n] + b*s
p[n] = sigmoid(u[n]/t)
C = mean[n]((p[n] - y[n])^2) + a^2 + exp(a*b)
""",
    "a block of numbers": """
input x[N], s
parameter g
o[n] = x[n]*g + s
r = sum[n](x[n])*g
""",
    "two steps back, of which there is none": """
input x[T, N]
parameter w[N, N], u[N, N]
sizes T = 1, N = 2
h[0, j] = 0
h[1, j] = x[1, j]
h[t, j] = tanh(sum[k](w[j, k]*h[t - 1, k]) + sum[k](u[j, k]*h[t - 2, k]) + x[t, j]) for t = 2..T
C = sum[t, j](h[t, j]^2)
""",
    "shapes that depend on the step": """
input x[T]
parameter a
sizes T = 3
s[0] = 1
s[t] = a*s[t - 1]*sum[i = 1..t](x[i]*i)/sqrt(t) for t = 1..T
C = sum[t](s[t]^2)
""",
    "cases of the step": """
input x[T], s0
parameter a
sizes T = 4
s[0] = s0
s[t] = a*s[t - 1]/t + where(t >= 3, x[t], x[t]^2)*sqrt(t) for t = 1..T
C = sum[t](s[t]^2)
""",
    "shares at a place and over a part": """
input x[N, K], z[N, N]
parameter w[K]
sizes N = 3, K = 4
p[n, k] = softmax[k](w[k]*x[n, k])
q[n, k] = softmax[k](x[n, k]^2)
r[i, j] = softmax[j](z[i, j])
C = mean[n](-log(p[n, 1]) - log(1 - p[n, 2])) - sum[i](log(r[i, i])) - sum[n, k = 2..K](log(q[n, k]))
""",
    "kernel with lengths of its own": """
input x[N, D]
parameter l[D], s
sizes N = 3, D = 2
k[i, j] = exp(s)*exp(-sum[d]((x[i, d] - x[j, d])^2*exp(-2*l[d]))/2)
C = sum[i, j](k[i, j]*x[i, 1]*x[j, 2])
""",
    "exponentials in what others are multiplied by": """
input x[T], g[T]
parameter a, b, m
sizes T = 3
h[t] = exp(-a*g[t])*x[t] + sqrt(2 - exp(-2*a*g[t]))*b
r[t] = sqrt(h[t]^2 + 1)
C = sum[t](h[t]^2 + x[t]*max(m - r[t], 0)^2)
""",
    "every other step, and places by blocks": """
input x[T, D]
parameter u[D, D]
constant y[T, D]
sizes T = 4, D = 3
h[0, j] = 0
b[t, j] = sum[k](where(j // 2 == k // 2, u[j, k]*x[t, k], 0))
h[t, j] = where(t mod 2 == 0, h[t - 1, j], tanh(sum[k](u[j, k]*h[t - 1, k]) + b[t, j]))
C = sum[t, j](where((t + j) mod D > 0, h[t, j]*y[t, j], sin(100^(-2*(j // 2)/D))*h[t, j]^2))
""",
    "only what came before": """
input q[T, D], k[T, D], v[T, E]
o[i, e] = sum[j = 1..i, d](q[i, d] * k[j, d] * v[j, e]) / (1 + sum[j = 1..i, d](q[i, d] * k[j, d])^2)
""",
}


@cache
def derivation(line: str) -> Any:
    """Return the derivation of a line or of a shipped example."""
    if line in LINES:
        return sb.derive(sb.sequential(LINES[line][0], cost=LINES[line][1]))
    text = TEXTS.get(line) or shipped_example(line)
    assert text is not None
    return sb.derive(sb.equations(text))


@cache
def in_numpy(line: str) -> Any:
    """Return what NumPy computes for a line or a shipped example, beside each library the same."""
    return sb.compile(derivation(line))


def point(network: Any) -> tuple[dict[str, Any], Any, Any]:
    """Return parameters, inputs and targets of a few samples."""
    rng = np.random.default_rng(1)
    params = {name: value + 0.2 * rng.normal(size=value.shape) for name, value in network.initial_params(1).items()}
    widths = getattr(network, "widths", None)
    ends = ((widths[0],), (widths[-1],)) if widths else (network.input_shape, network.output_shape)
    x = rng.normal(size=(SAMPLES, *ends[0]))
    if getattr(network, "vocabulary", 0):
        x = rng.integers(0, network.vocabulary, size=x.shape).astype(float)
    return params, x, rng.uniform(0.1, 0.9, size=(SAMPLES, *ends[1]))


def apart(found: Any, wanted: Any) -> float:
    """Return the largest difference of arrays by name, over the largest entry of each."""
    assert set(wanted) == set(found)
    errors = [np.max(np.abs(plain(found[n]) - w)) / max(np.max(np.abs(w)), 1e-3) for n, w in wanted.items()]
    return float(max(errors, default=0.0))


def plain(array: Any) -> np.ndarray:
    """Return an array of a library as one of NumPy."""
    return np.asarray(array.detach() if hasattr(array, "detach") else array)


@pytest.fixture(params=["torch", "jax"])
def backend(request: pytest.FixtureRequest) -> str:
    """Each backend that is installed."""
    pytest.importorskip(request.param, reason=f"the extra {request.param} is not installed")
    return str(request.param)


@pytest.mark.parametrize("line", LINES)
def test_gradient_is_that_of_numpy(line: str, backend: str) -> None:
    """Networks of every kind have the cost and the gradient that NumPy finds."""
    made = derivation(line)
    params, x, y = point(made.network)
    cost, grads = in_numpy(line)(params, x, y)
    found_cost, found = sb.compile(made, backend)(params, x, y)
    assert cost == pytest.approx(float(found_cost), rel=CLOSE)
    assert CLOSE > apart(found, grads)


def test_every_layer_is_compared() -> None:
    """Each kind of layer stands in a line that is compared with NumPy."""
    lines = " ".join(line for line, _ in LINES.values())
    assert [] == [name for name in LAYERS if not re.search(rf"\b{name}\b", lines)]


def test_network_without_its_cost(backend: str) -> None:
    """Outputs, derivatives for any derivative by these, and second derivatives are those of NumPy."""
    made = derivation("dense"), derivation("strides")
    params, x, _ = point(made[1].network)
    right, found = in_numpy("strides"), sb.compile(made[1], backend)
    upstream = np.cos(np.arange(right.forward(params, x)["a2"].size)).reshape(SAMPLES, *made[1].network.output_shape)
    assert CLOSE > apart(found.forward(params, x), right.forward(params, x))
    assert CLOSE > apart(found.backward(params, x, upstream), right.backward(params, x, upstream))
    params, x, y = point(made[0].network)
    way = {"W1": np.cos(params["W1"]), "b2": np.sin(params["b2"])}
    step = 1e-6
    ends = [
        in_numpy("dense")({n: value + sign * step * way.get(n, 0) for n, value in params.items()}, x, y)[1]
        for sign in (1, -1)
    ]
    wanted = {name: (ends[0][name] - ends[1][name]) / (2 * step) for name in params}
    assert 1e-8 > apart(sb.compile(made[0], backend).hvp(params, x, y, way), wanted)  # that of differences


def test_direction_has_the_shape_of_what_it_moves(backend: str) -> None:
    """A library refuses a direction of another shape as NumPy's code does; along a straight cost there's no curve."""
    straight = sb.compile(sb.derive(sb.equations("input x[N]\nC = sum[i](x[i])")), backend)
    np.testing.assert_array_equal(straight.hvp({"x": np.ones(3)}, {"x": np.ones(3)})["x"], np.zeros(3))
    function = sb.compile(sb.derive(sb.equations("input x[N]\nsizes N = 2\nC = sum[i](x[i]^2)")), backend)
    with pytest.raises(ShapeError, match=r"direction: x has shape \(2,\), wanted \(3,\)"):
        function.hvp({"x": np.ones(3)}, {"x": np.ones(2)})


@pytest.mark.parametrize("name", [*examples(), *TEXTS])
def test_equations_are_those_of_numpy(name: str, backend: str) -> None:
    """Every shipped example, blocks and costs by the names of their arrays have the numbers of NumPy; the file runs."""
    made = derivation(name)
    right, found = in_numpy(name), sb.compile(made, backend)
    rng = np.random.default_rng(2)
    sizes = dict(made.program.sizes)
    values = {
        a.name: rng.uniform(0.1, 0.9, size=tuple(int(n.xreplace(sizes)) for n in a.tensor.sizes))
        for a in found._functions.module.given
    }
    assert source_of(made, backend).text == found.source
    assert backend == "jax" or loaded(found.source)["gradcheck"]()  # that of JAX takes up to 15 s to compile
    outputs = right.forward(values)
    if made.program.has_cost:
        assert CLOSE > apart(found(values)[1], right(values)[1])
        assert CLOSE > apart(found.forward(values), outputs)
        return
    upstream = {name: np.cos(array) for name, array in outputs.items()}
    assert CLOSE > apart(found.forward(values), outputs)
    assert CLOSE > apart(found.backward(values, upstream), right.backward(values, upstream))


@pytest.mark.parametrize("saved", [None, ("x", "r", "u", "q"), ()])
def test_file_of_a_block_checks_itself(saved: tuple[str, ...] | None, backend: str) -> None:
    """The file runs alone, whatever is kept, and its own check sees a wrong sign in the derived backward pass."""
    text = source_of(derivation("rms_norm"), backend, saved=saved).text
    again = text[text.index("def backward(") :]
    assert (saved == ()) == ("    r = 1 / " in again)
    assert saved is None or "    n = g * r[:, None] * x" in again
    assert loaded(text)["gradcheck"]()
    for right, wrong in (("d_a = d_y @ o.T", "d_a = -d_y @ o.T"), ("* t7 / n_D", "* t7")):
        assert right in text
        with pytest.raises((AssertionError, RuntimeError), match=r"Jacobian mismatch|Not equal to tolerance"):
            loaded(text.replace(right, wrong))["gradcheck"]()


def test_file_checks_itself_where_it_has_values(backend: str) -> None:
    """A cost that is real in a ball alone is checked at numbers near 0, and nan does not pass."""
    made = sb.derive(sb.equations("input u[D]\na = 1 - sum[d](u[d]^2)\nC = ln(a) + a^2", sizes={"D": 5}))
    text = source_of(made, backend).text
    assert loaded(text)["gradcheck"]()
    with pytest.raises((AssertionError, RuntimeError), match=r"Jacobian mismatch|Not equal to tolerance"):
        loaded(text.replace("0.01, 0.2", "1.01, 1.2").replace("* 0.19 + 0.01", "* 0.19 + 1.01"))["gradcheck"]()


def test_array_may_be_called_as_what_the_file_calls(backend: str) -> None:
    """A function of Python, and what the file itself has by that name, is not hidden by an array."""
    recurrence = "h[0] = 0\nh[t] = tanh(range * h[t - 1] + outputs[t] * slice[t]) for t = 1..T\n"
    made = sb.derive(sb.equations(f"input slice[T]\nparameter outputs[T], range\nsizes T = 3\n{recurrence}"))
    assert loaded(source_of(made, backend).text)["gradcheck"]()


def test_file_of_several_outputs_checks_itself(backend: str) -> None:
    """Several outputs have a derivative each, and positive numbers, which a logarithm wants, are drawn as such."""
    made = sb.derive(sb.equations("input a[K], v[K]\nu = sum[k](ln(a[k])*v[k])\nr[k] = sqrt(a[k])*v[k]\n"))
    assert loaded(source_of(made, backend).text)["gradcheck"]()


@pytest.mark.parametrize("name", ["numpy", "torch", "jax"])
@pytest.mark.parametrize(("count", "right"), [("N + 2", "x[c, n + 2]"), ("2*N + Q - 1", "N")])
def test_size_follows_from_an_axis_with_more_entries(name: str, count: str, right: str) -> None:
    """N is read off an axis of N + 2 or 2 N + Q - 1 entries: a file runs alone, and for arrays of any length."""
    pytest.importorskip(name, reason=f"the extra {name} is not installed")
    lines = f"input x[Q, {count}]\nz[c, n] = x[c, n]*{right} for n = 1..N\n"
    text = source_of(sb.derive(sb.equations(lines, {"N": 4} if right == "N" else None)), name).text
    x = np.arange(10.0).reshape(2, 5)
    forward = loaded(text)["forward"]
    library = sys.modules.get(name)
    own = library.tensor(x) if name == "torch" else x  # type: ignore[union-attr]
    z = forward({"x": x})["z"] if name == "numpy" else forward(own)[0][0]
    np.testing.assert_array_equal(np.asarray(z), x[:, :3] * x[:, 2:] if right != "N" else 2 * x[:, :2])


@pytest.mark.parametrize("name", ["numpy", "torch", "jax"])
def test_sum_of_exponentials_over_nothing_is_0(name: str) -> None:
    """Of one step none came before: its sum has no term, and no largest one from which the others are counted."""
    pytest.importorskip(name, reason=f"the extra {name} is not installed")
    text = "input x[N], y[N]\nC = sum[i](x[i]*sum[j = 1..i - 1](exp(y[j])))"
    function = sb.compile(sb.derive(sb.equations(text)), name)
    cost, grads = function({"x": [2.0], "y": [1.0]})
    assert [0.0, 0.0, 0.0] == [float(cost), *map(float, (*plain(grads["x"]), *plain(grads["y"])))]
    cost, grads = function({"x": [2.0, 3.0], "y": [1.0, 5.0]})
    assert float(cost) == pytest.approx(3 * np.e)
    np.testing.assert_allclose(plain(grads["x"]), [0, np.e])
    np.testing.assert_allclose(plain(grads["y"]), [3 * np.e, 0])


def test_torch_differentiates_by_our_equations() -> None:
    """`backward()` of the cost fills the gradients that are derived, once more differentiated, and compiled, too."""
    torch = pytest.importorskip("torch", reason="the extra torch is not installed")
    made = derivation("dense")
    params, x, y = point(made.network)
    _, grads = sb.compile(made)(params, x, y)
    gradient = sb.compile(made, "torch")
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    gradient.cost(tensors, x, y).backward()
    assert CLOSE > apart({name: tensor.grad for name, tensor in tensors.items()}, grads)
    values = [torch.tensor(value, requires_grad=True) for value in params.values()]

    def cost(*values: Any) -> Any:
        return gradient.cost(dict(zip(params, values, strict=True)), torch.tensor(x), torch.tensor(y))

    assert torch.autograd.gradcheck(cost, values, fast_mode=True)
    assert torch.autograd.gradgradcheck(cost, values, fast_mode=True)
    given = torch.tensor(y, requires_grad=True)
    with pytest.raises(NotImplementedError, match=r"^y: data, by which nothing is differentiated$"):
        gradient.cost(params, x, given).backward()


@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")  # PyTorch's tracer does it
def test_torch_compiles_a_block() -> None:
    """The function and its backward pass are traced as one graph each by torch.compile."""
    torch = pytest.importorskip("torch", reason="the extra torch is not installed")
    block = loaded(source_of(derivation("rms_norm"), "torch", saved=("r",)).text)["Block"]
    torch.manual_seed(0)
    given = [torch.randn(shape, dtype=torch.float64) for shape in ((3, 4), (4,), (4, 5), (4, 5), (5, 4))]
    found = []

    def plainly(*given: Any) -> Any:
        return block.apply(*given)

    for function in (plainly, torch.compile(plainly, backend="aot_eager", fullgraph=True)):
        own = [tensor.clone().requires_grad_() for tensor in given]
        function(*own).square().sum().backward()
        found.append([tensor.grad for tensor in own])
    assert all(torch.allclose(one, two, rtol=CLOSE) for one, two in zip(*found, strict=True))


def test_jax_differentiates_by_our_equations() -> None:
    """`jax.grad` of a forward pass is the derived backward pass, and vmap maps over it."""
    jax = pytest.importorskip("jax", reason="the extra jax is not installed")
    made = derivation("rms_norm")
    text = source_of(made, "jax").text
    right, wrong = loaded(text), loaded(text.replace("d_o = a.T @ d_y", "d_o = 2 * (a.T @ d_y)"))
    rng = np.random.default_rng(0)
    given = [rng.normal(size=shape) for shape in ((3, 4), (4,), (4, 5), (4, 5), (5, 4))]
    names = ("x", "g", "w", "v", "o")
    with jax.enable_x64(True):
        one, two = (jax.grad(lambda o, f=file["block"]: f(*given[:4], o).sum())(given[4]) for file in (right, wrong))
        rows = jax.vmap(right["block"], in_axes=(0, None, None, None, None))(np.stack([given[0]] * 2), *given[1:])
        function = sb.compile(made, "jax")

        def total(o: Any) -> Any:
            return function.forward({**dict(zip(names, given, strict=True)), "o": o})["y"].sum()

        through = jax.grad(total)(given[4])
    grads = sb.compile(made).backward(dict(zip(names, given, strict=True)), {"y": np.ones((3, 4))})
    assert CLOSE > apart({"o": one}, {"o": grads["o"]})
    assert CLOSE > apart({"o": two}, {"o": 2 * grads["o"]})  # it is our text that jax.grad runs
    assert CLOSE > apart({"o": through}, {"o": grads["o"]})
    assert (2, 3, 4) == rows.shape


def test_jax_is_told_what_is_only_data() -> None:
    """A derivative by a target, which is not derived, is refused and no 0; by all else it is there, however it runs."""
    jax = pytest.importorskip("jax", reason="the extra jax is not installed")
    made = derivation("dense")
    params, x, y = point(made.network)
    _, grads = sb.compile(made)(params, x, y)
    cost = sb.compile(made, "jax").cost

    def of(params: Any, y: Any) -> Any:
        return cost(params, x, y)

    def over(params: Any) -> Any:  # each sample in its turn, within what is differentiated
        return jax.lax.scan(lambda total, at: (total + cost(params, at[0][None], at[1][None]), None), 0.0, (x, y))[0]

    with jax.enable_x64(True):
        x, y = jax.numpy.asarray(x), jax.numpy.asarray(y)
        for differentiated in (jax.grad(of, 1), jax.jit(jax.grad(of, 1)), jax.grad(lambda p, y: of(p, 2 * y), (0, 1))):
            with pytest.raises(NotImplementedError, match=r"^y: data, by which nothing is differentiated"):
                differentiated(params, y)
        for found in (jax.grad(of)(params, y), jax.jit(jax.grad(of))(params, y)):
            assert CLOSE > apart(found, grads)
        mapped = jax.vmap(jax.grad(of), (None, 0))(params, jax.numpy.stack([y, y]))
        assert CLOSE > apart({name: each[1] for name, each in mapped.items()}, grads)
        assert CLOSE > apart(jax.jit(jax.grad(lambda p: over(p) / len(x)))(params), grads)


def test_jax_may_use_one_output_of_two() -> None:
    """What nobody uses brings nothing back, although JAX has no array for that."""
    jax = pytest.importorskip("jax", reason="the extra jax is not installed")
    made = sb.derive(sb.equations("input x[N]\nparameter w\np[i] = w * x[i]^2\nq[i] = tanh(w * x[i])"))
    block = loaded(source_of(made, "jax").text)["block"]
    x, w = np.array([1.0, -2.0]), 0.5
    with jax.enable_x64(True):
        assert (1.0 + 4.0) == jax.grad(lambda w: block(x, w)[0].sum())(w)
        both = jax.grad(lambda w: block(x, w)[0].sum() + 0 * block(x, w)[1].sum())(w)
    assert (1.0 + 4.0) == both


@pytest.mark.parametrize(
    ("name", "activation", "cost", "y"),
    [
        ("numpy", "softmax", "binary_cross_entropy", [0, 1, 0]),
        ("torch", "softmax", "binary_cross_entropy", [0, 1, 0]),
        ("jax", "softmax", "binary_cross_entropy", [0, 1, 0]),
        ("numpy", "softmax", "cross_entropy", [1, 0, 0]),
        ("torch", "softmax", "kl_divergence", [1, 0, 0]),
        ("numpy", "log_softmax", "hinge", [1, -1, -1]),
        ("torch", "log_softmax", "hinge", [1, -1, -1]),
    ],
)
def test_shares_far_out_keep_their_digits(name: str, activation: str, cost: str, y: list[float]) -> None:
    """Equations give what a chain of dense layers gives where one share is 1 in floats, and the others underflow."""
    if name != "numpy":
        pytest.importorskip(name)
    chain = sb.compile(sb.derive(sb.mlp("3-3", activation=activation, cost=cost)))
    equations = sb.compile(sb.derive(dense_layers((3, 3), [activation], terms_of(cost))), name)
    for largest in (40.0, 800.0, 1e5):  # exp(-40) is lost beside 1, exp(-800) is 0; beyond any float is -1e5
        given = {"W1": np.zeros((3, 3)), "b1": np.array([largest, 0.3, -largest])}, np.zeros((1, 3)), np.array([y])
        (wanted_cost, wanted), (found_cost, found) = chain(*given), equations(*given)
        assert wanted_cost == pytest.approx(float(found_cost), rel=1e-14, abs=0)
        np.testing.assert_allclose(plain(found["b1"]), wanted["b1"], rtol=1e-14)


FOCAL = "-y*(1-sigmoid(a))^g*ln(sigmoid(a)) - (1-y)*sigmoid(a)^g*ln(1-sigmoid(a)); g=1.5"


@pytest.mark.parametrize("cost", ["-sum(y*ln(exp(a)/sum(exp(a))))", FOCAL])
def test_logarithms_that_a_cost_writes_out_keep_their_digits(cost: str) -> None:
    """Those of a share and of a sigmoid are taken of what these are taken of, where both are 0 or 1 in floats."""
    gradient = sb.compile(sb.derive(sb.mlp("1-3", activation="identity", cost=cost)))
    params, y = {"W1": np.zeros((3, 1)), "b1": np.array([800.0, 0.0, -800.0])}, np.array([[0.25, 0.25, 0.5]])
    found, grads = gradient(params, np.zeros((1, 1)), y)
    assert np.isfinite(found)
    assert [0.75, -0.5] == pytest.approx(list(grads["b1"][::2]), rel=1e-14)  # a - y, and a is 1 or 0


@pytest.mark.parametrize("name", ["numpy", "torch"])
def test_no_target_has_no_pole(name: str) -> None:
    """Where y is 0 the cost has no y ln a: its derivative is 0 there, and no 0/0 where a is 0 as well."""
    if name != "numpy":
        pytest.importorskip(name)
    text = "input x[N]\ntarget y[N]\na[i] = x[i]^2\nC = -sum[i](y[i]*ln(a[i]) + (1 - y[i])*ln(1 - a[i]))"
    cost, grads = sb.compile(sb.derive(sb.equations(text)), name)({"x": [1.0, 0.0, 0.5], "y": [1.0, 0.0, 0.25]})
    assert cost == pytest.approx(-np.log(0.25) * 0.25 - 0.75 * np.log(0.75), rel=1e-14)
    np.testing.assert_allclose(plain(grads["x"]), [-2, 0, 0], atol=1e-15)  # -2x y/a + 2x (1 - y)/(1 - a)


@pytest.mark.parametrize("name", ["numpy", "scalar", "torch", "jax"])
def test_target_that_is_met_exactly_costs_nothing(name: str) -> None:
    """Where a = y = 0 or a = y = 1, 0 ln 0 and (1 - y)/(1 - a) are 0, whatever function reaches these values."""
    if name in ("torch", "jax"):
        pytest.importorskip(name)
    network = sb.mlp("3-3", ["max(0, min(1, z))"], "binary_cross_entropy")
    params, x, y = {"W1": np.eye(3), "b1": np.zeros(3)}, np.array([[-1.0, 2.0, 0.25]]), np.array([[0.0, 1.0, 0.5]])
    cost, grads = sb.compile(sb.derive(network), name)(params, x, y)
    assert float(cost) == pytest.approx(-np.log(0.25 * 0.75) / 2, rel=1e-14)
    np.testing.assert_allclose(plain(grads["b1"]), [0, 0, -4 / 3], atol=1e-15)  # -y/a + (1 - y)/(1 - a)


def test_arguments_of_any_kind(backend: str) -> None:
    """Lists, single precision, read-only and strided arrays give the right numbers; what does not fit, one line."""
    made = derivation("dense")
    params, x, y = point(made.network)
    cost, grads = sb.compile(made)(params, x, y)
    gradient = sb.compile(made, backend)
    strided = {name: np.repeat(value, 2, axis=-1)[..., ::2] for name, value in params.items()}
    flipped = x[::-1][::-1]
    flipped.flags.writeable = False
    assert CLOSE > apart(gradient(strided, flipped, y.tolist())[1], grads)
    assert CLOSE > apart(gradient({n: value.astype(">f8") for n, value in params.items()}, x, y)[1], grads)
    single = gradient({n: value.astype(">f4") for n, value in params.items()}, x.astype("f4"), y.astype("f4"))
    assert {"float32"} == {str(plain(grad).dtype) for grad in single[1].values()}
    assert cost == pytest.approx(float(single[0]), rel=1e-6)  # ten roundings of 2**-24
    with pytest.raises(ShapeError, match=r"W1 has shape \(3, 4\), wanted \(4, 3\); try W1\.T"):
        gradient({**params, "W1": params["W1"].T}, x, y)
    with pytest.raises(DataError, match="x has 3 samples and y has 2"):
        gradient(params, x, y[:2])
    with pytest.raises(DataError, match=r"x\[0, 0\] is nan, wanted a finite number"):
        gradient(params, np.full_like(x, np.nan), y)
    with pytest.raises(DataError, match="y is missing; give an array of real numbers"):
        gradient(params, x, None)
    with pytest.raises(ShapeError, match=r"y has shape \(\), wanted \(m, 2\)"):
        gradient(params, x, 1.0)


@pytest.mark.parametrize("name", ["numpy", "torch", "jax"])
def test_what_is_no_mapping_and_what_does_not_fit_is_one_line(name: str) -> None:
    """Of values, params, directions and upstream derivatives each is refused by name where it is something else."""
    if name != "numpy":
        pytest.importorskip(name)
    made = derivation("dense")
    params, x, y = point(made.network)
    layers = sb.compile(made, name)
    block = sb.compile(sb.derive(sb.equations("input x[N]\nparameter W[M, N]\nz[i] = sum[k](W[i, k]*x[k])")), name)
    values = {"x": np.ones(3), "W": np.ones((2, 3))}
    no_mapping = "{}: wanted a mapping such as {{'{}': …}}, got list"
    wrong = [
        (lambda: layers([1.0], x, y), no_mapping.format("params", "W1")),
        (lambda: layers.hvp(params, x, y, [1.0]), "direction: wanted a mapping such as {'"),
        (lambda: layers.hvp(params, x, y, {"W1": np.ones(3)}), "direction: W1 has shape (3,), wanted (4, 3)"),
        (lambda: block.forward([1.0]), no_mapping.format("values", "x")),
        (lambda: block.backward(values, [1.0]), no_mapping.format("upstream", "z")),
        (lambda: block.backward(values, {"z": np.ones(3)}), "upstream: z has shape (3,), wanted (2,), as z has"),
    ]
    if name != "numpy":
        wrong += [
            (lambda: layers.backward(params, x, y[:2]), "upstream has 2 samples, x has 3"),
            (lambda: layers.backward(params, x, np.ones((3, 7))), "upstream has shape (3, 7), wanted (m, 2)"),
        ]
    for call, line in wrong:
        with pytest.raises((DataError, ShapeError), match=f"^{re.escape(line)}"):
            call()


@pytest.mark.parametrize("name", ["numpy", "torch"])
def test_tensors_that_store_otherwise(name: str) -> None:
    """A sparse tensor is read as the array that it is; one without numbers is refused, unless PyTorch itself asks."""
    torch = pytest.importorskip("torch")
    made = derivation("dense")
    params, x, y = point(made.network)
    sparse = torch.tensor(params["W1"]).to_sparse()
    gradient = sb.compile(made, name)
    assert CLOSE > apart(gradient({**params, "W1": sparse}, x, y)[1], sb.compile(made)(params, x, y)[1])
    if name == "numpy":
        with pytest.raises(DataError, match=r"x is a tensor without numbers \(meta\)"):
            gradient(params, torch.empty(x.shape, device="meta"), y)


@pytest.mark.parametrize("has_double", [True, False])
def test_arrays_of_jax_keep_their_digits(has_double: bool) -> None:
    """Arrays of JAX of one type or of two give the right digits, whether JAX is set to 64 bits or not."""
    jax = pytest.importorskip("jax", reason="the extra jax is not installed")
    made = derivation("dense")
    params, x, y = point(made.network)
    grads, gradient = sb.compile(made)(params, x, y)[1], sb.compile(made, "jax")
    with jax.enable_x64(True):
        own, *data = ({n: jax.numpy.asarray(v) for n, v in params.items()}, *map(jax.numpy.asarray, (x, y)))
    single = {n: value.astype("f4") for n, value in own.items()}
    with jax.enable_x64(has_double):
        assert CLOSE > apart(gradient(own, *data)[1], grads)
        assert 1e-6 > apart(gradient({**own, "W1": single["W1"]}, *data)[1], grads)  # 2**-24, rounded once
        found = gradient(single, *(array.astype("f4") for array in data))[1]
    assert {"float32"} == {str(grad.dtype) for grad in found.values()}


@pytest.mark.parametrize("name", ["torch", "jax"])
def test_missing_package_is_one_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text is written without the package; running it wants the package, and says how it is installed."""
    monkeypatch.setitem(sys.modules, name, None)
    assert "def gradcheck():" in source_of(derivation("rms_norm"), name).text
    with pytest.raises(MissingExtraError, match=rf"^backend {name} wants .* pip install '\.\[{name}\]'"):
        sb.compile(derivation("rms_norm"), name)


def test_saved_names_arrays() -> None:
    """A name that is no array is refused with those that there are; NumPy keeps nothing."""
    with pytest.raises(SpecError, match=r"^--saved: 'zz' is no array of this program; it has x, g, w, v, o, r, n, u"):
        source_of(derivation("rms_norm"), "jax", saved=("zz",))
    with pytest.raises(SpecError, match=r"take --backend jax or torch$"):
        source_of(derivation("rms_norm"), saved=("r",))


def test_what_no_rule_knows_is_refused() -> None:
    """A function that may mean another thing elsewhere is not handed on under its name; a known one is."""
    engine = BACKENDS["torch"].engine
    assert engine is not None
    assert ["a = torch.clamp(b, max=1.0)"] == translated(["a = np.minimum(b, 1.0)"], engine.dialect)
    with pytest.raises(CheckError, match=r"^np\.sort\(\) has no translation$"):
        translated(["a = np.sort(b)"], engine.dialect)
    with pytest.raises(CheckError, match=r"^\.round\(\) has no translation$"):
        translated(["a = b.round(2)"], engine.dialect)


def test_each_line_stands_below_its_equation() -> None:
    """Code of a block has the equation of every array above the lines that compute it, in every backend."""
    for name in ("numpy", "torch", "jax"):
        text = source_of(derivation("rms_norm"), name).text
        for equation in (
            "# u[t, h] = sum[d](n[t, d]*w[d, h])",
            "# ∂C/∂u[t, h] = ∂C/∂a[t, h]*q[t, h]*silu'(u[t, h])",
            "# ∂C/∂w[d, h] = sum[t](∂C/∂u[t, h]*n[t, d])",
        ):
            assert equation in text


def test_recurrence_is_one_function_of_a_step() -> None:
    """JAX is handed one step, however many there are; PyTorch changes no array, and keeps those that are read again."""
    jax = pytest.importorskip("jax", reason="the extra jax is not installed")
    made = derivation("rnn")
    names = loaded(source_of(made, "jax").text)
    sizes = {str(size): number for size, number in made.program.sizes.items()}
    lengths = []
    for steps in (3, 30):
        counts = {size: {**sizes, "T": steps}[str(size)] for size in made.program.sizes}
        given = [np.ones([int(n.xreplace(counts)) for n in a.tensor.sizes]) for a in made.program.given]
        lengths.append(str(jax.make_jaxpr(names["cost_of"])(*given)).count(" = "))
    assert lengths[0] == lengths[1]
    text = source_of(made, "torch").text
    assert "def at(step, before_h):" in text
    forward, _, lstm = source_of(derivation("lstm"), "torch").text.partition("def forward")[2].partition("def backward")
    assert [1, 1] == [forward.count(each) for each in (" @ ", "torch.addmm(")]  # of all gates: h at a step, x before
    assert lstm.count(" @ ") == 4  # of the errors of all gates: a product at a step, and behind it with h, with x, by x
    assert "torch.tanh(" not in lstm  # kept, as the values are that sigmoid' is read off
    assert "* f * torch.sigmoid(-f_in)" in lstm
    assert "sigmoid_backward(4 * i, torch.sigmoid(-2 * torch.abs(g_in)))" in lstm  # i tanh'(g_in)
    assert "d_f_in = d_c *" in lstm  # what this is multiplied with is known for all steps before the first one
    assert "put(" not in text.partition("def forward")[2].replace("start_h = put(start_h", "")
    numpy = source_of(derivation("lstm"), "numpy").text.partition("def backward")[2]
    assert numpy.count(" @ ") == 4  # the same


def test_places_say_what_a_convolution_is() -> None:
    """Equations of one's own become PyTorch's convolutions and pooling, with margins, strides and biases, both ways."""
    text = source_of(derivation("windows of one's own"), "torch").text
    forward, _, backward = text.partition("class Block")[0].partition("def backward(")
    for call in (
        "torch.nn.functional.conv1d(torch.nn.functional.pad(e.permute(0, 2, 1), (1, 8 - n_N",
        ")), q, h, stride=(2,)).permute(0, 2, 1)",
        "torch.nn.functional.max_pool1d(g, (2,), stride=(1,), return_indices=True)",
    ):
        assert call in forward
    slope = "threshold_backward(d_g.permute(0, 2, 1), g.permute(0, 2, 1), 0)"  # g > 0 where y > 0: y is not kept
    for call in ("conv1d_input(", "conv1d_weight(", "max_pool2d_with_indices_backward(", slope):
        assert call in backward
    assert "window(" not in text


def test_products_take_arrays_as_they_lie() -> None:
    """Heads of attention turn no array for a product, and softmax goes back in the one call that PyTorch has."""
    body = source_of(derivation("several heads"), "torch").text.partition("def forward(")[2].partition("class ")[0]
    assert body.count("contract(") == 6
    assert body.count(", 1 / math.sqrt(n_") == 3  # of q k, and back by each: no array is divided
    assert "permute(" not in body
    assert body.count("_softmax_backward_data(") == body.count("torch.softmax(") == 1


def test_factor_enters_at_the_source() -> None:
    """The 1/m of a mean and what follows the cost are in the first derivative, and in no array of a weight's size."""
    text = source_of(derivation("dense"), "torch").text
    backward = text[text.index("def backward(") : text.index("class Cost")]
    assert "d_z2 = d_C *" in backward or "* d_C" in backward.partition("d_W2")[0]
    assert "n_m" not in backward.partition("d_W2")[2]


@pytest.mark.parametrize("line", ["penalty", "sum"])
def test_twice_the_cost_has_twice_the_gradient(line: str, backend: str) -> None:
    """Where the cost reads weights, too, twice the cost has twice the gradient by the library's own chain rule."""
    options = {"penalty": {"l2": "lambda=0.1", "l1": 0.01}, "sum": {"reduction": "sum"}}[line]
    made = sb.derive(sb.sequential("3 -> dense(4) tanh -> dense(2)", cost="mse", **options))
    params, x, y = point(made.network)
    _, grads = sb.compile(made)(params, x, y)
    found = twice(backend, sb.compile(made, backend), params, (x, y))
    assert CLOSE > apart(found, {name: 2 * grad for name, grad in grads.items()})


def twice(backend: str, gradient: Any, params: dict[str, Any], data: tuple[Any, Any]) -> dict[str, Any]:
    """Return the gradient of twice the cost, as the library finds it."""
    if backend == "torch":
        import torch

        tensors = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
        (2 * gradient.cost(tensors, *data)).backward()
        return {name: tensor.grad for name, tensor in tensors.items()}
    import jax

    with jax.enable_x64(True):
        return dict(jax.grad(lambda own: 2 * gradient.cost(own, *data))(params))


@pytest.mark.usefixtures("without_libraries")
@pytest.mark.parametrize("rows", [5, 9])
def test_checks_look_at_the_backend_that_is_named(rows: int, backend: str) -> None:
    """`verify` runs the functions of the library, of equations with any upstream and of layers as they are called."""
    network = derivation("attention").network if rows == 5 else sb.sequential("2 -> dense(2, bias=false) -> layer_norm")
    report = sb.verify(network, samples=1, backend=backend)
    assert (True, rows) == (report.ok, len(report.rows))


def test_gradient_is_the_same_on_eight_devices() -> None:
    """Samples shared out by NamedSharding and by shard_map give the cost, the gradient and the training of one."""
    pytest.importorskip("jax", reason="the extra jax is not installed")
    flags = "--xla_force_host_platform_device_count=8"
    environment = {**os.environ, "XLA_FLAGS": flags, "PYTHONPATH": str(Path(sb.__file__).parents[1])}
    command = [sys.executable, str(Path(__file__).with_name("sharded.py"))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    found = {name: [*map(float, errors)] for name, *errors in map(str.split, done.stdout.splitlines())}
    assert {"dense", "convolution"} == set(found)
    assert all(max(errors) < CLOSE and len(errors) == 3 for errors in found.values())


SATURATED = [
    ("softmax", "quadratic"),
    ("softmax", "binary_cross_entropy"),
    ("softmax", "poisson"),
    ("softplus", "cross_entropy"),
    ("sigmoid", "kl_divergence"),
    ("relu", "cross_entropy"),
]


@pytest.mark.parametrize("activation", ["softplus", "silu", "gelu_tanh"])
def test_second_derivatives_far_out_keep_their_digits(activation: str, backend: str) -> None:
    """The slope's slope, where σ' of σ is 0 already, is that of its formula with 400 digits, on both sides of 0."""
    points = [-40.0, -8.0, -1.0, 0.5, 8.0, 12.0, 40.0]
    network = sb.mlp((1, len(points)), activation=activation, cost="a")
    f = numeric(ACTIVATIONS[activation].function.definition)
    with mpmath.workdps(400):
        truth = [float(mpmath.diff(f, mpmath.mpf(z), 2, h=mpmath.mpf(10) ** -120)) for z in points]
    params = {"W1": np.zeros((len(points), 1)), "b1": np.array(points)}
    at = np.ones((1, 1)), np.ones((1, len(points)))
    found = sb.compile(sb.derive(network), backend).hvp(params, *at, {"b1": np.ones(len(points))})["b1"]
    np.testing.assert_allclose(np.asarray(found), truth, rtol=1e-12)  # the worst seen is 4e-14


@pytest.mark.filterwarnings("ignore:cost .* takes the logarithm of relu")
@pytest.mark.parametrize("backend", ["numpy", "torch", "jax"])
@pytest.mark.parametrize(("activation", "cost"), SATURATED)
def test_saturated_layers_keep_their_digits(activation: str, cost: str, backend: str) -> None:
    """Far out, equations of layers give δ as the functions of a dense chain do, which are compared with many digits."""
    pytest.importorskip({"numpy": "numpy"}.get(backend, backend), reason=f"the extra {backend} is not installed")
    chain = sb.compile(sb.derive(sb.mlp((3, 3), activation=activation, cost=cost)))
    layers = sb.compile(sb.derive(dense_layers((3, 3), [activation], terms_of(cost))), backend)
    x, y = np.ones((1, 3)), np.array([[0.2, 0.0, 0.8]] if activation == "relu" else [[0.2, 0.3, 0.5]])
    for far in (0.5, 25.0, 300.0, -25.0, -300.0, *((-709.0,) if activation in ("softplus", "sigmoid") else ())):
        z = np.array([3.0, 0.0, far**2]) if activation == "relu" else np.array([far, 0.3, -0.7 * far])
        params = {"W1": np.zeros((3, 3)), "b1": z}
        (cost_there, right), (found_cost, found) = (f(params, x, y) for f in (chain, layers))
        assert float(found_cost) == pytest.approx(cost_there, rel=1e-12)
        error = np.max(np.abs(plain(found["b1"]) - right["b1"])) / np.max(np.abs(right["b1"]))
        assert error < 1e-12  # a few roundings, and none of them amplified
