"""From expressions to boxes: one function, and a rule for every kind of expression.

A rule announces itself with `@rule.register` above a function of the expression and the style; the modules
`expressions`, `products`, `functions` and `matrices` hold those of SymPy and ours.
"""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from sympy import Basic, Symbol

from symbackprop.exposition.mathtext.boxes import Box, Coloured, Leaf, Relation
from symbackprop.exposition.mathtext.style import Style
from symbackprop.network.program import free_indices

EQUALS = Leaf("=", "=")


@singledispatch
def rule(thing: object, style: Style) -> Box:
    """Return the box of `thing`; the rule is chosen by its class."""
    raise TypeError(f"a formula cannot hold {type(thing).__name__} {str(thing)[:60]!r}: no rule says how it is written")


def lay_out(thing: object, style: Style) -> Box:
    """Return the box of an expression, in its colour if the style gives it one.

    Raises TypeError for a kind of expression without a rule."""
    box = rule(thing, style)
    colour = style.colours.get(thing) if style.colours and isinstance(thing, Basic) else None
    return Coloured(box, colour) if colour else box


def side_by_side(sides: tuple[object, ...], style: Style) -> Box:
    """Return one expression, or several with = between them; free indices keep their letters in all of them."""
    free = frozenset[Symbol]().union(*(free_indices(side) for side in sides if isinstance(side, Basic)))
    style = replace(style, scope=free)
    boxes = tuple(lay_out(side, style) for side in sides)
    return boxes[0] if len(boxes) == 1 else Relation(boxes, (EQUALS,) * (len(boxes) - 1))
