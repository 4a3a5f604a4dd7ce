"""Formulas with numbers in the places of letters: on paper, so that nothing is carried out.

    w x + b, with -0.3 for w, 2 for x and -1 for b   ->   (-0.3) · 2 + (-1)

A product in which a letter gives way to a number has a dot between its factors; a number that is negative gets the
parentheses that its place asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from symbackprop.exposition.mathtext.boxes import (
    COMMA,
    Box,
    Fence,
    Grid,
    Leaf,
    Product,
    Relation,
    Scripts,
    Slash,
    Terms,
    anywhere,
    as_base,
    as_factor,
    as_term,
    bare,
    listed,
)

DOT = Leaf(r"\cdot", "·")


def substituted(box: Box, numbers: Mapping[Box, Box]) -> Box:
    """Return the box with the boxes of `numbers` in the places of the letters that they stand for."""
    if box in numbers:
        return numbers[box]
    match box:
        case Product(factors, sign):
            return _product(factors, tuple(substituted(factor, numbers) for factor in factors), sign)
        case Terms(terms):
            last = len(terms) - 1
            inner = [substituted(term, numbers) for _, term in terms]
            signs = [sign for sign, _ in terms]
            pairs = enumerate(zip(signs, inner, strict=True))
            return Terms(tuple((sign, as_term(term, sign=sign, last=n == last)) for n, (sign, term) in pairs))
        case Scripts(Leaf("e"), None, Box() as above) if not getattr(above, "number", False):
            return replace(box, above=substituted(above, numbers))  # an exponential, whatever number an array e has
        case Scripts(base, below, above, primes):
            below, above = (part and substituted(part, numbers) for part in (below, above))
            inside = base.inside if isinstance(base, Fence) and base.left == "(" else base  # as_base fences it anew
            return Scripts(as_base(substituted(inside, numbers)), below, above, primes)
        case Fence(inside, left, right):
            within = substituted(inside, numbers)
            return within if left == "(" and isinstance(within, Fence) else Fence(within, left, right)
        case Relation(sides, (sign, *_)) if sign == COMMA:
            return listed([substituted(side, numbers) for side in sides])
        case Slash(top, bottom):
            return Slash(*(_in_line(substituted(part, numbers)) for part in (top, bottom)))
    return type(box)(*(_part(getattr(box, field.name), numbers) for field in fields(box)))


def _product(before: tuple[Box, ...], after: tuple[Box, ...], sign: Leaf | None) -> Box:
    last = len(after) - 1
    factors = tuple(as_factor(factor, last=place == last) for place, factor in enumerate(after))
    scalars = before != after and not anywhere(factors, lambda part: isinstance(part, Grid))
    return Product(factors, DOT if sign is None and scalars else sign)


def _in_line(box: Box) -> Box:
    """Return a number as it stands beside a slash."""
    return Fence(box) if isinstance(bare(box), Terms | Relation | Product) else box


def _part(part: Any, numbers: Mapping[Box, Box]) -> Any:
    if isinstance(part, Box):
        return substituted(part, numbers)
    return tuple(_part(each, numbers) for each in part) if isinstance(part, tuple) else part
