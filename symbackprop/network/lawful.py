"""The slope of a formula in cases: between the points at which pieces of it meet, and at each of them.

    min(max(z, 0), 6)  ->  1 for 0 < z < 6, 1/2 at 0 and 6, 0 otherwise

At such a point both sides of the function itself are asked. Where they agree the slope is theirs; where they do not,
what the rules of differentiation give is kept if it lies between them and no max or min decides there, else it is
the mean: of relu(z) the 0 of its convention, of max(z, z/10) 11/20, however it is written.

An expression in the two pieces that it is, where one difference decides all of its cases.

sqrt(max(0, a - y))   ->   where(a > y, sqrt(a - y), 0)        max(|d|, d/2)   ->   max(d, -d)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import mpmath
from sympy import QQ, ZZ, Abs, Add, And, Dummy, Eq, Expr, Float, Or, Piecewise, Poly, Rational, S, cancel, exp
from sympy.core.relational import Relational

from symbackprop.network.extremes import STEP, Extreme, Maximum, Minimum, Where, sides_of_difference, simple_gap, where
from symbackprop.network.functions import ABSOLUTE, Elementwise, Z, differentiated
from symbackprop.network.kinks import (
    DIGITS,
    NO_NUMBERS,
    SAME,
    in_digits,
    is_large,
    meeting_points,
    meetings_in,
    number_at,
    real_roots_of,
    sides,
)

FORMS = 4  # ways to write two pieces: as the larger or smaller, with the mean where they meet, with either piece there
SPLIT = 2
DENOMINATORS = (1, 2, 3, 7, 10, 20, 200, 1000, 20_000, 10**6)  # of slopes that are read as fractions


def prescribed(definition: Expr, derivative: Expr, point: Expr) -> Expr | None:
    """Return the slope that holds at a point of a function of Z whose rules of differentiation give `derivative`.

    None where it has none: both sides are infinite, or there is no value."""
    beside, found = sides(definition, point), number_at(derivative, point)
    if beside.left is None or beside.right is None:
        finite = [slope for slope in (beside.left, beside.right) if slope is not None]
        return found if found is not None or not finite else _as_number(finite[0])
    with mpmath.workdps(DIGITS):
        mean = (beside.left + beside.right) / 2
        value = None if found is None else in_digits(found)
        kept = value is not None and beside.enclose(value)
        if kept and not beside.agree and _extremes_meet(definition, point):
            kept = abs(mean - value) <= SAME * max(1, abs(mean))
        return found if kept else _as_number(mean)


def _as_number(value: Any) -> Expr:
    """Return a number as the fraction that it is to 20 digits, or as it is."""
    with mpmath.workdps(DIGITS):
        for denominator in DENOMINATORS:
            numerator = mpmath.nint(value * denominator)
            if abs(value * denominator - numerator) <= mpmath.mpf(10) ** -20 * denominator:
                return Rational(int(numerator), denominator)
        return Float(value, 40)


def _extremes_meet(definition: Expr, point: Expr) -> bool:
    gaps = (number_at(extreme.gap, point) for extreme in definition.atoms(Extreme))
    return any(gap is not None and is_close(gap, S.Zero) for gap in gaps)


def lawful_slope(definition: Expr) -> Expr:
    """Return f' of a function of Z, with cases between the points at which pieces of it meet, and at each of them.

    min(max(z, 0), 6)  ->  1 for 0 < z < 6, 1/2 at 0 and 6, 0 otherwise"""
    derivative, points = differentiated(definition), meeting_points(definition)
    found = {point: prescribed(definition, derivative, point) for point in points}
    values = {point: value for point, value in found.items() if value is not None}
    obeys = all(number_at(derivative, point) == value for point, value in values.items())
    if obeys and not derivative.has(STEP) and all(has_value(definition, derivative, at) for at in middles(points)):
        return derivative
    if not points:  # what decides is 0 at no number that is known
        derivative = differentiated(Add(*(in_two_pieces(part, SPLIT) for part in Add.make_args(definition))))
    pieces = [_slope_between(definition, derivative, middle, points) for middle in middles(points)]
    return _in_cases(pieces, points, values)


def middles(points: Sequence[Expr]) -> list[Expr]:
    """Return a number inside each stretch between the points, below and above them."""
    ends = [points[0] - 2, *points, points[-1] + 2] if points else [-S.One, S.One]
    return [(left + right) / 2 for left, right in pairwise(ends)]


def has_value(definition: Expr, derivative: Expr, at: Expr) -> bool:
    """Tell whether the rules give a slope where the function has a value."""
    return number_at(definition, at) is None or number_at(derivative, at) is not None


def _slope_between(definition: Expr, derivative: Expr, middle: Expr, points: Sequence[Expr]) -> Expr:
    """Return f' on the stretch around `middle`: the derivative of the one piece that f is there, if it is one."""
    piece = _between(definition, middle, points)
    piece = _between(piece.replace(Abs, ABSOLUTE), middle, points)  # SymPy's root of a square
    return derivative if piece.has(*NO_NUMBERS) else differentiated(piece)


