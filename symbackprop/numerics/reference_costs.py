"""Costs of the independent witness: every value and every slope written out by hand.

    cost          a, y -> Σ C, ∂C/∂a      Σ over the samples of the batch, the slope sample by sample
    closed pair   z, y -> Σ C, δ          an output activation whose shape suits the logarithm in the cost

A closed pair is needed because ln a is lost once a has been rounded to 0 or 1: it goes straight from z.
Imports NumPy and its companion `reference_activations` only. 0 ln 0 = 0 throughout.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from symbackprop.numerics.reference_activations import Array, exponentials, sigmoid


def quadratic(a: Array, y: Array) -> tuple[float, Array]:
    """½ Σ (a - y)²."""
    d = a - y
    return float(np.vdot(d, d)) / 2, d


def mse(a: Array, y: Array) -> tuple[float, Array]:
    """Σ (a - y)² / n."""
    d = a - y
    return float(np.vdot(d, d)) / a.shape[1], d * (2 / a.shape[1])


def cross_entropy(a: Array, y: Array) -> tuple[float, Array]:
    """-Σ y ln a."""
    a = np.where(y == 0, y.dtype.type(1), a)  # no target, no cost, whatever a is
    return -float(np.vdot(y, np.log(a))), -y / a


def binary_cross_entropy(a: Array, y: Array) -> tuple[float, Array]:
    """-Σ [y ln a + (1 - y) ln(1 - a)]."""
    hit, slope = cross_entropy(a, y)
    miss, opposite = cross_entropy(1 - a, 1 - y)
    return hit + miss, slope - opposite


def negative_entropy(y: Array) -> float:
    """Σ y ln y, the part of the Kullback-Leibler divergence without a."""
    return float(np.vdot(y, np.log(np.where(y == 0, y.dtype.type(1), y))))


def kl_divergence(a: Array, y: Array) -> tuple[float, Array]:
    """Σ y (ln y - ln a)."""
    cost, slope = cross_entropy(a, y)
    return cost + negative_entropy(y), slope


def poisson(a: Array, y: Array) -> tuple[float, Array]:
    """Σ (a - y ln a)."""
    cost, slope = cross_entropy(a, y)
    return cost + float(a.sum()), 1 + slope


def mae(a: Array, y: Array) -> tuple[float, Array]:
    """Σ |a - y|; the slope at 0 is 0."""
    d = a - y
    return float(np.abs(d).sum()), np.sign(d)


def huber(a: Array, y: Array) -> tuple[float, Array]:
    """Σ of d²/2 where |d| <= 1 and |d| - ½ beyond; Huber (1964)."""
    d = a - y
    inside = np.clip(d, -1, 1)
    return float(np.vdot(inside, d - inside / 2)), inside


def hinge(a: Array, y: Array) -> tuple[float, Array]:
    """Σ max(0, 1 - y a); the slope at the kink is 0."""
    margin = 1 - y * a
    return float(np.maximum(margin, 0).sum()), -y * (margin > 0)


def softmax_cross_entropy(z: Array, y: Array) -> tuple[float, Array]:
    """δ_j = p_j Σ y_i - y_j, written p_j Σ_{i≠j} y_i - y_j (1 - p_j) so that p_j = 1 costs no digit."""
    t, e, s = exponentials(z)
    others = y.sum(axis=1, keepdims=True) - y
    return float(np.vdot(y, np.log1p(s) - t)), (e * others - y * (1 - e + s)) / (1 + s)


def softmax_kl_divergence(z: Array, y: Array) -> tuple[float, Array]:
    """Cross-entropy and a constant."""
    cost, delta = softmax_cross_entropy(z, y)
    return cost + negative_entropy(y), delta


def softmax_poisson(z: Array, y: Array) -> tuple[float, Array]:
    """Cross-entropy and Σ a = 1, a constant too."""
    cost, delta = softmax_cross_entropy(z, y)
    return cost + len(z), delta


def softmax_binary_cross_entropy(z: Array, y: Array) -> tuple[float, Array]:
    """-Σ [y ln p + (1 - y) ln q] with q = 1 - p, no pair of logarithm and rounded share.

    From ∂C/∂p_j = -y_j/p_j + (1 - y_j)/q_j through the softmax:
    δ_k = (1 - y_k) p_k - y_k q_k + Σ_{j≠k} (y_j p_k - (1 - y_j) p_j p_k/q_j).
    Where p_j is the largest share, p_k/q_j is the share u_k among the others, known even when q_j underflows."""
    if z.shape[1] == 1:  # p = 1 whatever z is
        return 0.0 if (y == 1).all() else math.inf, np.zeros_like(z)
    t, e, s = exponentials(z)
    p, q, log_total = e / (1 + s), (1 - e + s) / (1 + s), np.log1p(s)
    top = np.arange(z.shape[1]) == z.argmax(axis=1)[:, np.newaxis]
    second = np.where(top, -np.inf, t).max(axis=1, keepdims=True)
    u = np.exp(np.where(top, -np.inf, t - second))
    sum_u = u.sum(axis=1, keepdims=True)
    log_q = np.where(top, second + np.log(sum_u) - log_total, np.log1p(np.where(top, 0, -p)))
    small = np.where(top, 0, (1 - y) * p / np.where(top, 1, q))
    largest = (top * (1 - y) * p).sum(axis=1, keepdims=True)
    delta = (1 - y) * p - y * q + p * ((y - small) @ (1 - np.eye(z.shape[1], dtype=z.dtype)))
    return float(np.vdot(y, log_total - t) - np.vdot(1 - y, log_q)), delta - largest * u / sum_u


def sigmoid_binary_cross_entropy(z: Array, y: Array) -> tuple[float, Array]:
    """Σ [y ln(1 + exp(-z)) + (1 - y) ln(1 + exp(z))]; δ = a - y, written (1 - y) σ(z) - y σ(-z)."""
    hit, miss = np.logaddexp(0, -z), np.logaddexp(0, z)
    return float(np.vdot(y, hit) + np.vdot(1 - y, miss)), (1 - y) * sigmoid(z)[0] - y * sigmoid(-z)[0]


def sigmoid_cross_entropy(z: Array, y: Array) -> tuple[float, Array]:
    """Σ y ln(1 + exp(-z)); δ = -y (1 - a) = -y σ(-z)."""
    return float(np.vdot(y, np.logaddexp(0, -z))), -y * sigmoid(-z)[0]


def sigmoid_kl_divergence(z: Array, y: Array) -> tuple[float, Array]:
    """Cross-entropy and a constant."""
    cost, delta = sigmoid_cross_entropy(z, y)
    return cost + negative_entropy(y), delta


def sigmoid_poisson(z: Array, y: Array) -> tuple[float, Array]:
    """Σ [a + y ln(1 + exp(-z))]; δ = (a - y)(1 - a)."""
    a = sigmoid(z)[0]
    return float(a.sum() + np.vdot(y, np.logaddexp(0, -z))), (a - y) * sigmoid(-z)[0]


def log_softplus(z: Array) -> tuple[Array, Array]:
    """Return ln a and a'/a for a = ln(1 + exp(z)); below -37 both are those of exp(z), to double precision."""
    small = z < -37
    a = np.logaddexp(0, np.where(small, z.dtype.type(0), z))
    return np.where(small, z, np.log(a)), np.where(small, z.dtype.type(1), sigmoid(z)[0] / a)


