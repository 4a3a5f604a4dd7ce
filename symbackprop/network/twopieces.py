"""An expression in the two pieces that it is, where one difference decides all of its cases.

sqrt(max(0, a - y))   ->   where(a > y, sqrt(a - y), 0)        max(|d|, d/2)   ->   max(d, -d)
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Abs, Dummy, Expr, Piecewise, cancel, exp
from sympy.core.relational import Relational

from symbackprop.network.extremes import STEP, Extreme, Maximum, Minimum, Where, sides_of_difference, simple_gap, where
from symbackprop.network.functions import ABSOLUTE, Elementwise
from symbackprop.network.kinks import meetings_in

FORMS = 4  # ways to write two pieces: as the larger or smaller, with the mean where they meet, with either piece there
SPLIT = 2


class _Undecided(Exception):
    """A case is decided by something else than the one difference that is looked at."""


def decides(part: Expr) -> bool:
    """Tell whether pieces meet in a function: a choice, or a named function in pieces."""
    return isinstance(part, Extreme | Where) or bool(isinstance(part, Elementwise) and meetings_in(type(part)))


def in_two_pieces(part: Expr, form: int) -> Expr:
    """Return a summand in the two pieces that it is, if one difference decides all of its cases."""
    gaps = {_signed(gap)[0] for gap in _innermost_gaps(part)}
    if len(gaps) != 1:
        return part
    (gap,) = gaps
    try:
        above, below = (_on_side(part, gap, sign).replace(Abs, ABSOLUTE) for sign in (1, -1))
    except _Undecided:
        return part
    if form == 0:
        quotient = (above - below) / gap
        letters = {power: Dummy() for power in quotient.atoms(exp)}  # of exp(1000000), cancel makes the power of e
        ratio = cancel(quotient.xreplace(letters))
        if ratio.is_Rational:
            return below if ratio == 0 else (Maximum if ratio > 0 else Minimum)(above, below)
    if form == 1:
        return STEP(gap) * above + (1 - STEP(gap)) * below
    return where(">" if form == 2 else ">=", *sides_of_difference(gap), above, below)


def _innermost_gaps(expression: Expr) -> Iterator[Expr]:
    """Yield the differences that decide, of choices inside which there is no other."""
    inside = [gap for argument in expression.args for gap in _innermost_gaps(argument)]
    if not inside and decides(expression):
        if isinstance(expression, Extreme | Where):
            inside = [expression.gap]
        else:
            inside = [expression.args[0] - point for point in meetings_in(type(expression))]
    yield from inside


def _signed(gap: Expr) -> tuple[Expr, int]:
    """Return a difference as simple as it can be, led by a plus, and the sign that it then has to be multiplied by."""
    simple = simple_gap(gap)
    return (-simple, -1) if simple.could_extract_minus_sign() else (simple, 1)


def _on_side(expression: Expr, gap: Expr, sign: int) -> Expr:
    """Return an expression as it is where the difference has a sign; raises _Undecided where that does not say it."""
    if isinstance(expression, Piecewise):
        decided = {r: _holds(r, gap, sign) for _, condition in expression.args for r in condition.atoms(Relational)}
        chosen = next(value for value, condition in expression.args if condition.xreplace(decided) == True)  # noqa: E712
        return _on_side(chosen, gap, sign)
    if isinstance(expression, Where):
        return _on_side(expression.cases, gap, sign)
    if not expression.args:
        return expression
    expression = expression.func(*(_on_side(part, gap, sign) for part in expression.args))
    if isinstance(expression, Extreme):
        return expression.args[0 if expression.sign * _sign_of(expression.gap, gap, sign) >= 0 else 1]
    if isinstance(expression, Elementwise) and meetings_in(type(expression)):
        return _on_side(expression.explicit(), gap, sign)
    return expression


def _sign_of(other: Expr, gap: Expr, sign: int) -> int:
    simple, turned = _signed(other)
    if simple == 0:
        return 0
    if simple.is_Number:
        return turned * (1 if simple > 0 else -1)
    if simple != gap:
        raise _Undecided
    return turned * sign


def _holds(relation: Relational, gap: Expr, sign: int) -> Expr:
    return relation.func(_sign_of(relation.lhs - relation.rhs, gap, sign), 0)
