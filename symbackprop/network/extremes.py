"""The larger and the smaller of two values, kept as they are written; where the two are equal, the mean of both slopes.

    ∂max(u, v)/∂x = H(u - v) u' + H(v - u) v'        H(d) = 1 for d > 0, 1/2 for d = 0, 0 for d < 0

The mean is PyTorch's convention for `maximum`. It is linear in both slopes, so a sum whose pieces meet smoothly has
its own slope there: max(0, z) + min(0, exp(z) - 1) has the slope 1 at 0.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from typing import Any

import mpmath
from sympy import (
    Add,
    And,
    Eq,
    Expr,
    Function,
    Ge,
    Gt,
    Mul,
    Ne,
    Not,
    Or,
    Piecewise,
    Rational,
    S,
    asinh,
    atan,
    erf,
    exp,
    log,
    sinh,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symbackprop.network.functions import TANH, Z, elementwise

DIGITS = 40  # with which numbers that are not rational are compared

STEP = elementwise("step", Piecewise((S.One, Z > 0), (Rational(1, 2), Eq(Z, 0)), (S.Zero, True)))


_ODD = (TANH, asinh, atan, erf, sinh)  # functions with the sign of their argument


class Extreme(Function):  # type: ignore[misc]
    """The larger or the smaller of two values; `sign` is 1 or -1."""

    nargs = 2
    sign: int

    @classmethod
    def eval(cls, first: Expr, second: Expr) -> Expr | None:
        """Return the one that it is, of two numbers; anything else stays as it is written."""
        if first == second:
            return first
        if not (first.is_number and second.is_number):
            return None
        difference = _difference(first, second)
        return S.NaN if difference is None else first if cls.sign * difference >= 0 else second

    @property
    def gap(self) -> Expr:
        """What is 0 where the two values meet."""
        return self.args[0] - self.args[1]

    def _eval_is_extended_real(self) -> bool | None:
        return True if all(argument.is_extended_real for argument in self.args) else None

    def _eval_derivative(self, by: Expr) -> Expr:
        slopes = [argument.diff(by) for argument in self.args]
        if slopes[0] == slopes[1]:
            return slopes[0]
        first = step(type(self).sign * self.gap)
        return first * slopes[0] + (1 - first) * slopes[1]

    def fdiff(self, argindex: int = 1) -> Expr:
        """Return ∂/∂u or ∂/∂v."""
        first = step(type(self).sign * self.gap)
        return first if argindex == 1 else 1 - first


class Maximum(Extreme):
    """max(u, v)."""

    sign = 1

    @staticmethod
    def _imp_(first: Any, second: Any) -> Any:
        return max(first, second) if _is_number_of_mpmath(first, second) else _numpy().maximum(first, second)


class Minimum(Extreme):
    """min(u, v)."""

    sign = -1

    @staticmethod
    def _imp_(first: Any, second: Any) -> Any:
        return min(first, second) if _is_number_of_mpmath(first, second) else _numpy().minimum(first, second)


def _numpy() -> Any:
    """Return NumPy, which takes longer to load than a formula to derive, and is needed for arrays alone."""
    import numpy as np

    return np


def _is_number_of_mpmath(*values: Any) -> bool:
    return any(isinstance(value, mpmath.mpf) for value in values)


@lru_cache(maxsize=2**10)
def _cases(choice: Where) -> Piecewise:
    """Return the cases of a choice; SymPy solves a condition within a condition each time it makes one: 0.1 s."""
    left, right, chosen, other = choice.args
    condition = type(choice).relation(left, right)
    if left.is_number:
        condition = condition.reversed
    return Piecewise((chosen, condition), (other, True), evaluate=False)


class Where(Function):  # type: ignore[misc]
    """One of two expressions, as a comparison decides: where(u > v, chosen, other), and below it ≥ and =.

    SymPy's Piecewise inside a Sum would be multiplied out with every other one; this is a function like any other."""

    nargs = 4
    relation: type[Relational]

    @classmethod
    def eval(cls, left: Expr, right: Expr, chosen: Expr, other: Expr) -> Expr | None:
        """Return the one that is chosen, where the comparison is one of numbers."""
        if chosen == other:
            return chosen
        try:
            holds = cls.relation(left, right)
        except TypeError:  # what is not real has no order
            return S.NaN
        if (left - right).is_number and holds not in (S.true, S.false):
            difference = _difference(left, right)
            return S.NaN if difference is None else chosen if cls.relation(difference, 0) else other
        return chosen if holds == S.true else other if holds == S.false else None

    @property
    def gap(self) -> Expr:
        """What is 0 where the choice may change."""
        return self.args[0] - self.args[1]

    @property
    def cases(self) -> Piecewise:
        """The same as SymPy's case distinction, with a number on the right of the comparison."""
        return _cases(self)

    def _eval_derivative(self, by: Expr) -> Expr:
        left, right, *values = self.args
        chosen, other = (value.diff(by) for value in values)
        number, rest = chosen.as_coeff_Mul() if other == 0 else (S.One, chosen)  # -where(c, f, 0), where f is known
        return number * self.func(left, right, rest, other)

    def _mpmathcode(self, printer: Any) -> Any:
        return printer._print(self.cases)

    _numpycode = _pythoncode = _mpmathcode


