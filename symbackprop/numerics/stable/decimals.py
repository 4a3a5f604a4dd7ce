"""A formula again with as many digits as it takes, by the standard library's decimal numbers.

Same rules as in `scalar`: each text stands alone but for functions beside it and `from decimal import Context, Decimal,
getcontext, localcontext`. Elementary functions that Decimal lacks are power series of reduced arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal, getcontext, localcontext

__all__ = [
    "decimal_atan",
    "decimal_cos",
    "decimal_erf",
    "decimal_pi",
    "decimal_power",
    "decimal_sin",
    "decimal_tanh",
    "exact",
]


def exact(function: Callable[..., Decimal], *arguments: float) -> float:
    """Return function(*arguments) with so many digits that more of them change nothing; NaN where it is no real number.

    What is small must be so with many more digits than it has zeros: both times the same may have been lost beside 1.
    Where it is 0/0 its limit is taken, if it has one."""
    last = Decimal("NaN")
    for digits in (50, 100, 400):
        with localcontext(Context(prec=digits, Emax=10**15, Emin=-(10**15), traps=[])):
            value = function(*map(Decimal, arguments))
            settled = value.is_finite() and last.is_finite() and abs(value - last) * 10**20 <= abs(value)
            if settled and value != 0 and value.adjusted() > -0.9 * digits:
                break
            last = value
    if value.is_nan():
        return decimal_limit(function, *arguments)
    return float(value) if value.copy_abs() > Decimal("1e-330") else 0.0


def decimal_limit(function: Callable[..., Decimal], *arguments: float) -> float:
    """Return the limit of a function where it has no value, along one of its arguments; NaN where there is none.

    It has one if four values agree: 1e-40 and 1e-80 away, on both sides, or on one where the other has no value."""
    for place in range(len(arguments)):
        with localcontext(Context(prec=400, Emax=10**15, Emin=-(10**15), traps=[])):
            sides = []
            for sign in (1, -1):
                near = [list(map(Decimal, arguments)) for _ in range(2)]
                near[0][place] += sign * Decimal("1e-40")
                near[1][place] += sign * Decimal("1e-80")
                values = [function(*point) for point in near]
                if not any(value.is_nan() for value in values):
                    sides += values
            if sides and all(value.is_finite() for value in sides):
                if max(sides) - min(sides) <= max(map(abs, sides)) * Decimal("1e-20"):
                    return float(sides[-1])
                if max(map(abs, sides)) < Decimal("1e-30"):
                    return 0.0
    return float("nan")


def decimal_pi() -> Decimal:
    """Return π, by Machin's formula: π/4 = 4 atan(1/5) - atan(1/239)."""
    with localcontext() as context:
        context.prec += 10
        value = 16 * decimal_atan_near(1 / Decimal(5)) - 4 * decimal_atan_near(1 / Decimal(239))
    return +value


def decimal_atan_near(x: Decimal) -> Decimal:
    """Return atan(x) for small x: Σ (-1)^n x^(2n+1)/(2n+1)."""
    total, last, power, n = x, Decimal(0), x, 1
    while total != last:
        last, power, n = total, -power * x * x, n + 2
        total += power / n
    return total


def decimal_atan(x: Decimal) -> Decimal:
    """Return atan(x), its argument halved five times: atan(x) = 2 atan(x/(1 + sqrt(1 + x²)))."""
    if not x.is_finite():
        return x if x.is_nan() else (decimal_pi() / 2).copy_sign(x)
    with localcontext() as context:
        context.prec += 10
        for _ in range(5):
            x = x / (1 + (1 + x * x).sqrt())
        value = 32 * decimal_atan_near(x)
    return +value


def decimal_sin(x: Decimal) -> Decimal:
    """Return sin(x); NaN where x is so large that it says nothing about its place in a turn."""
    if not x.is_finite() or x.adjusted() > 400:
        return Decimal("NaN")
    with localcontext() as context:
        context.prec += 10 + max(0, x.adjusted())
        x = x % (2 * decimal_pi()) if abs(x) > 3 else x
        total, last, term, n = x, Decimal(0), x, 1
        while total != last:
            last, n = total, n + 2
            term *= -x * x / (n * (n - 1))
            total += term
    return +total


def decimal_cos(x: Decimal) -> Decimal:
    """Return cos(x) = 1 - 2 sin²(x/2)."""
    with localcontext() as context:
        context.prec += 10
        value = 1 - 2 * decimal_sin(x / 2) ** 2
    return +value


def decimal_tanh(x: Decimal) -> Decimal:
    """Return tanh(x) = (1 - e)/(1 + e), e = exp(-2|x|)."""
    e = (-2 * abs(x)).exp()
    return ((1 - e) / (1 + e)).copy_sign(x)


def decimal_erf(x: Decimal) -> Decimal:
    """Return erf(x) = 2/√π exp(-x²) Σ 2^n x^(2n+1)/(2n+1)!!, and ±1 where the digits of this context say no more."""
    if x.is_nan() or x * x > 3 * getcontext().prec:
        return x if x.is_nan() else Decimal(1).copy_sign(x)
    with localcontext() as context:
        context.prec += 10
        total, last, term, n = x, Decimal(0), x, 1
        while total != last:
            last, n = total, n + 2
            term *= 2 * x * x / n
            total += term
        value = 2 * total * (-x * x).exp() / decimal_pi().sqrt()
    return +value


def decimal_power(x: Decimal, numerator: int, denominator: int) -> Decimal:
    """Return x^(numerator/denominator), NaN where x is negative."""
    return x ** (Decimal(numerator) / denominator)
