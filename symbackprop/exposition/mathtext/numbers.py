r"""Numbers as people write them: 1/2 as a fraction, 1/100 as 0.01, the long constants of SELU to five digits.

The signs are those of the reader's language: 23,860 and 0.01 in English, 23 860 and 0,01 in Spanish."""

from __future__ import annotations

from types import MappingProxyType

from sympy import Expr, Rational

from symbackprop.exposition.mathtext.boxes import Box, Fraction, Leaf, Product, Scripts
from symbackprop.exposition.mathtext.style import Style

LARGEST_DENOMINATOR = 1000  # beyond it nobody reads a fraction
EXACT_PLACES = 10**6  # a decimal is exact if it ends within six places
DIGITS = 5
TOGETHER = 4  # digits of a whole number that are written without a sign between them

_SPACED = MappingProxyType({",": "{,}", "\u202f": r"\,"})  # a comma of TeX would have a blank behind it


def decimal(value: Expr) -> bool:
    """Tell whether a positive number is written with a decimal point rather than as a fraction."""
    if not isinstance(value, Rational):
        return True
    tenths = value.q % 5 == 0 and EXACT_PLACES % value.q == 0  # 0.2 and 0.04: what halves cannot say
    return bool(value.q > LARGEST_DENOMINATOR or tenths)


def whole(value: int) -> Leaf:
    """Return a whole number."""
    return Leaf(str(value), str(value), number=True)


def grouped(digits: str, style: Style) -> Leaf:
    """Return digits, perhaps with a decimal point, with the signs of the language; four digits stay together."""
    units, point, decimals = digits.partition(".")
    groups = f"{int(units):,}".split(",") if len(units) > TOGETHER else [units]
    thousands, comma = style.word("thousands"), style.word("decimal") if point else ""
    text = thousands.join(groups) + comma + decimals
    return Leaf(
        _SPACED.get(thousands, thousands).join(groups) + _SPACED.get(comma, comma) + decimals, text, number=True
    )


def number(value: Expr, style: Style) -> Box:
    """Return a positive number: an integer, a fraction, or a decimal with at most five digits unless it ends soon."""
    if not decimal(value):
        over, under = (grouped(str(part), style) for part in (value.p, value.q))
        return over if value.q == 1 else Fraction(over, under)
    exact = isinstance(value, Rational) and EXACT_PLACES % value.q == 0
    text = f"{float(value):.6f}".rstrip("0") if exact else f"{float(value):.{DIGITS}g}"
    mantissa, e, exponent = text.partition("e")
    head = grouped(mantissa, style)
    if not e:
        return head
    sign = "-" if exponent.startswith("-") else ""
    power = Leaf(f"{sign}{int(exponent.lstrip('+-'))}", f"{sign.replace('-', '−')}{int(exponent.lstrip('+-'))}")
    ten = Scripts(whole(10), above=power)
    return ten if mantissa == "1" else Product((head, ten), Leaf(r"\cdot", "·"))
