"""Sums taken apart: Σ_k (a f_k + b) = a Σ_k f_k + n b.

What carries no index of a sum stands before it, so that equal factors meet: Σ_k p_k S over S is Σ_k p_k.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Dummy, Expr, Indexed, KroneckerDelta, Mul, Piecewise, Pow, Sum, Symbol

from symbackprop.calculus.contraction import Term, rebuilt
from symbackprop.calculus.partials import Partial
from symbackprop.network.functions import Elementwise
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import Axis

WHOLE = (Sum, Indexed, Elementwise, KroneckerDelta, Partial, Piecewise, Largest, Chosen)


def multiplied_out(expression: Expr) -> Expr:
    """Return the expression as a sum of products; what stands inside functions, sums and cases stays as it is."""
    hidden: dict[Expr, Expr] = {}

    def covered(e: Expr) -> Expr:
        if isinstance(e, WHOLE) or (isinstance(e, Pow) and not e.exp.is_Integer):
            return hidden.setdefault(e, Dummy(f"u{len(hidden):04}"))
        if isinstance(e, Pow) and isinstance(e.base, Add) and e.exp.is_negative:
            return Pow(hidden.setdefault(e.base, Dummy(f"u{len(hidden):04}")), e.exp)
        if not isinstance(e, Add | Mul | Pow):
            return hidden.setdefault(e, Dummy(f"u{len(hidden):04}")) if e.args else e
        return e.func(*map(covered, e.args))

    plain = covered(expression).expand()
    return plain.xreplace({stand_in: part for part, stand_in in hidden.items()})


def distributed(expression: Expr, ranges: Mapping[Symbol, Axis]) -> Expr:
    """Return the expression with every sum over one product, and in it only what carries its index.

    `ranges` holds the range of every free index."""
    if isinstance(expression, Sum):
        inside = {**ranges, **{symbol: (first, last) for symbol, first, last in map(tuple, expression.limits)}}
        function = multiplied_out(distributed(expression.function, inside))
        limits = tuple(map(tuple, expression.limits))
        return Add(*(rebuilt(Term(Mul.make_args(term), limits), ranges) for term in Add.make_args(function)))
    if isinstance(expression, Add | Mul | Pow):
        return expression.func(*(distributed(part, ranges) for part in expression.args))
    if isinstance(expression, Piecewise):
        pieces = ((multiplied_out(distributed(value, ranges)), holds) for value, holds in expression.args)
        return Piecewise(*pieces, evaluate=False)
    return expression
