"""Text of a formula in decimal numbers: what generated code computes again where floats lose digits.

sin(z)/z  ->  decimal_sin(z) / z          exp(z/3)  ->  (z * (Decimal(1) / 3)).exp()
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import (
    Add,
    E,
    Expr,
    Mul,
    Piecewise,
    Pow,
    Rational,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    exp,
    log,
    pi,
    sin,
    sqrt,
    tan,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Or

from symbackprop.errors import CheckError
from symbackprop.network.extremes import Extreme, Where
from symbackprop.network.functions import Elementwise

CONSTANTS: Mapping[Expr, str] = {pi: "decimal_pi()", E: "Decimal(1).exp()"}
# what has no function of its own
_WRITTEN_OUT: Mapping[type, Callable[[Expr], Expr]] = {
    tan: lambda x: sin(x) / cos(x),
    asin: lambda x: atan(x / sqrt(1 - x**2)),
    acos: lambda x: pi / 2 - atan(x / sqrt(1 - x**2)),
    asinh: lambda x: log(x + sqrt(1 + x**2)),
    acosh: lambda x: log(x + sqrt(x**2 - 1)),
    atanh: lambda x: log((1 + x) / (1 - x)) / 2,
}


def decimal_text(e: Expr, names: Mapping[Expr, str]) -> str:
    """Return the text of an expression in decimal numbers; raises CheckError for what they cannot say."""
    if e in names:
        return names[e]
    if e.is_Rational:
        return f"Decimal({e.p})" if e.q == 1 else f"(Decimal({e.p}) / {e.q})"
    if e.is_Float or e in CONSTANTS:
        return CONSTANTS.get(e, f'Decimal("{e}")')
    match e:
        case Add():
            return "(" + " + ".join(decimal_text(term, names) for term in e.args) + ")"
        case Mul():
            return "(" + " * ".join(decimal_text(factor, names) for factor in e.args) + ")"
        case Pow():
            return _power(e, names)
        case exp() | log():
            return f"{decimal_text(e.args[0], names)}.{'exp' if isinstance(e, exp) else 'ln'}()"
        case Piecewise() | Where():
            return _cases(list(e.cases.args if isinstance(e, Where) else e.args), names)
        case Elementwise():
            return decimal_text(e.explicit(), names)
    return _function(e, names)


def _power(e: Pow, names: Mapping[Expr, str]) -> str:
    base = decimal_text(e.base, names)
    if e.exp == Rational(1, 2):
        return f"{base}.sqrt()"
    if e.exp.is_Integer:
        return f"({base} ** {e.exp})" if e.exp > 0 else f"(1 / {base}{f' ** {-e.exp}' if e.exp != -1 else ''})"
    if e.exp.is_Rational:
        return f"decimal_power({base}, {e.exp.p}, {e.exp.q})"
    return f"({decimal_text(e.exp, names)} * {base}.ln()).exp()"


def _function(e: Expr, names: Mapping[Expr, str]) -> str:
    if isinstance(e, Extreme):
        return f"{'max' if e.sign > 0 else 'min'}({', '.join(decimal_text(part, names) for part in e.args)})"
    if type(e) in _WRITTEN_OUT:
        return decimal_text(_WRITTEN_OUT[type(e)](*e.args), names)
    inner, name = (decimal_text(e.args[0], names) if len(e.args) == 1 else ""), type(e).__name__
    match name:
        case "sinh" | "cosh":
            sign = "-" if name == "sinh" else "+"
            return f"(({inner}.exp() {sign} (-{inner}).exp()) / 2)"
        case "Abs":
            return f"abs({inner})"
        case "sin" | "cos" | "atan" | "erf" | "tanh":
            return f"decimal_{name}({inner})"
    raise CheckError(f"{e} cannot be written in decimal numbers")


def _cases(pieces: list[Expr], names: Mapping[Expr, str]) -> str:
    (value, condition), *others = pieces
    chosen = decimal_text(value, names)
    if condition == True or not others:  # noqa: E712 - SymPy's true
        return chosen
    return f"({chosen} if {_condition(condition, names)} else {_cases(others, names)})"


def _condition(c: Expr, names: Mapping[Expr, str]) -> str:
    if isinstance(c, And | Or):
        sign = " and " if isinstance(c, And) else " or "
        return "(" + sign.join(_condition(part, names) for part in c.args) + ")"
    if isinstance(c, Relational):
        return f"{decimal_text(c.lhs, names)} {c.rel_op} {decimal_text(c.rhs, names)}"
    raise CheckError(f"condition {c} cannot be written in decimal numbers")