def _in_cases(pieces: Sequence[Expr], points: Sequence[Expr], values: Mapping[Expr, Expr]) -> Expr:
    """Return a function of Z from its pieces on the stretches between the points, and its values at those."""
    runs: list[tuple[Expr, list[int]]] = []  # a piece, and the stretches (2 n) and points (2 n + 1) it holds for
    for place in range(2 * len(points) + 1):
        number = place // 2
        piece = pieces[number] if place % 2 == 0 else _at_point(points[number], pieces[number : number + 2], values)
        if runs and runs[-1][0] == piece:
            runs[-1][1].append(place)
        else:
            runs.append((piece, [place]))
    cases: dict[Expr, list[Expr]] = {}
    for piece, places in reversed(runs):
        cases.setdefault(piece, []).append(_stretch(places[0], places[-1], points))
    *others, last = sorted(
        cases, key=lambda piece: (not all(isinstance(c, Eq) for c in cases[piece]), len(cases[piece]))
    )
    others.sort(key=lambda piece: all(isinstance(c, Eq) for c in cases[piece]))  # stretches, points, all the rest
    return Piecewise(*((piece, Or(*cases[piece])) for piece in others), (last, True)) if others else last


def _at_point(point: Expr, beside: Sequence[Expr], values: Mapping[Expr, Expr]) -> Expr:
    """Return the piece on the right or on the left of a point if it has the value that holds there, else the value."""
    left, right = beside
    if point not in values:
        return right
    wanted = values[point]
    exact = next((piece for piece in (right, left) if is_close(number_at(piece, point), wanted)), None)
    if exact is not None:
        return exact
    if not wanted.is_Float or None in (number_at(left, point), number_at(right, point)):
        return wanted
    mean = (left.xreplace({Z: point}) + right.xreplace({Z: point})) / 2
    return mean if is_close(number_at(mean, point), wanted) else wanted


def is_close(found: Expr | None, wanted: Expr) -> bool:
    """Tell whether a number is the one that is wanted, as far as quotients show it."""
    return found is not None and abs(found - wanted) <= SAME * max(1, abs(wanted))


def _stretch(first: int, last: int, points: Sequence[Expr]) -> Expr:
    """Return the condition that Z is between two places: 2 n stands for what is below point n, 2 n + 1 for itself."""
    if first == last and first % 2:
        return Eq(Z, points[first // 2])
    conditions = []
    if first > 0:
        conditions.append(points[first // 2] <= Z if first % 2 else points[first // 2 - 1] < Z)
    if last < 2 * len(points):
        conditions.append(points[last // 2] >= Z if last % 2 else points[last // 2] > Z)
    return And(*conditions)


def _between(expression: Expr, middle: Expr, points: Sequence[Expr]) -> Expr:
    """Return an expression as it is on the stretch around `middle`, its cases decided if they change at the points."""
    if not expression.has(Extreme, Where, Elementwise, Piecewise):
        return expression
    if isinstance(expression, Piecewise):
        return _chosen(expression, middle, points)
    expression = expression.func(*(_between(part, middle, points) for part in expression.args))
    if isinstance(expression, Extreme) and _is_decided(expression.gap, points):
        first, second = expression.args
        at = number_at(expression.gap, middle)
        return second if at is not None and type(expression).sign * at < 0 else first
    if isinstance(expression, Where):
        return _chosen(expression.cases, middle, points) if _is_decided(expression.gap, points) else expression
    if isinstance(expression, Elementwise) and type(expression).definition is not None:
        written = expression.explicit()
        chosen = _chosen(written, middle, points) if isinstance(written, Piecewise) else written
        return expression if chosen == written else chosen  # written out inside another condition it would be solved
    return expression


def _chosen(cases: Piecewise, middle: Expr, points: Sequence[Expr]) -> Expr:
    """Return the case that holds on the stretch, or the whole where that changes inside of it."""
    gaps = {r: r.lhs - r.rhs for _, condition in cases.args for r in condition.atoms(Relational)}
    numbers = {relation: number_at(gap, middle) for relation, gap in gaps.items()}
    if None in numbers.values() or not all(_is_decided(gap, points) for gap in gaps.values()):
        return cases
    holds = {relation: relation.func(number, 0) for relation, number in numbers.items()}
    chosen = (value for value, condition in cases.args if condition.xreplace(holds) == True)  # noqa: E712
    return _between(next(chosen), middle, points)


def _is_decided(gap: Expr, points: Sequence[Expr]) -> bool:
    """Tell whether a function of Z changes its sign at no other place than the points."""
    gap = simple_gap(gap)
    if not gap.has(Z):
        return True
    if not gap.is_polynomial(Z):
        return False
    polynomial = Poly(gap, Z)
    if polynomial.degree() > 1 and (polynomial.domain not in (ZZ, QQ) or is_large(polynomial)):
        return False
    return set(real_roots_of(polynomial)) <= set(points)


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
