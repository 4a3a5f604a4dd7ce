"""Numbers of as many digits as are asked for: contexts of mpmath, made once, and what expressions are worth.

No global setting is touched."""

from __future__ import annotations

from functools import cache
from typing import Any

import mpmath
from sympy import Expr, Pow, S, cosh, exp, sinh

SPARE = 1000  # digits: enough for ln(1 + exp(-2000))
MOST_EXPONENT = 1000  # bits of a number that e is raised to: mpmath takes seconds for twice as many, then minutes


@cache
def context_of(digits: int) -> Any:
    """Return the context of so many decimal places, which all who compute with them share: nobody changes it.

    Making one takes a millisecond, and the numbers of another context lose digits on their way in."""
    context = mpmath.mp.clone()
    context.dps = digits
    return context


def worth(number: Expr, digits: int) -> Expr:
    """Return what an expression without letters is worth, with so many digits, unless more than SPARE of them cancel.

    What cancels wholly is 0: SymPy's `evalf` looks for it with more and more digits, and for the 330,000 that tell
    1 + erf(-873) from 0 it takes minutes."""
    return _computed(number, digits + SPARE).evalf(digits)


def _computed(number: Expr, digits: int) -> Expr:
    """Return an expression with every part of it computed with so many digits."""
    if not number.args:
        return number.evalf(digits)
    if isinstance(number, Pow) and number.exp.is_Rational:  # (-8)^(1/3), and a square that is exact
        return Pow(_computed(number.base, digits), number.exp).evalf(digits)
    parts = [_computed(part, digits) if isinstance(part, Expr) else part for part in number.args]
    if isinstance(number, exp | sinh | cosh) and parts[0].is_Float and sum(parts[0]._mpf_[2:]) > MOST_EXPONENT:
        return number.func(S.Infinity if parts[0] > 0 else S.NegativeInfinity)
    value = number.func(*parts)
    return value if value.is_Float else value.evalf(digits)  # a named function waits to be asked
