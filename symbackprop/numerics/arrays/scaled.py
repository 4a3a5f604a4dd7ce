"""Sums of exponentials counted from the largest exponent, so that nothing leaves the range of floats.

Σ_m exp(u_m) = exp(M) R    with  M = max_m u_m,  R = Σ_m exp(u_m - M)        exp(s)/Σ exp(u) = exp(s - M)/R
ln Σ_m exp(u_m) = M + ln R
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sympy import Add, Basic, Expr, Indexed, Mul, Piecewise, Pow, S, Sum, Symbol, exp, log
from sympy.functions.elementary.piecewise import ExprCondPair

from symbackprop.calculus.indices import put
from symbackprop.network.extremes import Where
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import Axis
from symbackprop.network.program import free_indices

HELD = "held"  # the name of a letter that stands for an array which was computed before


def exponent_of(total: Sum) -> Expr | None:
    """Return u of a sum of c exp(u) in which u depends on what is summed over; None for another sum.

    In c exp(u)/Σ exp(v) the sum below is counted from its largest, and then exp(u) is no large number any more."""
    exponents = {_exponent(Mul.make_args(term), total.variables) for term in Add.make_args(total.function)}
    return exponents.pop() if len(exponents) == 1 else None


def _exponent(factors: Sequence[Expr], variables: Sequence[Symbol]) -> Expr | None:
    exponentials = [factor for factor in factors if isinstance(factor, exp) and free_indices(factor) & set(variables)]
    if any(isinstance(f, Pow) and isinstance(f.base, Sum) and exponent_of(f.base) is not None for f in factors):
        return None
    is_counted = any(symbol.name == HELD for factor in exponentials for symbol in factor.free_symbols)
    return None if is_counted or not exponentials else Add(*(factor.args[0] for factor in exponentials))


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


def apart_from_mean(e: Expr, ranges: Mapping[Symbol, Axis]) -> tuple[Expr, Expr, Symbol] | None:
    """Return g, a and j of (g_j - Σ_m a_m g_m) a_j, with m in the range of j; None for anything else."""
    factors = e.args if isinstance(e, Mul) and len(e.args) == 2 else ()
    for share, error in (factors, factors[::-1]) if factors else ():
        totals = [-part for part in Add.make_args(error) if isinstance(-part, Sum)]
        rate = error + totals[0] if len(totals) == 1 and isinstance(share, Indexed) else None
        if not isinstance(rate, Indexed) or len(totals[0].limits) != 1:
            continue
        (summed, *axis) = totals[0].limits[0].args
        for symbol in share.indices:
            if ranges.get(symbol) == tuple(axis) and put(totals[0].function, {summed: symbol}) == share * rate:
                return rate, share, symbol
    return None


def scaled(
    expression: Expr,
    held: Callable[[Sum, Expr], tuple[Expr, Expr]],
    largest: Callable[[Largest], Expr],
    is_branch: Callable[[Expr], bool],
) -> Expr:
    """Return the expression with every outermost sum of exponentials written exp(M) R; those of branches stay.

    `held(total, u)` returns the two letters M and R, whose arrays it has computed, `largest` that of M alone: where it
    is a sum inside of another one, Σ_d g_d Σ_m exp(u_m) f_md is exp(M) Σ_d g_d R_d."""
    values: dict[Expr, Expr] = {}
    for total in _outermost(expression, is_branch):
        exponent = exponent_of(total)
        if exponent is not None:
            most, rest = held(total, exponent)
            values[log(total)] = most + log(rest)
            values[total] = exp(most) * rest
        elif total.function.has(Sum):
            pairs = [_apart(term, total, largest) for term in Add.make_args(total.function)]
            if len({power for power, _ in pairs}) == 1 and pairs[0][0] != 0:
                values[total] = exp(pairs[0][0]) * Add(*(part for _, part in pairs))
            elif any(power != 0 for power, _ in pairs):
                values[total] = Add(*(exp(power) * part for power, part in pairs))
    return _merged(expression.xreplace(values)) if values else expression


def _apart(term: Expr, total: Sum, largest: Callable[[Largest], Expr]) -> tuple[Expr, Expr]:
    """Return M and the sum of one term without exp(M), of a factor that is a sum of exponentials with one M for all."""
    factors = Mul.make_args(term)
    for part in () if any(isinstance(factor, exp) for factor in factors) else factors:
        exponent = exponent_of(part) if isinstance(part, Sum) else None
        if exponent is not None:
            of = Largest(exponent, *part.limits)
            if not of.free_symbols & set(total.variables):
                most = largest(of)
                counted = part.func(lowered(part.function, exponent, most), *part.limits)
                return most, total.func(term / part * counted, *total.limits)
    return S.Zero, total.func(term, *total.limits)


def _merged(e: Expr, power: Expr = S.Zero) -> Expr:
    """Return an expression times exp(power) with the exponentials of each product as one: exp(s) exp(-M) is exp(s - M).

    What stands beside a sum, or beside cases, of such goes into these."""
    if isinstance(e, Where) and (not power or _is_counted(e)):  # not as Piecewise: SymPy takes it out of all sums
        return e.func(*e.args[:2], *(_merged(value, power) for value in e.args[2:]))
    if isinstance(e, Piecewise) and (not power or _is_counted(e)):
        return Piecewise(*((_merged(value, power), holds) for value, holds in e.args), evaluate=False)
    if isinstance(e, exp):
        return exp(_merged(e.args[0]) + power)
    if isinstance(e, Add):
        return e.func(*(_merged(part, power) for part in e.args))
    if isinstance(e, Mul):
        power = Add(power, *(_merged(part.args[0]) for part in e.args if isinstance(part, exp)))
        parts = [part for part in e.args if not isinstance(part, exp)]
        inner = next((part for part in parts if _is_counted(part)), None) if power else None
        merged = [_merged(part, power if part is inner else S.Zero) for part in parts]
        return Mul(*merged, *([exp(power)] if power and inner is None else []))
    if isinstance(e, Sum):
        e = e.func(_merged(e.function), *e.limits)
    elif e.args:
        e = e.func(*map(_merged, e.args))
    return e * exp(power) if power else e


def _is_counted(e: Basic) -> bool:
    """Tell whether an exponential that is counted from the largest stands in a product, among terms, or in a case."""
    if isinstance(e, exp):
        return any(symbol.name == HELD for symbol in e.free_symbols)
    return isinstance(e, Add | Mul | Piecewise | ExprCondPair | Where) and any(map(_is_counted, e.args))


def lowered(function: Expr, exponent: Expr, largest: Expr) -> Expr:
    """Return what a sum of exponentials is of, counted from their largest exponent: each of its terms, once."""
    own = set(Add.make_args(exponent))
    terms = []
    for factors in map(Mul.make_args, Add.make_args(function)):
        inside = [f for f in factors if isinstance(f, exp) and set(Add.make_args(f.args[0])) <= own]
        terms.append(Mul(*(factor for factor in factors if factor not in inside), exp(exponent - largest)))
    return Add(*terms)


def _outermost(expression: Expr, is_branch: Callable[[Expr], bool]) -> list[Sum]:
    if isinstance(expression, Sum):
        return [expression]
    if isinstance(expression, Largest | Chosen):  # its own sums are written where its indices have their ranges
        return []
    if is_branch(expression):  # and these where the case holds
        return []
    return list(dict.fromkeys(total for part in expression.args for total in _outermost(part, is_branch)))
