"""Which stable function a formula is: z/(1 + exp(-z)) is silu, whatever its author called it.

    f  ->  "silu"

Names are never trusted: a function of a plug-in may be called sigmoid and be another one. Definitions are compared.
"""

from __future__ import annotations

from functools import cache, lru_cache

from sympy import Expr, cosh, exp, log

from symbackprop.calculus.known import A, slope_in_values
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS, Cost
from symbackprop.network.costs.separable import SEPARABLE
from symbackprop.network.functions import ABSOLUTE, SIGMOID, X_LOG_X, Elementwise, Z, elementwise, explicit, slope
from symbackprop.numerics.stable import STABLE

# what formulas are written in where their own form would lose digits
EXPM1 = elementwise("expm1", exp(Z) - 1)  # these two every language has in its library
LOG1P = elementwise("log1p", log(1 + Z))
LOG_COSH = elementwise("log_cosh", log(cosh(Z)))
LOG_SIGMOID = elementwise("log_sigmoid", -log(1 + exp(-Z)))
LOG_SOFTPLUS = elementwise("log_softplus", log(log(1 + exp(Z))))


@cache
def _definitions() -> dict[Expr, str]:
    """Return the written-out definition of every stable function that expressions can name."""
    functions = {ACTIVATIONS[name].function for name in ACTIVATIONS if name in STABLE}
    functions |= {part for name in COSTS for part in map(type, COSTS[name].term.atoms(Elementwise))}
    functions |= {ABSOLUTE, X_LOG_X, LOG_COSH, LOG_SIGMOID, LOG_SOFTPLUS}
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


def of_second_order(e: Elementwise) -> Expr | None:
    """Return f''(z) in f(z) and f'(z), where these say it: tanh'' = -2 tanh tanh'; None for another function.

    Written out in exponentials it would be 0 or no number far from 0."""
    first = type(e).origin
    f = None if first is None else first.origin
    if f is None or f.origin is not None or f.definition is None:
        return None
    (z,) = e.args
    if _name_of(f.definition) == "softplus":
        return slope(SIGMOID)(z)
    in_values = slope_in_values(f)
    return None if in_values is None else in_values.diff(A).xreplace({A: f(z)}) * slope(f)(z)


@lru_cache(maxsize=2**8)
def _name_of(definition: Expr) -> str | None:
    return _definitions().get(explicit(definition))


def is_known(cost: Cost) -> bool:
    """Tell whether a cost is one of those whose terms are written in stable functions as they stand."""
    return cost in SEPARABLE
