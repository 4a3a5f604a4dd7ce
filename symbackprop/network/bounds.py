"""How big a formula can become, measured on its tree before SymPy sees any of it.

Every limit here stops something that made SymPy run for seconds or for ever: 9^9^9, a tower of exponentials,
99999^(-11^-11), exp(10^9 log(1.1)). What passes is also evaluated in plain floats, SymPy's independent witness.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from symbackprop.frozen import dataclass
from symbackprop.network.formula import (
    Call,
    Comparison,
    Extension,
    Inverse,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Sum,
)
from symbackprop.network.grammar import Source
from symbackprop.network.vocabulary import vocabulary

Value: TypeAlias = Fraction | float

LARGEST_CONSTANT = 1e100
LARGEST_EXPONENT = 64  # of numerator and denominator alike
LARGEST_BASE = 100  # of a power with a variable exponent; 99999^z leaves the floats at z = 62
LARGEST_BASE_OF_LINE = 10**6  # the same, in a line of equations, where positions turn by 10000^(-2*i/D)
LARGEST_DEGREE = 64
MOST_DIGITS = 1000  # of any integer that SymPy can come to multiply out
MOST_TOWERS = 3  # exponentials inside one another
MOST_CASES = 2  # case distinctions inside one another: enough to clip at both ends
MOST_OF_LINE = 5  # the same, in a line of equations, where nobody looks for the points at which they meet

CONSTANTS: dict[str, float] = {"pi": math.pi, "e": math.e}
_COMPARE: Mapping[str, Callable[[Value, Value], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What is known of a part: its value if it is constant, and how fast and how deep it grows."""

    value: Value | None = None
    degree: int = 0
    digits: int = 1
    towers: int = 0
    cases: int = 0
    logarithm: float = 0.0  # n of n log u as a term, which makes u^n of exp(n log u); infinite where n is no number


def evaluate(node: Node, values: Mapping[str, Value]) -> Value:
    """Return the value of the tree where the variables have `values`, exact as long as it is rational.

    Raises ArithmeticError or ValueError where it is no finite real number."""
    match node:
        case Number():
            return node.value
        case Name():
            return values[node.name]
        case Sum():
            return _added([evaluate(term, values) for term in node.terms])
        case Product():
            return _multiplied([evaluate(factor, values) for factor in node.factors])
        case Negative():
            return -evaluate(node.term, values)
        case Inverse():
            return 1 / evaluate(node.divisor, values)
        case Power():
            return _raised(evaluate(node.base, values), evaluate(node.exponent, values))
        case Comparison():
            return int(_COMPARE[node.sign](evaluate(node.left, values), evaluate(node.right, values)))
        case Call():
            return _called(node, values)
        case Extension():
            return evaluate(node.as_large(), values)


def _called(node: Call, values: Mapping[str, Value]) -> Value:
    if node.function == "where":
        condition, chosen, other = node.arguments
        return evaluate(chosen if evaluate(condition, values) else other, values)
    return vocabulary()[node.function].value(*(float(evaluate(part, values)) for part in node.arguments))


def _added(values: Sequence[Value]) -> Value:
    total: Value = Fraction(0)
    for value in values:
        total = total + value
    return total


def _multiplied(values: Sequence[Value]) -> Value:
    total: Value = Fraction(1)
    for value in values:
        total = total * value
    return total


def _raised(base: Value, exponent: Value) -> Value:
    power: Value | complex = base**exponent
    if isinstance(power, complex):
        raise ValueError(f"{base} to the power {exponent} is not real")
    return power


def check_bounds(node: Node, source: Source) -> None:
    """Raise ExpressionError if some part of the tree can become too big, or is a constant without a real value."""
    _bounds(node, source)


def _bounds(node: Node, source: Source) -> _Bounds:
    """Measure from the leaves up: a part is looked at only when all of its own parts were within the limits."""
    match node:
        case Number():
            return _Bounds(node.value, digits=len(str(node.value.numerator)) + len(str(node.value.denominator)))
        case Name():
            return _Bounds(CONSTANTS[node.name]) if node.name in CONSTANTS else _Bounds(degree=1)
        case Sum():
            terms = [_bounds(term, source) for term in node.terms]
            found = _joined(node, source, terms, degree=max(term.degree for term in terms))
            return replace(found, logarithm=sum(term.logarithm for term in terms))
        case Product():
            factors = [_bounds(factor, source) for factor in node.factors]
            found = _joined(node, source, factors, degree=sum(factor.degree for factor in factors))
            return replace(found, logarithm=_of_factors(factors))
        case Negative():
            term = _bounds(node.term, source)
            return replace(_joined(node, source, [term]), logarithm=term.logarithm)
        case Inverse():
            return _joined(node, source, [_bounds(node.divisor, source)])
        case Power():
            return _of_power(node, source)
        case Comparison():
            sides = [_bounds(side, source) for side in (node.left, node.right)]
            return _joined(node, source, sides, degree=max(side.degree for side in sides))
        case Call():
            return _of_call(node, source)
        case Extension():
            return _bounds(node.as_large(), source)


