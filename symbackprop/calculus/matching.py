"""Where a pattern stands in an expression: its free indices may be any, its summed ones may have other letters.

exp(z_j)  in  exp(z_p)/Σ_k exp(z_k):   at j = p, and inside the sum at j = k        Σ_j x_ij  is  Σ_k x_pk  at i = p
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import permutations
from typing import TypeAlias

from sympy import Add, And, Basic, Expr, Ge, Indexed, Le, Mul, Pow, Sum, Symbol, postorder_traversal
from sympy.functions.elementary.piecewise import ExprCondPair

from symbackprop.calculus.indices import put
from symbackprop.calculus.partials import Partial
from symbackprop.frozen import dataclass
from symbackprop.network.largest import BINDERS, Chosen
from symbackprop.network.program import arrays_in, free_indices

MOST_PARTS = 4  # of a sum or a product whose parts may stand in another order

At: TypeAlias = dict[Symbol, Expr]  # what each wild index is
Holds: TypeAlias = "Callable[[At, tuple[Expr, ...]], bool]"  # of the places put in, by what is >= 0 where they stand
Letters: TypeAlias = Mapping[Symbol, Expr]  # the index of a sum of the pattern -> that of the sum it is compared with


@dataclass(frozen=True, slots=True)
class Pattern:
    """An expression whose indices in `wild` stand for any others."""

    expression: Expr
    wild: frozenset[Symbol] = frozenset()

    def match(self, e: Expr) -> At | None:
        """Return what the wild indices are in an expression, or None if that is something else."""
        return self._match(self.expression, e, {}, {})

    def _match(self, p: Expr, e: Expr, at: At, bound: Letters) -> At | None:
        if p in bound:
            return at if bound[p] == e else None
        if p in self.wild:
            if p in at:
                return at if at[p] == e else None
            return None if not e.is_integer or set(bound.values()) & e.free_symbols else {**at, p: e}
        if not p.args:
            return at if p == e else None
        if type(p) is not type(e) or len(p.args) != len(e.args):
            return None
        if isinstance(p, BINDERS):
            return self._match_sum(p, e, at, bound)
        if isinstance(p, Indexed):
            return self._places(p.indices, e.indices, at, bound) if p.base == e.base else None
        orders = permutations(e.args) if isinstance(p, Add | Mul) and len(p.args) <= MOST_PARTS else (e.args,)
        matches = (self._in_order(zip(p.args, parts, strict=True), at, bound) for parts in orders)
        return next((match for match in matches if match is not None), None)

    def _in_order(self, pairs: Iterable[tuple[Expr, Expr]], at: At, bound: Letters) -> At | None:
        for part, other in pairs:
            match = self._match(part, other, at, bound)
            if match is None:
                return None
            at = match
        return at

    def _places(self, mine: Iterable[Expr], theirs: Iterable[Expr], at: At, bound: Letters) -> At | None:
        """Match indices of an entry: t - 1 is t where the wild t is t + 1."""
        for place, other in zip(mine, theirs, strict=True):
            free = place.free_symbols & self.wild
            symbol = next(iter(free)) if len(free) == 1 else None
            if symbol is not None and place != symbol and (place - symbol).is_Integer:
                match = self._match(symbol, other - (place - symbol), at, bound)
            else:
                match = self._match(place, other, at, bound)
            if match is None:
                return None
            at = match
        return at

    def _match_sum(self, p: Expr, e: Expr, at: At, bound: Letters) -> At | None:
        """Match what binds indices: the same ranges, then the same under other letters."""
        own = dict(bound)
        for (mine, *ends), (theirs, *others) in zip(map(tuple, p.limits), map(tuple, e.limits), strict=True):
            match = self._in_order(zip(ends, others, strict=True), at, own)
            if match is None:
                return None
            at, own = match, {**own, mine: theirs}
        return self._match(p.function, e.function, at, own)


def replaced(
    expression: Expr, pattern: Expr, worth: Expr, wild: Iterable[Symbol], *, holds: Holds | None = None
) -> Expr:
    """Return the expression with the pattern, wherever it stands, replaced by what it is worth there.

    A sum of terms is found with its sign changed and with a number before it, a power in any whole multiple of it:
    2 (m_i - x_ij) is -2 times x_ij - m_i, and u^(-3/2) is (u^(-1/2))^3. Sums that stand in the worth stay as they are:
    they cancel where the pattern is divided by them. Nothing is replaced where the worth has an index that the pattern
    doesn't show: of b_ij = f(a_i) there are many j for one f(a_i). `holds` tells where it may be, by what is >= 0."""
    wild = frozenset(wild)
    if wild & free_indices(worth) - free_indices(pattern) or not arrays_in(pattern) <= arrays_in(expression):
        return expression
    kept = [Pattern(total, wild) for total in worth.atoms(Sum)]
    sought = Pattern(pattern.base if isinstance(pattern, Pow) else pattern, wild)

    def walked(e: Expr, known: tuple[Expr, ...] = ()) -> Expr:
        if (
            not e.args or not isinstance(e, Expr) or isinstance(e, Chosen)
        ):  # which is the largest is asked of all of them
            return e
        if isinstance(e, Sum) and any(each.match(e) is not None for each in kept):
            return e
        if (found := _worth(e, sought, pattern, worth)) is not None and (holds is None or holds(found[1], known)):
            return found[0]
        if isinstance(e, Indexed | Partial):  # ∂C/∂v is the derivative by v, whatever v is worth
            return e
        known = (*known, *bounds_within(e))
        args = [_within(part, walked, known) for part in e.args]
        return e.func(*args) if list(e.args) != args else e

    return walked(expression)


