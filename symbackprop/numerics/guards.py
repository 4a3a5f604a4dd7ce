"""Where floats lose the digits of a formula: known from its form, or asked of the numbers while it is computed.

    product, quotient, power      relative errors add up                     nothing to ask
    u + v, both of one sign       the larger of both                         nothing to ask
    u - v                         (|u| r_u + |v| r_v)/|u - v|                is it small?
    0 times what is large         the 0 may be an exponential that underflowed

An error that is a rounding of z itself is no fault of the formula: sin(1e8 z) has few digits however it is computed.
Running error analysis: Wilkinson (1963), Rounding Errors in Algebraic Processes; Higham (2002), section 3.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

import numpy as np
from sympy import Add, Expr, Mul, Piecewise, Pow, Symbol, cosh, exp, log

from symbackprop.frozen import dataclass
from symbackprop.network.extremes import Extreme, Where
from symbackprop.network.functions import Elementwise
from symbackprop.numerics.elementwise import Writer, bare
from symbackprop.numerics.recognition import known_name

LARGEST_ERROR = 8000  # in units of 2^-53 of the value: 9e-13, a bound that is seldom reached
LARGEST = "1e308"
SMALL, LARGE = "1e-290", "1e10"  # below the one a product may have underflowed, with more than the other it shows
POSITIVE = {(name, 0) for name in ("abs", "relu", "sigmoid", "softplus")}
POSITIVE |= {("log_cosh", 0)}
POSITIVE |= {(name, 1) for name in ("expm1", "log_sigmoid", "relu", "sigmoid", "softplus", "tanh")}
BOUNDED = {"atan", "cos", "erf", "sigmoid", "sin", "tanh"}
NEGATIVE = {("log_sigmoid", 0)}


@dataclass
class Guarded:
    """A formula as text: statements, the value, and what tells how many digits the value has.

    `safe` are conditions without which it has none; `error` bounds its relative error in units of 2^-53."""

    statements: list[str] = field(default_factory=list)
    value: str = ""
    safe: list[str] = field(default_factory=list)
    error: int | str = 0


def guarded(expression: Expr, names: Mapping[Expr, str], writer: Writer) -> Guarded:
    """Return the text of an expression in variables that are called `names`, with what tells when to distrust it."""
    analysis = _Analysis(dict(names), writer)
    error = analysis.error(expression)
    return Guarded(analysis.statements, bare(writer.text(expression, analysis.names)), analysis.safe, error)


def sign_of(e: Expr) -> int:
    """Return 1 or -1 if the expression is never negative or never positive by its form, 0 if its form does not say."""
    if e.is_number:
        return int(np.sign(float(e.evalf(5)))) if e.is_real else 0
    match e:
        case Add():
            signs = {sign_of(term) for term in e.args}
            return signs.pop() if len(signs) == 1 else 0
        case Mul():
            sign = 1
            for factor in e.args:
                sign *= sign_of(factor)
            return sign
        case Pow():
            even = e.exp.is_Rational and e.exp.p % 2 == 0
            root = e.exp.is_Rational and e.exp.q % 2 == 0
            return 1 if even or root or sign_of(e.base) == 1 or not e.exp.is_Rational else sign_of(e.base)
        case exp() | cosh():
            return 1
        case Elementwise():
            known = (known_name(type(e)), type(e).order)
            return (known in POSITIVE) - (known in NEGATIVE)
    return 0


class _Analysis:
    """Goes through an expression from inside; what a condition speaks of becomes a variable of its own."""

    def __init__(self, names: dict[Expr, str], writer: Writer) -> None:
        self.names = names
        self.variables = set(names)
        self.statements: list[str] = []
        self.safe: list[str] = []
        self._writer = writer
        self._errors: dict[Expr, int | str] = {}

    def named(self, e: Expr) -> str:
        """Return the name of a part, which is computed once from now on."""
        if e.is_number:
            return self._writer.text(e, self.names)
        if e not in self.names:
            name = f"t{len(self.statements) + 1}"
            self.statements.append(f"{name} = {bare(self._writer.text(e, self.names))}")
            self.names[e] = name
        return self.names[e]

    def _kept(self, text: str) -> str:
        name = f"t{len(self.statements) + 1}"
        self.statements.append(f"{name} = {text}")
        return name

    def error(self, e: Expr) -> int | str:
        """Return the relative error of a part in units of rounding: a number, or the name of a variable."""
        if e not in self._errors:
            self._errors[e] = self._found(e)
        return self._errors[e]

    def _found(self, e: Expr) -> int | str:
        if e in self.variables or e.is_number or self._is_monomial(e):
            return 0
        if isinstance(e, Piecewise | Where):
            return self._chosen([value for value, _ in (e.cases if isinstance(e, Where) else e).args])
        if isinstance(e, Extreme):
            return self._chosen(list(e.args))
        errors = [self.error(part) for part in e.args]
        match e:
            case Add():
                return self._sum(e, errors)
            case Mul():
                self._ask_of_product(e)
                return self._total(errors, len(errors) - 1)
            case Pow() if e.exp.is_Rational:
                if abs(e.exp) < 1:
                    self._ask_of_range(e.base)
                times = max(1, int(abs(e.exp)))
                return self._total(errors[:1], 1, times)
            case log():
                return self._logarithm(e, errors[0])
        # of exp, sinh, cosh, sin, cos u: a rounding of u, times u, is one of z; what u has lost is u times as much
        inside = errors[-1]
        return (
            4 + inside
            if isinstance(inside, int)
            else self._kept(f"({inside}) * (1 + abs({self.named(e.args[-1])})) + 4")
        )

    def _is_monomial(self, e: Expr) -> bool:
        """Tell whether this is a number times powers of variables: its rounding is as good as one of theirs."""
        factors = (factor.as_base_exp() for factor in Mul.make_args(e))
        return all(power.is_Rational and (base.is_number or base in self.variables) for base, power in factors)

    def _total(self, errors: list[int | str], more: int, times: int = 1) -> int | str:
        known = times * sum(error for error in errors if isinstance(error, int)) + more
        asked = [error for error in errors if isinstance(error, str)]
        if not asked:
            return known
        factor = f"{times} * " if times > 1 else ""
        return self._kept(f"{known} + " + " + ".join(factor + error for error in dict.fromkeys(asked)))

    def _sum(self, e: Add, errors: list[int | str]) -> int | str:
        simple = all(error == 0 for error in errors) and (len(e.args) == 2 or not e.free_symbols)
        known = [error for error in errors if isinstance(error, int)]
        if (simple or sign_of(_without_common(e))) and len(known) == len(errors):
            return max(known) + 1
        total = self.named(e)
        terms = [
            f"{'' if (error or 1) == 1 else f'{error} * '}abs({self.named(term)})"
            for term, error in zip(e.args, errors, strict=True)
        ]
        return self._kept(f"({' + '.join(terms)}) / abs({total}) + 1")

    def _logarithm(self, e: Expr, inside: int | str) -> int | str:
        if inside == 0:
            return 1
        self._ask_of_range(e.args[0])
        return self._kept(f"{inside} / abs({self.named(e)}) + 1")

    def _chosen(self, values: list[Expr]) -> int | str:
        errors = [self.error(value) for value in values]
        known = [error for error in errors if isinstance(error, int)]
        return max(known) if len(known) == len(errors) else self._total(errors, 0)

    def _ask_of_range(self, e: Expr) -> None:
        """Note that a part is lost where it overflowed or underflowed, and what is made of it does not show that."""
        if not self._is_monomial(e) and not e.is_number:
            name = self.named(e)
            self.safe.append(f"(abs({name}) > {SMALL}) & (abs({name}) < {LARGEST})")

    def _ask_of_product(self, e: Mul) -> None:
        """Note that a product is lost where a factor underflowed and another is so large that it shows."""
        small = [factor for factor in e.args if _may_vanish(factor)]
        large = [factor for factor in e.args if _may_be_large(factor)]
        pairs = [(s, b) for s in small for b in large if s is not b]
        if pairs:
            present = " & ".join(f"(abs({self.named(s)}) > {SMALL})" for s in dict.fromkeys(s for s, _ in pairs))
            modest = " & ".join(f"(abs({self.named(b)}) < {LARGE})" for b in dict.fromkeys(b for _, b in pairs))
            self.safe.append(f"({present} | {modest})")


def _without_common(total: Add) -> Expr:
    """Return a sum without the factors that all of its terms have: what is left may show that they have one sign."""
    parts = [dict(factor.as_base_exp() for factor in Mul.make_args(term)) for term in total.args]
    common = {
        base: least
        for base in parts[0]
        if not base.is_number
        and all(base in part and part[base].is_Rational for part in parts)
        and (least := min(part[base] for part in parts)) > 0
    }
    shared = Mul(*(base**power for base, power in common.items()))
    return Add(*(term / shared for term in total.args)) if common else total


def _may_vanish(factor: Expr) -> bool:
    """Tell whether a factor can underflow while z does not: it has an exponential, or is one over something large."""
    base, power = factor.as_base_exp()
    if isinstance(factor, exp):
        return True
    if power.is_negative:
        return base.has(exp, cosh, Elementwise) or isinstance(base, Add)
    return bool(isinstance(base, Elementwise) and type(base).stem not in ("relu", "abs"))


def _may_be_large(factor: Expr) -> bool:
    """Tell whether a factor can be so large that an underflow beside it matters."""
    base, power = factor.as_base_exp()
    if factor.is_number:
        return bool(abs(factor.evalf(5)) > 1e10)
    if isinstance(factor, exp) or isinstance(base, Symbol):
        return True
    name = type(base).stem if isinstance(base, Elementwise) else type(base).__name__
    return not (name in BOUNDED and power.is_positive)
