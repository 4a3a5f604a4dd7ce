"""The stable functions for one number at a time, by the standard library alone: what unrolled code calls.

They carry the names of their relatives on arrays and keep the same promises; `scalarshares` has what weighs a whole
sample. Each text stands alone but for functions beside it, so that it can be copied into generated code.
"""

from __future__ import annotations

import math
from fractions import Fraction

from symbackprop.numerics.stable import scalarshares


def sigmoid(z: float) -> float:
    """Return 1/(1 + exp(-z)) from an exponential that cannot overflow."""
    e = math.exp(-abs(z))
    return 1 / (1 + e) if z >= 0 else e / (1 + e)


def sigmoid_slope(z: float) -> float:
    """Return e/(1 + e)² with e = exp(-|z|)."""
    e = math.exp(-abs(z))
    return e / ((1 + e) * (1 + e))


def log_sigmoid(z: float) -> float:
    """Return ln σ(z) = min(z, 0) - ln(1 + exp(-|z|))."""
    return min(z, 0.0) - math.log1p(math.exp(-abs(z)))


def log_sigmoid_slope(z: float) -> float:
    """Return σ(-z)."""
    return sigmoid(-z)


def tanh(z: float) -> float:
    """Return (exp(z) - exp(-z))/(exp(z) + exp(-z))."""
    return math.tanh(z)


def tanh_slope(z: float) -> float:
    """Return 4e/(1 + e)² with e = exp(-2|z|)."""
    e = math.exp(-2 * abs(z))
    return 4 * e / ((1 + e) * (1 + e))


def softplus(z: float) -> float:
    """Return ln(1 + exp(z))."""
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def softplus_slope(z: float) -> float:
    """Return σ(z)."""
    return sigmoid(z)


def log_softplus(z: float) -> float:
    """Return ln ln(1 + exp(z)); below -37 that is z, to double precision."""
    return z if z < -37 else math.log(softplus(z))


def log_softplus_slope(z: float) -> float:
    """Return σ(z)/ln(1 + exp(z)), which is 1 below -37, to double precision."""
    return 1.0 if z < -37 else sigmoid(z) / softplus(z)


def silu(z: float) -> float:
    """Return z σ(z)."""
    return z * sigmoid(z)


def silu_slope(z: float) -> float:
    """Return σ(z) + z σ'(z)."""
    return sigmoid(z) + z * sigmoid_slope(z)


def mish_shares(z: float) -> tuple[float, float]:
    """Return tanh(softplus(z)) and its slope from e = exp(-|z|) alone."""
    e = math.exp(-abs(z))
    numerator = 1 + 2 * e if z > 0 else e * (e + 2)
    denominator = numerator + (2 * e * e if z > 0 else 2)
    return numerator / denominator, 4 * (e * e if z > 0 else e) * (1 + e) / (denominator * denominator)


def mish(z: float) -> float:
    """Return z tanh(softplus(z))."""
    return z * mish_shares(z)[0]


def mish_slope(z: float) -> float:
    """Return t + z t' with t = tanh(softplus(z))."""
    t, slope = mish_shares(z)
    return t + z * slope


def gelu_tanh(z: float) -> float:
    """Return z σ(2u), u = √(2/π) (z + 0.044715 z³), u taken at z = ±30 beyond."""
    near = min(max(z, -30.0), 30.0)
    return z * sigmoid(1.5957691216057308 * near * (1 + 0.044715 * near * near))


def gelu_tanh_slope(z: float) -> float:
    """Return σ(2u) + z σ'(2u) 2u'."""
    near = min(max(z, -30.0), 30.0)
    double = 1.5957691216057308 * near * (1 + 0.044715 * near * near)
    return sigmoid(double) + near * sigmoid_slope(double) * 1.5957691216057308 * (1 + 0.134145 * near * near)


def elu(z: float) -> float:
    """Return z where z > 0, exp(z) - 1 elsewhere."""
    return z if z > 0 else math.expm1(z)


def elu_slope(z: float) -> float:
    """Return 1 where z > 0, exp(z) elsewhere."""
    return 1.0 if z > 0 else math.exp(z)


