"""The number, or the sign, that people write in front of a product, a sum or a total, and what is left behind it.

2 a - 2 y -> 2 (a - y)        Σ_j (-y_j) -> -Σ_j y_j        -max_j (-x_j) -> min_j x_j
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import gcd

from sympy import Add, Expr, Mul, Rational, S, Sum

from symbackprop.frozen import dataclass
from symbackprop.network.largest import Largest, Smallest

CACHED = 4096


@dataclass(frozen=True, slots=True)
class Taken:
    """An expression as a number times factors; the number carries the sign."""

    coefficient: Expr
    factors: tuple[Expr, ...]


@lru_cache(CACHED)
def taken_apart(expression: Expr) -> Taken:
    """Return the number, or the sign, that people write in front, and the factors that are left.

    2 a - 2 y is 2 times (a - y); Σ_j (-y_j) is minus Σ_j y_j; other numbers stay inside their sum, and each total keeps
    its own, ½ Σ (a - y)² + ½ λ Σ w², as decimals that differ do."""
    if expression.is_Number:
        return Taken(expression, ())
    if isinstance(expression, Mul):
        parts = [taken_apart(factor) for factor in expression.args]
        number, factors = Mul(*(part.coefficient for part in parts)), [f for part in parts for f in part.factors]
        for place, factor in enumerate(factors):
            if number.is_negative and isinstance(factor, Largest) and is_of_negative(factor):
                number, factors[place] = -number, Smallest(-factor.function, *factor.limits)
        return Taken(number, tuple(factors))
    if isinstance(expression, Add):
        numbers = [taken_apart(term).coefficient for term in expression.args]
        common = _common(numbers)
        if common.q > 1 and (are_totals(expression) or _are_shares(numbers)):
            common = S.NegativeOne if common.is_negative else S.One
        return Taken(common, (expression if common == 1 else Add(*(term / common for term in expression.args)),))
    if isinstance(expression, Sum) and taken_apart(expression.function).coefficient.is_negative:
        return Taken(S.NegativeOne, (Sum(-expression.function, *expression.limits),))
    return Taken(S.One, (expression,))


def is_of_negative(largest: Largest) -> bool:
    """Tell whether what is compared begins with a minus."""
    return bool(taken_apart(largest.function).coefficient.is_negative)


def _are_shares(numbers: Sequence[Expr]) -> bool:
    """Tell whether numbers are decimals that differ, as those of 0.9 v + 0.1 g: nobody writes 0.1 (9 v + g)."""
    return numbers[0].q % 5 == 0 and len({abs(number) for number in numbers}) > 1


def are_totals(expression: Add) -> bool:
    """Tell whether a sum adds up totals, as a cost and its penalty do."""
    return all(term.has(Sum) for term in expression.args)


def _common(numbers: Sequence[Expr]) -> Expr:
    """Return what all the numbers have in common, their sign included if it is the same."""
    if not all(isinstance(value, Rational) for value in numbers) or len({value.q for value in numbers}) > 1:
        common = S.One
    else:
        common = Rational(gcd(*(int(value.p) for value in numbers)), numbers[0].q)
    return -common if all(value.is_negative for value in numbers) else common
