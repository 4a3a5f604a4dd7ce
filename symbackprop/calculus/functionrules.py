"""Functions of one number as rules of evaluation: those with a name, σ and ReLU, and those that may be any.

a rule   environment, seed  ->  a value and its derivative by the seed
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr

from symbackprop.calculus.cells import Environment, Jet, Rule, Seed
from symbackprop.calculus.fields import DERIVATIVES, Field
from symbackprop.errors import CheckError
from symbackprop.network.functions import Elementwise
from symbackprop.network.kinks import breakpoints


def function(e: Expr, made: Callable[[Expr], Rule], field: Field) -> Rule:
    """Return the rule of exp, ln, sin and the like, whose slopes are in a table of the field."""
    name, inner = type(e).__name__, made(e.args[0])
    slope = DERIVATIVES[name]

    def rule(env: Environment, seed: Seed) -> Jet:
        value, tangent = inner(env, seed)
        result = field.function(name, value)
        return result, slope(result, value, field) * tangent if tangent else 0

    return rule


def elementwise(e: Elementwise, made: Callable[[Expr], Rule], field: Field, slot: int) -> Rule:
    """Return the rule of σ(z), of a derivative of it, or of a function that may be any; `slot` is where z is put.

    Raises CheckError for a derivative of nothing; the rule ZeroDivisionError where pieces of a function meet."""
    kind, inner = type(e), made(e.args[0])
    stem, order = kind.stem, kind.order
    if kind.definition is None:

        def abstract(env: Environment, seed: Seed) -> Jet:
            value, tangent = inner(env, seed)
            return field.abstract(stem, order, value), tangent and field.abstract(stem, order + 1, value) * tangent

        return abstract
    if order == 0:
        definition = made(kind.definition)
        return lambda env, seed: definition({slot: inner(env, seed)}, None)
    # f' by dual numbers on what f' is the derivative of, not by the derivative that SymPy found
    origin = kind.origin
    if origin is None or origin.definition is None:
        raise CheckError(f"{kind} is a derivative of nothing")
    defined, derivative = made(origin.definition), made(kind.definition)
    meetings = [] if origin.derivative is None else [field.number(p) for p in breakpoints(origin.definition)]

    def slope_of(env: Environment, seed: Seed) -> Jet:
        value, tangent = inner(env, seed)
        if any(field.same(value, point) for point in meetings):
            raise ZeroDivisionError(f"pieces of {origin} meet at {value}, where dual numbers follow one of them")
        rate = derivative({slot: (value, tangent)}, None)[1] if tangent else 0
        return defined({slot: (value, 1)}, None)[1], rate

    return slope_of
