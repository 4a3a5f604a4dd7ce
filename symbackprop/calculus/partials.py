"""Partial derivatives of index expressions: the unevaluated ∂/∂, and the one rule that carries it out.

D f(e_1, …, e_n) = Σ_i ∂f/∂e_i · D e_i        e_i: the entries and the sums that f is made of
D u[i, j] = δ_{ip} δ_{jq}                     when D is ∂/∂u[p, q]
D u[i, j] = u'[i, j]                          when D is along u', a direction in which u moves
D Σ_k f = Σ_k D f
D max_k f = Σ_k [k = argmax f] D f      the first of the largest
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sympy import Add, Dummy, Expr, Function, Indexed, KroneckerDelta, Mul, Pow, S, Sum, Symbol, log

from symbackprop.calculus.indices import apart
from symbackprop.network.largest import BINDERS, Chosen, Largest
from symbackprop.network.notation import Tensor
from symbackprop.network.program import free_indices


class Partial(Expr):  # type: ignore[misc]
    """∂of/∂by, not carried out: `of` is the cost, an entry or an expression; `by` an entry or a symbol."""

    is_commutative = True

    def __new__(cls, of: Expr, by: Expr) -> Partial:
        """Write ∂of/∂by down."""
        return Expr.__new__(cls, of, by)  # type: ignore[no-any-return]

    @property
    def of(self) -> Expr:
        """What is differentiated."""
        return self.args[0]

    @property
    def by(self) -> Expr:
        """What it is differentiated by."""
        return self.args[1]


def letters_of(expression: Expr) -> set[Expr]:
    """Return what has to be known for a value: derivatives, entries, and letters, each that stands in no other."""
    if isinstance(expression, Partial | Indexed) or expression.is_Symbol:
        return {expression}
    found: set[Expr] = set().union(*map(letters_of, expression.args))
    return found - set(expression.variables) if isinstance(expression, BINDERS) else found


def differentiate(expression: Expr, by: Expr) -> Expr:
    """Return ∂expression/∂by, with Kronecker deltas where an index of an entry meets one of `by`.

    Indices bound inside the expression are renamed where they meet an index of `by`, or one around them."""
    base = by.base if isinstance(by, Indexed) else by

    def rate(part: Expr) -> Expr:
        if part == by:
            return S.One
        return Mul(*(KroneckerDelta(i, p) for i, p in zip(part.indices, by.indices, strict=True)))

    return _moved(expression, {base: rate}, free_indices(by) | free_indices(expression))


def moved(expression: Expr, directions: Mapping[Tensor, Tensor]) -> Expr:
    """Return d/dε of the expression with u + ε u' for each tensor u that has a direction u', at ε = 0."""
    rates = {tensor: lambda part: directions[part.base][part.indices] for tensor in directions}
    return _moved(expression, rates, frozenset())


Rates: TypeAlias = Mapping[Expr, Callable[[Expr], Expr]]  # a tensor, or a letter -> D of what it stands for


def _moved(expression: Expr, rates: Rates, taken: frozenset[Symbol]) -> Expr:
    """Return D of the expression; indices bound inside it are renamed where they are among `taken`."""
    if (rate := rates.get(_base(expression))) is not None:
        return rate(expression)
    if isinstance(expression, BINDERS):
        whole = apart(expression, taken)
        inner = _moved(whole.function, rates, taken.union(whole.variables))  # no sum inside takes a letter of this one
        if inner != 0 and isinstance(whole, Largest):
            inner = inner * Chosen(whole.variables, apart(whole, {*whole.variables, *taken}))
        return Sum(inner, *whole.limits) if inner != 0 else S.Zero
    stand_ins = {part: Dummy(real=True) for part in _parts(expression, rates)}
    outer = expression.xreplace(stand_ins)
    back = {stand_in: part for part, stand_in in stand_ins.items()}
    terms = []
    for part, stand_in in stand_ins.items():
        inner = _moved(part, rates, taken)
        if inner != 0:
            terms.append(_slope(outer, stand_in).xreplace(back) * inner)
    return Add(*terms)


class _Raised(Function):  # type: ignore[misc]
    """u^g with the derivative g u^(g - 1), of which SymPy makes g u^g/u, which has no value at u = 0."""

    def fdiff(self, argindex: int = 1) -> Expr:
        """Return ∂/∂u or ∂/∂g."""
        base, exponent = self.args
        return exponent * _Raised(base, exponent - 1) if argindex == 1 else self * log(base)


def _slope(expression: Expr, by: Symbol) -> Expr:
    """Return ∂expression/∂by."""
    if all(power.exp.is_number or power.base.is_number for power in expression.atoms(Pow)):
        return expression.diff(by)
    raised = expression.replace(
        lambda e: isinstance(e, Pow) and not (e.exp.is_number or e.base.is_number), lambda e: _Raised(*e.args)
    )
    return raised.diff(by).replace(_Raised, Pow)


def _base(expression: Expr) -> Expr:
    return expression.base if isinstance(expression, Indexed) else expression


def _parts(expression: Expr, rates: Rates) -> list[Expr]:
    """Return the entries of the tensors that are differentiated by, and the sums, that the expression is made of."""
    if isinstance(expression, Chosen):
        return []  # which entry is the largest does not change nearby
    if isinstance(expression, BINDERS):
        return [expression] if expression.has(*rates) else []
    if isinstance(expression, Indexed) or expression in rates:
        return [expression] if _base(expression) in rates else []
    found: dict[Expr, None] = {}
    for argument in expression.args:
        if isinstance(argument, Expr):
            found.update(dict.fromkeys(_parts(argument, rates)))
        else:
            for pair in argument.args:  # the branches of a case distinction; the conditions are not differentiated
                if isinstance(pair, Expr):
                    found.update(dict.fromkeys(_parts(pair, rates)))
    return list(found)
