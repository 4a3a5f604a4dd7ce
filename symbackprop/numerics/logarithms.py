"""Logarithms of shares and of sigmoids, from what these are taken of: 0 ln 0 is no number, 0 (u - ln Σ exp(u)) is.

a = exp(u)/Σ exp(u)        ln a = u - ln Σ exp(u)
a = σ(z)                   ln a = -softplus(-z)        ln(1 - a) = -softplus(z)
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Add, Expr, Indexed, Mul, Pow, Sum, exp, log

from symbackprop.calculus.indices import put
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Equation

__all__ = ["with_finite_logarithms"]


def with_finite_logarithms(equations: Iterable[Equation]) -> tuple[Equation, ...]:
    """Return the forward equations with logarithms of values that may be 0 in floats written in another way."""
    known: dict[Tensor, tuple[Equation, Expr, Expr | None]] = {}
    found = []
    for equation in equations:
        values: dict[Expr, Expr] = {}
        for part in equation.expression.atoms(log):
            inner = part.args[0]
            turned = inner.is_Add
            entry = 1 - inner if turned else inner
            if isinstance(entry, Indexed) and entry.base in known:
                maker, *forms = known[entry.base]
                form = forms[turned]
                if form is not None:
                    values[part] = put(form, dict(zip(maker.indices, entry.indices, strict=True)))
        found.append(Equation(equation.target, equation.expression.xreplace(values), equation.domain))
        of_value = _forms(equation.expression)
        if of_value is not None and equation.indices:
            known[equation.tensor] = (equation, *of_value)
    return tuple(found)


def _forms(value: Expr) -> tuple[Expr, Expr | None] | None:
    """Return ln a and ln(1 - a) of a share or of a sigmoid; None for another value."""
    if type(value) is ACTIVATIONS["sigmoid"].function:
        softplus = ACTIVATIONS["softplus"].function
        assert softplus is not None
        return -softplus(-value.args[0]), -softplus(value.args[0])
    parts = {type(part): part for part in Mul.make_args(value)}
    total = parts.get(Pow)
    if len(value.args) != 2 or parts.keys() != {exp, Pow} or total is None or total.exp != -1:
        return None
    return (Add(parts[exp].args[0], -log(total.base)), None) if isinstance(total.base, Sum) else None