def _joined(
    node: Node, source: Source, parts: Sequence[_Bounds], *, degree: int | None = None, times: int = 1
) -> _Bounds:
    """Return the bounds of what is made of `parts`, repeated `times` times."""
    degree = parts[0].degree if degree is None else degree
    bounds = _Bounds(
        degree=degree * times,
        digits=sum(part.digits for part in parts) * times,
        towers=max(part.towers for part in parts),
        cases=max(part.cases for part in parts),
        logarithm=math.inf if any(part.logarithm for part in parts) else 0.0,
    )
    if bounds.degree > LARGEST_DEGREE:
        raise source.refusal(node.at, f"a power of degree {bounds.degree}", f"at most {LARGEST_DEGREE}")
    if bounds.digits > MOST_DIGITS:
        raise source.refusal(node.at, f"numbers of up to {bounds.digits} digits", f"at most {MOST_DIGITS}")
    if any(part.value is None for part in parts):
        return bounds
    return replace(bounds, value=_constant(node, source))


def _of_factors(factors: Sequence[_Bounds]) -> float:
    """Return the number that the one logarithm among factors is multiplied by."""
    logarithms = [factor.logarithm for factor in factors if factor.logarithm]
    numbers = [factor.value for factor in factors if not factor.logarithm]
    if len(logarithms) != 1 or None in numbers:
        return math.inf if logarithms else 0.0
    return logarithms[0] * math.prod(abs(float(value)) for value in numbers if value is not None)


def _constant(node: Node, source: Source) -> Value:
    try:
        value = evaluate(node, CONSTANTS)
        size = abs(float(value))
    except (ArithmeticError, ValueError):
        raise source.refusal(node.at, "a constant without a finite real value", "remove it") from None
    if value and not 1 / LARGEST_CONSTANT <= size <= LARGEST_CONSTANT:
        raise source.refusal(node.at, "a constant out of range", "constants lie between 1e-100 and 1e100")
    return value


def _of_power(node: Power, source: Source) -> _Bounds:
    base, exponent = _bounds(node.base, source), _bounds(node.exponent, source)
    if exponent.value is None:
        free = source.has_letters and base.value is None
        largest = LARGEST_BASE_OF_LINE if source.has_letters else LARGEST_BASE
        if not free and (base.value is None or not Fraction(1, largest) <= base.value <= largest):
            wanted = f"its base must be a number from 1/{largest} to {largest}, as in 2^z, or use exp(z)"
            raise source.refusal(node.at, "a variable exponent", f"{wanted}; in equations a letter may be an exponent")
        found = _exponential(node, source, [exponent, base])
        return replace(found, towers=found.towers + free)  # x^x grows as exp(x ln x)
    power = exponent.value
    if not isinstance(power, Fraction) or max(abs(power.numerator), power.denominator) > LARGEST_EXPONENT:
        wanted = f"write a number p/q with p and q at most {LARGEST_EXPONENT}"
        raise source.refusal(node.at, "an exponent that is too large or no fraction", wanted)
    return _joined(node, source, [base, exponent], degree=base.degree, times=max(1, abs(power.numerator)))


def _of_call(node: Call, source: Source) -> _Bounds:
    parts = [_bounds(argument, source) for argument in node.arguments]
    called = vocabulary()[node.function]
    if called.exponential:
        return _exponential(node, source, parts)
    bounds = _joined(node, source, parts, degree=max(part.degree for part in parts), times=called.degree)
    cases = bounds.cases + called.cases
    most = MOST_OF_LINE if source.has_letters else MOST_CASES
    if cases > most:
        wanted = f"at most {most} of abs, max, min, where, relu and the like inside one another"
        raise source.refusal(node.at, f"{cases} case distinctions inside one another", wanted)
    return replace(bounds, cases=cases, logarithm=float(called.logarithm))


def _exponential(node: Power | Call, source: Source, parts: Sequence[_Bounds]) -> _Bounds:
    """Return the bounds of base^parts[0] or exp(parts[0]).

    A logarithm in the exponent counts as the power that SymPy makes of it, u^n of exp(n log u); it stands in equations
    alone, where it may be an argument of softmax."""
    power = math.inf if isinstance(node, Power) and parts[0].logarithm else parts[0].logarithm
    if power and (not source.has_letters or LARGEST_EXPONENT < power < math.inf):
        raise source.refusal(node.at, "a logarithm in an exponent", "write the power: z^2 for exp(2*log(z))")
    is_free = power == math.inf  # u^n grows as exp(n ln u)
    bounds = _joined(node, source, parts, degree=parts[0].degree, times=1 if is_free else max(1, math.ceil(power)))
    bounds = replace(bounds, towers=bounds.towers + is_free)
    if bounds.value is not None:
        return bounds
    if bounds.towers >= MOST_TOWERS:
        raise source.refusal(node.at, "a tower of exponentials", f"at most {MOST_TOWERS} inside one another")
    return replace(bounds, towers=bounds.towers + 1)
