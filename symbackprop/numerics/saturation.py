"""Errors of saturated outputs: of equal forms of ∂C/∂z the one that keeps its digits in floats.

a_j (g_j - Σ a g)        g = ∂C/∂a counted from its entry at the largest a: shares add up to 1
f'(z) y/a                y times f'(z)/a as one function, where both leave the floats; 0 where y is
y ln a                   0 where y is
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sympy import Add, Eq, Expr, Indexed, KroneckerDelta, Mul, Piecewise, Pow, S, Sum, Symbol, log

from symbackprop.calculus.indices import put
from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.network.functions import SIGMOID, Elementwise, slope
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import COST, Axis, Tensor, index
from symbackprop.network.program import Equation
from symbackprop.numerics.arrays.scaled import share_of
from symbackprop.numerics.recognition import LOG_SOFTPLUS, known_name

# f'(z)/f(z) by the name of f
_RATES: dict[str | None, Callable[[Expr], Expr]] = {"sigmoid": lambda z: SIGMOID(-z), "softplus": slope(LOG_SOFTPLUS)}
_PLACE, _FIRST = index("place"), index("first")  # of the largest, and what is compared with it


def keeping_digits(passes: Passes) -> Passes:
    """Return the passes with the errors that come from what the cost reads in forms that keep their digits."""
    program = passes.program
    read = {tensor for equation in program.equations if equation.tensor == COST for tensor in equation.reads}
    adjoints = list(passes.adjoints)
    for equation in program.equations:
        if equation.tensor not in read:
            continue
        by = next((each for each in adjoints if each.tensor == adjoint_of(equation.tensor)), None)
        if by is None or by.indices != equation.indices:
            continue
        if isinstance(equation.expression, Elementwise):
            adjoints = [_at_once(each, equation, by) for each in adjoints]
        share = share_of(equation.expression, dict(zip(equation.indices, equation.tensor.axes, strict=True)))
        if share is not None:
            adjoints = [made for each in adjoints for made in _of_shares(each, equation, by, share[1])]
    return replace(passes, adjoints=tuple(adjoints))


def _at_once(adjoint: Equation, forward: Equation, by: Equation) -> Equation:
    """Return ∂C/∂z = f'(z) ∂C/∂a with those terms of ∂C/∂a put in that divide by a; another equation as it is."""
    factors = Mul.make_args(adjoint.expression)
    given = [factor for factor in factors if isinstance(factor, Indexed) and factor.base == by.tensor]
    rates = [factor for factor in factors if isinstance(factor, slope(type(forward.expression)))]
    if len(given) != 1 or len(rates) != 1:
        return adjoint
    places = dict(zip(forward.indices, given[0].indices, strict=True))
    a, (z,) = put(forward.target, places), put(forward.expression, places).args
    if rates[0].args[0] != z or not by.expression.has(1 / forward.target):
        return adjoint
    rate = _RATES.get(known_name(type(forward.expression)))
    terms = []
    for term in Add.make_args(put(by.expression, places).expand()):
        above = term * a
        if above.has(a):
            terms.append(term * rates[0])
        elif rate is not None:
            terms.append(above * rate(z))
        else:
            terms.append(_where_not_zero(above, term * rates[0]))
    return replace(adjoint, expression=adjoint.expression / (given[0] * rates[0]) * Add(*terms))


def _where_not_zero(factor: Expr, product: Expr) -> Expr:
    """Return a product where one of its factors is not 0, and 0 elsewhere, whatever the others are."""
    entries = [part for part in Mul.make_args(factor) if part.has(Indexed)]
    if not entries:
        return product
    return Piecewise((S.Zero, Eq(Mul(*entries), 0)), (product, True), evaluate=False)


def _of_shares(adjoint: Equation, forward: Equation, by: Equation, along: Symbol) -> Iterator[Equation]:
    """Yield an adjoint with ∂C/∂a, in which a constant makes no difference, counted from the largest share.

    Where ∂C/∂a divides by a or 1 - a, it is written in 1 - a instead."""
    entries = [entry for entry in adjoint.expression.atoms(Indexed) if entry.base == by.tensor]
    (axis,) = (axis for i, axis in zip(forward.indices, forward.tensor.axes, strict=True) if i == along)
    if not entries or not _is_blind(adjoint.expression, entries, forward.tensor):
        yield adjoint
        return
    a = forward.target
    if by.expression.has(1 / a, 1 / (1 - a)):
        yield from _with_rest(adjoint, forward, by, (along, axis))
        return
    counted = Tensor(f"{by.tensor.letter}_counted", by.tensor.layer, by.tensor.axes)
    there = by.target.xreplace({along: _PLACE})
    shares = Largest(forward.target.xreplace({along: _FIRST}), (_FIRST, *axis))
    top = Sum(Chosen((_PLACE,), shares) * there, (_PLACE, *axis))
    yield Equation(counted[by.indices], by.target - top, by.domain)
    yield replace(adjoint, expression=adjoint.expression.xreplace({e: counted[e.indices] for e in entries}))


def _is_blind(e: Expr, entries: list[Indexed], shares: Tensor) -> bool:
    """Tell whether a constant that is added to all entries makes no difference, as shares add up to 1."""
    constant = e.xreplace(dict.fromkeys(entries, S.One))
    ones = {t: S.One for t in constant.atoms(Sum) if isinstance(t.function, Indexed) and t.function.base == shares}
    return bool(constant.xreplace(ones).expand() == 0)


def _with_rest(adjoint: Equation, forward: Equation, by: Equation, along: tuple[Symbol, Axis]) -> Iterator[Equation]:
    """Yield r = 1 - a, added up from the others, and δ_j = r_j p_j - a_j Σ_k p_k over all others, with p = a ∂C/∂a."""
    a, g, (j, axis) = forward.target, by.target, along
    plain = a * (g - Sum((a * g).xreplace({j: _PLACE}), (_PLACE, *axis)))
    turned = adjoint.expression.xreplace({t: _by_place(t) for t in adjoint.expression.atoms(Sum)})
    turned = turned.xreplace(dict(zip(adjoint.indices, forward.indices, strict=False))).expand()
    factor = Add(*(term / (a * g) for term in Add.make_args(turned) if not term.has(Sum)))
    products = [a * term for term in Add.make_args(by.expression.expand(deep=False))]
    if turned != (factor * plain).expand() or any(product.has(1 / a) for product in products):
        yield adjoint
        return
    rest, is_other = Tensor(f"{by.tensor.letter}_rest", by.tensor.layer, by.tensor.axes), 1 - KroneckerDelta(j, _PLACE)
    r = rest[forward.indices]
    products = [product.xreplace({1 / (1 - a): 1 / r}) for product in products]
    others = Sum(is_other * Add(*products).xreplace({j: _PLACE}), (_PLACE, *axis))
    yield Equation(r, Sum(is_other * a.xreplace({j: _PLACE}), (_PLACE, *axis)), by.domain)
    target = adjoint.tensor[forward.indices]
    yield Equation(target, factor * (Add(*(r * product for product in products)) - a * others), adjoint.domain)


def _by_place(total: Sum) -> Sum:
    return total.xreplace({total.variables[0]: _PLACE}) if len(total.limits) == 1 else total


def without_undefined(e: Expr) -> Expr:
    """Return a cost in which a product with a logarithm is 0 where its other factors are."""
    if isinstance(e, Mul) and len(parts := [part for part in e.args if isinstance(part, log)]) == 1:
        return _where_not_zero(e / parts[0], e)
    return e.func(*map(without_undefined, e.args)) if isinstance(e, Add | Mul | Sum | Pow) else e
