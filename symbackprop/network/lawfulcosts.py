"""The cost of a neuron written so that its slope in a is lawful for every target, with the same values.

    relu(a) - a y + ln(1 + exp(-|a|))   ->   max(a, 0) - a y + ln(1 + exp(-|a|))     whose slope at a = 0 is 1/2 - y
    max(|a - y|, (a - y)/2)             ->   max(a - y, y - a)
    sqrt(max(0, a - y))                 ->   where(a > y, sqrt(a - y), 0)            whose slope is 0 for a < y

A formula that obeys the law as it is written stays as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Piecewise, Rational, S, cancel
from sympy.core.relational import Relational

from symbackprop.errors import ExpressionError
from symbackprop.network.activations.elementwise import HARDTANH, LEAKY_RELU
from symbackprop.network.costs import A, Y
from symbackprop.network.extremes import STEP, Extreme, Maximum, Minimum, Where, sides_of_difference, simple_gap, where
from symbackprop.network.functions import RELU, Elementwise, Z
from symbackprop.network.kinks import in_digits, meeting_points, meetings_in, number_at, sides
from symbackprop.network.lawful import has_value, is_close, middles, prescribed

__all__ = ["cost_kinks", "lawful_cost"]

# targets at which pieces are looked at: two of no meaning, and those at which pieces of their own may meet
TARGETS = (Rational(1, 3), Rational(7, 5), S.Zero, S.One, S.NegativeOne)


class _Undecided(Exception):
    """A case is decided by something else than the one difference that is looked at."""


def lawful_cost(term: Expr, text: str) -> Expr:
    """Return a cost in A and Y with the same values, and the slope that holds where pieces meet.

    Raises ExpressionError if none is found."""
    if not any(map(_decides, term.atoms(Extreme, Where, Elementwise))):
        return term
    candidates = list(_candidates(term))
    for strictly in (True, False):
        for candidate in candidates:
            if _obeys(candidate, term, strictly=strictly):
                return candidate
    raise ExpressionError(
        f"cost {text[:40]!r} has no slope that is known where its pieces meet; write it in another way"
    )


def cost_kinks(term: Expr, target: Expr) -> tuple[tuple[Expr, Expr], ...]:
    """Return the activations at which the slope of a cost jumps for a target, each with the slope that holds there."""
    definition, slope = _at_target(term, target), _at_target(term.diff(A), target)
    found = []
    for point in meeting_points(definition) if definition.has(Z) else ():
        beside, value = sides(definition, point), number_at(slope, point)
        if None not in (beside.left, beside.right, value) and not beside.agree:
            found.append((point, value))
    return tuple(found)


def _at_target(expression: Expr, target: Expr) -> Expr:
    return expression.xreplace({A: Z, Y: target})


def _decides(part: Expr) -> bool:
    """Tell whether pieces meet in a function: a choice, or a named function in pieces."""
    return isinstance(part, Extreme | Where) or bool(isinstance(part, Elementwise) and meetings_in(type(part)))


def _obeys(candidate: Expr, term: Expr, *, strictly: bool) -> bool:
    """Tell whether the slope of a candidate is the one that holds for a term where pieces meet, and is one elsewhere.

    Not `strictly`, it need not be the mean: where three pieces meet at one target alone it lies between both sides."""
    slope = candidate.diff(A)
    for target in TARGETS:
        definition, derivative = _at_target(term, target), _at_target(slope, target)
        if not definition.has(Z):
            continue
        points = meeting_points(definition)
        for point in points:
            wanted, found = prescribed(definition, derivative, point), number_at(derivative, point)
            if wanted is not None and not (
                is_close(found, wanted) or (not strictly and _between(definition, point, found))
            ):
                return False
        if not all(has_value(definition, derivative, middle) for middle in middles(points)):
            return False
    return True


def _between(definition: Expr, point: Expr, found: Expr | None) -> bool:
    """Tell whether a slope lies between those of both sides, which differ."""
    beside = sides(definition, point)
    if found is None or beside.left is None or beside.right is None or beside.agree:
        return False
    return beside.enclose(in_digits(found))


def _candidates(term: Expr) -> Iterator[Expr]:
    """Yield the term as it is, with max for named functions, and in two pieces where one difference decides."""
    yield term
    named = term.replace(RELU, lambda u: Maximum(u, S.Zero)).replace(LEAKY_RELU, lambda u: Maximum(u, u / 100))
    named = named.replace(HARDTANH, lambda u: Minimum(Maximum(u, S.NegativeOne), S.One))
    yield named
    for form in range(FORMS):
        yield Add(*(_in_two_pieces(part, form) for part in Add.make_args(named)))


FORMS = 4  # ways to write two pieces: as the larger or smaller, with the mean where they meet, with either piece there


def _in_two_pieces(part: Expr, form: int) -> Expr:
    """Return a summand in the two pieces that it is, if one difference decides all of its cases."""
    gaps = {_signed(gap)[0] for gap in _innermost_gaps(part)}
    if len(gaps) != 1:
        return part
    (gap,) = gaps
    try:
        above, below = (_on_side(part, gap, sign) for sign in (1, -1))
    except _Undecided:
        return part
    ratio = cancel((above - below) / gap)
    if form == 0 and ratio.is_Rational:
        return below if ratio == 0 else (Maximum if ratio > 0 else Minimum)(above, below)
    if form == 1:
        return STEP(gap) * above + (1 - STEP(gap)) * below
    return where(">" if form == 2 else ">=", *sides_of_difference(gap), above, below)


def _innermost_gaps(expression: Expr) -> Iterator[Expr]:
    """Yield the differences that decide, of choices inside which there is no other."""
    inside = [gap for argument in expression.args for gap in _innermost_gaps(argument)]
    if not inside and _decides(expression):
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
