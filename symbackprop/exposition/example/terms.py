"""What only a worked example writes: a formula with numbers in it, a rounded number, a matrix of such numbers.

    z_1 = w_11 x_1 + b_1   =   0.15 · 0.05 + 0.35   =   0.3575        Chain((formula, Filled(formula), Rounded))

A number is rounded here and nowhere else: what comes in is exact, or has 50 digits.
"""

from __future__ import annotations

from dataclasses import field
from decimal import ROUND_HALF_EVEN, Context, Decimal

from sympy import Basic, Expr, Integer

from symbackprop.calculus.matrices import Matrix
from symbackprop.exposition.document import Term
from symbackprop.exposition.mathtext.boxes import Box, Coloured, Fence, Fraction, Grid, Leaf, Product, Scripts, negative
from symbackprop.exposition.mathtext.layout import lay_out, rule, side_by_side
from symbackprop.exposition.mathtext.numbers import grouped, whole
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.mathtext.substitution import DOT, substituted
from symbackprop.frozen import dataclass

LONGEST_EXACT = 6  # significant digits up to which a decimal that ends is shown whole
LARGEST_DENOMINATOR = 100  # of a fraction that is shown as one
PLAIN = range(-4, 7)  # powers of ten between which a number is written out


@dataclass(frozen=True)
class Rounded(Matrix):
    """A number as it is shown: whole where it is short, else rounded to so many significant digits."""

    value: Expr
    digits: int
    of: Expr | None = field(default=None, compare=False)  # in letters, for a page that computes it again


@dataclass(frozen=True)
class Array(Matrix):
    """A vector or a matrix of numbers, given by its rows."""

    rows: tuple[tuple[Rounded, ...], ...]


@dataclass(frozen=True)
class Tinted(Matrix):
    """A number in the colour of the part that it plays, which must be among the roles of its formula."""

    number: Rounded
    role: str


@dataclass(frozen=True)
class Filled(Matrix):
    """A formula in which letters, or whole matrices, give way to numbers; nothing is carried out."""

    of: Term
    numbers: tuple[tuple[Term, Rounded | Array | Tinted], ...]


def rounded(value: Expr, digits: int) -> Decimal:
    """Return a number to so many significant digits, a tie to the even one."""
    whole = Context(prec=60)
    exact = whole.divide(Decimal(value.p), Decimal(value.q)) if value.is_Rational else Decimal(str(value.n(45)))
    return Context(prec=digits, rounding=ROUND_HALF_EVEN).plus(exact)


def is_exact(shown: Rounded) -> bool:
    """Tell whether what is shown is the number itself: a fraction, or a decimal that ends soon."""
    value = shown.value
    if not value.is_Rational:
        return False
    return _is_fraction(value) or _decimal(value, max(shown.digits, LONGEST_EXACT)) is not None


def _is_fraction(value: Expr) -> bool:
    """Tell whether a rational number has no decimal that ends, and a denominator that people read."""
    return bool(1 < value.q <= LARGEST_DENOMINATOR and _decimal(value, 50) is None)


def _decimal(value: Expr, digits: int) -> Decimal | None:
    """Return a rational number as a decimal of at most so many significant digits, or None if it has more."""
    shown = Context(prec=digits).divide(Decimal(value.p), Decimal(value.q))
    return shown if Integer(value.p) == value.q * _rational(shown) else None


def _rational(number: Decimal) -> Expr:
    numerator, denominator = number.as_integer_ratio()
    return Integer(numerator) / denominator


@rule.register
def _rounded(shown: Rounded, style: Style) -> Box:
    value = shown.value
    if value.is_Rational and _is_fraction(value):
        over = Fraction(whole(abs(value.p)), whole(value.q))
        return negative(over) if value.is_negative else over
    exact = _decimal(value, max(shown.digits, LONGEST_EXACT)) if value.is_Rational else None
    number = rounded(value, shown.digits) if exact is None else exact.normalize()
    box = _written(abs(number), style)
    return negative(box) if number < 0 else box


def _written(number: Decimal, style: Style) -> Box:
    """Return a number that is not negative, written out or with a power of ten."""
    power = number.adjusted()
    if not number or power in PLAIN:
        return grouped(f"{number:f}", style)
    mantissa = number.scaleb(-power)
    sign = "-" if power < 0 else ""
    exponent = Leaf(f"{sign}{abs(power)}", f"{sign.replace('-', '−')}{abs(power)}")
    ten = Scripts(whole(10), above=exponent)
    return ten if f"{mantissa:f}" == "1" else Product((grouped(f"{mantissa:f}", style), ten), DOT)


@rule.register
def _tinted(tinted: Tinted, style: Style) -> Box:
    number = lay_out(tinted.number, style)
    return Coloured(number, tinted.role) if tinted.role else number


@rule.register
def _array(array: Array, style: Style) -> Box:
    return Fence(Grid(tuple(tuple(lay_out(entry, style) for entry in row) for row in array.rows)))


@rule.register
def _filled(filled: Filled, style: Style) -> Box:
    numbers = {lay_out(letter, style): lay_out(number, style) for letter, number in filled.numbers}
    of = side_by_side((filled.of,), style) if isinstance(filled.of, Basic) else lay_out(filled.of, style)
    return substituted(of, numbers)
