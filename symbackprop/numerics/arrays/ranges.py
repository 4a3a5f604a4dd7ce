"""Ranges of bound indices that arrays can have: from a number to a number, whatever the bounds depend on.

Σ_x δ[x] k[q-x+1], x from q-K+1 to q      a band: with u = x - (q - K) it runs from 1 to K
Σ_m p[i,m], m from 1 to i                 a mask: all m, and 0 where m > i
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Dummy, Expr, Indexed, Max, Min, S, Symbol, ceiling, floor

from symbackprop.calculus.indices import put
from symbackprop.calculus.sizing import text_of
from symbackprop.frozen import dataclass
from symbackprop.network.largest import Largest
from symbackprop.network.needs import bounds_of
from symbackprop.network.notation import Axis
from symbackprop.network.program import free_indices
from symbackprop.numerics.arrays.places import Frame


@dataclass(frozen=True, slots=True)
class Regular:
    """A sum over ranges that depend on no index that is an axis: what it is of, its indices, and what must be >= 0."""

    function: Expr
    ranges: dict[Symbol, Axis]
    conditions: tuple[Expr, ...]


def regular(total: Expr, frame: Frame) -> Regular:
    """Return a sum, or a largest, with ranges that depend on no axis, and the conditions that stand for the bounds."""
    function = total.function
    ranges: dict[Symbol, Axis] = {}
    conditions: list[Expr] = []
    known = dict(frame.ranges)
    for symbol, first, last in (limit.args for limit in reversed(total.limits)):
        lower, upper = bounds_of(first, Max), bounds_of(last, Min)
        moving = [b for b in (*lower, *upper) if _depends(b, frame, ranges)]
        if not moving:
            ranges[symbol] = known[symbol] = (first, last)
            continue
        band = (
            None
            if isinstance(total, Largest)
            else _band([b for b in lower if b in moving], [b for b in upper if b in moving])
        )
        if band is not None:
            start, count = band
            step = Dummy(symbol.name, integer=True)
            value = start + step - 1
            function = put(function, {symbol: value})  # not the index of the same letter of a sum inside
            conditions = [c.xreplace({symbol: value}) for c in conditions]
            ranges[step] = known[step] = (S.One, count)
            conditions += [(value - b).expand() for b in lower if b != start]
            conditions += [(b - value).expand() for b in upper if (b - start + 1).expand() != count]
        else:
            hull = (
                Max(*(furthest(b, known, frame, up=False) for b in lower)),
                Min(*(furthest(b, known, frame, up=True) for b in upper)),
            )
            ranges[symbol] = known[symbol] = hull
            conditions += [symbol - b for b in lower if b in moving]
            conditions += [b - symbol for b in upper if b in moving]
    return Regular(function, _in_reading_order(function, ranges), tuple(conditions))


def _in_reading_order(function: Expr, ranges: dict[Symbol, Axis]) -> dict[Symbol, Axis]:
    """Return the ranges in the order in which the largest array has its axes: so it need not be turned round."""
    read = sorted(function.atoms(Indexed), key=lambda entry: (-len(entry.indices), text_of(entry)))
    letters = [s for entry in read for position in entry.indices for s in sorted(free_indices(position), key=str)]
    ordered = dict.fromkeys((*(s for s in letters if s in ranges), *ranges))
    return {symbol: ranges[symbol] for symbol in ordered}


def _depends(bound: Expr, frame: Frame, ranges: dict[Symbol, Axis]) -> bool:
    """Tell whether a bound depends on an index that is an axis."""
    return bool(free_indices(bound) & ({*frame.ranges, *ranges} - set(frame.numbers)))


def _band(lower: list[Expr], upper: list[Expr]) -> tuple[Expr, Expr] | None:
    """Return the lower end of a band and how many values it has, if both ends move along together."""
    for first in lower:
        for last in upper:
            count = (last - first + 1).expand()
            if not free_indices(count) and not count.has(floor, ceiling):
                return first, count
    return None


def furthest(bound: Expr, known: Mapping[Symbol, Axis], frame: Frame, *, up: bool) -> Expr:
    """Return the smallest or the largest value of a bound, which rises or falls in each index."""
    for symbol in sorted(free_indices(bound) & (set(known) - set(frame.numbers)), key=str):
        plain = bound.xreplace({rounded: rounded.args[0] for rounded in bound.atoms(ceiling, floor)})
        slope = plain.expand().coeff(symbol, 1)
        ends = [bound.xreplace({symbol: end}) for end in known[symbol]]
        straight = slope.is_Rational and slope != 0 and not (plain - slope * symbol).expand().has(symbol)
        bound = ends[(slope > 0) == up] if straight else (Max if up else Min)(*ends)
    return bound