class WhereGreater(Where):
    """where(u > v, chosen, other)."""

    relation = Gt


class WhereAtLeast(Where):
    """where(u >= v, chosen, other)."""

    relation = Ge


class WhereEqual(Where):
    """where(u == v, chosen, other)."""

    relation = Eq


def where(sign: str, left: Expr, right: Expr, *values: Expr) -> Expr:
    """Return what a comparison of two sides by one of the signs < <= == >= > chooses of two values."""
    if sign.startswith("<"):
        left, right, sign = right, left, sign.replace("<", ">")
    return {">": WhereGreater, ">=": WhereAtLeast, "==": WhereEqual}[sign](left, right, *values)


def choice(condition: Boolean, chosen: Expr, other: Expr) -> Expr:
    """Return one of two expressions, as comparisons decide that are joined by and, or and not."""
    match condition:
        case And():
            return reduce(lambda value, part: choice(part, value, other), condition.args, chosen)
        case Or():
            return reduce(lambda value, part: choice(part, chosen, value), condition.args, other)
        case Not():
            return choice(condition.args[0], other, chosen)
        case Ne():
            return where("==", *condition.args, other, chosen)
        case Relational():
            return where(condition.rel_op, *condition.args, chosen, other)
    return chosen if condition else other


def _difference(first: Expr, second: Expr) -> Expr | None:
    """Return the difference of two numbers, in digits unless it is rational; None if it is not real."""
    difference = first - second
    if not difference.is_Rational:
        difference = difference.evalf(DIGITS)
    return difference if difference.is_extended_real else None


def step(difference: Expr) -> Expr:
    """Return H(d) with d as simple as it can be: H(-9/10 z) is 1 - H(z), H(exp(z) - 1) is H(z)."""
    simple = simple_gap(difference)
    return 1 - STEP(-simple) if simple.could_extract_minus_sign() else STEP(simple)


def simple_gap(difference: Expr) -> Expr:
    """Return an expression that is positive, zero and negative where this one is, without what is always positive.

    p exp(u) - q is taken for u - ln(q/p), with positive numbers p and q."""
    _, simple = difference.primitive()
    simple = Mul(*(factor for factor in Mul.make_args(simple) if not factor.is_positive))
    while isinstance(simple, _ODD):
        _, simple = simple.args[0].primitive()
    number, rest = simple.as_coeff_Add()
    factor, power = rest.as_coeff_Mul()
    if isinstance(simple, Add) and isinstance(power, exp) and number * factor < 0:
        inside = power.args[0] - log(-number / factor)
        return inside if factor > 0 else -inside
    return simple


def sides_of_difference(difference: Expr) -> tuple[Expr, Expr]:
    """Return u and v of u - v, as people compare them: a - y is a beside y, z - 3 is z beside 3, 5 r - 4 r beside 4/5.

    Of 1 - a y, a number and one other term, the signs are turned by the reader: 1 beside a y."""
    number, rest = difference.as_coeff_Add()
    terms = Add.make_args(rest)
    left = [term for term in terms if not term.could_extract_minus_sign()]
    right = [-term for term in terms if term.could_extract_minus_sign()]
    (left if number > 0 and not left else right).append(number if number > 0 and not left else -number)
    scale = left[0].as_coeff_Mul()[0] if len(left) == 1 and Add(*right).is_Rational else S.One
    return Add(*left) / scale, Add(*right) / scale
