"""What is never negative: decided for all indices in their ranges and all sizes, where that is plain to see.

N - x + 1 ≥ 0   for x from 1 to N          ⌈q/2⌉ - 1 ≥ 0   for q from 1 on          N - ⌊(q + 1)/2⌋ ≥ 0   for q ≤ 2 N
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, Integer, Symbol, ceiling, floor, ilcm

from symbackprop.network.notation import Axis
from symbackprop.network.program import free_indices


def never_negative(expression: Expr, ranges: Mapping[Symbol, Axis]) -> bool:
    """Tell whether the expression is >= 0 for every index in its range and all sizes >= 1; False if in doubt."""
    expression = without_rounding(expression.expand())
    if expression.is_Integer:
        return bool(expression >= 0)
    worst = {}
    for symbol in free_indices(expression) & set(ranges):
        first, last = ranges[symbol]
        slope = expression.coeff(symbol, 1)
        if not slope.is_Integer or (expression - slope * symbol).has(symbol):
            return False
        worst[symbol] = last if slope.is_negative else first
    if worst:
        return never_negative(expression.xreplace(worst), ranges)
    coefficients = expression.as_coefficients_dict()
    if not all(size.is_integer and size.is_positive for size in coefficients):
        return False  # not a size: min(q, n) may be 0
    at_smallest = sum(coefficients.values())  # every size at its least, 1
    return at_smallest >= 0 and not any(c.is_negative for size, c in coefficients.items() if size != 1)


def without_rounding(expression: Expr) -> Expr:
    """Return an expression that is >= 0 where this one is, with a rounded fraction of whole numbers made whole.

    ⌈p/s⌉ + r ≥ 0  is  p + s r + s - 1 ≥ 0,  ⌊p/s⌋ + r ≥ 0  is  p + s r ≥ 0,  and  r - ⌈p/s⌉ ≥ 0  is  s r - p ≥ 0."""
    for term in Add.make_args(expression):
        sign, rounded = term.as_coeff_Mul()
        if sign not in (1, -1) or not isinstance(rounded, ceiling | floor):
            continue
        above, below = _fraction(rounded.args[0])
        rest = expression - term
        up = isinstance(rounded, ceiling) == (sign == 1)
        return without_rounding((sign * above + below * rest + (below - 1 if up else 0)).expand())
    return expression


def _fraction(quotient: Expr) -> tuple[Expr, Integer]:
    """Return what is divided and by which whole number: (q + 1)/2 is q + 1 over 2."""
    below = Integer(ilcm(1, *(term.as_coeff_Mul()[0].q for term in Add.make_args(quotient.expand()))))
    return (quotient * below).expand(), below


def as_ceiling(end: Expr) -> Expr:
    """Return an end of a range with ⌊p/s⌋ written ⌈(p - s + 1)/s⌉, so that equal ends look alike."""
    values = {}
    for rounded in end.atoms(floor):
        above, below = _fraction(rounded.args[0])
        values[rounded] = ceiling((above - below + 1) / below)
    return end.xreplace(values)
