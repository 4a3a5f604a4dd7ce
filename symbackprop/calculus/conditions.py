"""Conditions of case distinctions, as functions of an environment: comparisons, and how they are joined."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import mpmath
from sympy import And, Expr, Not, Or
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanTrue

from symbackprop.errors import CheckError

_COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def in_order(value: Any) -> Any:
    """Return a value that can be compared with others; raises ZeroDivisionError, as at a pole, for a complex one."""
    if isinstance(value, mpmath.ctx_mp_python._mpc):
        raise ZeroDivisionError(f"{value} is not real: a case that it decides has no value")
    return value


def condition(case: Boolean, made: Callable[[Expr], Callable[..., Any]]) -> Callable[[Any], bool]:
    """Return the condition as a function of the environment; `made` gives the function of each side of a comparison.

    Raises CheckError for a condition of another kind."""
    if isinstance(case, Relational):
        left, right = (made(side) for side in case.args)
        compare = _COMPARE[case.rel_op]
        return lambda env: bool(compare(in_order(left(env, None)[0]), in_order(right(env, None)[0])))
    if isinstance(case, BooleanTrue | BooleanFalse):
        return lambda _env: bool(case)
    parts = [condition(part, made) for part in case.args]
    if isinstance(case, And):
        return lambda env: all(part(env) for part in parts)
    if isinstance(case, Or):
        return lambda env: any(part(env) for part in parts)
    if isinstance(case, Not):
        return lambda env: not parts[0](env)
    raise CheckError(f"condition {case} cannot be evaluated: {type(case).__name__} has no rule")
