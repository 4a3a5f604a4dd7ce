"""Partial derivatives of index expressions: the unevaluated ∂/∂, and the one rule that carries it out.

D f(e_1, …, e_n) = Σ_i ∂f/∂e_i · D e_i        e_i: the entries and the sums that f is made of
D u[i, j] = δ_{ip} δ_{jq}                     when D is ∂/∂u[p, q]
D Σ_k f = Σ_k D f
D max_k f = Σ_k [k = argmax f] D f      the first of the largest
"""

from __future__ import annotations

from sympy import Add, Dummy, Expr, Indexed, KroneckerDelta, Mul, S, Sum

from symbackprop.calculus.indices import apart
from symbackprop.network.largest import BINDERS, Chosen, Largest
from symbackprop.network.program import free_indices

__all__ = ["Partial", "differentiate", "letters_of"]


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
    found: set[Expr] = set()
    for kind in (Partial, Indexed):
        stand_ins: dict[Expr, Expr] = {part: Dummy() for part in expression.atoms(kind)}
        expression = expression.xreplace(stand_ins)
        found |= set(stand_ins)
    return found | {letter for letter in expression.free_symbols if not isinstance(letter, Dummy)}


def differentiate(expression: Expr, by: Expr) -> Expr:
    """Return ∂expression/∂by, with Kronecker deltas where an index of an entry meets one of `by`.

    Indices bound inside the expression are renamed where they meet an index of `by`."""
    if expression == by:
        return S.One
    if isinstance(expression, Indexed):
        return _entry_by_entry(expression, by)
    if isinstance(expression, BINDERS):
        whole = apart(expression, free_indices(by))
        inner = differentiate(whole.function, by)
        if inner != 0 and isinstance(whole, Largest):
            inner = inner * Chosen(whole.variables, apart(whole, {*whole.variables, *free_indices(by)}))
        return Sum(inner, *whole.limits) if inner != 0 else S.Zero
    parts = _parts(expression, by)
    if not parts:
        return S.Zero
    stand_ins = {part: Dummy(real=True) for part in parts}
    outer = expression.xreplace(stand_ins)
    back = {stand_in: part for part, stand_in in stand_ins.items()}
    terms = []
    for part, stand_in in stand_ins.items():
        inner = differentiate(part, by)
        if inner != 0:
            terms.append(outer.diff(stand_in).xreplace(back) * inner)
    return Add(*terms)


def _entry_by_entry(entry: Indexed, by: Expr) -> Expr:
    if not isinstance(by, Indexed) or entry.base != by.base:
        return S.Zero
    return Mul(*(KroneckerDelta(i, p) for i, p in zip(entry.indices, by.indices, strict=True)))


def _parts(expression: Expr, by: Expr) -> list[Expr]:
    """Return the entries of the tensor that is differentiated by, and the sums, that the expression is made of."""
    if isinstance(expression, Chosen):
        return []  # which entry is the largest does not change nearby
    if isinstance(expression, BINDERS):
        return [expression] if expression.has(by.base if isinstance(by, Indexed) else by) else []
    if isinstance(expression, Indexed):
        return [expression] if isinstance(by, Indexed) and expression.base == by.base else []
    if expression == by:
        return [expression]
    found: dict[Expr, None] = {}
    for argument in expression.args:
        if isinstance(argument, Expr):
            found.update(dict.fromkeys(_parts(argument, by)))
        else:
            for pair in argument.args:  # the branches of a case distinction; the conditions are not differentiated
                if isinstance(pair, Expr):
                    found.update(dict.fromkeys(_parts(pair, by)))
    return list(found)
