"""Where a factor enters a backward pass: at the derivatives that begin it, since all that follows is linear in them.

∂C/∂a = (a - y)   ∂C/∂w = (1/m) Σ δ x        G ∂C/∂a = (G/m)(a - y)   G ∂C/∂w = Σ δ x

So the 1/m of a mean, and G, the derivative of what follows by the cost, cost one product with the smallest array.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sympy import Add, Expr, Mul, Piecewise, Sum, Symbol

from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.network.notation import Tensor
from symbackprop.network.program import INDEPENDENT, entries

FACTOR = Tensor("d_C", None, ())


def with_factor_at_source(passes: Passes, count: Symbol | None) -> Passes | None:
    """Return the passes with G times every derivative; `count` is the m of a mean over samples, if there is one.

    None where an adjoint is not linear in those before it, term by term."""
    adjoints = {equation.tensor for equation in passes.adjoints}
    final = {adjoint_of(array.tensor) for array in passes.program.of_kind(*INDEPENDENT)}
    found = []
    for equation in passes.adjoints:
        terms = []
        if not _reads(equation.expression, adjoints) and equation.tensor not in final:
            factor = FACTOR[()] / (1 if count is None else count)
            found.append(replace(equation, expression=factor * equation.expression))
            continue
        whole = isinstance(equation.expression, Mul) and _is_linear(equation.expression, adjoints)
        for term in [equation.expression] if whole else _terms(equation.expression):
            is_last = equation.tensor in final
            if not _reads(term, adjoints):
                terms.append(term * FACTOR[()] / (1 if count is None or is_last else count))
            elif _is_linear(term, adjoints):
                terms.append(term * count if count is not None and is_last else term)
            else:
                return None
        found.append(replace(equation, expression=Add(*terms)))
    return Passes(passes.program, tuple(found))


def _terms(expression: Expr) -> Iterable[Expr]:
    """Return the terms of a sum, that is divided by a number or is not."""
    sums = [factor for factor in Mul.make_args(expression) if isinstance(factor, Add)]
    if isinstance(expression, Mul) and len(sums) == 1:
        return [term * (expression / sums[0]) for term in sums[0].args]
    return Add.make_args(expression)  # type: ignore[no-any-return]


def _reads(expression: Expr, adjoints: set[Expr]) -> bool:
    return any(entry.base in adjoints for entry in entries(expression))


def _is_linear(e: Expr, adjoints: set[Expr]) -> bool:
    """Tell whether an expression is a multiple of adjoints, or a sum of such."""
    match e:
        case Mul():
            reading = [factor for factor in e.args if _reads(factor, adjoints)]
            return len(reading) == 1 and _is_linear(reading[0], adjoints)
        case Add():
            return all(_is_linear(term, adjoints) for term in e.args)
        case Sum():
            return _is_linear(e.function, adjoints)
        case Piecewise():
            return all(value == 0 or _is_linear(value, adjoints) for value, _ in e.args)
    return hasattr(e, "base") and e.base in adjoints
