"""What a function is taken of gets a name of its own, and so does the derivative by it: each is computed once.

i[t, j] = σ(Σ_k w[j, k] h[t - 1, k] + b[j])        z[t, j] = Σ_k w[j, k] h[t - 1, k] + b[j]        i = σ(z)
∂C/∂h[t, k] = … ∂C/∂i[t + 1, j] σ'(Σ … + b[j]) …   δ[t, j] = ∂C/∂i[t, j] σ'(z[t, j])               … δ[t + 1, j] …

The slope σ'(z) that is read on the way back is computed beside σ(z): both come from one exponential.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from sympy import Basic, Expr, Indexed, Mul, Sum, Symbol

from symbackprop.calculus.matching import replaced
from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.network.functions import Elementwise, slope
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Array, Equation, Kind, Node, arrays_in
from symbackprop.numerics.recognition import known_name

INNER = "_in"  # of the name of what a function is taken of; no name in a text has it
SLOPE = "_slope"  # of the name of the slope there
BOTH = ("sigmoid", "tanh")  # whose value and slope come from one exponential


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


def with_slopes(passes: Passes, *, beside: bool = True) -> tuple[Passes, dict[Tensor, Tensor]]:
    """Return the passes with arrays for slopes that the adjoints read, and for which values they are the slopes.

    h = o tanh(s)        v = tanh(s)   h = o v   and beside v its slope v' = tanh'(s)        … ∂C/∂h o v' …
    With nothing `beside`, only values that the adjoints read, as v, get arrays."""
    forward: list[Equation] = []
    arrays: list[Array] = []
    slopes: dict[Tensor, Tensor] = {}
    names = {array.tensor: array.name for array in passes.program.arrays}
    adjoints = passes.adjoints
    parts = (part for e in passes.program.equations for part in e.expression.atoms(Elementwise))
    times = Counter((type(part), tensor) for part in parts for tensor in arrays_in(part))
    functions = Counter(e.tensor for e in passes.program.equations if isinstance(e.expression, Elementwise))
    for equation in passes.program.equations:
        side, made = equation.expression, equation.tensor
        for part in sorted(side.atoms(Elementwise), key=str):
            if not _has_slope(part, equation) or times[type(part), part.args[0].base] > 1:
                continue
            if part == side and functions[made] > 1:
                continue
            at, is_whole = equation.indices, part == side
            axes = tuple(equation.ranges.values())
            value = made if is_whole else Tensor(f"{made.letter}_{type(part).stem}", made.layer, axes)
            rate = Tensor(f"{made.letter}{SLOPE}", made.layer, value.axes)
            changed = _replaced(adjoints, slope(type(part))(part.args[0]), rate[at], at) if beside else adjoints
            named = changed if is_whole else _replaced(changed, part, value[at], at)
            if (changed if beside else named) == adjoints:
                continue
            if not is_whole:
                arrays.append(Array(value, Kind.VALUE, f"{names[made]}_{type(part).stem}"))
                forward.append(Equation(value[at], part))
                side = side.xreplace({part: value[at]})
            if beside:
                arrays.append(Array(rate, Kind.VALUE, f"{names[made]}{SLOPE}"))
                slopes[value] = rate
            adjoints = named
            break  # one slope for each equation: its name says of which
        forward.append(replace(equation, expression=side))
    program = replace(passes.program, nodes=tuple(map(Node, forward)), given=(*passes.program.given, *arrays))
    return (Passes(program, adjoints), slopes) if arrays else (passes, slopes)


def _has_slope(part: Elementwise, equation: Equation) -> bool:
    """Tell whether a part of a right side is a function of an entry at the place of the left side."""
    entry = part.args[0]
    at_place = isinstance(entry, Indexed) and entry.indices == equation.indices and bool(equation.indices)
    return at_place and type(part).order == 0 and known_name(type(part)) in BOTH


def _replaced(
    adjoints: tuple[Equation, ...], part: Expr, other: Expr, indices: tuple[Symbol, ...]
) -> tuple[Equation, ...]:
    found = ((e, replaced(e.expression, part, other, indices)) for e in adjoints)
    return tuple(e if after is e.expression else replace(e, expression=after) for e, after in found)


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
        behind = next((place for place, adjoint in enumerate(found, 1) if adjoint.tensor == given), 0)  # 0: it is given
        found.insert(behind, Equation(error[at], given[at] * rate(inner[at]), equation.domain))
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
