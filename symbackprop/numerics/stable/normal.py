"""The error function and what rests on it: the normal distribution Φ and gelu(z) = z Φ(z).

NumPy has no error function. Source: W. J. Cody (1969), Rational Chebyshev approximations for the error function,
Mathematics of Computation 23, 631-637: three rational functions, for |x| up to 0.46875, up to 4, and beyond.
Same rules as in `exponential`: arrays or NumPy scalars, the dtype is kept, each text stands alone.
"""

from __future__ import annotations

import numpy as np


def erf_near(x: np.ndarray) -> np.ndarray:
    """Return erf(x) for |x| <= 0.46875."""
    square = x * x
    top = 1.85777706184603153e-1 * square + 3.16112374387056560
    bottom = square + 2.36012909523441209e1
    for above, below in (
        (1.13864154151050156e2, 2.44024637934444173e2),
        (3.77485237685302021e2, 1.28261652607737228e3),
        (3.20937758913846947e3, 2.84423683343917062e3),
    ):
        top *= square
        top += above
        bottom *= square
        bottom += below
    value: np.ndarray = x * (top / bottom)
    return value


def scaled_erfc_middle(x: np.ndarray) -> np.ndarray:
    """Return exp(x²) erfc(x) for 0.46875 <= x <= 4."""
    top = 2.15311535474403846e-8 * x + 5.64188496988670089e-1
    bottom = x + 1.57449261107098347e1
    for above, below in (
        (8.88314979438837594, 1.17693950891312499e2),
        (6.61191906371416295e1, 5.37181101862009858e2),
        (2.98635138197400131e2, 1.62138957456669019e3),
        (8.81952221241769090e2, 3.29079923573345963e3),
        (1.71204761263407058e3, 4.36261909014324716e3),
        (2.05107837782607147e3, 3.43936767414372164e3),
        (1.23033935479799725e3, 1.23033935480374942e3),
    ):
        top *= x
        top += above
        bottom *= x
        bottom += below
    return top / bottom


def scaled_erfc_far(x: np.ndarray) -> np.ndarray:
    """Return exp(x²) erfc(x) for x >= 4."""
    inverse = 1 / (x * x)
    top = 1.63153871373020978e-2 * inverse + 3.05326634961232344e-1
    bottom = inverse + 2.56852019228982242
    for above, below in (
        (3.60344899949804439e-1, 1.87295284992346725),
        (1.25781726111229246e-1, 5.27905102951428412e-1),
        (1.60837851487422766e-2, 6.05183413124413191e-2),
        (6.58749161529837803e-4, 2.33520497626869185e-3),
    ):
        top *= inverse
        top += above
        bottom *= inverse
        bottom += below
    value: np.ndarray = (5.6418958354775628695e-1 - inverse * top / bottom) / x
    return value


def scaled_erfc(x: np.ndarray) -> np.ndarray:
    """Return exp(x²) erfc(x) for x >= 0.46875, and its value there below; it falls slowly, erfc underflows."""
    value = scaled_erfc_middle(np.minimum(np.maximum(x, 0.46875), 4.0))
    far = x > 4
    if far.any():
        value = np.where(far, scaled_erfc_far(np.maximum(x, 4.0)), value)
    return value


def gauss(x: np.ndarray, factor: float) -> np.ndarray:
    """Return exp(-factor x²), factor a power of 2, without the error that rounding x² would bring.

    x = h + r with h a multiple of 1/16, so that h² is exact; cut off at 40, where the result has long been 0."""
    x = np.minimum(np.abs(x), 40.0)
    h = np.trunc(16 * x) / 16
    value: np.ndarray = np.exp(-factor * h * h) * np.exp(-factor * (x - h) * (x + h))
    return value


def erf(x: np.ndarray) -> np.ndarray:
    """Return 2/√π ∫ exp(-t²) dt from 0 to x."""
    size = np.minimum(np.abs(x), 6.0)  # erf(6) is 1 to double precision
    near = erf_near(np.minimum(size, 0.46875))
    far = 1 - np.exp(-size * size) * scaled_erfc(size)
    value: np.ndarray = np.copysign(np.where(size <= 0.46875, near, far), x)
    return value


def erf_slope(x: np.ndarray) -> np.ndarray:
    """Return 2/√π exp(-x²)."""
    return 1.1283791670955126 * gauss(x, 1.0)


def gelu(z: np.ndarray) -> np.ndarray:
    """Return z Φ(z)."""
    return gelu_value_and_slope(z)[0]


def gelu_slope(z: np.ndarray) -> np.ndarray:
    """Return Φ(z) + z φ(z)."""
    return gelu_value_and_slope(z)[1]


def gelu_value_and_slope(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return gelu(z) and gelu'(z) from Φ(-|z|) = exp(-z²/2) · scaled_erfc(|z|/√2)/2, which never cancels."""
    density = gauss(z, 0.5)
    x = 0.7071067811865476 * np.minimum(np.abs(z), 40.0)
    near = 1 - erf_near(np.minimum(x, 0.46875))
    tail = 0.5 * np.where(x <= 0.46875, near, density * scaled_erfc(x))
    phi = np.where(z < 0, tail, 1 - tail)
    return z * phi, phi + z * density * 0.3989422804014327  # 1/√(2π)
