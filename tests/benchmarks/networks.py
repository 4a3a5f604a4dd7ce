"""Programs that are no chain of dense layers, and the same in PyTorch: forward and backward, float64, one thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from benchmarks.measuring import memory
from torch.nn import functional

import symbackprop as sb
from symbackprop.calculus.reverse import derive_program
from symbackprop.network.samples import over_samples
from symbackprop.network.text.equations import equations
from symbackprop.numerics.programs import CompiledProgram

Arrays = Mapping[str, Any]

LENET = "1x28x28 -> conv2d(8, 5) relu -> max_pool2d(2) -> conv2d(16, 5) relu -> max_pool2d(2) -> flatten"
LENET += " -> dense(10) softmax"
LSTM = """input x[T, N]
target y[T, H]
parameter U[H, N], I[H, H], a[H], V[H, N], J[H, H], b[H], W[H, N], K[H, H], c[H], X[H, N], L[H, H], d[H]
h[0, j] = 0
s[0, j] = 0
i[t, j] = sigmoid(sum[k](U[j, k]*x[t, k]) + sum[k](I[j, k]*h[t - 1, k]) + a[j])
f[t, j] = sigmoid(sum[k](V[j, k]*x[t, k]) + sum[k](J[j, k]*h[t - 1, k]) + b[j])
g[t, j] = tanh(sum[k](W[j, k]*x[t, k]) + sum[k](K[j, k]*h[t - 1, k]) + c[j])
o[t, j] = sigmoid(sum[k](X[j, k]*x[t, k]) + sum[k](L[j, k]*h[t - 1, k]) + d[j])
s[t, j] = f[t, j]*s[t - 1, j] + i[t, j]*g[t, j] for t = 1..T
h[t, j] = o[t, j]*tanh(s[t, j]) for t = 1..T
C = sum[t = 1..T, j]((h[t, j] - y[t, j])^2)/2
"""
ATTENTION = """input x[T, D]
target y[T, D]
parameter Q[H, E, D], K[H, E, D], V[H, E, D], P[D, H, E]
q[h, i, e] = sum[d](Q[h, e, d]*x[i, d])
k[h, i, e] = sum[d](K[h, e, d]*x[i, d])
v[h, i, e] = sum[d](V[h, e, d]*x[i, d])
r[h, i, j] = sum[e](q[h, i, e]*k[h, j, e])/sqrt(E)
p[h, i, j] = softmax[j](r[h, i, j])
o[h, i, e] = sum[j](p[h, i, j]*v[h, j, e])
a[i, d] = sum[h, e](P[d, h, e]*o[h, i, e])
C = sum[i, d]((a[i, d] - y[i, d])^2)/2
"""
NORM = """input x[T, D]
target y[T, D]
parameter g[D], b[D]
u[t] = mean[i](x[t, i])
v[t] = mean[i]((x[t, i] - u[t])^2)
n[t, i] = (x[t, i] - u[t])/sqrt(v[t] + 0.00001)
o[t, i] = g[i]*n[t, i] + b[i]
C = sum[t, i]((o[t, i] - y[t, i])^2)/2
"""


def lenet(t: Arrays) -> Any:
    """Return the mean cost of a batch of images."""
    hidden = functional.max_pool2d(functional.relu(functional.conv2d(t["x"], t["W1"], t["b1"])), 2)
    hidden = functional.max_pool2d(functional.relu(functional.conv2d(hidden, t["W3"], t["b3"])), 2)
    return functional.cross_entropy(functional.linear(hidden.flatten(1), t["W6"], t["b6"]), t["y"])


GATES = ("UIa", "VJb", "WKc", "XLd")  # i, f, g, o: the order of PyTorch


def lstm(t: Arrays) -> Any:
    """Return the mean cost of a batch of sequences, by the fused layer, or by cells."""
    weights = [torch.cat([t[letters[place]] for letters in GATES]) for place in range(3)]
    zeros = torch.zeros(1, len(t["x"]), len(t["a"]), dtype=torch.float64)
    flat = [weights[0], weights[1], weights[2], torch.zeros_like(weights[2])]
    out, _, _ = torch._VF.lstm(t["x"], (zeros, zeros), flat, True, 1, 0.0, True, False, True)
    return ((out - t["y"]) ** 2).sum() / 2 / len(t["x"])


def attention(t: Arrays) -> Any:
    """Return the mean cost of a batch, written step by step."""
    samples, length, width = t["x"].shape
    heads, size, _ = t["Q"].shape
    queries, keys, values = (
        (t["x"] @ t[name].flatten(0, 1).T).view(samples, length, heads, size).transpose(1, 2) for name in "QKV"
    )
    shares = torch.softmax(queries @ keys.transpose(-1, -2) / size**0.5, -1)
    out = (shares @ values).transpose(1, 2).reshape(samples, length, width) @ t["P"].flatten(1).T
    return ((out - t["y"]) ** 2).sum() / 2 / samples


def norm(t: Arrays) -> Any:
    """Return the mean cost of a batch, by the fused layer."""
    out = functional.layer_norm(t["x"], t["g"].shape, t["g"], t["b"])
    return ((out - t["y"]) ** 2).sum() / 2 / len(t["x"])


def lenet_in_jax(t: Arrays) -> Any:
    """Return the mean cost of a batch of images, by JAX's convolution and windows."""
    from jax import lax, nn
    from jax import numpy as jnp

    hidden = t["x"]
    for name in "13":
        hidden = nn.relu(lax.conv(hidden, t[f"W{name}"], (1, 1), "VALID") + t[f"b{name}"][:, None, None])
        hidden = lax.reduce_window(hidden, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
    scores = hidden.reshape(len(hidden), -1) @ t["W6"].T + t["b6"]
    return -(t["y"] * nn.log_softmax(scores)).sum() / len(hidden)


def lstm_in_jax(t: Arrays) -> Any:
    """Return the mean cost of a batch of sequences: all products with the input at once, then a scan over time."""
    from jax import lax, nn
    from jax import numpy as jnp

    by_input, by_state, bias = (jnp.concatenate([t[letters[place]] for letters in GATES]) for place in range(3))

    def step(state: Any, scores: Any) -> Any:
        h, s = state
        i, f, g, o = jnp.split(scores + h @ by_state.T, 4, axis=1)
        s = nn.sigmoid(f) * s + nn.sigmoid(i) * jnp.tanh(g)
        h = nn.sigmoid(o) * jnp.tanh(s)
        return (h, s), h

    zeros = jnp.zeros((len(t["x"]), len(t["a"])))
    _, out = lax.scan(step, (zeros, zeros), jnp.swapaxes(t["x"] @ by_input.T + bias, 0, 1))
    return ((jnp.swapaxes(out, 0, 1) - t["y"]) ** 2).sum() / 2 / len(t["x"])


def attention_in_jax(t: Arrays) -> Any:
    """Return the mean cost of a batch, by sums over indices."""
    from jax import nn
    from jax import numpy as jnp

    queries, keys, values = (jnp.einsum("sid,hkd->shik", t["x"], t[name]) for name in "QKV")
    shares = nn.softmax(jnp.einsum("shie,shje->shij", queries, keys) / t["Q"].shape[1] ** 0.5)
    out = jnp.einsum("dhe,shie->sid", t["P"], jnp.einsum("shij,shje->shie", shares, values))
    return ((out - t["y"]) ** 2).sum() / 2 / len(out)


def norm_by_hand(t: Arrays) -> tuple[float, Arrays]:
    """Return cost and derivatives as one writes them in NumPy: as few passes over whole arrays as there can be."""
    x, y, g = (t[name] for name in "xyg")
    samples, width = len(x), len(g)
    ones = np.ones(width)
    centred = x - (x @ ones / width)[..., None]
    rate = 1 / np.sqrt(np.einsum("sti,sti->st", centred, centred) / width + 0.00001)
    centred *= rate[..., None]
    error = centred * g
    error += t["b"]
    error -= y
    cost = np.vdot(error, error) / (2 * samples)
    error *= 1 / samples
    by_b = np.ones(error.size // width) @ error.reshape(-1, width)
    product = error * centred
    by_g = np.ones(error.size // width) @ product.reshape(-1, width)
    mean, along = error @ g / width, product @ g / width
    error *= g
    error -= mean[..., None]
    centred *= along[..., None]
    error -= centred
    error *= rate[..., None]
    return float(cost), {"x": error, "g": by_g, "b": by_b}


@dataclass(frozen=True)
class Case:
    """A program, by text or as layers, its sizes, and its rival."""

    text: str
    sizes: dict[str, int]
    samples: int
    rival: Callable[[Arrays], Any]
    by_hand: Callable[[Arrays], tuple[float, Arrays]] | None = None
    jax_rival: Callable[[Arrays], Any] | None = None

    def both(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """Return the compiled program and its rival, whose derivatives are the same, ready to be called."""
        torch.set_num_threads(1)
        run, values = self.problem()
        grads = run()[1]
        tensors = {key: torch.tensor(value, requires_grad=key in grads) for key, value in values.items()}

        def eager() -> None:
            for tensor in tensors.values():
                tensor.grad = None
            self.rival(tensors).backward()

        eager()
        for key, grad in grads.items():
            truth = tensors[key].grad.numpy()
            np.testing.assert_allclose(grad, truth, rtol=0, atol=1e-11 * np.abs(truth).max())
        return run, eager

    def beside_hand(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """Return the compiled program and what is written by hand, which finds the same, ready to be called."""
        assert self.by_hand is not None
        run, values = self.problem()
        rival = partial(self.by_hand, values)
        for key, grad in run()[1].items():
            np.testing.assert_allclose(rival()[1][key], grad, rtol=0, atol=1e-11 * np.abs(grad).max())
        return run, rival

    def memory(self) -> tuple[float, float, float]:
        """Return the bytes that the compiled program takes at most, those of what it is of, and the ratio."""
        run, values = self.problem()
        function = run.func  # type: ignore[attr-defined]
        if isinstance(function, CompiledProgram):
            return memory(function, values)
        values = function.values({k: v for k, v in values.items() if k not in ("x", "y")}, values["x"], values["y"])
        return memory(function.by_parameters, values)

    def in_torch(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """Return our code for PyTorch, and its rival, ready to be called."""
        run, eager = self.both()
        return self._own(run, "torch", torch.tensor), eager

    def in_jax(self) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """Return our code for JAX, and what JAX differentiates itself of the same formulas, waited for, ready."""
        import jax

        jax.config.update("jax_enable_x64", True)
        run, values = self.problem()
        assert self.jax_rival is not None
        ours, own = self._own(run, "jax", jax.numpy.asarray), {k: jax.numpy.asarray(v) for k, v in values.items()}
        given = {name: own.pop(name) for name in values.keys() - run()[1].keys()}
        theirs = jax.jit(jax.value_and_grad(lambda wanted, others: self.jax_rival({**wanted, **others})))  # type: ignore[misc]
        self._compare(theirs(own, given)[1], run()[1])
        return lambda: jax.block_until_ready(ours()), lambda: jax.block_until_ready(theirs(own, given))

    def _own(self, run: Any, backend: str, array: Callable[[Any], Any]) -> Callable[[], Any]:
        """Return our code for a library, which finds what `run` does, ready to be called."""
        values = {name: array(value) for name, value in self.problem()[1].items()}
        wanted, gradient = run()[1], sb.compile(run.func.derivation, backend)
        if "->" in self.text:
            x, y = values.pop("x"), values.pop("y")
            ready = partial(gradient, values, x, y)
        else:
            ready = partial(gradient, values)
        self._compare(ready()[1], wanted)
        return ready

    @staticmethod
    def _compare(found: Arrays, wanted: Arrays) -> None:
        for key, truth in wanted.items():
            np.testing.assert_allclose(np.asarray(found[key]), truth, rtol=0, atol=1e-11 * np.abs(truth).max())

    def problem(self) -> tuple[Callable[[], tuple[float, Arrays]], dict[str, np.ndarray]]:
        """Return the compiled program, ready to be called, and its arrays, which are random."""
        rng = np.random.default_rng(0)
        if "->" in self.text:
            network = sb.sequential(self.text, cost="cross_entropy")
            params, gradient = network.initial_params(0), sb.compile(sb.derive(network))
            x = rng.normal(size=(self.samples, 1, 28, 28))
            y = np.eye(10)[rng.integers(10, size=self.samples)]
            return partial(gradient, params, x, y), {**params, "x": x, "y": y}
        program = over_samples(equations(self.text, self.sizes).program)
        numbers = {size: self.sizes.get(str(size), self.samples) for size in program.sizes}
        shapes = {array.name: [int(count.subs(numbers)) for count in array.tensor.sizes] for array in program.given}
        values = {name: rng.normal(size=shape) * 0.3 for name, shape in shapes.items()}
        return partial(CompiledProgram(derive_program(program)), values), values


CASES = {  # LeNet: 28x28, batch 32; LSTM: T 20, width 64, batch 32; the others: T 64, d 64, batch 8
    "LeNet": Case(LENET, {}, 32, lenet, None, lenet_in_jax),
    "LSTM": Case(LSTM, {"T": 20, "N": 64, "H": 64}, 32, lstm, None, lstm_in_jax),
    "attention": Case(ATTENTION, {"H": 4, "T": 64, "D": 64, "E": 16}, 8, attention, None, attention_in_jax),
    "layer norm": Case(NORM, {"T": 64, "D": 64}, 8, norm, norm_by_hand),
}
