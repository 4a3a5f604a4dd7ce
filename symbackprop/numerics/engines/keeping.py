"""What a slope is read off: where relu(z) is kept, it says what relu'(z) is, and z need not be kept besides.

a = relu(z)      relu'(z)  ->  relu'(a)      both are 1 where a > 0
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr, Indexed

from symbackprop.network.functions import Elementwise
from symbackprop.network.program import Equation
from symbackprop.numerics.recognition import known_name


def with_slopes_of_values(adjoints: Sequence[Equation], equations: Sequence[Equation]) -> tuple[Equation, ...]:
    """Return adjoints with relu' of relu(z) where this is an array, instead of relu' of z."""
    values = {}
    for equation in equations:
        read = equation.expression.args[0] if _is_relu(equation.expression, order=0) else None
        if isinstance(read, Indexed) and set(read.indices) == set(equation.indices):
            order = [read.indices.index(symbol) for symbol in equation.indices]
            if equation.tensor.axes == tuple(read.base.axes[place] for place in order):
                values[read.base] = equation.tensor, order
    found = []
    for adjoint in adjoints:
        slopes = {e: e.args[0] for e in adjoint.expression.atoms(Elementwise) if _is_relu(e, order=1)}
        kept = {}
        for e, read in slopes.items():
            if isinstance(read, Indexed) and read.base in values:
                value, order = values[read.base]
                kept[e] = e.func(value[tuple(read.indices[place] for place in order)])
        found.append(replace(adjoint, expression=adjoint.expression.xreplace(kept)) if kept else adjoint)
    return tuple(found)


def _is_relu(e: Expr, *, order: int) -> bool:
    return isinstance(e, Elementwise) and e.order == order and known_name(type(e)) == "relu"
