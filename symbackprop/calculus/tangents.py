"""How what is computed moves when what is given moves: the equations of a program, differentiated along a direction.

    v_j = f(Σ_k w_jk u_k)        ->        v'_j = f'(Σ_k w_jk u_k) Σ_k (w'_jk u_k + w_jk u'_k)

Of the forward pass this is J u', of the backward pass, which is equations like any other, H u' (Pearlmutter 1994).
Each equation is differentiated by itself, by the rule that the derivation goes by, and checked like one of its steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Symbol

from symbackprop.calculus.checking import Setting, agree
from symbackprop.calculus.partials import Partial, moved
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation, entries

ALONG = Symbol("epsilon", real=True)


def direction_of(tensor: Tensor) -> Tensor:
    """Return the tensor that says how far each entry of another one moves."""
    return Tensor(f"direction_{tensor.letter}", tensor.layer, tensor.axes)


def tangents(equations: Iterable[Equation], given: Iterable[Tensor]) -> tuple[Equation, ...]:
    """Return the equations of how far all moves that is computed from what is given, in the order of computation.

    What stays where it is has none. The cost is left out. Raises CheckError if one does not hold."""
    equations = [equation for equation in equations if equation.target != COST]
    moving = set(given)
    while reached := {e.tensor for e in equations if e.tensor not in moving and moving.intersection(e.reads)}:
        moving |= reached
    while True:
        directions = {tensor: direction_of(tensor) for tensor in moving}
        found = [_tangent(e, directions) for e in equations if e.tensor in moving]
        still = {equation.tensor for equation in found} - {e.tensor for e in found if e.expression != 0}
        if not still:
            break
        moving = {tensor for tensor in moving if directions[tensor] not in still}  # a step: it moves nothing
    for equation, tangent in zip((e for e in equations if e.tensor in moving), found, strict=True):
        _check(equation, tangent, directions)
    return tuple(found)


def _tangent(equation: Equation, directions: Mapping[Tensor, Tensor]) -> Equation:
    target = directions[equation.tensor][equation.indices]
    return Equation(target, moved(equation.expression, directions), equation.domain)


def _check(equation: Equation, tangent: Equation, directions: Mapping[Tensor, Tensor]) -> None:
    """Raise CheckError unless ∂/∂ε f(u + ε u') = f'(u + ε u') u', at random u, u' and ε."""
    read = entries(equation.expression) | entries(tangent.expression)
    ways = {e: e + ALONG * directions[e.base][e.indices] for e in read if e.base in directions}
    apart = Tensor(f"moved_{equation.tensor.letter}", equation.tensor.layer, equation.tensor.axes)
    shifted = equation.expression.xreplace(ways)
    setting = Setting((Equation(apart[equation.indices], shifted, equation.domain),), equation.ranges)
    agree(Partial(shifted, ALONG), tangent.expression.xreplace(ways), setting)
