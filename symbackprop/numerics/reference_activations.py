"""Activations of the independent witness: every value and every slope written out by hand.

    elementwise   z -> a, σ'(z)
    mixing        z -> a, (g -> δ)      softmax, log_softmax: every a_j depends on every z_i of its sample

Imports NumPy and the standard library only and shares nothing with the rest of the package: it is what the
derived equations are checked against. Each form keeps its relative precision when z is saturated (±1000).
At a kink the slope is PyTorch's: relu'(0) = 0, leaky_relu'(0) = 0.01, selu'(0) is the left one, hardtanh'(±1) = 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
PullBack = Callable[[Array], Array]  # ∂C/∂a -> ∂C/∂z

# Klambauer et al. (2017), Self-Normalizing Neural Networks
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805

_erfc = np.frompyfunc(math.erfc, 1, 1)  # NumPy has none; the standard library's is slow here, and independent


def sigmoid(z: Array) -> tuple[Array, Array]:
    """Use σ = E/(1+E) and σ' = σ/(1+E) with E = exp(z): nothing is subtracted, so no digit is lost."""
    e = np.exp(np.minimum(z, 87.0 if z.dtype == np.float32 else 708.0))  # 1/E must stay a normal number
    d = 1 + e
    a = e / d
    return a, a / d


def tanh(z: Array) -> tuple[Array, Array]:
    """Use tanh' = 1 - tanh², and 4e/(1+e)² with e = exp(-2|z|) where that difference costs digits."""
    a = np.tanh(z)
    slope = 1 - a * a
    flat = np.flatnonzero(slope < 0.02)  # 1 - a² has lost two digits here
    if flat.size:
        e = np.exp(-2 * np.abs(z.take(flat)))
        slope.put(flat, 4 * e / (1 + e) ** 2)
    return a, slope


def relu(z: Array) -> tuple[Array, Array]:
    """Return max(0, z); the slope at 0 is 0."""
    return np.maximum(z, 0), (z > 0).astype(z.dtype)


def leaky_relu(z: Array) -> tuple[Array, Array]:
    """Return z or z/100; the slope at 0 is 0.01."""
    slope = np.where(z > 0, 1.0, 0.01).astype(z.dtype)
    return slope * z, slope


def elu(z: Array) -> tuple[Array, Array]:
    """Return z or exp(z) - 1; the slope at 0 is 1 from both sides."""
    below = np.minimum(z, 0)
    return np.where(z > 0, z, np.expm1(below)), np.exp(below)


def selu(z: Array) -> tuple[Array, Array]:
    """Return elu with two constants; the slope at 0 is the left one, scale · alpha."""
    below = np.minimum(z, 0)
    a = np.where(z > 0, z, SELU_ALPHA * np.expm1(below))
    slope = np.where(z > 0, z.dtype.type(1), SELU_ALPHA * np.exp(below))
    return SELU_SCALE * a, SELU_SCALE * slope


def softplus(z: Array) -> tuple[Array, Array]:
    """Return ln(1 + exp(z)); the slope is the sigmoid."""
    return np.logaddexp(z.dtype.type(0), z), sigmoid(z)[0]


def softsign(z: Array) -> tuple[Array, Array]:
    """Return z/(1 + |z|); the slope is 1/(1 + |z|)²."""
    d = 1 / (1 + np.abs(z))
    return z * d, d * d


def silu(z: Array) -> tuple[Array, Array]:
    """Return z σ(z); the slope is σ + z σ'."""
    s, ds = sigmoid(z)
    return z * s, s + z * ds


def gelu(z: Array) -> tuple[Array, Array]:
    """Return z Φ(z); the slope is Φ + z φ, with the normal distribution Φ and its density φ."""
    phi = np.asarray(_erfc(-z / math.sqrt(2)), dtype=z.dtype) / 2
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return z * phi, phi + z * density


def gelu_tanh(z: Array) -> tuple[Array, Array]:
    """Return z (1 + tanh u)/2 = z σ(2u) with u = √(2/π) (z + 0.044715 z³); Hendrycks and Gimpel (2016)."""
    c = 2 * math.sqrt(2 / math.pi)
    s, ds = sigmoid(c * (z + 0.044715 * z**3))
    return z * s, s + z * ds * c * (1 + 3 * 0.044715 * z * z)


def mish(z: Array) -> tuple[Array, Array]:
    """Return z tanh(softplus(z)); the slope is tanh(·) + z tanh'(·) σ(z)."""
    inner, s = softplus(z)
    t, dt = tanh(inner)
    return z * t, t + z * dt * s


def hardtanh(z: Array) -> tuple[Array, Array]:
    """Return z, cut off at ±1; the slope at ±1 is 0."""
    return np.clip(z, -1, 1), (np.abs(z) < 1).astype(z.dtype)


def identity(z: Array) -> tuple[Array, Array]:
    """Return z itself."""
    return z, np.ones_like(z)


def exponentials(z: Array) -> tuple[Array, Array, Array]:
    """Return t = z - max z, e = exp(t) and s = Σ e - 1 of every row.

    softmax is e/(1+s), its logarithm t - ln(1+s), and 1 - softmax is (1 - e + s)/(1+s), with no digit lost."""
    t = z - z.max(axis=1, keepdims=True)
    e = np.exp(t)
    s = e.sum(axis=1, keepdims=True) - 1
    if s.min() < 0.01:  # that 1 has swallowed digits of s: add up all but the largest, which is alone here
        s = np.where(s < 0.01, (e * (t < 0)).sum(axis=1, keepdims=True), s)
    return t, e, s


def softmax(z: Array) -> tuple[Array, PullBack]:
    """Use p_j = exp(z_j)/Σ exp(z_i); δ_j = p_j (g_j - Σ p_i g_i), with g counted from its value at the largest p."""
    _, e, s = exponentials(z)
    p = e / (1 + s)
    top = z.argmax(axis=1)[:, np.newaxis]

    def pull_back(g: Array) -> Array:
        h = g - np.take_along_axis(g, top, axis=1)  # a constant in g changes nothing; now 1 - p is not needed
        delta: Array = p * (h - (p * h).sum(axis=1, keepdims=True))
        return delta

    return p, pull_back


def log_softmax(z: Array) -> tuple[Array, PullBack]:
    """Use a_j = ln p_j; δ_j = g_j (1 - p_j) - p_j Σ_{i≠j} g_i."""
    t, e, s = exponentials(z)
    others = 1 - np.eye(z.shape[1], dtype=z.dtype)
    return t - np.log1p(s), lambda g: (g * (1 - e + s) - e * (g @ others)) / (1 + s)


ELEMENTWISE: dict[str, Callable[[Array], tuple[Array, Array]]] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "selu": selu,
    "softplus": softplus,
    "softsign": softsign,
    "silu": silu,
    "gelu": gelu,
    "gelu_tanh": gelu_tanh,
    "mish": mish,
    "hardtanh": hardtanh,
    "identity": identity,
}
MIXING: dict[str, Callable[[Array], tuple[Array, PullBack]]] = {"softmax": softmax, "log_softmax": log_softmax}
