"""Power series of a formula near points at which it is 0/0 and has a limit.

    sin(z)/z = 1 - z²/6 + z⁴/120 - …        |z| <= 1

Coefficients are means over a circle around the point, c_n = 1/N Σ_k f(p + r e^(2πik/N)) e^(-2πikn/N)/r^n: Cauchy's
integral by the trapezoidal rule, whose error is c_(n+N) r^N + c_(n-N) r^-N + …. A pole in the circle or near it leaves
large ones among the upper half of them, and a smaller circle is tried.
Source: Trefethen and Weideman (2014), The exponentially convergent trapezoidal rule.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeAlias

import mpmath
from sympy import Expr, Piecewise, Pow, Rational

from symbackprop.network.extremes import Extreme, Where
from symbackprop.network.functions import Z, explicit, numeric
from symbackprop.network.kinks import in_digits, number_at

Series: TypeAlias = tuple[float, float, tuple[float, ...]]  # center, radius, coefficients from the highest to c_0

CENTERS = (Rational(0), Rational(1), Rational(-1), Rational(2), Rational(-2))
RADII = (Rational(1), Rational(1, 4), Rational(1, 16))
POINTS = 64
DIGITS = 60
NEGLIGIBLE = 2.0**-60  # of the largest |c_n| r^n: what is left out is below the last digit of a float
NOTHING = 1e-30  # a coefficient that is 0 but for the rounding of 60 digits


@lru_cache(maxsize=2**8)
def removable(form: Expr) -> tuple[Series, ...]:
    """Return the series of a formula in Z near simple points at which a denominator is 0, where it has a limit."""
    if form.atoms(Extreme, Where, Piecewise):
        return ()
    below = [part.base for part in explicit(form).atoms(Pow) if part.exp.is_Integer and part.exp < 0]
    below = [base for base in below if base.has(Z)]
    centers = (center for center in CENTERS if any(number_at(base, center) == 0 for base in below))
    return tuple(series for center in centers if (series := _series(form, center)) is not None)


def _series(form: Expr, center: Expr) -> Series | None:
    value = numeric(explicit(form))
    for radius in RADII:
        with suppress(ArithmeticError, TypeError, ValueError), mpmath.workdps(DIGITS):
            found = _coefficients(value, in_digits(center), in_digits(radius))
            if found is not None:
                return float(center), float(radius), found
    return None


def _coefficients(value: Callable[[Any], Any], center: Any, radius: Any) -> tuple[float, ...] | None:
    """Return the coefficients that count in a circle, from the highest to c_0; None where f is not analytic in it."""
    turns = [mpmath.expjpi(mpmath.mpf(2 * k) / POINTS) for k in range(POINTS)]
    values = [value(center + radius * turn) for turn in turns]

    def mean(n: int) -> Any:
        return mpmath.fsum(each * turns[-k * n % POINTS] for k, each in enumerate(values)) / POINTS

    if not abs(mean(-1)) <= NEGLIGIBLE * max(map(abs, values)):  # as of a pole in it
        return None
    means = [mean(n) for n in range(POINTS)]
    largest = max(map(abs, means))
    if any(abs(each) > NEGLIGIBLE * largest for each in means[POINTS // 2 :]):
        return None
    if any(abs(each.imag) > NOTHING * largest for each in means):  # not real on the real line: a branch of a root
        return None
    last = max(n for n, each in enumerate(means) if abs(each) > NEGLIGIBLE * largest)
    real = (each.real / radius**n if abs(each) > NOTHING * largest else 0 for n, each in enumerate(means[: last + 1]))
    return tuple(float(each) for each in real)[::-1]
