"""The cost of a neuron written so that its slope in a is lawful for every target, with the same values.

    relu(a) - a y + ln(1 + exp(-|a|))   ->   max(a, 0) - a y + ln(1 + exp(-|a|))     whose slope at a = 0 is 1/2 - y
    max(|a - y|, (a - y)/2)             ->   max(a - y, y - a)
    sqrt(max(0, a - y))                 ->   where(a > y, sqrt(a - y), 0)            whose slope is 0 for a < y

A formula that obeys the law as it is written stays as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Rational, S

from symbackprop.errors import ExpressionError
from symbackprop.network.activations.elementwise import HARDTANH, LEAKY_RELU
from symbackprop.network.costs import A, Y
from symbackprop.network.extremes import Extreme, Maximum, Minimum, Where
from symbackprop.network.functions import RELU, Elementwise, Z
from symbackprop.network.kinks import NO_NUMBERS, in_digits, meeting_points, number_at, sides
from symbackprop.network.lawful import FORMS, decides, has_value, in_two_pieces, is_close, middles, prescribed

# targets at which pieces are looked at: two of no meaning, and those at which pieces of their own may meet
TARGETS = (Rational(1, 3), Rational(7, 5), S.Zero, S.One, S.NegativeOne)


def lawful_cost(term: Expr, text: str) -> Expr:
    """Return a cost in A and Y with the same values, and the slope that holds where pieces meet.

    Raises ExpressionError if none is found."""
    if not any(map(decides, term.atoms(Extreme, Where, Elementwise))):
        return term
    candidates = list(_candidates(term))
    for strictly in (True, False):
        for candidate in candidates:
            if _obeys(candidate, term, strictly=strictly):
                return candidate
    raise ExpressionError(
        f"cost {text[:40]!r} has no slope that is known where its pieces meet; write it in another way"
    )


def _at_target(expression: Expr, target: Expr) -> Expr:
    try:
        return expression.xreplace({A: Z, Y: target})
    except TypeError:  # SymPy compares what has no order: nothing is known of the cost at this target
        return S.NaN


def _obeys(candidate: Expr, term: Expr, *, strictly: bool) -> bool:
    """Tell whether the slope of a candidate is the one that holds for a term where pieces meet, and is one elsewhere.

    Not `strictly`, it need not be the mean: where three pieces meet at one target alone it lies between both sides."""
    slope = candidate.diff(A)
    for target in TARGETS:
        definition, derivative = _at_target(term, target), _at_target(slope, target)
        if not definition.has(Z) or definition.has(*NO_NUMBERS):
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
        yield Add(*(in_two_pieces(part, form) for part in Add.make_args(named)))
