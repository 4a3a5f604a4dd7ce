r"""Long formulas in rows: broken before a sign of a sum, else between factors, where an estimate finds them too wide.

    a + b + c   ->   a + b          2 (a + b + c)   ->   2 ( a + b
                       + c                                    + c )

The size is that of `extents`, in em of the text around it; what is still too wide is for the format to shrink, which
knows its own letters.
"""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch
from typing import TypeAlias

from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Cases,
    Coloured,
    Differential,
    Fence,
    Leaf,
    Product,
    Relation,
    Scripts,
    Summation,
    Terms,
)
from symbackprop.exposition.mathtext.extents import extent
from symbackprop.exposition.mathtext.substitution import DOT

GENEROUS = 1.19  # how much wider than in the typeface that is measured
SIGN = 1.3  # a sign with the spaces around it
FENCE = 0.9  # a pair of parentheses
NOTHING = Leaf("{}", "")
SIGNS = {"+": Leaf("+", "+"), "-": Leaf("-", "−")}
NEARLY = 1.05  # a row that is so much too wide fits all the same, as widths are estimated generously
LARGEST_SHRINK = 1.3  # a formula that is so much longer than its longest row is shrunk rather than broken

Line: TypeAlias = tuple[Box, float]  # a row, and about how wide it is


def continued(sign: Leaf, box: Box) -> Box:
    """Return a row that begins with a sign, as one that goes on with what stands above it."""
    return Relation((NOTHING, box), (sign,))


def width(box: Box) -> float:
    """Return about how wide a box is, in em: generously, as typefaces differ and a row too long is worse than two."""
    return GENEROUS * extent(box).width


def rows(box: Box, limit: float) -> tuple[Box, ...]:
    """Return a box in one row or more, each about `limit` em wide at most where it can be broken.

    A row after the first begins with the sign before which it was broken, or with a dot between factors. Parentheses
    that are broken inside are closed and opened invisibly, so that each row stands by itself. A formula stays whole
    where breaking it would leave a row that is too wide all the same, and hardly shorter than the formula."""
    fitted = _fitted(box, limit)
    widest = max(size for _, size in fitted)
    if widest > NEARLY * limit and width(box) <= LARGEST_SHRINK * widest:
        return (box,)
    return tuple(row for row, _ in fitted)


def _fitted(box: Box, limit: float) -> list[Line]:
    """Return the rows of a box with the width of each."""
    return [(box, width(box))] if width(box) <= limit else _broken(box, limit)


@singledispatch
def _broken(box: Box, limit: float) -> list[Line]:
    """Return the rows of a box that is too wide; one row for what cannot be broken."""
    return [(box, width(box))]


@_broken.register
def _(box: Terms, limit: float) -> list[Line]:
    out: list[Line] = []
    for place, (sign, term) in enumerate(box.terms):
        (row, size), *others = _fitted(term, limit - SIGN)
        if not place:
            out.append((Terms(((sign, row),)) if sign == "-" else row, size + SIGN))
        else:
            _beside(out, (row, size), SIGNS[sign], limit)
        out += others
    return out


def _beside(out: list[Line], row: Line, sign: Leaf, limit: float) -> None:
    """Put a sign and a row at the end of the last row where they fit, else in a new one that begins with the sign."""
    box, size = row
    if out[-1][1] + SIGN + size <= limit:
        before, used = out.pop()
        out.append((_with(before, sign, box), used + SIGN + size))
    else:
        out.append((continued(sign, box), size + SIGN))


def _with(before: Box, sign: Leaf, box: Box) -> Box:
    """Return two boxes with a sign between them, as one row of all that was put together so before."""
    if isinstance(before, Relation):
        return Relation((*before.sides, box), (*before.signs, sign))
    return Relation((before, box), (sign,))


@_broken.register
def _(box: Product, limit: float) -> list[Line]:
    out: list[Line] = []
    group: list[Box] = []
    for factor in box.factors:
        first, *others = _fitted(factor, limit)
        factor = factor if others else first[0]  # noqa: PLW2901 - cases are broken in themselves
        used = width(Product((*group, factor), box.sign)) + (out[-1][1] if out and not group else 0.0)
        hopeless = width(factor) > limit  # on a row of its own it would be too wide as well
        if not others and (used <= limit or hopeless):
            group.append(factor)
            continue
        _flush(out, group, box, limit)
        if others:
            _append(out, first, box, limit)
            out += others
        else:
            group.append(factor)
    _flush(out, group, box, limit)
    return out


