"""Activations that weigh a whole sample, softmax and its logarithm, and what costs and errors ask of them.

Same rules as in `exponential`: the dtype is kept, each text stands alone. Samples are rows of the last axis.
"""

from __future__ import annotations

import numpy as np

from symbackprop.numerics.stable.logarithms import log


def exponentials(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return t = z - max z, e = exp(t) and s = Σ e - 1 of every row; that 1 is not summed where it costs digits."""
    t = z - z.max(axis=-1, keepdims=True)
    e = np.exp(t)
    s = e.sum(axis=-1, keepdims=True) - 1
    if s.min() < 0.01:  # only where the largest stands alone
        s = np.where(s < 0.01, (e * (t < 0)).sum(axis=-1, keepdims=True), s)
    return t, e, s


def is_largest(a: np.ndarray) -> np.ndarray:
    """Return where the first of the largest entries of every row stands."""
    top: np.ndarray = np.arange(a.shape[-1]) == np.expand_dims(a.argmax(axis=-1), -1)
    return top


def softmax(z: np.ndarray) -> np.ndarray:
    """Return exp(z_j)/Σ_i exp(z_i) over the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    value: np.ndarray = e / e.sum(axis=-1, keepdims=True)
    return value


def one_minus_softmax(z: np.ndarray) -> np.ndarray:
    """Return 1 - softmax(z)_j with all its digits, also where softmax(z)_j is rounded to 1."""
    _, e, s = exponentials(z)
    value: np.ndarray = (1 - e + s) / (1 + s)
    return value


def log_softmax(z: np.ndarray) -> np.ndarray:
    """Return z_j - ln Σ_i exp(z_i) over the last axis."""
    t, _, s = exponentials(z)
    value: np.ndarray = t - np.log1p(s)
    return value


def shares(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return softmax(z), 1 - softmax(z) and ln softmax(z) over the last axis, from one exponential."""
    t, e, s = exponentials(z)
    total = 1 + s
    rest = 1 - e
    rest += s
    rest /= total
    e /= total
    t -= np.log1p(s)
    return e, rest, t


def log_one_minus_softmax(z: np.ndarray) -> np.ndarray:
    """Return ln(1 - softmax(z)_j): the largest entry's from the sum over the others, which may underflow itself."""
    t, e, s = exponentials(z)
    top = is_largest(z)
    others = np.where(top, -np.inf, t)
    second = np.where(top, -np.finfo(z.dtype).max, t).max(axis=-1, keepdims=True)  # none: softmax of one neuron
    rest = second + log(np.exp(others - second).sum(axis=-1, keepdims=True))
    value: np.ndarray = np.where(top, rest - np.log1p(s), np.log1p(-np.where(top, 0, e / (1 + s))))
    return value


def from_largest(g: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Return g, counted in every row from its entry at the largest a.

    Shares add up to 1, so a constant in g changes nothing in g_j - Σ_i a_i g_i; now no digit is lost where one share
    is nearly 1."""
    counted: np.ndarray = g - np.take_along_axis(g, np.expand_dims(a.argmax(axis=-1), -1), axis=-1)
    return counted


def error_from_shares(k: np.ndarray, of_shares: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> np.ndarray:
    """Return δ_j = k_j - Σ_i a_j/r_i k_i over all others i, from k = a r ∂C/∂a.

    `of_shares` are a, r = 1 - a, and the logarithms of both.
    Of the largest share nothing may be left to 1; a_j/r_i is then a share among the others."""
    a, r, log_a, log_r = of_shares
    top = is_largest(a)
    rest = np.where(top, 0.0, k / np.where(top, 1.0, r))
    largest = np.where(top, k, 0.0).sum(axis=-1, keepdims=True)
    share = np.exp(np.where(top, 0.0, log_a - np.where(top, log_r, 0.0).sum(axis=-1, keepdims=True)))
    others = a * rest.sum(axis=-1, keepdims=True)
    error: np.ndarray = np.where(top, k - others, rest - others - share * largest)
    return error
