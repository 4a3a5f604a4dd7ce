"""Lines with the numbers of one point: 0.7414 * 0.1868 * 0.5933 = 0.0822, right to the digits that are printed.

Each printed number may be off by half a unit of its last digit, and what a line comes to by as much as that does.
One with fewer than three digits, such as 0.5, is taken for exact, unless it is all that a line says; that one may have
been cut off instead of rounded.

What a line may have meant that has no value: a matrix, a column, turned round.

W[2] delta[2]        there is no such product where W is not square; W[2]^T delta[2] is one
delta[2] a[1]        delta[2] a[1]^T
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from symbackprop.frozen import dataclass
from symbackprop.network.formula import Node, Number
from symbackprop.network.text.derivations import Side
from symbackprop.network.text.derivationtree import Activated, Derivative, Own, Quantity
from symbackprop.network.text.tree import Transposed, nodes_in, parts_of, with_parts
from symbackprop.numerics.diagnosis.written.comparing import Court, Sides
from symbackprop.numerics.diagnosis.written.points import places_of, value_of

Change: TypeAlias = Callable[[Node], "list[tuple[Node, Node]] | None"]
FEWEST_DIGITS = 3  # of a number that is rounded: 0.5 is a half, 0.593 is what is left of more digits
ROUNDING = 1e-9  # relative: what the last steps of a calculation lose
_PRINTED = re.compile(r"(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class AtPoint:
    """What a line comes to at a point, what is right there, and how far they may be apart."""

    sides: Sides
    yours: float
    right: float
    slack: float

    @property
    def is_equal(self) -> bool:
        """Whether both are the same to the digits that are printed."""
        return abs(self.yours - self.right) <= self.slack + ROUNDING * max(abs(self.yours), abs(self.right))


def has_figures(side: Side) -> bool:
    """Tell whether a side has a number with digits behind the point, as those of one point have."""
    return any(_printed(side, node) is not None for node in nodes_in(side.node))


def is_of_figures(side: Side) -> bool:
    """Tell whether a side has such numbers, and nothing of the network."""
    of_network = (Quantity, Own, Derivative, Activated)
    return has_figures(side) and not any(isinstance(node, of_network) for node in nodes_in(side.node))


def at_point(court: Court, left: Side, right: Side, layer: int | None) -> AtPoint | None:
    """Return what both sides come to at the point of a court; None where one has no value, or is no single number.

    Raises Misfit, NoLayer and ExpressionError as the meaning of a side does."""
    sides, world = court.sides_of(left, right, layer), court.small(None)
    for place in places_of(world, sides.ranges):
        yours, true = value_of(world, sides.after, place), value_of(world, sides.before, place)
        if yours is None or true is None:
            return None
        off = 0.0
        for node in _nudged(right):
            moved = value_of(world, court.sides_of(left, replace(right, node=node), layer).after, place)
            off += 0.0 if moved is None else abs(float(moved) - float(yours))
        found = AtPoint(sides, float(yours), float(true), off)
        if not found.is_equal:
            break
    return found


def _printed(side: Side, node: Node) -> str | None:
    """Return a number as it is printed, with its point; None for a whole number, and for what is none."""
    if not isinstance(node, Number) or not node.at:
        return None
    found = _PRINTED.match(side.line.text, node.at - 1)
    return None if found is None else found[0]


def _nudged(side: Side) -> Iterator[Node]:
    """Yield the tree of a side with one number moved by half a unit of its last digit, for each of its numbers."""

    def moved(node: Node) -> list[tuple[Node, Node]] | None:
        text = _printed(side, node)
        if text is None or not isinstance(node, Number):
            return [] if isinstance(node, Derivative) else None
        mantissa, _, exponent = text.lower().partition("e")
        digits = mantissa.replace(".", "").lstrip("0")
        is_alone = node is _alone(side.node)
        if len(digits) < FEWEST_DIGITS and not is_alone:
            return []
        behind = len(mantissa.partition(".")[2]) - int(exponent or 0)
        return [(Number(node.at, node.value + Fraction(1, 1 if is_alone else 2) / Fraction(10) ** behind), node)]

    yield from (tree for tree, _ in changed(side.node, moved))


def _alone(node: Node) -> Node:
    """Return the number that is all that a side says, but for a sign."""
    parts = parts_of(node)
    return node if isinstance(node, Number) or len(parts) != 1 else _alone(parts[0])


def turned(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the tree with one whole array transposed, or no longer transposed, and that array."""
    return changed(node, _turned)


def _turned(node: Node) -> list[tuple[Node, Node]] | None:
    if isinstance(node, Transposed) and isinstance(node.term, Quantity):
        return [(node.term, node.term)]
    if isinstance(node, Quantity):
        return [] if node.positions else [(Transposed(node.at, node), node)]
    return [] if isinstance(node, Derivative) else None


def changed(node: Node, change: Change) -> Iterator[tuple[Node, Node]]:
    """Yield the tree with one part of it changed, and what `change` says of that; it returns None to look further in.

    What `change` returns are other parts in the place of one, each with what is said of it."""
    found = change(node)
    if found is not None:
        yield from found
        return
    parts = parts_of(node)
    for place, part in enumerate(parts):
        for other, said in changed(part, change):
            yield with_parts(node, (*parts[:place], other, *parts[place + 1 :])), said
