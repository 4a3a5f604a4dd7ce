"""Functions that libraries lack, above all slopes of those they have: in the words of NumPy, translated for each.

All of them can be traced, mapped over and differentiated once more.
"""

from __future__ import annotations

from math import erfc  # a word that each library has for arrays

import numpy as np

from symbackprop.numerics.stable.exponential import sigmoid


def sigmoid_slope(z):
    """Return σ(z) σ(-z); σ(z) (1 - σ(z)) would be 0 from z = 37 on."""
    return sigmoid(z) * sigmoid(-z)


def logistic(z):
    """Return σ(z), of which a library makes σ'(z) with all digits: of 1 - σ(-z) far above 0, where σ' of σ is 0."""
    return np.where(z > 0, 1 - sigmoid(-z), sigmoid(z))


def softplus_slope(z):
    """Return σ(z)."""
    return logistic(z)


def log_sigmoid_slope(z):
    """Return σ(-z)."""
    return logistic(-z)


def silu_slope(z):
    """Return σ(z) + z σ(z) σ(-z)."""
    return logistic(z) * (1 + z * logistic(-z))


def gelu_tanh_slope(z):
    """Return σ(u) + z σ(u) σ(-u) u', u = 2√(2/π) (z + 0.044715 z³), taken at z = ±30 beyond."""
    near = np.minimum(np.maximum(z, -30.0), 30.0)
    square = near * near
    u = 1.5957691216057308 * near * (1 + 0.044715 * square)
    return logistic(u) * (1 + near * logistic(-u) * 1.5957691216057308 * (1 + 0.134145 * square))


def relu_slope(z):
    """Return 1 where z > 0, 0 elsewhere."""
    return (z > 0).astype(z.dtype)


def gelu_slope(z):
    """Return Φ(z) + z φ(z), with Φ and φ of the normal distribution."""
    return 0.5 * erfc(-0.7071067811865476 * z) + 0.3989422804014327 * z * np.exp(-0.5 * z * z)


def exponentials(z):
    """Return t = z - max z, e = exp(t) and s = Σ e - 1 of every row; that 1 is not summed where it costs digits."""
    t = z - z.max(axis=-1, keepdims=True)
    e = np.exp(t)
    s = e.sum(axis=-1, keepdims=True) - 1
    return t, e, np.where(s < 0.01, (e * (t < 0)).sum(axis=-1, keepdims=True), s)
