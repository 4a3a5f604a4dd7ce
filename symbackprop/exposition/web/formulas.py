"""Formulas and aligned steps as MathML: broken at their signs where they are long, scrolled where that is not enough.

    δ = ∂C/∂z      chain rule     <li> <math>δ</math> <math>= ∂C/∂z</math> reason </li>

The sides of a line are two elements in two columns, so that the signs of all lines stand under one another whatever
is shown of them. Where a line is broken, its whole is kept beside it for whoever copies it.
"""

from __future__ import annotations

from symbackprop.exposition.document import Display, Formula, Steps
from symbackprop.exposition.formulas import formula_box, signed_sides, step_sides
from symbackprop.exposition.linebreaking import rows, width
from symbackprop.exposition.mathtext.boxes import Box, Leaf
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.mathml import LONGEST, html_math
from symbackprop.exposition.mathtext.style import Style
from symbackprop.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """How wide the right side of a line may be, in em: with its reason beside it, and with its reason below it."""

    beside: float
    whole: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its left side, or none; its sign, if it has one; and the rows of its right side.

    `whole` is the right side in one piece where it has several and is not too long for that; `wide` says that a reason
    stands below it."""

    left: Box | None
    sign: Leaf | None
    right: tuple[Box, ...]
    whole: Box | None = None
    wide: bool = False

    def with_sign(self, box: Box) -> str:
        """Return the right side, or the first row of it, as MathML that begins with the sign."""
        return html_math(written(box) if self.sign is None else f"{self.sign.tex} {written(box)}")


def inline(formula: Formula, style: Style) -> str:
    """Return a formula within a sentence, as MathML."""
    return html_math(written(formula_box(formula, style)), display=False)


def lone(formula: Formula, style: Style) -> str:
    """Return a formula that stands by itself, as in a cell of a table, as MathML."""
    return html_math(written(formula_box(formula, style)))


def step_rows(block: Steps, style: Style, room: Room) -> tuple[Row, ...]:
    """Return the lines of aligned steps."""
    return tuple(
        _row(None if line.left is None else left, sign, right, room)
        for line, left, sign, right in step_sides(block, style)
    )


def display_rows(block: Display, style: Style, room: Room) -> tuple[Row, ...]:
    """Return a formula in one piece where it has room, else one line for each of its signs.

    A first side that takes more than half a line has lines of its own, broken as others are."""
    first, others = signed_sides(block.formula, style)
    if not others or width(first) + sum(width(other) for _, other in others) <= room.whole:
        return (Row(None, None, (formula_box(block.formula, style),)),)
    beside = width(first) <= room.whole / 2
    alone = () if beside else (Row(None, None, rows(first, room.whole)),)
    signed = (_row(first if beside and not place else None, *other, room) for place, other in enumerate(others))
    return (*alone, *signed)


def _row(left: Box | None, sign: Leaf, right: Box, room: Room) -> Row:
    shown = rows(right, room.whole)
    whole = right if len(shown) > 1 and len(written(right)) < LONGEST - len(sign.tex) else None
    return Row(left, sign, shown, whole, wide=width(right) > room.beside)
