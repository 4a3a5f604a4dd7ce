r"""Formulas in the rows that a line has room for; where a fraction is in the way, the rows are inside of it.

    1 / (1 + exp(a + b))   ->   1 over  1 + exp ( a
                                              + b )

A fraction has no place at which a line could end. One that is too wide gets an upper and a lower part of several rows.
"""

from __future__ import annotations

from dataclasses import replace

from symbackprop.exposition.linebreaking import rows, width
from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Coloured,
    Fence,
    Fraction,
    Grid,
    Product,
    Scripts,
    Summation,
    Terms,
)

__all__ = ["narrowed"]


def narrowed(box: Box, limit: float) -> Box:
    """Return a box with rows inside its widest fraction, so that it is about `limit` em wide where that can be."""
    if width(box) <= limit:
        return box
    match box:
        case Fraction(top, bottom):
            return Fraction(_stacked(top, limit), _stacked(bottom, limit))
        case Fence(inside) | Coloured(inside):
            return replace(box, inside=_inside(box, inside, limit))
        case Scripts(base):
            return replace(box, base=_inside(box, base, limit))
        case Call(_, argument):
            return replace(box, argument=_inside(box, argument, limit))
        case Summation(body=body):
            return replace(box, body=_inside(box, body, limit))
        case Product(factors):
            widest = max(factors, key=width)
            done = tuple(_inside(box, factor, limit) if factor is widest else factor for factor in factors)
            return replace(box, factors=done)
        case Terms(terms):
            widest = max((term for _, term in terms), key=width)
            return Terms(tuple((sign, _inside(box, term, limit) if term is widest else term) for sign, term in terms))
        case _:
            return box


def _inside(whole: Box, part: Box, limit: float) -> Box:
    """Return a part as narrow as the whole box needs it."""
    return narrowed(part, limit - (width(whole) - width(part)))


def _stacked(box: Box, limit: float) -> Box:
    """Return what stands above or below a bar, in rows if it is too wide; the first one begins at the left."""
    parts = rows(box, limit)
    return box if len(parts) == 1 else Grid(tuple((part,) for part in parts), left=True)
