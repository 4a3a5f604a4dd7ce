"""Activations made of exponentials, each from as few of them as can be, without overflow and without lost digits.

Every function takes and returns arrays (float64 or float32, which is kept) or NumPy scalars, and stands alone: it
uses NumPy and functions of this package by their bare names, so that its text can be copied into generated code.
"""

from __future__ import annotations

import numpy as np


def capped(z: np.ndarray) -> np.ndarray:
    """Return z, cut off where exp(-z) would leave the normal numbers: at 708, or at 87 in float32."""
    cut: np.ndarray = np.minimum(z, 87.0 if getattr(z, "dtype", None) == np.float32 else 708.0)
    return cut


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1/(1 + exp(-z)), as e/(1 + e) with e = exp(z)."""
    e = np.exp(capped(z))
    value: np.ndarray = e / (1 + e)
    return value


def sigmoid_slope(z: np.ndarray) -> np.ndarray:
    """Return e/(1 + e)²; a(1 - a) would be 0 from z = 37 on."""
    return sigmoid_value_and_slope(z)[1]


def sigmoid_value_and_slope(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return σ(z) and σ'(z) = σ(z)/(1 + e) from one exponential; beyond z = 708 the slope stays at 3e-308."""
    e = np.exp(capped(z))
    one_plus_e = 1 + e
    value = e / one_plus_e
    return value, value / one_plus_e


def sigmoid_into(z: np.ndarray, value: np.ndarray, slope: np.ndarray, *, most: np.ndarray, one: np.ndarray) -> None:
    """Fill `value` with σ(z) and `slope` with σ'(z), with no array of its own; `value` may be z itself.

    most: as large as z, filled with where `capped` cuts off; one: 1. Plain numbers would take twice as long."""
    np.minimum(z, most, out=value)
    np.exp(value, out=value)
    np.add(value, one, out=slope)
    np.divide(value, slope, out=value)
    np.divide(value, slope, out=slope)


def log_sigmoid(z: np.ndarray) -> np.ndarray:
    """Return ln σ(z) = min(z, 0) - ln(1 + exp(-|z|))."""
    value: np.ndarray = np.minimum(z, 0.0) - np.log1p(np.exp(-np.abs(z)))
    return value


def log_sigmoid_slope(z: np.ndarray) -> np.ndarray:
    """Return σ(-z)."""
    return sigmoid(-z)


def tanh(z: np.ndarray) -> np.ndarray:
    """Return (exp(z) - exp(-z))/(exp(z) + exp(-z))."""
    value: np.ndarray = np.tanh(z)
    return value


def tanh_slope(z: np.ndarray) -> np.ndarray:
    """Return 4e/(1 + e)² with e = exp(-2|z|); 1 - a² would be 0 from z = 19 on."""
    e = np.exp(-2 * np.abs(z))
    one_plus_e = 1 + e
    slope: np.ndarray = 4 * e / (one_plus_e * one_plus_e)
    return slope


def tanh_value_and_slope(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return tanh(z) and tanh'(z): 1 - a² as long as it keeps its digits, else with an exponential."""
    z = np.asarray(z)
    value, slope = np.empty_like(z), np.empty_like(z)
    tanh_into(z, value, slope, one=np.ones((), z.dtype))
    return value, slope


def tanh_into(z: np.ndarray, value: np.ndarray, slope: np.ndarray, *, one: np.ndarray) -> None:
    """Fill `value` with tanh(z) and `slope` with tanh'(z), with `one` as in `sigmoid_into`; neither may be z."""
    np.tanh(z, out=value)
    np.multiply(value, value, out=slope)
    np.subtract(one, slope, out=slope)
    if slope.min(initial=1) < 0.02:  # an error of a in its last digit is by now 100 times that of 1 - a²
        flat = np.flatnonzero(slope < 0.02)
        slope.put(flat, tanh_slope(z.take(flat)))


def softplus(z: np.ndarray) -> np.ndarray:
    """Return ln(1 + exp(z)) = max(z, 0) + ln(1 + exp(-|z|))."""
    value: np.ndarray = np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))
    return value


def softplus_slope(z: np.ndarray) -> np.ndarray:
    """Return σ(z)."""
    return sigmoid(z)


def log_softplus(z: np.ndarray) -> np.ndarray:
    """Return ln ln(1 + exp(z)); below -37 that is z, to double precision."""
    value: np.ndarray = np.where(np.less(z, -37), z, np.log(softplus(np.maximum(z, -37.0))))
    return value