def softplus_cross_entropy(z: Array, y: Array) -> tuple[float, Array]:
    """-Σ y ln a; δ = -y a'/a."""
    log_a, ratio = log_softplus(z)
    return -float(np.vdot(y, log_a)), -y * ratio


def softplus_kl_divergence(z: Array, y: Array) -> tuple[float, Array]:
    """Cross-entropy and a constant."""
    cost, delta = softplus_cross_entropy(z, y)
    return cost + negative_entropy(y), delta


def softplus_poisson(z: Array, y: Array) -> tuple[float, Array]:
    """Σ (a - y ln a); δ = a' - y a'/a."""
    cost, delta = softplus_cross_entropy(z, y)
    return cost + float(np.logaddexp(0, z).sum()), sigmoid(z)[0] + delta


COSTS: dict[str, Callable[[Array, Array], tuple[float, Array]]] = {
    "quadratic": quadratic,
    "mse": mse,
    "cross_entropy": cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
    "mae": mae,
    "huber": huber,
    "hinge": hinge,
    "kl_divergence": kl_divergence,
    "poisson": poisson,
}
CLOSED_PAIRS: dict[tuple[str, str], Callable[[Array, Array], tuple[float, Array]]] = {
    ("softmax", "cross_entropy"): softmax_cross_entropy,
    ("softmax", "kl_divergence"): softmax_kl_divergence,
    ("softmax", "poisson"): softmax_poisson,
    ("softmax", "binary_cross_entropy"): softmax_binary_cross_entropy,
    ("sigmoid", "binary_cross_entropy"): sigmoid_binary_cross_entropy,
    ("sigmoid", "cross_entropy"): sigmoid_cross_entropy,
    ("sigmoid", "kl_divergence"): sigmoid_kl_divergence,
    ("sigmoid", "poisson"): sigmoid_poisson,
    ("softplus", "cross_entropy"): softplus_cross_entropy,
    ("softplus", "kl_divergence"): softplus_kl_divergence,
    ("softplus", "poisson"): softplus_poisson,
}