def _flush(out: list[Line], group: list[Box], product: Product, limit: float) -> None:
    """Put the factors that belong together at the end of the last row, or in a new one; the group is empty after."""
    if group:
        whole = group[0] if len(group) == 1 else Product(tuple(group), product.sign)
        _append(out, (whole, width(whole)), product, limit)
        group.clear()


def _append(out: list[Line], row: Line, product: Product, limit: float) -> None:
    """Put factors at the end of the last row where they fit, else in a new one that begins with a dot."""
    box, size = row
    if not out:
        out.append(row)
    elif out[-1][1] + size <= limit:
        before, used = out.pop()
        out.append((Product((before, box), product.sign), used + size + SIGN))
    else:
        out.append((continued(DOT if product.sign is None else product.sign, box), size + SIGN))


@_broken.register
def _(box: Fence, limit: float) -> list[Line]:
    inside = _fitted(box.inside, limit - FENCE)
    if len(inside) == 1:
        whole = replace(box, inside=inside[0][0])
        return [(whole, width(whole))]
    ends = [(box.left, ""), *(("", "") for _ in inside[2:]), ("", box.right)]
    return [(Fence(row, *end), size + FENCE / 2) for end, (row, size) in zip(ends, inside, strict=True)]


@_broken.register
def _(box: Scripts, limit: float) -> list[Line]:
    """Break (…)² inside; the exponent goes with the end."""
    *others, (row, size) = _fitted(box.base, limit)
    return [*others, (replace(box, base=row), size + width(replace(box, base=NOTHING)))]


@_broken.register
def _(box: Call, limit: float) -> list[Line]:
    """Break f(…) inside; the name goes with the beginning."""
    (row, size), *others = _fitted(box.argument, limit - width(box.function))
    return [(Call(box.function, row), size + width(box.function)), *others]


@_broken.register
def _(box: Summation, limit: float) -> list[Line]:
    """Break what is summed; Σ goes with the beginning."""
    sign = width(replace(box, body=NOTHING))
    (row, size), *others = _fitted(box.body, limit - sign)
    return [(replace(box, body=row), size + sign), *others]


@_broken.register
def _(box: Differential, limit: float) -> list[Line]:
    """Break what is derived; ∂/∂x goes with the beginning."""
    sign = width(replace(box, of=NOTHING))
    (row, size), *others = _fitted(box.of, limit - sign)
    return [(replace(box, of=row), size + sign), *others]


@_broken.register
def _(box: Cases, limit: float) -> list[Line]:
    """Break the values inside, in rows of the cases themselves; a condition stands beside the first row of its own."""
    beside = width(Cases(tuple((NOTHING, condition) for _, condition in box.rows)))
    nothing = width(Cases(((NOTHING, NOTHING),)))
    broken: list[tuple[Box, Box]] = []
    for value, condition in box.rows:
        wider = (width(Cases(((value, NOTHING),))) - nothing) / width(value)  # limits of a Σ stand at its side there
        (first, _), *others = _fitted(value, (limit - beside) / wider)
        broken += [(first, condition), *((row, NOTHING) for row, _ in others)]
    return [(cases := Cases(tuple(broken)), width(cases))]


@_broken.register
def _(box: Relation, limit: float) -> list[Line]:
    """Break before a sign: u = v becomes u and, below it, = v."""
    out = _fitted(box.sides[0], limit)
    for sign, side in zip(box.signs, box.sides[1:], strict=True):
        first, *others = _fitted(side, limit - SIGN)
        room = limit if len(out) == 1 and not others else 0.0
        _beside(out, first, sign, room)
        out += others
    return out


@_broken.register
def _(box: Coloured, limit: float) -> list[Line]:
    return [(Coloured(row, box.colour), size) for row, size in _fitted(box.inside, limit)]
