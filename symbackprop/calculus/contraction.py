"""Sums with Kronecker deltas, carried out: Σ_k f_k δ_{kq} = f_q, where q is in the range of k.

The equality inside a delta is solved for a summed index, which may stand in an affine expression (a convolution's
x + u - 1, a recurrence's t - 1). The solution must lie in that index's range. Where it provably does, the sum is
gone; where another summed index decides, that index's range is narrowed; else the term holds on a condition. A
delta whose solution none of these can say (two indices, both with a stride) stays, and the sum with it. A case that
holds at one place alone picks its term as a delta does: Σ_k {f_k where k = 1, else 0} = f_1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce

from sympy import Add, And, Expr, KroneckerDelta, Max, Min, Mul, Not, Piecewise, S, Sum, Symbol, ceiling, floor

from symbackprop.calculus.indices import cleared, fresh, letters_of, put
from symbackprop.calculus.inequalities import as_ceiling, never_negative, without_rounding
from symbackprop.calculus.picking import Limit, Ranges, at_places, picks, solved
from symbackprop.frozen import dataclass
from symbackprop.network.extremes import Where
from symbackprop.network.largest import BINDERS
from symbackprop.network.needs import bounds_of, ways_of_case
from symbackprop.network.program import entries, free_indices


@dataclass(frozen=True)
class Term:
    """A product of factors where `case` holds, summed over the indices in `limits`, the whole on a condition."""

    factors: tuple[Expr, ...]
    limits: tuple[Limit, ...] = ()
    case: Expr = S.true
    condition: Expr = S.true

    @property
    def indices(self) -> set[Symbol]:
        """Every index in sight, free or summed."""
        parts = (*self.factors, self.case, self.condition, *(part for limit in self.limits for part in limit))
        return {symbol for part in parts for symbol in free_indices(part)}

    def put(self, values: Mapping[Symbol, Expr]) -> Term:
        """Return the term with indices replaced everywhere but where they are summed."""
        return Term(
            tuple(put(factor, values) for factor in self.factors),
            tuple((symbol, put(first, values), put(last, values)) for symbol, first, last in self.limits),
            put(self.case, values),
            put(self.condition, values),
        )


def contract(expression: Expr, ranges: Ranges) -> Expr:
    """Return the expression without the Kronecker deltas that a sum can take away.

    `ranges` holds the range of every free index. Raises nothing: a delta between free indices stays."""
    return _gathered(Add(*(rebuilt(_collapsed(term, ranges), ranges) for term in _terms(expression))))


def _gathered(total: Expr) -> Expr:
    """Return a sum with the terms that hold under one condition in one case distinction."""
    values: dict[Expr, list[Expr]] = {}
    others = []
    for term in Add.make_args(total):
        if isinstance(term, Piecewise) and term.args[1:] == ((S.Zero, S.true),):
            values.setdefault(term.args[0].cond, []).append(term.args[0].expr)
        else:
            others.append(term)
    return Add(*others, *(_where(condition, Add(*terms)) for condition, terms in values.items()))


def _terms(expression: Expr) -> list[Term]:
    """Return the expression as a sum of terms, multiplied out as far as deltas are concerned."""
    if not expression.has(KroneckerDelta) and not any(map(picks, expression.atoms(Sum))):
        return [Term((expression,))]
    if isinstance(expression, Add):
        return [term for part in expression.args for term in _terms(part)]
    if isinstance(expression, Mul):
        return reduce(_products, (_terms(factor) for factor in expression.args), [Term(())])
    if isinstance(expression, Sum):
        return [_summed(term, expression.limits) for term in _terms(expression.function)]
    if isinstance(expression, Piecewise):
        return _cases(expression)
    return [Term((expression,))]


def _summed(term: Term, limits: Iterable[Expr]) -> Term:
    """Return the sum of a term; where an inner sum hides the letter of an outer one, the inner one makes way."""
    for symbol, first, last in (limit.args for limit in limits):
        term = _renamed(term, (symbol,), term.indices | {symbol})
        term = replace(term, limits=(*term.limits, (symbol, first, last)))
    return term


def _cases(expression: Piecewise) -> list[Term]:
    """Return a case distinction as a sum, each case under its own condition and the opposite of those before."""
    terms, others = [], S.true
    for value, holds in expression.args:
        terms += [replace(term, case=And(term.case, holds, others)) for term in _terms(value) if term.factors != (0,)]
        others = And(others, Not(holds))
    return terms


def _products(left: list[Term], right: list[Term]) -> list[Term]:
    return [_product(one, other) for one in left for other in right]


def _product(one: Term, other: Term) -> Term:
    """Return the product of two terms; a summed index of either is renamed where the other uses its letter."""
    taken = one.indices | other.indices
    other = _renamed(other, one.indices, taken)
    one = _renamed(one, other.indices, taken | other.indices)
    case, condition = And(one.case, other.case), And(one.condition, other.condition)
    return Term(one.factors + other.factors, one.limits + other.limits, case, condition)


def _renamed(term: Term, clashes: Iterable[Symbol], taken: set[Symbol]) -> Term:
    """Return the term with its summed indices renamed where they are among `clashes`."""
    own = {symbol for symbol, _, _ in term.limits}
    for symbol in sorted(own & set(clashes), key=str):
        new = fresh(symbol, taken, arrays=letters_of(term.factors))
        taken = taken | {new}
        limits = tuple((new if s == symbol else s, first, last) for s, first, last in term.limits)
        term = replace(term, limits=limits).put({symbol: new})
    return term


def _collapsed(term: Term, ranges: Ranges) -> Term:
    """Return the term after every delta that meets a summed index has been used up."""
    for delta in _deltas(term):
        for limit in term.limits:
            solution = solved(delta.args[0], delta.args[1], limit[0])
            placed = None if solution is None else _placed(_without(term, delta), limit, solution, ranges)
            if placed is not None:
                return _collapsed(placed, ranges)
    return term


def _deltas(term: Term) -> list[Expr]:
    return [part for factor in term.factors for part in Mul.make_args(factor) if isinstance(part, KroneckerDelta)]


def _without(term: Term, delta: Expr) -> Term:
    parts = [part for factor in term.factors for part in Mul.make_args(factor)]
    parts.remove(delta)
    return replace(term, factors=tuple(parts))


def _placed(term: Term, limit: Limit, solution: Expr, ranges: Ranges) -> Term | None:
    """Return the term at symbol = solution, with what keeps the solution between first and last.

    None if that would be a condition on a summed index, which no range can carry."""
    symbol, first, last = limit
    limits, freed = _freed([other for other in term.limits if other[0] != symbol], symbol, solution)
    known = {**ranges, **{s: (a, z) for s, a, z in limits}}
    condition = term.condition
    above = [solution - bound for bound in bounds_of(first, Max)]
    below = [bound - solution for bound in bounds_of(last, Min)]
    for needed in (difference.expand() for difference in (*above, *below, *freed)):  # each must be >= 0
        if never_negative(needed, known):
            continue
        narrowed = _narrowed(limits, without_rounding(needed), known)
        if narrowed is None:
            condition = And(condition, needed >= 0)
        else:
            limits = narrowed
    placed = replace(term, limits=tuple(limits), condition=condition).put({symbol: solution})
    return placed if _in_scope(placed) else None


def _freed(limits: list[Limit], symbol: Symbol, solution: Expr) -> tuple[list[Limit], list[Expr]]:
    """Return the limits without bounds that would speak of their own index, and what must be >= 0 instead.

    Of u from max(1, i) to K with i = p - 2 u, the bound i <= u is p - 2 u <= u. One bound at each end has to stay."""
    kept, needed = [], []
    for own, first, last in limits:
        lower, upper = bounds_of(first, Max), bounds_of(last, Min)
        fixed = [[b for b in bounds if not b.has(symbol)] for bounds in (lower, upper)]
        if not solution.has(own) or not all(fixed):
            kept.append((own, first, last))
            continue
        differences = [own - b for b in lower if b.has(symbol)] + [b - own for b in upper if b.has(symbol)]
        needed += [without_rounding(each.expand()).xreplace({symbol: solution}) for each in differences]
        kept.append((own, Max(*fixed[0]), Min(*fixed[1])))
    return kept, needed


def _in_scope(term: Term) -> bool:
    """Tell whether each range is given in terms of sums further out, and the condition in terms of none."""
    inner: set[Symbol] = set()
    for symbol, first, last in term.limits:
        inner.add(symbol)
        if (free_indices(first) | free_indices(last)) & inner:
            return False
    return not term.condition.free_symbols & inner


def _narrowed(limits: list[Limit], needed: Expr, known: Ranges) -> list[Limit] | None:
    """Return the limits with `needed` >= 0 built in, or None if no summed index can carry it."""
    for place, (symbol, first, last) in enumerate(limits):
        slope = needed.coeff(symbol, 1)
        rest = needed - slope * symbol
        if not slope.is_Integer or slope == 0 or rest.has(symbol):
            continue
        if slope.is_negative:
            carried = (symbol, first, _extreme(Min, last, floor(-rest / slope), known))
        else:  # symbol >= -rest/slope
            carried = (symbol, _extreme(Max, first, ceiling(-rest / slope), known), last)
        return [*limits[:place], carried, *limits[place + 1 :]]
    return None


def _extreme(choose: type[Max] | type[Min], old: Expr, bound: Expr, known: Ranges) -> Expr:
    sign = 1 if choose is Max else -1
    if never_negative(sign * (bound - old), known):
        return bound
    if never_negative(sign * (old - bound), known):
        return old
    return choose(old, bound)


def rebuilt(term: Term, known: Ranges) -> Expr:
    """Return the term as an expression, each factor as far outside its sums as it can stand; a single term is no sum.

    Where a sum may be empty, a factor that is then read outside its tensor stays inside: f_{q+1} Σ_{j>q} g_j."""
    ranges = {**known, **{symbol: (first, last) for symbol, first, last in term.limits}}
    product = _where(term.case, _settled(Mul(*term.factors), ranges))
    for symbol, first, last in term.limits:
        del ranges[symbol]
        if as_ceiling(first) == as_ceiling(last):  # a single term
            product = put(product, {symbol: first})
            continue
        if (few := at_places(product, (symbol, first, last), ranges)) is not None:
            product = few
            continue
        full = never_negative(last - first, ranges)
        factors = Mul.make_args(product)
        inside = [f for f in factors if symbol in free_indices(f) or not (full or _within(f, ranges))]
        outside = [factor for factor in factors if factor not in inside]
        product = Mul(*outside, Sum(Mul(*inside), (symbol, first, last)) if inside else _count(first, last, ranges))
    return _where(term.condition, product)


def _settled(e: Expr, ranges: Ranges) -> Expr:
    """Return the expression without case distinctions on places of which one case holds everywhere in the ranges."""
    if isinstance(e, Where):
        for holds, case in zip((True, False), e.args[2:], strict=True):
            if any(all(never_negative(bound, ranges) for bound in bounds) for bounds in ways_of_case(e, holds=holds)):
                return _settled(case, ranges)
    if not e.has(Where) or isinstance(e, BINDERS):
        return e
    return e.func(*(_settled(part, ranges) for part in e.args))


def _within(factor: Expr, known: Ranges) -> bool:
    """Tell whether every entry is in its tensor for all values of the indices; False if in doubt."""
    ends = (
        (i - first, last - i) for e in entries(factor) for i, (first, last) in zip(e.indices, e.base.axes, strict=True)
    )
    return all(never_negative(difference, known) for pair in ends for difference in pair)


def _where(condition: Expr, value: Expr) -> Expr:
    """Return the value where the condition holds, else 0.

    SymPy simplifies a case by the condition around it, and takes a summed index for a free one of the same letter."""
    if condition is S.true:
        return value
    return Piecewise((cleared(value, free_indices(condition)), condition), (S.Zero, True))


def _count(first: Expr, last: Expr, known: Ranges) -> Expr:
    """Return how many integers there are from `first` to `last`: none if `last` comes before."""
    count = last - first + 1
    return count if never_negative(count, known) else Max(0, count)
