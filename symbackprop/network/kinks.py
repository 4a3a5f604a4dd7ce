"""Where the pieces of a function meet, and what its slopes are on both sides of such a point.

    relu(2 z - 1)     at 1/2, with the slopes 0 and 2

The slopes are difference quotients of the function itself with 90 digits, and know nothing of how it is differentiated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import mpmath
from sympy import QQ, ZZ, CRootOf, Expr, Function, Number, Piecewise, Poly, Rational, S, expand
from sympy.core.relational import Relational

from symbackprop.frozen import dataclass
from symbackprop.network.extremes import Extreme, Where, simple_gap
from symbackprop.network.functions import Elementwise, Z, explicit, numeric, slope
from symbackprop.network.manydigits import worth
from symbackprop.network.memo import memoised

DIGITS = 90
BESIDE = 25  # places behind the point: a quotient errs by some 1e-25, in 65 digits
INFINITE = 10**10  # the quotient of a root is 1e12 there, that of a jump 1e25
SAME = 1e-12
NO_NUMBERS = (S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity, S.ImaginaryUnit)
LITTLE = Rational(1, 10**6)
LARGEST_POLYNOMIAL = 1500  # degree times bits of coefficients: all zeros of a larger one take a second and more
NEAR = 100  # numbers up to which nothing on the way is out of reach
SIMPLE = tuple(Rational(n, 2) for n in range(-8, 9))  # where a formula that is no polynomial is tried for a zero


@dataclass(frozen=True, slots=True)
class Sides:
    """The slopes of a function on the left and on the right of a point; None where there is no finite one."""

    left: Any
    right: Any

    @property
    def agree(self) -> bool:
        """Whether both are the same number."""
        if self.left is None or self.right is None:
            return False
        return bool(abs(self.left - self.right) <= SAME * max(1, abs(self.left), abs(self.right)))

    def enclose(self, value: Any) -> bool:
        """Tell whether a value lies between them."""
        room = SAME * max(1, abs(self.left), abs(self.right))
        return bool(min(self.left, self.right) - room <= value <= max(self.left, self.right) + room)


def sides(definition: Expr, point: Expr) -> Sides:
    """Return the slopes of a function of Z beside a point."""
    if definition.has(*NO_NUMBERS) or _is_out_of_reach(definition, point):
        return Sides(None, None)
    value = numeric(definition)
    with mpmath.workdps(DIGITS):
        at = in_digits(point)
        beside = mpmath.mpf(10) ** -BESIDE
        middle, *others = (_real(value, place) for place in (at, at - beside, at + beside))
        slopes = [None if None in (middle, other) else (other - middle) / beside for other in others]
        left, right = (None if s is None or abs(s) > INFINITE else s for s in (slopes[0], slopes[1]))
        return Sides(None if left is None else -left, right)


def in_digits(number: Expr) -> Any:
    """Return a number as mpmath's, with the digits that are worked with."""
    return mpmath.mpf(number.p) / number.q if number.is_Rational else mpmath.mpf(number.evalf(2 * DIGITS))


def _real(value: Callable[[Any], Any], at: Any) -> Any:
    """Return a value that is a finite real number, else None."""
    try:
        found = mpmath.mpmathify(value(at))
    except (ArithmeticError, TypeError, ValueError):
        return None
    return found if isinstance(found, mpmath.mpf) and mpmath.isfinite(found) else None


def number_at(expression: Expr, point: Expr) -> Expr | None:
    """Return what an expression in Z is worth at a number, exactly if it is rational; None where it is no real one.

    None, too, where a number on the way is larger, or nearer to 0, than a computer's own numbers reach."""
    if _is_out_of_reach(expression, point):
        return None
    try:
        value = explicit(expression.xreplace({Z: point}))
        if not point.is_Rational:  # what decides may be hidden there: e ((1 - e)/e + 1) is 1
            value = value.xreplace({r: r.func(expand(r.lhs - r.rhs), 0) for r in value.atoms(Relational)})
        value = value if value.is_Rational else worth(value, DIGITS).evalf(40)
    except (TypeError, ZeroDivisionError):  # SymPy compares what has no order
        return None
    return value if value.is_Rational or (value.is_Float and value.is_finite) else None


def _is_out_of_reach(expression: Expr, point: Expr) -> bool:
    """Tell whether a number on the way from Z to the value is too large or small: SymPy hangs at exp(8000000 ln 2)."""
    if not expression.has(Function) or all(abs(number) <= NEAR for number in (point, *expression.atoms(Number))):
        return False
    import numpy as np

    try:
        with np.errstate(all="ignore", over="raise", under="raise"):
            numeric(expression)(np.longdouble(float(point)))
    except (FloatingPointError, OverflowError):
        return True
    except (ArithmeticError, TypeError, ValueError):  # no real value, which is found out with more digits
        pass
    return False


