"""What is computed once although it stands in several places, and what is worked out small before it is made large.

c = x[i, d] - u[i]     n[i, d] = c/√(v[i] + ε)     …  Σ_d c²          a part that two equations share
n[i, d] t[i]/D                                                        n * (t / D)[:, None]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from sympy import Add, Expr, Indexed, Mul, Piecewise, Pow, Symbol

from symbackprop.network.largest import BINDERS
from symbackprop.network.program import Equation, entries


def in_common(equations: Iterable[Equation]) -> frozenset[Expr]:
    """Return the sums, powers and functions of entries that stand in more than one place, the largest of them alone."""
    counts: Counter[Expr] = Counter()
    for equation in equations:
        counts.update(_parts(equation.expression))
    shared = {part for part, count in counts.items() if count > 1}
    inside = Counter(inner for part in shared for inner in _parts(part) if inner != part for _ in range(counts[part]))
    return frozenset(part for part in shared if counts[part] > inside[part])


def _parts(e: Expr) -> list[Expr]:
    """Return what may be computed on its own, wherever it stands: no entry, no number and no case of a distinction."""
    if isinstance(e, Indexed | Piecewise) or not e.args:
        return []
    own = [e] if isinstance(e, Add | Pow) or (e.is_Function and len(e.args) == 1) else []
    own = own if len(entries(e)) > 0 and not e.has(*BINDERS, Piecewise) else []
    inner = e.function if isinstance(e, BINDERS) else None
    return own + [found for part in ([inner] if inner is not None else e.args) for found in _parts(part)]


def small_first(e: Expr, indices: Callable[[Expr], set[Symbol]], held: Callable[[Expr], Expr]) -> Expr:
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
