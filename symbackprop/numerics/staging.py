"""What a function is taken of gets a name of its own, and so does the derivative by it: each is computed once.

i[t, j] = σ(Σ_k w[j, k] h[t - 1, k] + b[j])        z[t, j] = Σ_k w[j, k] h[t - 1, k] + b[j]        i = σ(z)
∂C/∂h[t, k] = … ∂C/∂i[t + 1, j] σ'(Σ … + b[j]) …   δ[t, j] = ∂C/∂i[t, j] σ'(z[t, j])               … δ[t + 1, j] …
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sympy import Basic, Indexed, Mul, Sum

from symbackprop.calculus.matching import replaced
from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.network.functions import Elementwise, slope
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array, Equation, Kind, Node

__all__ = ["staged"]

INNER = "_in"  # of the name of what a function is taken of; no name in a text has it


def staged(passes: Passes) -> Passes:
    """Return the passes with a name for what each function is taken of, where that has a sum in it."""
    names = {array.tensor: array.name for array in passes.program.arrays}
    forward: list[Equation] = []
    arrays: list[Array] = []
    adjoints = passes.adjoints
    for equation in passes.program.equations:
        side = equation.expression
        if not (isinstance(side, Elementwise) and side.args[0].has(Sum) and equation.indices):
            forward.append(equation)
            continue
        value = equation.tensor
        inner = Tensor(f"{value.letter}{INNER}", value.layer, value.axes)
        forward.append(Equation(inner[equation.indices], side.args[0], equation.domain))
        forward.append(replace(equation, expression=type(side)(inner[equation.indices])))
        arrays.append(Array(inner, Kind.VALUE, f"{names[value]}{INNER}"))
        adjoints = _staged(adjoints, equation, inner)
    if not arrays:
        return passes
    program = replace(passes.program, nodes=tuple(map(Node, forward)), given=(*passes.program.given, *arrays))
    return Passes(program, adjoints)


def _staged(adjoints: Iterable[Equation], equation: Equation, inner: Tensor) -> tuple[Equation, ...]:
    """Return the adjoints with δ, the derivative by what a function is taken of, wherever it stands as a product."""
    side, error, given = equation.expression, adjoint_of(inner), adjoint_of(equation.tensor)
    rate = slope(type(side))
    found, used = [], False
    for adjoint in adjoints:
        plain = replaced(adjoint.expression, side.args[0], inner[equation.indices], equation.indices)
        named = _named(plain, rate, given, inner)
        used = used or named != plain
        found.append(replace(adjoint, expression=named))
    if used:
        at = equation.indices
        place = next(place for place, adjoint in enumerate(found) if adjoint.tensor == given)
        found.insert(place + 1, Equation(error[at], given[at] * rate(inner[at]), equation.domain))
    return tuple(found)


def _named(e: Basic, rate: type[Elementwise], given: Tensor, inner: Tensor) -> Basic:
    """Return the expression with δ for ∂C/∂v f'(z), at whatever places both are."""
    if not e.args or isinstance(e, Indexed):
        return e
    args = [_named(part, rate, given, inner) for part in e.args]
    if isinstance(e, Mul):
        for part in [part for part in args if isinstance(part, rate) and isinstance(part.args[0], Indexed)]:
            places = part.args[0].indices
            if part.args[0].base == inner and given[places] in args:
                args.remove(part)
                args[args.index(given[places])] = adjoint_of(inner)[places]
    return e.func(*args) if list(e.args) != args else e