@memoised
def kinks(function: type[Elementwise]) -> tuple[tuple[Expr, Expr], ...]:
    """Return the points where f' jumps, each with the value that holds there by convention.

    Found are those where a polynomial, or a function made of straight lines, decides between two cases."""
    if function.definition is None:
        return ()
    jumps = []
    for point in sorted(breakpoints(function.definition), key=float):
        beside, value = sides(function.definition, point), number_at(slope(function)(Z), point)
        if beside.left is not None and beside.right is not None and not beside.agree and value is not None:
            exact = explicit(slope(function)(Z).explicit().xreplace({Z: point}))
            jumps.append((point, value if value.is_Rational else exact))
    return tuple(jumps)


def breakpoints(definition: Expr) -> frozenset[Expr]:
    """Return where two cases meet: the zeros of what decides, and the kinks of functions inside, found exactly.

    Of what decides, a polynomial has all of its zeros here, and so has a function made of straight lines."""
    return frozenset(root for gap in _gaps(definition) for root in _roots(gap))


def meeting_points(definition: Expr) -> list[Expr]:
    """Return the breakpoints and the simple numbers at which something else decides, in their order."""
    simple = {point for gap in _gaps(definition) for point in SIMPLE if _is_lone_zero(gap, point)}
    return sorted(breakpoints(definition) | simple, key=float)


def _is_lone_zero(gap: Expr, point: Expr) -> bool:
    """Tell whether what decides is 0 at a point and not around it, as relu(z) is 0 below 0."""
    return number_at(gap, point) == 0 and not all(number_at(gap, point + side) == 0 for side in (-LITTLE, LITTLE))


def _gaps(definition: Expr) -> Iterable[Expr]:
    """Return what is 0 where two cases meet, in the order in which it is written."""
    found = [part.gap for part in definition.atoms(Extreme, Where)]
    for piece in definition.atoms(Piecewise):
        found += [r.lhs - r.rhs for _, condition in piece.args for r in condition.atoms(Relational)]
    for part in definition.atoms(Elementwise):
        found += [part.args[0] - point for point in meetings_in(type(part))]
    return dict.fromkeys(gap for gap in found if gap.has(Z))


def is_large(polynomial: Poly) -> bool:
    """Tell whether of a polynomial with rational coefficients not all zeros are looked for, which would take long."""
    bits = sum(number.p.bit_length() + number.q.bit_length() for number in polynomial.all_coeffs())
    return bool(polynomial.degree() * bits > LARGEST_POLYNOMIAL)


@memoised
def meetings_in(function: type[Elementwise]) -> tuple[Expr, ...]:
    """Return the points at which pieces of a named function meet; none of a slope, which has those of its function."""
    if function.definition is None or function.origin is not None:
        return ()
    return tuple(sorted(breakpoints(function.definition), key=float))


@memoised
def _roots(gap: Expr) -> frozenset[Expr]:
    """Return where a function of Z is 0, as far as that is found exactly."""
    gap = simple_gap(gap)
    if not gap.has(Z):
        return frozenset()
    if gap.is_polynomial(Z):
        return frozenset(root for root in real_roots_of(Poly(gap, Z)) if not root.has(CRootOf))
    return frozenset(_roots_between_corners(gap))


def real_roots_of(polynomial: Poly) -> list[Expr]:
    """Return the real zeros of a polynomial with rational coefficients, the rational ones alone of a large one.

    Of a straight line the coefficients may be any."""
    if polynomial.degree() == 1:
        slope, constant = polynomial.all_coeffs()
        return [-constant / slope]
    if polynomial.domain not in (ZZ, QQ):
        return []
    if is_large(polynomial):
        return [
            root for factor, _ in polynomial.factor_list()[1] if factor.degree() == 1 for root in factor.real_roots()
        ]
    return list(polynomial.real_roots())


def _roots_between_corners(gap: Expr) -> Iterable[Expr]:
    """Yield the zeros of a function made of straight lines: max(-1, min(z, 1)) has both ends."""
    corners = sorted(breakpoints(gap), key=float)
    ends = [corners[0] - 3, *corners, corners[-1] + 3] if corners else []
    for left, right in pairwise(ends):  # one straight line each, if it is one
        points = [left + (right - left) * third for third in (Rational(1, 3), Rational(2, 3))]
        low, high = (number_at(gap, point) for point in points)
        if low is not None and high is not None and low != high and low.is_Rational and high.is_Rational:
            root = points[0] - low * (points[1] - points[0]) / (high - low)
            if number_at(gap, root) == 0:
                yield root
