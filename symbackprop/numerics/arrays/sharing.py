"""What is computed once although it stands in several places, and what is worked out small before it is made large.

c = x[i, d] - u[i]     n[i, d] = c/√(v[i] + ε)     …  Σ_d c²          a part that two equations share
n[i, d] t[i]/D                                                        n * (t / D)[:, None]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from sympy import Add, Expr, Indexed, Mul, Piecewise, Pow, Symbol

from symbackprop.network.largest import BINDERS
from symbackprop.network.memo import memoised
from symbackprop.network.notation import Axis
from symbackprop.network.program import Equation, entries, free_indices

Key: TypeAlias = tuple[Expr, tuple[Axis, ...]]  # a part with its indices numbered, and their ranges


def in_common(equations: Sequence[Equation], others: Sequence[Equation] = ()) -> tuple[frozenset[Expr], frozenset[Key]]:
    """Return the sums, powers and functions of entries that stand in more than one place, the largest of them alone.

    It makes no difference what their indices are called. Those that stand in `others` as well are told besides."""
    places = [(_key(*place), place) for each in equations for place in _parts(each.expression, each.ranges)]
    beside = {_key(*place) for each in others for place in _parts(each.expression, each.ranges)}
    counts = Counter(key for key, _ in places)
    shared = {key: place for key, place in places if counts[key] > 1 or key in beside}
    inside: Counter[object] = Counter()
    for key, place in shared.items():
        for inner in _parts(*place):
            inside[_key(*inner)] += counts[key]
        inside[key] -= counts[key]
    largest = {key for key in shared if counts[key] > inside[key]}
    found = frozenset(part for key, (part, _) in places if key in largest)
    return found, frozenset(key for key in largest & beside if isinstance(key, tuple))


def placed(e: Expr, ranges: Mapping[Symbol, Axis]) -> tuple[Key, tuple[Symbol, ...]] | None:
    """Return what makes a part the same whatever its indices are called, and these in its order.

    None where a range depends on another index."""
    ordered = sorted(entries(e), key=lambda entry: (str(entry.base), str(entry)))
    positions = [position for entry in ordered for position in entry.indices]
    symbols = tuple(dict.fromkeys(s for p in positions for s in sorted(free_indices(p), key=str)))
    if not set(symbols) == free_indices(e) <= ranges.keys() or any(
        free_indices(end) for s in symbols for end in ranges[s]
    ):
        return None
    names = {symbol: Symbol(f"_{n}", integer=True) for n, symbol in enumerate(symbols)}
    return (e.xreplace(names), tuple(ranges[symbol] for symbol in symbols)), symbols


def _key(e: Expr, ranges: Mapping[Symbol, Axis]) -> Key | Expr:
    """Return what makes a part the same: the part itself where its ranges do not stand for themselves."""
    found = placed(e, ranges)
    return e if found is None else found[0]


def _parts(e: Expr, ranges: Mapping[Symbol, Axis]) -> Iterator[tuple[Expr, Mapping[Symbol, Axis]]]:
    """Yield what may be computed on its own, wherever it stands, with the ranges of the indices there.

    That is no entry, no number and no case of a distinction."""
    if isinstance(e, Indexed | Piecewise) or not e.args:
        return
    is_own = isinstance(e, Add | Pow) or (e.is_Function and len(e.args) == 1)
    if is_own and entries(e) and not e.has(*BINDERS, Piecewise):
        yield e, ranges
    inside = {limit.args[0]: limit.args[1:] for limit in e.limits} if isinstance(e, BINDERS) else {}
    for part in [e.function] if isinstance(e, BINDERS) else e.args:
        yield from _parts(part, {**ranges, **inside})


def small_first(e: Expr, indices: Callable[[Expr], frozenset[Symbol]], held: Callable[[Expr], Expr]) -> Expr:
    """Return products with those of their factors that lack an index of the whole as one value of its own.

    `indices` tells what an expression depends on; `held` computes one and returns the letter that stands for it."""
    if isinstance(e, (Indexed, Piecewise, *BINDERS)) or not e.args:
        return e
    if isinstance(e, Mul):
        e = _without_contents(e)
        if not isinstance(e, Mul):
            return small_first(e, indices, held)
        whole = indices(e)
        small = [factor for factor in e.args if indices(factor) and indices(factor) < whole]
        numbers = [factor for factor in e.args if not indices(factor)]
        is_entry = len(small) == 1 and isinstance(small[0], Indexed | Symbol) and not numbers
        if small and not is_entry and indices(Mul(*small)) < whole:
            others = [small_first(factor, indices, held) for factor in e.args if factor not in (*small, *numbers)]
            return Mul(held(Mul(*numbers, *small)), *others)
    return e.func(*(small_first(part, indices, held) for part in e.args)) if isinstance(e, Add | Mul | Pow) else e


def _without_contents(product: Mul) -> Expr:
    """Return a product with numbers of its sums in front: (2 h - 2 y)/(2 m) is (h - y)/m."""
    number, factors = product.as_coeff_mul()
    pairs = [factor.primitive() if isinstance(factor, Add) else (1, factor) for factor in factors]
    if all(content == 1 for content, _ in pairs):
        return product
    return Mul(number * Mul(*(content for content, _ in pairs)), *(factor for _, factor in pairs))


@memoised
def by_place(e: Expr) -> Expr:
    """Return the expression with bound indices named by how deep they stand: a letter makes no difference."""
    if not e.args or not e.has(*BINDERS):
        return e
    e = e.func(*map(by_place, e.args))
    if not isinstance(e, BINDERS):
        return e
    depth = sum(len(part.limits) for part in e.function.atoms(*BINDERS))
    return e.xreplace({symbol: Symbol(f"_{depth + n}", integer=True) for n, symbol in enumerate(e.variables)})
