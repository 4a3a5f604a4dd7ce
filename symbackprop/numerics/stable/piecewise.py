"""Functions made of pieces, with PyTorch's slope at every kink: relu, leaky_relu, hardtanh, softsign, |u|, Huber's.

Same rules as in `exponential`: arrays or NumPy scalars, the dtype is kept, each text stands alone.
"""

from __future__ import annotations

import numpy as np


def relu(z: np.ndarray) -> np.ndarray:
    """Return max(0, z)."""
    value: np.ndarray = np.maximum(z, 0.0)
    return value


def relu_slope(z: np.ndarray) -> np.ndarray:
    """Return 1 where z > 0, 0 elsewhere, also at the kink 0."""
    z = np.asarray(z)
    return (z > 0).astype(z.dtype)


def relu_into(z: np.ndarray, value: np.ndarray, slope: np.ndarray) -> None:
    """Fill `value` with relu(z) and `slope` with relu'(z), with no array of its own; `value` may be z itself."""
    np.greater(z, 0, out=slope)
    np.maximum(z, 0, out=value)


def leaky_relu(z: np.ndarray) -> np.ndarray:
    """Return z where z > 0, z/100 elsewhere."""
    value: np.ndarray = np.maximum(z, 0.01 * z)
    return value


def leaky_relu_slope(z: np.ndarray) -> np.ndarray:
    """Return 1 where z > 0, 0.01 elsewhere, also at the kink 0."""
    slope: np.ndarray = np.maximum(relu_slope(z), 0.01)
    return slope


def hardtanh(z: np.ndarray) -> np.ndarray:
    """Return z, cut off at -1 and 1."""
    value: np.ndarray = np.minimum(np.maximum(z, -1.0), 1.0)
    return value


def hardtanh_slope(z: np.ndarray) -> np.ndarray:
    """Return 1 where -1 < z < 1, 0 elsewhere, also at the kinks -1 and 1."""
    return relu_slope(1 - np.abs(z))


def identity(z: np.ndarray) -> np.ndarray:
    """Return z, the same array."""
    return z


def identity_slope(z: np.ndarray) -> np.ndarray:
    """Return 1."""
    return np.ones_like(z)


def softsign(z: np.ndarray) -> np.ndarray:
    """Return z/(1 + |z|)."""
    value: np.ndarray = z / (1 + np.abs(z))
    return value


def softsign_slope(z: np.ndarray) -> np.ndarray:
    """Return 1/(1 + |z|)²."""
    return softsign_value_and_slope(z)[1]


def softsign_value_and_slope(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return softsign(z) and softsign'(z) from one division."""
    inverse = 1 / (1 + np.abs(z))
    return z * inverse, inverse * inverse


def absolute(z: np.ndarray) -> np.ndarray:
    """Return |z|."""
    value: np.ndarray = np.abs(z)
    return value


def absolute_slope(z: np.ndarray) -> np.ndarray:
    """Return the sign of z, 0 at the kink 0."""
    slope: np.ndarray = np.sign(z)
    return slope


def huber(z: np.ndarray) -> np.ndarray:
    """Return z²/2 where |z| <= 1, |z| - 1/2 beyond; Huber (1964)."""
    return huber_value_and_slope(z)[0]


def huber_slope(z: np.ndarray) -> np.ndarray:
    """Return z, cut off at -1 and 1."""
    return hardtanh(z)


def huber_value_and_slope(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return huber(z) and huber'(z): with the slope s, huber(z) = s (z - s/2)."""
    slope = hardtanh(z)
    return slope * (z - slope / 2), slope
