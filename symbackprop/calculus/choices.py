"""Which of several values an expression takes: case distinctions, the larger and the smaller, as rules of evaluation.

a rule   environment, seed  ->  a value and its derivative by the seed
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from sympy import Expr, Max, Piecewise, S

from symbackprop.calculus.conditions import condition, in_order
from symbackprop.calculus.fields import Field
from symbackprop.errors import CheckError
from symbackprop.network.extremes import Maximum

Rule: TypeAlias = Callable[[Any, Any], tuple[Any, Any]]


def cases(e: Piecewise, made: Callable[[Expr], Rule]) -> Rule:
    """Return the rule of a case distinction; `made` gives the rule of each value and of what is compared."""
    pieces = [(condition(case, made), made(expression)) for expression, case in e.args]

    def rule(env: Any, seed: Any) -> tuple[Any, Any]:
        for holds, value in pieces:
            if holds(env):
                return value(env, seed)
        raise CheckError(f"{e} has no case for {env}")

    return rule


def extreme(e: Expr, made: Callable[[Expr], Rule], field: Field) -> Rule:
    """Return the rule of max or min; where values are equal, the slope is the mean of the largest and the smallest."""
    parts = [made(part) for part in e.args]
    choose, other = (max, min) if isinstance(e, Max | Maximum) else (min, max)
    half = field.number(S.Half)

    def rule(env: Any, seed: Any) -> tuple[Any, Any]:
        jets = [part(env, seed) for part in parts]
        value = choose(in_order(jet[0]) for jet in jets)
        tangents = [tangent for each, tangent in jets if each == value]
        return value, tangents[0] if len(tangents) == 1 else half * (choose(tangents) + other(tangents))

    return rule
