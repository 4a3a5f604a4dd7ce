"""The few terms that cases leave of a sum: Σ_k {f_k where k = 1, else 0} is f_1, and which index an equality tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from sympy import Add, Eq, Expr, Mul, S, Sum, Symbol

from symbackprop.calculus.indices import put
from symbackprop.calculus.inequalities import never_negative
from symbackprop.network.extremes import Where
from symbackprop.network.notation import Axis

Ranges: TypeAlias = Mapping[Symbol, Axis]
Limit: TypeAlias = tuple[Symbol, Expr, Expr]


def picks(total: Sum) -> bool:
    """Tell whether a sum has cases that leave but a few of its terms."""
    parts = [part for term in Add.make_args(total.function) for part in Mul.make_args(term)]
    return any(_places(part, symbol) is not None for part in parts for symbol in total.variables)


def _places(e: Expr, symbol: Symbol) -> frozenset[Expr] | None:
    """Return the values of an index at which alone an expression may be other than 0; None for any others."""
    if e is S.Zero:
        return frozenset()
    if isinstance(e, Mul):
        return next((places for part in e.args if (places := _places(part, symbol)) is not None), None)
    if not isinstance(e, Where):
        return None
    chosen, other = (_places(case, symbol) for case in e.args[2:])
    if chosen is None and e.relation is Eq and (place := solved(e.args[0], e.args[1], symbol)) is not None:
        chosen = frozenset({place})
    return None if chosen is None or other is None else chosen | other


def at_places(product: Expr, limit: Limit, known: Ranges) -> Expr | None:
    """Return the sum of the few terms of a product that are not 0, as Σ_k f_k where k = 2; None where all may be."""
    symbol, first, last = limit
    found = sorted(_places(product, symbol) or (), key=str)
    inside = all(never_negative(end.expand(), known) for place in found for end in (place - first, last - place))
    apart = all((one - other).is_nonzero for number, one in enumerate(found) for other in found[:number])
    return Add(*(put(product, {symbol: place}) for place in found)) if found and inside and apart else None


def solved(left: Expr, right: Expr, symbol: Symbol) -> Expr | None:
    """Return the value of `symbol` for which both sides are equal, or None if it is not an integer expression."""
    difference = (left - right).expand()
    slope = difference.coeff(symbol, 1)
    if slope not in (1, -1) or (rest := difference - slope * symbol).has(symbol):
        return None
    return (rest if slope == -1 else -rest).expand()