def _within(part: Basic, walked: Callable[..., Expr], known: tuple[Expr, ...]) -> Basic:
    """Return a part of an expression walked through; of a case, its value alone, as conditions are about places."""
    if isinstance(part, ExprCondPair):
        bounds = (each.gts - each.lts for each in And.make_args(part.cond) if isinstance(each, Ge | Le))
        return ExprCondPair(walked(part.expr, (*known, *bounds)), part.cond)
    return walked(part, known) if isinstance(part, Expr) else part


def bounds_within(e: Expr) -> tuple[Expr, ...]:
    """Return what is >= 0 of the indices of a sum, wherever something stands inside it."""
    limits = map(tuple, e.limits if isinstance(e, Sum) else ())
    return tuple(bound for i, first, last in limits for bound in (i - first, last - i))


def _worth(e: Expr, sought: Pattern, pattern: Expr, worth: Expr) -> tuple[Expr, At] | None:
    """Return what an expression is worth if it is the pattern, a multiple or a power of it, and where; else None."""
    if isinstance(pattern, Pow):
        times = e.exp / pattern.exp if isinstance(e, Pow) else None
        at = sought.match(e.base) if times is not None and times.is_Integer else None
        return None if at is None else (put(worth, at) ** times, at)
    if isinstance(pattern, Add):
        number, terms = e.primitive()
        for sign in (1, -1):
            at = sought.match(sign * terms)
            if at is not None:
                return sign * number * put(worth, at), at
        return None
    at = sought.match(e)
    return None if at is None else (put(worth, at), at)


def with_same_letters(expression: Expr) -> Expr:
    """Return the expression with one letter for the index of sums and maxima that are equal: Σ_j f_j - Σ_k f_k is 0."""
    first: list[Expr] = []
    same: dict[Expr, Expr] = {}
    for total in dict.fromkeys(part for part in postorder_traversal(expression) if isinstance(part, BINDERS)):
        other = next((known for known in first if Pattern(known).match(total) is not None), None)
        if other is None:
            first.append(total)
        else:
            same[total] = other
    return expression.xreplace(same) if same else expression
