r"""Numbers as people write them: 1/2 as a fraction, 1/100 as 0.01, the long constants of SELU to five digits."""

from __future__ import annotations

from sympy import Expr, Rational

from symbackprop.exposition.mathtext.boxes import Box, Fraction, Leaf, Product, Scripts

__all__ = ["decimal", "number", "whole"]

LARGEST_DENOMINATOR = 1000  # beyond it nobody reads a fraction
EXACT_PLACES = 10**6  # a decimal is exact if it ends within six places
DIGITS = 5


def decimal(value: Expr) -> bool:
    """Tell whether a positive number is written with a decimal point rather than as a fraction."""
    if not isinstance(value, Rational):
        return True
    tenths = value.q % 5 == 0 and value.q % 2 == 0 and EXACT_PLACES % value.q == 0
    return bool(value.q > LARGEST_DENOMINATOR or tenths)


def whole(value: int) -> Leaf:
    """Return a whole number."""
    return Leaf(str(value), str(value), number=True)


def number(value: Expr) -> Box:
    """Return a positive number: an integer, a fraction, or a decimal with at most five digits unless it ends soon."""
    if not decimal(value):
        return whole(value.p) if value.q == 1 else Fraction(whole(value.p), whole(value.q))
    exact = isinstance(value, Rational) and EXACT_PLACES % value.q == 0
    text = f"{float(value):.6f}".rstrip("0") if exact else f"{float(value):.{DIGITS}g}"
    mantissa, e, exponent = text.partition("e")
    head = Leaf(mantissa, mantissa, number=True)
    if not e:
        return head
    sign = "-" if exponent.startswith("-") else ""
    power = Leaf(f"{sign}{int(exponent.lstrip('+-'))}", f"{sign.replace('-', '−')}{int(exponent.lstrip('+-'))}")
    ten = Scripts(whole(10), above=power)
    return ten if mantissa == "1" else Product((head, ten), Leaf(r"\cdot", "·"))
