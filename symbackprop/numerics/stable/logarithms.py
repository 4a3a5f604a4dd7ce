"""Logarithms, and their slopes, that know that 0 ln 0 = 0.

Same rules as in `exponential`: arrays or NumPy scalars, the dtype is kept, each text stands alone.
"""

from __future__ import annotations

import numpy as np


def log(x: np.ndarray) -> np.ndarray:
    """Return ln x, and -inf at 0 without a warning; a negative x is still one."""
    with np.errstate(divide="ignore"):
        value: np.ndarray = np.log(x)
    return value


def x_log_y(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return x ln y, and 0 wherever x is 0, whatever y is."""
    used = np.not_equal(x, 0)
    return np.where(used, x * log(np.where(used, y, np.ones_like(y))), np.zeros_like(y))


def x_log_x(x: np.ndarray) -> np.ndarray:
    """Return x ln x where x > 0, 0 elsewhere."""
    return x_log_y(np.maximum(x, 0.0), np.maximum(x, 0.0))


def x_log_x_slope(x: np.ndarray) -> np.ndarray:
    """Return 1 + ln x where x > 0, 0 elsewhere."""
    positive = np.greater(x, 0)
    return np.where(positive, 1 + np.log(np.where(positive, x, np.ones_like(x))), np.zeros_like(x))


def product(x: np.ndarray, log_y: np.ndarray) -> np.ndarray:
    """Return x times a logarithm that is known already, and 0 wherever x is 0, even where the logarithm is -inf."""
    used = np.not_equal(x, 0)
    return np.where(used, x * np.where(used, log_y, np.zeros_like(log_y)), np.zeros_like(log_y))


def quotient(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return x/y, and 0 wherever x is 0, whatever y is: the slope of x ln y, where 0 ln 0 = 0."""
    used = np.not_equal(x, 0)
    return np.where(used, x / np.where(used, y, np.ones_like(y)), np.zeros_like(y))
