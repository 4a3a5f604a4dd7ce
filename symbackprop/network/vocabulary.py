"""What a formula may call: the functions that users of NumPy and PyTorch know, under the names that they have there.

    name -> how many arguments, what it is for SymPy, what it is on floats, and what the limits need to know of it

Every elementwise activation of the registry can be called by its name as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

import mpmath
from sympy import (
    Eq,
    Expr,
    Piecewise,
    S,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
    erf,
    exp,
    log,
    sin,
    sinh,
    sqrt,
    tan,
)

from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.extremes import Maximum, Minimum, where
from symbackprop.network.functions import ABSOLUTE, Elementwise, Z, elementwise

SIGN = elementwise("sign", Piecewise((S.One, Z > 0), (S.Zero, Eq(Z, 0)), (S.NegativeOne, True)))


@dataclass(frozen=True, slots=True)
class Vocable:
    """One function: `build` makes it of SymPy's expressions, `value` computes it on floats or raises.

    Of a formula's size they say: `cases`, how many case distinctions inside one another it is; `degree`, the power
    that it raises to; whether it is an exponential or a logarithm. `named` ones are not for constants."""

    arity: int
    build: Callable[..., Expr]
    value: Callable[..., float]
    cases: int = 0
    degree: int = 1
    exponential: bool = False
    logarithm: bool = False
    named: bool = False


def _sign(x: float) -> float:
    return math.copysign(1, x) if x else 0.0


def _clipped(u: Expr, low: Expr, high: Expr) -> Expr:
    return Minimum(Maximum(u, low), high)


def _logaddexp(x: float, y: float) -> float:
    return max(x, y) + math.log1p(math.exp(-abs(x - y)))


_FUNCTIONS: Mapping[str, Vocable] = {
    "abs": Vocable(1, ABSOLUTE, abs, cases=1, named=True),
    "arccos": Vocable(1, acos, math.acos),
    "arccosh": Vocable(1, acosh, math.acosh),
    "arcsin": Vocable(1, asin, math.asin),
    "arcsinh": Vocable(1, asinh, math.asinh),
    "arctan": Vocable(1, atan, math.atan),
    "arctanh": Vocable(1, atanh, math.atanh),
    "clip": Vocable(3, _clipped, lambda x, low, high: min(max(x, low), high), cases=2, named=True),
    "cos": Vocable(1, cos, math.cos),
    "cosh": Vocable(1, cosh, math.cosh, exponential=True),
    "erf": Vocable(1, erf, math.erf),
    "exp": Vocable(1, exp, math.exp, exponential=True),
    "exp2": Vocable(1, lambda u: 2**u, lambda x: 2.0**x, exponential=True),
    "expm1": Vocable(1, lambda u: exp(u) - 1, math.expm1, exponential=True),
    "log": Vocable(1, log, math.log, logarithm=True),
    "log10": Vocable(1, lambda u: log(u) / log(10), math.log10, logarithm=True),
    "log1p": Vocable(1, lambda u: log(1 + u), math.log1p, logarithm=True),
    "log2": Vocable(1, lambda u: log(u) / log(2), math.log2, logarithm=True),
    "logaddexp": Vocable(2, lambda u, v: log(exp(u) + exp(v)), _logaddexp, logarithm=True),
    "max": Vocable(2, Maximum, max, cases=1, named=True),
    "min": Vocable(2, Minimum, min, cases=1, named=True),
    "sign": Vocable(1, SIGN, _sign, cases=1, named=True),
    "sin": Vocable(1, sin, math.sin),
    "sinh": Vocable(1, sinh, math.sinh, exponential=True),
    "sqrt": Vocable(1, sqrt, math.sqrt),
    "square": Vocable(1, lambda u: u**2, lambda x: x * x, degree=2),
    "tan": Vocable(1, tan, math.tan),
    "where": Vocable(3, where, lambda holds, x, y: x if holds else y, cases=1, named=True),
}
_ALIASES: Mapping[str, str] = {
    "absolute": "abs",
    "acos": "arccos",
    "acosh": "arccosh",
    "asin": "arcsin",
    "asinh": "arcsinh",
    "atan": "arctan",
    "atanh": "arctanh",
    "clamp": "clip",
    "fabs": "abs",
    "ln": "log",
    "maximum": "max",
    "minimum": "min",
    "sgn": "sign",
}


def vocabulary() -> Mapping[str, Vocable]:
    """Return every name that a formula may call, activations of other packages and those filed by now included."""
    return _with(tuple(ACTIVATIONS))


@lru_cache(4)
def _with(activations: tuple[str, ...]) -> Mapping[str, Vocable]:
    known = dict(_FUNCTIONS) | {alias: _FUNCTIONS[name] for alias, name in _ALIASES.items()}
    for name in activations:
        function = ACTIVATIONS[name].function
        if function is not None and function.definition is not None:
            known |= {n: _of_activation(function) for n in (name, *ACTIVATIONS.aliases(name)) if n not in known}
    return known


def _of_activation(function: type[Elementwise]) -> Vocable:
    cases = int(function.definition is not None and function.definition.has(Piecewise))

    def value(x: float) -> float:
        return float(function._imp_(mpmath.mpf(x)))

    return Vocable(1, function, value, cases=cases, named=True)
