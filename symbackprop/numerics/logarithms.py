"""Logarithms of shares and of sigmoids, from what these are taken of: 0 ln 0 is no number, 0 (u - ln Σ exp(u)) is.

a = exp(u)/Σ exp(u)        ln a = u - ln Σ exp(u)        ln(1 - a) = ln of the others - ln Σ exp(u)
a = σ(z)                   ln a = -softplus(-z)        ln(1 - a) = -softplus(z)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from sympy import Expr, Indexed, Mul, Sum, Symbol, exp, log

from symbackprop.calculus.indices import fresh, put
from symbackprop.calculus.known import of_exponentials
from symbackprop.network.functions import SIGMOID, SOFTPLUS, Elementwise, Z
from symbackprop.network.largest import BINDERS
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation
from symbackprop.numerics.arrays.rows import OfRow
from symbackprop.numerics.recognition import LOG_SOFTPLUS
from symbackprop.numerics.saturation import (
    LOGARITHM,
    LOGARITHM_OF_REST,
    in_sigmoids,
    is_sum_of_exponentials,
    shares_of,
    without_undefined,
)
from symbackprop.numerics.stableform import stabilised

Known: TypeAlias = dict[Tensor, tuple[Equation, Expr, Expr | None]]  # who computes a, ln a and ln(1 - a)


def with_finite_logarithms(equations: Iterable[Equation]) -> tuple[Equation, ...]:
    """Return the forward equations with logarithms of values that may be 0 in floats written in another way."""
    known: Known = {}
    found = []
    for equation in equations:
        right, shares = _with_known(equation, known), shares_of(equation)
        if shares is not None and shares.is_logarithm:
            right = shares.of_row(LOGARITHM)
        if equation.tensor == COST:
            right = without_undefined(in_sigmoids(right))
        found.append(replace(equation, expression=right))
        of_value = _forms(equation)
        if of_value is not None:
            known[equation.tensor] = (equation, *of_value)
    return tuple(found)


def with_logarithms_of(adjoints: Iterable[Equation], equations: Iterable[Equation]) -> tuple[Equation, ...]:
    """Return adjoints with the logarithm of a sigmoid, or of what it lacks to 1, by what the sigmoid is taken of."""
    known: Known = {}
    for equation in equations:
        forms = _forms(equation)
        if forms is not None and type(_named(equation.expression)) is SIGMOID:
            known[equation.tensor] = (equation, *forms)
    return tuple(replace(each, expression=_with_known(each, known)) for each in adjoints)


def _with_known(equation: Equation, known: Known) -> Expr:
    values: dict[Expr, Expr] = {}
    expression = equation.expression
    limits = {tuple(limit) for binder in expression.atoms(*BINDERS) for limit in binder.limits}
    runs = {*limits, *((symbol, *axis) for symbol, axis in equation.ranges.items())}
    for part in expression.atoms(log):
        inner = part.args[0]
        if (written := _of_written(inner)) is not None:
            values[part] = written
        turned = inner.is_Add
        entry = 1 - inner if turned else inner
        if isinstance(entry, Indexed) and entry.base in known:
            maker, *forms = known[entry.base]
            form = forms[turned]
            places = dict(zip(maker.indices, entry.indices, strict=True))
            if isinstance(form, OfRow) and not _is_whole(form, maker, places, runs):
                form = None if turned else _by_sums(maker)
            if form is not None:
                values[part] = put(form, places)
    return expression.xreplace(values)


def _of_written(value: Expr) -> Expr | None:
    """Return the logarithm of a sigmoid, of what it lacks to 1, or of a share, that no array has as its own."""
    rest, (top, *below) = 1 - value, sorted(Mul.make_args(value), key=lambda factor: not isinstance(factor, exp))
    if type(value) is SIGMOID:
        return -SOFTPLUS(-value.args[0])
    if type(rest) is SIGMOID:
        return -SOFTPLUS(rest.args[0])
    if isinstance(top, exp) and len(below) == 1 and is_sum_of_exponentials(1 / below[0]):
        return top.args[0] - log(1 / below[0])
    return None


def _is_whole(
    row: OfRow, maker: Equation, places: Mapping[Symbol, Expr], runs: Collection[tuple[Expr, Expr, Expr]]
) -> bool:
    """Tell whether entries are read along all of a row: a stable function makes something of whole rows alone."""
    along = places[row.along]
    axis = maker.tensor.axes[maker.indices.index(row.along)]
    if any(other.has(along) for index, other in places.items() if index != row.along):  # p_ii is of a row each
        return False
    return isinstance(along, Symbol) and {(first, last) for symbol, first, last in runs if symbol == along} == {axis}


def _by_sums(maker: Equation) -> Expr | None:
    """Return u_j - ln Σ_k exp(u_k), the logarithm of one share alone."""
    if (shares := shares_of(maker)) is None:
        return None
    other = fresh(shares.along, shares.exponent.free_symbols | set(maker.indices))
    others = exp(put(shares.exponent, {shares.along: other}))
    return shares.exponent - log(Sum(others, (other, *shares.axis)))


def _named(value: Expr) -> Expr:
    """Return a sigmoid that is written out, however it is, by its name; another value as it is."""
    written = None if isinstance(value, Elementwise) else of_exponentials(value)
    return value if written is None else stabilised(written[0]).xreplace({Z: written[1]})


def _forms(equation: Equation) -> tuple[Expr, Expr | None] | None:
    """Return ln a and ln(1 - a) of a share or of a function whose logarithm is known; None for another value."""
    value = _named(equation.expression)
    if type(value) is SIGMOID:
        return -SOFTPLUS(-value.args[0]), -SOFTPLUS(value.args[0])
    if type(value) is SOFTPLUS:
        return LOG_SOFTPLUS(value.args[0]), None
    shares = shares_of(equation)
    if shares is None or shares.is_logarithm:
        return None
    return shares.of_row(LOGARITHM), shares.of_row(LOGARITHM_OF_REST)