def selu(z: float) -> float:
    """Return s z where z > 0, s α (exp(z) - 1) elsewhere; Klambauer et al. (2017)."""
    return 1.0507009873554805 * z if z > 0 else 1.7580993408473769 * math.expm1(z)


def selu_slope(z: float) -> float:
    """Return s where z > 0, s α exp(z) elsewhere."""
    return 1.0507009873554805 if z > 0 else 1.7580993408473769 * math.exp(z)


def gauss(x: float, factor: float) -> float:
    """Return exp(-factor x²), factor a power of 2, without the error that rounding x² would bring: h² is exact."""
    x = min(abs(x), 40.0)
    h = math.trunc(16 * x) / 16
    return math.exp(-factor * h * h) * math.exp(-factor * (x - h) * (x + h))


def normal(z: float) -> float:
    """Return Φ(z) = erfc(-z/√2)/2; far out the rounding of z/√2 is made good by exp(x² - z²/2)."""
    x = -z * 0.7071067811865476
    phi = math.erfc(x) / 2
    return phi * math.exp(float(Fraction(x) ** 2 - Fraction(z) ** 2 / 2)) if 3 < x < 30 else phi


def gelu(z: float) -> float:
    """Return z Φ(z)."""
    return z * normal(z)


def gelu_slope(z: float) -> float:
    """Return Φ(z) + z φ(z)."""
    return normal(z) + z * 0.3989422804014327 * gauss(z, 0.5)  # 1/√(2π)


def erf(x: float) -> float:
    """Return 2/√π ∫ exp(-t²) dt from 0 to x."""
    return math.erf(x)


def erf_slope(x: float) -> float:
    """Return 2/√π exp(-x²)."""
    return 1.1283791670955126 * gauss(x, 1.0)


def relu(z: float) -> float:
    """Return max(0, z)."""
    return max(z, 0.0)


def relu_slope(z: float) -> float:
    """Return 1 where z > 0, 0 elsewhere."""
    return 1.0 if z > 0 else 0.0


def leaky_relu(z: float) -> float:
    """Return z where z > 0, z/100 elsewhere."""
    return z if z > 0 else 0.01 * z


def leaky_relu_slope(z: float) -> float:
    """Return 1 where z > 0, 0.01 elsewhere."""
    return 1.0 if z > 0 else 0.01


def hardtanh(z: float) -> float:
    """Return z, cut off at -1 and 1."""
    return min(max(z, -1.0), 1.0)


def hardtanh_slope(z: float) -> float:
    """Return 1 where -1 < z < 1, 0 elsewhere."""
    return 1.0 if -1 < z < 1 else 0.0


def identity(z: float) -> float:
    """Return z."""
    return z


def identity_slope(z: float) -> float:
    """Return 1."""
    return 1.0


def softsign(z: float) -> float:
    """Return z/(1 + |z|)."""
    return z / (1 + abs(z))


def softsign_slope(z: float) -> float:
    """Return 1/(1 + |z|)²."""
    return 1 / ((1 + abs(z)) * (1 + abs(z)))


def absolute(z: float) -> float:
    """Return |z|."""
    return abs(z)


def absolute_slope(z: float) -> float:
    """Return the sign of z, 0 at 0."""
    return float((z > 0) - (z < 0))


def huber(z: float) -> float:
    """Return z²/2 where |z| <= 1, |z| - 1/2 beyond."""
    slope = hardtanh(z)
    return slope * (z - slope / 2)


def huber_slope(z: float) -> float:
    """Return z, cut off at -1 and 1."""
    return hardtanh(z)


def log_cosh(z: float) -> float:
    """Return ln cosh z = ln(1 + 2 sinh²(z/2)), and |z| + ln(1 + exp(-2|z|)) - ln 2 far from 0."""
    size = abs(z)
    if size < 2:
        half = math.sinh(size / 2)
        return math.log1p(2 * half * half)
    return size + math.log1p(math.exp(-2 * size)) - 0.6931471805599453


def log_cosh_slope(z: float) -> float:
    """Return tanh z."""
    return math.tanh(z)


# name -> function, of all that unrolled code may call
SCALAR = {
    name: function
    for name, function in (*vars(scalarshares).items(), *list(globals().items()))
    if getattr(function, "__module__", "") in (__name__, scalarshares.__name__) and callable(function)
}
