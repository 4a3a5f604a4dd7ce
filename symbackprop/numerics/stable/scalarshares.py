"""Logarithms that know that 0 ln 0 = 0, and softmax with its relatives, on single numbers and tuples of them.

Same rules as in `scalar`: the standard library alone, and each text stands alone but for functions beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def log(x: float) -> float:
    """Return ln x, and -inf at 0."""
    return math.log(x) if x != 0 else -math.inf


def x_log_y(x: float, y: float) -> float:
    """Return x ln y, and 0 where x is 0, whatever y is."""
    return x * log(y) if x != 0 else 0.0


def x_log_x(x: float) -> float:
    """Return x ln x where x > 0, 0 elsewhere."""
    return x * math.log(x) if x > 0 else 0.0


def x_log_x_slope(x: float) -> float:
    """Return 1 + ln x where x > 0, 0 elsewhere."""
    return 1 + math.log(x) if x > 0 else 0.0


def product(x: float, log_y: float) -> float:
    """Return x times a logarithm, and 0 where x is 0, even where the logarithm is -inf."""
    return x * log_y if x != 0 else 0.0


def quotient(x: float, y: float) -> float:
    """Return x/y, 0 where x is 0, whatever y is, and else an infinity where y is 0."""
    if x == 0:
        return 0.0
    return x / y if y != 0 else math.copysign(math.inf, x)


def shares(z: Sequence[float]) -> tuple[list[float], list[float], list[float]]:
    """Return softmax(z), 1 - softmax(z) and ln softmax(z); nothing near 1 is subtracted from 1."""
    largest = max(z)
    top = z.index(largest)
    t = [each - largest for each in z]
    e = [math.exp(each) for each in t]
    s = sum(e[:top]) + sum(e[top + 1 :])
    log_total = math.log1p(s)
    rests = [s / (1 + s) if place == top else (1 - each + s) / (1 + s) for place, each in enumerate(e)]
    return [each / (1 + s) for each in e], rests, [each - log_total for each in t]


def softmax(z: Sequence[float]) -> list[float]:
    """Return exp(z_j)/Σ_i exp(z_i)."""
    return shares(z)[0]


def log_softmax(z: Sequence[float]) -> list[float]:
    """Return z_j - ln Σ_i exp(z_i)."""
    return shares(z)[2]


def log_one_minus_softmax(z: Sequence[float]) -> list[float]:
    """Return ln(1 - softmax(z)_j), that of the largest from the sum over the others."""
    values, rests, _ = shares(z)
    top = z.index(max(z))
    others = [each for place, each in enumerate(z) if place != top]
    second = max(others, default=-math.inf)
    rest = second + math.log(sum(math.exp(each - second) for each in others)) if others else -math.inf
    log_total = math.log1p(sum(math.exp(each - z[top]) for each in others))
    return [rest - z[top] - log_total if place == top else math.log1p(-values[place]) for place in range(len(rests))]


def from_largest(g: Sequence[float], a: Sequence[float]) -> list[float]:
    """Return g, counted from its entry at the largest a."""
    base = g[a.index(max(a))]
    return [each - base for each in g]


def error_from_shares(k: Sequence[float], of_shares: Sequence[Sequence[float]]) -> list[float]:
    """Return δ_j = k_j - Σ_i a_j/r_i k_i over all others i, from k = a r ∂C/∂a.

    `of_shares` are a, r = 1 - a, and the logarithms of both."""
    a, r, log_a, log_r = of_shares
    top = a.index(max(a))
    rest = [0.0 if place == top else each / r[place] for place, each in enumerate(k)]
    error = [k[top] - a[top] * sum(rest) for _ in k]
    for place, each in enumerate(rest):
        if place != top:
            error[place] = each - a[place] * sum(rest) - math.exp(log_a[place] - log_r[top]) * k[top]
    return error
