"""How what is computed moves when what is given moves: the equations of a program, differentiated along a direction.

    v_j = f(Σ_k w_jk u_k)        ->        v'_j = f'(Σ_k w_jk u_k) Σ_k (w'_jk u_k + w_jk u'_k)

Of the forward pass this is J u', of the backward pass, which is equations like any other, H u' (Pearlmutter 1994).
Each equation is differentiated by itself, by the rule that the derivation goes by, and checked like one of its steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from sympy import Add, Expr, Mul, Sum, Symbol

from symbackprop.calculus.alike import Form, form_of, numbered
from symbackprop.calculus.checking import Setting, agree
from symbackprop.calculus.partials import Partial, moved
from symbackprop.network.extremes import Where
from symbackprop.network.needs import ways_of_case
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation, entries

ALONG = Symbol("epsilon", real=True)
Known: TypeAlias = tuple[Equation, list[Expr], Equation]  # an equation, the names in it, and its tangent


def direction_of(tensor: Tensor) -> Tensor:
    """Return the tensor that says how far each entry of another one moves."""
    return Tensor(f"direction_{tensor.letter}", tensor.layer, tensor.axes)


def tangents(equations: Iterable[Equation], given: Iterable[Tensor]) -> tuple[Equation, ...]:
    """Return the equations of how far all moves that is computed from what is given, in the order of computation.

    What stays where it is has none. The cost is left out. Of equations that are the same but for names, one is
    differentiated. Raises CheckError if one does not hold."""
    equations = [equation for equation in equations if equation.target != COST]
    order, _ = numbered(tensor for equation in equations for tensor in (*equation.reads, equation.tensor))
    forms = [form_of(equation, order) for equation in equations]
    moving = set(given)
    while reached := {e.tensor for e in equations if e.tensor not in moving and moving.intersection(e.reads)}:
        moving |= reached
    while True:
        directions = {tensor: direction_of(tensor) for tensor in moving}
        known: dict[tuple[Any, ...], Known] = {}
        found = [
            _alike(e, form, directions, known) for e, form in zip(equations, forms, strict=True) if e.tensor in moving
        ]
        still = {equation.tensor for equation in found} - {e.tensor for e in found if e.expression != 0}
        if not still:
            break
        moving = {tensor for tensor in moving if directions[tensor] not in still}  # a step: it moves nothing
    for equation, _, tangent in known.values():
        _check(equation, tangent, directions)
    return tuple(found)


def _alike(
    equation: Equation, form: Form, directions: Mapping[Tensor, Tensor], known: dict[tuple[Any, ...], Known]
) -> Equation:
    """Return the tangent of an equation, in other names where one of the same form has it; `known` learns it."""
    numbers, places = numbered(form.names)
    names = [*numbers, *(directions[name] for name in numbers if name in directions)]
    key = form.marks, places, tuple(name in directions for name in numbers)
    if key not in known:
        known[key] = equation, names, _tangent(equation, directions)
    _, others, tangent = known[key]
    return tangent.renamed(dict(zip(others, names, strict=True)))


def _tangent(equation: Equation, directions: Mapping[Tensor, Tensor]) -> Equation:
    target = directions[equation.tensor][equation.indices]
    return Equation(target, _within_cases(moved(equation.expression, directions)), equation.domain)


def _within_cases(e: Expr) -> Expr:
    """Return an expression whose products with a case that places decide are made inside of it.

    What stands beside the case may have no entry where the other one holds: where(i <= n, 0, s_{i-n}) s'_{i-n}."""
    case = next((part for part in Mul.make_args(e) if isinstance(part, Where) and ways_of_case(part, holds=True)), None)
    if case is not None and case != e:
        left, right, *values = case.args
        return case.func(left, right, *(_within_cases(value * (e / case)) for value in values))
    if isinstance(e, Sum):
        return e.func(_within_cases(e.function), *e.limits)
    return e.func(*map(_within_cases, e.args)) if isinstance(e, Add | Mul) else e


def _check(equation: Equation, tangent: Equation, directions: Mapping[Tensor, Tensor]) -> None:
    """Raise CheckError unless ∂/∂ε f(u + ε u') = f'(u + ε u') u', at random u, u' and ε."""
    read = entries(equation.expression) | entries(tangent.expression)
    ways = {e: e + ALONG * directions[e.base][e.indices] for e in read if e.base in directions}
    apart = Tensor(f"moved_{equation.tensor.letter}", equation.tensor.layer, equation.tensor.axes)
    shifted = equation.expression.xreplace(ways)
    setting = Setting((Equation(apart[equation.indices], shifted, equation.domain),), equation.ranges)
    agree(Partial(shifted, ALONG), tangent.expression.xreplace(ways), setting)
