"""Which stable function a formula is: z/(1 + exp(-z)) is silu, whatever its author called it.

    f  ->  "silu"        log(1 + exp(u))  ->  softplus(u)        1/(1 + exp(-u))  ->  sigmoid(u)

Names are never trusted: a function of a plug-in may be called sigmoid and be another one. Definitions are compared.
"""

from __future__ import annotations

from functools import cache

from sympy import Add, Expr, Mul, Pow, S, exp, log

from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.functions import ABSOLUTE, SIGMOID, SOFTPLUS, X_LOG_X, Elementwise, explicit
from symbackprop.numerics.stable import STABLE

__all__ = ["known_name", "stabilised"]


@cache
def _definitions() -> dict[Expr, str]:
    """Return the written-out definition of every stable function that expressions can name."""
    functions = {ACTIVATIONS[name].function for name in ACTIVATIONS if name in STABLE}
    functions |= {part for name in COSTS for part in map(type, COSTS[name].term.atoms(Elementwise))}
    functions |= {ABSOLUTE, X_LOG_X}
    return {
        explicit(function.definition): function.stem
        for function in functions
        if function is not None and function.stem in STABLE and function.definition is not None
    }


def known_name(function: type[Elementwise]) -> str | None:
    """Return the name of the stable function that f is, or whose derivative it is; None if there is none."""
    origin = function if function.origin is None else function.origin
    if function.order > 1 or origin.definition is None:
        return None
    return _name_of(origin.definition)


@cache
def _name_of(definition: Expr) -> str | None:
    return _definitions().get(explicit(definition))


def stabilised(formula: Expr) -> Expr:
    """Return the formula with sigmoid and softplus named where they are written out: their own code is stable."""
    if not formula.args:
        return formula
    formula = formula.func(*(stabilised(part) for part in formula.args))
    if isinstance(formula, log) and (inner := _in_one_plus_exp(formula.args[0])) is not None:
        return SOFTPLUS(inner)
    if isinstance(formula, Pow) and formula.exp.is_negative and (inner := _in_one_plus_exp(formula.base)) is not None:
        return SIGMOID(-inner) ** (-formula.exp)
    return _fraction(formula) if isinstance(formula, Mul) else formula


def _in_one_plus_exp(total: Expr) -> Expr | None:
    """Return u if the expression is 1 + exp(u)."""
    if isinstance(total, Add) and len(total.args) == 2 and S.One in total.args:
        (other,) = (term for term in total.args if term != 1)
        return other.args[0] if isinstance(other, exp) else None
    return None


def _fraction(product: Mul) -> Expr:
    """Return the product with exp(u) σ(-u), which is exp(u)/(1 + exp(u)), written σ(u)."""
    for exponential in (factor for factor in product.args if isinstance(factor, exp)):
        share = SIGMOID(-exponential.args[0])
        if any(factor.as_base_exp()[0] == share for factor in product.args):
            return product / (exponential * share) * SIGMOID(exponential.args[0])
    return product
