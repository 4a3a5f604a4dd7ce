"""How far an expression grows when it is multiplied out: counted in integers, before SymPy is asked to do it.

    exp(z), exp(-2 z)          ->  X, X^-2            one letter: its powers are whole and small
    exp(z), exp(1.702 z)       ->  X, Y               two letters: as powers of one they would be X^500 and X^851

A polynomial of high degree, or of many terms, is factored in minutes or never; a constant such as 1.702 must not
make one.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import comb, gcd, lcm
from typing import NamedTuple

from sympy import Add, Dummy, Expr, Mul, Pow, Rational, exp

LARGEST_POWER = 8  # of one letter that stands for an exponential
LARGEST_DEGREE = 16  # of a polynomial that is factored, in all of its letters together
MOST_TERMS = 64  # of one that is multiplied out
MOST_DIGITS = 120  # of its coefficients: with so many that of 0.3989422804 in the eighth power is one


class _Size(NamedTuple):
    """Bounds of a fraction that is written with one denominator: terms and degree above and below, and digits."""

    terms: int = 1
    degree: int = 1
    terms_below: int = 1
    degree_below: int = 0
    digits: int = 0


def is_small(expression: Expr) -> bool:
    """Tell whether an expression stays small if it is multiplied out over one denominator."""
    size = _size(expression)
    return (
        max(size.terms, size.terms_below) <= MOST_TERMS
        and max(size.degree, size.degree_below) <= LARGEST_DEGREE
        and size.digits <= MOST_DIGITS
    )


def _size(e: Expr) -> _Size:
    """Return the size of an expression; what is no sum, product or whole power of others is one letter.

    What stands inside of a letter counts as well: SymPy multiplies it out, too."""
    if e.is_Rational:
        return _Size(degree=0, digits=len(str(e.p * e.q)))
    if isinstance(e, Mul):
        return _product([_size(part) for part in e.args])
    if isinstance(e, Add):
        parts = [_size(part) for part in e.args]
        below = _product([_Size(part.terms_below, part.degree_below, digits=part.digits) for part in parts])
        # each numerator meets all the other denominators
        terms = sum(part.terms * (below.terms // part.terms_below) for part in parts)
        degree = max(part.degree - part.degree_below for part in parts) + below.degree
        return _Size(terms, degree, below.terms, below.degree, below.digits)
    if isinstance(e, Pow) and e.exp.is_Integer:
        return _power(_size(e.base), int(e.exp))
    inside = [_size(part) for part in e.args if isinstance(part, Expr)] or [_Size()]
    worst = max(max(part.terms, part.terms_below) for part in inside)
    degree = max(max(part.degree, part.degree_below) for part in inside)
    # a letter, which is as bad as what is inside of it where that is too much
    too_much = worst > MOST_TERMS or degree > LARGEST_DEGREE
    return _Size(worst if too_much else 1, degree if too_much else 1, digits=max(p.digits for p in inside))


def _power(base: _Size, exponent: int) -> _Size:
    times = abs(exponent)
    if times > LARGEST_DEGREE:
        return _Size(MOST_TERMS + 1, base.degree * times)
    above, below = (comb(terms + times - 1, times) for terms in (base.terms, base.terms_below))
    size = _Size(above, base.degree * times, below, base.degree_below * times, base.digits * times)
    turned = _Size(size.terms_below, size.degree_below, size.terms, size.degree, size.digits)
    return size if exponent == times else turned


def _product(parts: Iterable[_Size]) -> _Size:
    total = _Size(degree=0)
    for part in parts:
        total = _Size(
            total.terms * part.terms,
            total.degree + part.degree,
            total.terms_below * part.terms_below,
            total.degree_below + part.degree_below,
            total.digits + part.digits,
        )
    return total


def in_powers(expression: Expr) -> tuple[Expr, dict[Expr, Expr]]:
    """Return the expression with every exponential as a power of a letter, with what the letters stand for.

    exp(u) and exp(v) share a letter where both are small whole powers of it."""
    multiples: dict[Expr, dict[Expr, Rational]] = {}  # an exponent without its number -> the numbers that it has
    for exponential in sorted(expression.atoms(exp), key=str):
        number, rest = exponential.args[0].as_coeff_Mul()
        if rest.could_extract_minus_sign():
            number, rest = -number, -rest
        multiples.setdefault(rest, {})[exponential] = number
    written, values = {}, {}
    for place, (rest, numbers) in enumerate(multiples.items()):
        common = Rational(gcd(*(n.p for n in numbers.values())), lcm(*(n.q for n in numbers.values())))
        if max(abs(number / common) for number in numbers.values()) > LARGEST_POWER:
            for other, exponential in enumerate(numbers):
                letter = Dummy(f"x{place:04}_{other:04}", positive=True)
                written[exponential], values[letter] = letter, exponential
            continue
        letter = Dummy(f"x{place:04}", positive=True)
        values[letter] = exp(common * rest)
        written |= {exponential: letter ** (number / common) for exponential, number in numbers.items()}
    return expression.xreplace(written), values