def log_softplus_slope(z: np.ndarray) -> np.ndarray:
    """Return σ(z)/ln(1 + exp(z)), which is 1 below -37, to double precision."""
    near = np.maximum(z, -37.0)
    value: np.ndarray = sigmoid(near) / softplus(near)
    return value


def silu(z: np.ndarray) -> np.ndarray:
    """Return z σ(z)."""
    value: np.ndarray = z * sigmoid(z)
    return value


def silu_slope(z: np.ndarray) -> np.ndarray:
    """Return σ(z) + z σ'(z)."""
    return silu_value_and_slope(z)[1]


def silu_value_and_slope(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return silu(z) and silu'(z) from one exponential."""
    value, slope = sigmoid_value_and_slope(z)
    return z * value, value + capped(z) * slope


def mish(z: np.ndarray) -> np.ndarray:
    """Return z tanh(softplus(z)) = z n/(n + 2), n = e² + 2e and e = exp(z)."""
    return mish_value_and_slope(z)[0]


def mish_slope(z: np.ndarray) -> np.ndarray:
    """Return t + z t' with t = n/(n + 2) and t' = 4 e (1 + e)/(n + 2)²."""
    return mish_value_and_slope(z)[1]


def mish_value_and_slope(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mish(z) and mish'(z) from e = exp(-|z|) alone; for z > 0 the fractions are reduced by exp(2z)."""
    e, positive = np.exp(-np.abs(z)), z > 0
    numerator = np.where(positive, 1 + 2 * e, e * (e + 2))
    denominator = numerator + np.where(positive, 2 * e * e, 2 * np.ones_like(e))
    t = numerator / denominator
    t_slope = 4 * np.where(positive, e * e, e) * (1 + e) / (denominator * denominator)
    return z * t, t + z * t_slope


def gelu_tanh(z: np.ndarray) -> np.ndarray:
    """Return z (1 + tanh u)/2 = z σ(2u), u = √(2/π) (z + 0.044715 z³)."""
    return gelu_tanh_value_and_slope(z)[0]


def gelu_tanh_slope(z: np.ndarray) -> np.ndarray:
    """Return σ(2u) + z σ'(2u) 2u'."""
    return gelu_tanh_value_and_slope(z)[1]


def gelu_tanh_value_and_slope(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return gelu_tanh(z) and gelu_tanh'(z), u taken at z = ±30 beyond: there σ(2u) is 0 or 1 already."""
    near = np.minimum(np.maximum(z, -30.0), 30.0)
    square = near * near
    value, slope = sigmoid_value_and_slope(1.5957691216057308 * near * (1 + 0.044715 * square))  # 2√(2/π)
    return z * value, value + near * slope * 1.5957691216057308 * (1 + 0.134145 * square)


def elu(z: np.ndarray) -> np.ndarray:
    """Return z where z > 0, exp(z) - 1 elsewhere."""
    value: np.ndarray = np.maximum(z, 0.0) + np.expm1(np.minimum(z, 0.0))
    return value


def elu_slope(z: np.ndarray) -> np.ndarray:
    """Return 1 where z > 0, exp(z) elsewhere."""
    slope: np.ndarray = np.exp(np.minimum(z, 0.0))
    return slope


def selu(z: np.ndarray) -> np.ndarray:
    """Return s z where z > 0, s α (exp(z) - 1) elsewhere; Klambauer et al. (2017)."""
    value: np.ndarray = 1.0507009873554805 * np.maximum(z, 0.0) + 1.7580993408473769 * np.expm1(np.minimum(z, 0.0))
    return value


def selu_slope(z: np.ndarray) -> np.ndarray:
    """Return s where z > 0, s α exp(z) elsewhere, also at the kink 0."""
    below = 1.7580993408473769 * np.exp(np.minimum(z, 0.0))
    slope: np.ndarray = np.where(z > 0, 1.0507009873554805 * np.ones_like(below), below)
    return slope


def log_cosh(z: np.ndarray) -> np.ndarray:
    """Return ln cosh z = ln(1 + 2 sinh²(z/2)), and |z| + ln(1 + exp(-2|z|)) - ln 2 far from 0."""
    size = np.abs(z)
    half = np.sinh(np.minimum(size, 2.0) / 2)
    far = size + np.log1p(np.exp(-2 * size)) - 0.6931471805599453
    value: np.ndarray = np.where(size < 2, np.log1p(2 * half * half), far)
    return value


def log_cosh_slope(z: np.ndarray) -> np.ndarray:
    """Return tanh z."""
    return tanh(z)
