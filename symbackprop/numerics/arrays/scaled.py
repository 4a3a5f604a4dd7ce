"""Sums of exponentials counted from the largest exponent, so that nothing leaves the range of floats.

Σ_m exp(u_m) = exp(M) R    with  M = max_m u_m,  R = Σ_m exp(u_m - M)        exp(s)/Σ exp(u) = exp(s - M)/R
ln Σ_m exp(u_m) = M + ln R
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Add, Expr, Mul, Pow, Sum, Symbol, exp, log

from symbackprop.calculus.indices import put
from symbackprop.network.notation import Axis
from symbackprop.network.program import free_indices


def exponent_of(total: Sum) -> Expr | None:
    """Return u of a sum of c exp(u) in which u depends on what is summed over; None for another sum.

    In c exp(u)/Σ exp(v) the sum below is counted from its largest, and then exp(u) is no large number any more."""
    factors = Mul.make_args(total.function)
    exponentials = [factor for factor in factors if isinstance(factor, exp)]
    if len(exponentials) != 1 or not free_indices(exponentials[0]) & set(total.variables):
        return None
    if any(isinstance(f, Pow) and isinstance(f.base, Sum) and exponent_of(f.base) is not None for f in factors):
        return None
    return exponentials[0].args[0]


def share_of(e: Expr, ranges: Mapping[Symbol, Axis]) -> tuple[Expr, Symbol] | None:
    """Return u and j of exp(u_j)/Σ_m exp(u_m), with m in the range of j; None for anything else."""
    powers = {type(part): part for part in Mul.make_args(e)} if isinstance(e, Mul) and len(e.args) == 2 else {}
    over = powers.get(Pow)
    if powers.keys() != {exp, Pow} or over is None or over.exp != -1 or not isinstance(over.base, Sum):
        return None
    if len(over.base.limits) != 1:
        return None
    (summed, *axis) = over.base.limits[0].args
    for symbol, own in ranges.items():
        if own == tuple(axis) and put(over.base.function, {summed: symbol}) == powers[exp]:
            return powers[exp].args[0], symbol
    return None


def scaled(expression: Expr, held: Callable[[Sum, Expr], tuple[Expr, Expr]]) -> Expr:
    """Return the expression with every outermost sum of exponentials written exp(M) R.

    `held(total, u)` returns the two letters M and R, whose arrays it has computed."""
    values: dict[Expr, Expr] = {}
    for total in _outermost(expression):
        exponent = exponent_of(total)
        if exponent is not None:
            largest, rest = held(total, exponent)
            values[log(total)] = largest + log(rest)
            values[total] = exp(largest) * rest
    return _merged(expression.xreplace(values)) if values else expression


def _merged(expression: Expr) -> Expr:
    """Return the expression with the exponentials of each product written as one: exp(s) exp(-M) is exp(s - M)."""
    if isinstance(expression, Sum) or not expression.args:
        return expression
    expression = expression.func(*map(_merged, expression.args))
    powers = [factor for factor in Mul.make_args(expression) if isinstance(factor, exp)]
    if len(powers) < 2:
        return expression
    others = [factor for factor in Mul.make_args(expression) if not isinstance(factor, exp)]
    return Mul(*others, exp(Add(*(power.args[0] for power in powers))))


def lowered(function: Expr, exponent: Expr, largest: Expr) -> Expr:
    """Return what a sum of exponentials is of, counted from their largest exponent."""
    return Mul(*(exp(exponent - largest) if f == exp(exponent) else f for f in Mul.make_args(function)))


def _outermost(expression: Expr) -> list[Sum]:
    if isinstance(expression, Sum):
        return [expression]
    return list(dict.fromkeys(total for part in expression.args for total in _outermost(part)))
