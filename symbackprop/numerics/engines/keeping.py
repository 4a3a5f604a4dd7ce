"""What a slope is read off: where relu(z) is kept, it says what relu'(z) is, and z need not be kept besides.

a = relu(z)      relu'(z)  ->  relu'(a)           both are 1 where a > 0
a = σ(z)         σ'(z)     ->  a σ(-z)            one function instead of two, with all digits of both
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr, Indexed

from symbackprop.network.functions import SIGMOID, Elementwise
from symbackprop.network.program import Equation
from symbackprop.numerics.recognition import known_name

READ_OFF = ("relu", "sigmoid")


def read_off(rate: type[Elementwise], value: Expr, z: Expr) -> Expr:
    """Return f'(z) for f(z), which is one of those that are read off; `rate` is f' as a class."""
    return rate(value) if known_name(rate) == "relu" else value * SIGMOID(-z)


def with_slopes_of_values(adjoints: Sequence[Equation], equations: Sequence[Equation]) -> tuple[Equation, ...]:
    """Return adjoints with slopes that are read off f(z), where this is an array, instead of f' of z."""
    values = {}
    for equation in equations:
        is_read_off = isinstance(equation.target, Indexed) and _is_known(equation.expression, order=0)
        read = equation.expression.args[0] if is_read_off else None
        if isinstance(read, Indexed) and set(read.indices) == set(equation.indices):
            order = [read.indices.index(symbol) for symbol in equation.indices]
            if equation.tensor.axes == tuple(read.base.axes[place] for place in order):
                values[known_name(type(equation.expression)), read.base] = equation.tensor, order
    found = []
    for adjoint in adjoints:
        kept = {}
        for e in (e for e in adjoint.expression.atoms(Elementwise) if _is_known(e, order=1)):
            name, read = known_name(type(e)), e.args[0]
            if isinstance(read, Indexed) and (name, read.base) in values:
                value, order = values[name, read.base]
                at = value[tuple(read.indices[place] for place in order)]
                kept[e] = read_off(type(e), at, read)
        found.append(replace(adjoint, expression=adjoint.expression.xreplace(kept)) if kept else adjoint)
    return tuple(found)


def _is_known(e: Expr, *, order: int) -> bool:
    return isinstance(e, Elementwise) and e.order == order and known_name(type(e)) in READ_OFF
