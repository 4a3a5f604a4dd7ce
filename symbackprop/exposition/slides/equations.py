"""Formulas and steps, measured and, where they are long, broken: what a slide needs to know to place them.

    z = Σ w a + b   ->   Written(latex, lead = width of 'z', extent, size in points)

All lines of one block have one size and their signs stand under one another; a line too long even for the whole slide
is broken as in the article, and what cannot be broken is made smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symbackprop.exposition.document import Display, Document, Formula, Line, Steps, Term, Text
from symbackprop.exposition.formulas import SIGNS, formula_box, side_boxes
from symbackprop.exposition.linebreaking import rows, width
from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.extents import PAD, Extent, extent
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.mathml import tree
from symbackprop.exposition.mathtext.plain import in_line

__all__ = ["Column", "Row", "Written", "display_row", "lone", "sign_place", "step_rows"]

LARGEST, SMALLEST = 22.0, 16.0  # points; below the smallest, a line is broken before it is made smaller still
ALLOWANCE = 1.06  # how much wider than estimated an equation may come out
INDENT = 1.2  # em, of the second row of a broken line behind its sign


@dataclass(frozen=True, slots=True)
class Written:
    """One equation: its LaTeX, its size in points, how large it is in em, and where its sign stands (`lead`)."""

    latex: str
    extent: Extent
    lead: float
    size: float
    alt: str

    @property
    def wide(self) -> float:
        """Its width in points."""
        return self.extent.width * self.size * ALLOWANCE

    @property
    def high(self) -> float:
        """Its height in points."""
        return self.extent.height * self.size * ALLOWANCE


@dataclass(frozen=True, slots=True)
class Row:
    """One line of steps: how it stands in the middle of a slide, how at the top of one, and why it holds.

    `whole` shows the left side, `going_on` leaves it out where that of the line before holds on; `more` are the further
    rows of a broken line."""

    whole: Written
    going_on: Written
    more: tuple[Written, ...]
    reason: Text
    beside: bool  # whether the reason has room beside the equation
    framed: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """How much room there is, in points: for equations with reasons beside them, and for equations alone."""

    beside: float
    alone: float


@dataclass(frozen=True, slots=True)
class _Sides:
    left: Box
    right: Box
    sign: str
    shows_left: bool
    reason: Text


def lone(formula: Formula, document: Document, *, room: float, largest: float = LARGEST) -> Written:
    """Return one formula as large as it may be, and small enough for the room, which is in points."""
    box = formula_box(formula, document.style)
    return _fitted(written(box), 0.0, largest, room, alt=in_line(box))


def sign_place(rows: Sequence[Row]) -> float:
    """Return how far from the left edge the signs of a block stand, in points."""
    return max(row.whole.lead * row.whole.size for row in rows)


def step_rows(steps: Steps, document: Document, column: Column) -> tuple[Row, ...]:
    """Return the lines of steps, their signs under one another."""
    lines = _lines(steps.lines, document)
    lead = max(_lead(line) for line in lines)
    longest = max(lead + width(line.right) for line in lines)
    size = min(LARGEST, max(SMALLEST, column.beside / (longest * ALLOWANCE)))
    return tuple(_row(line, lead, size, column) for line in lines)


def display_row(display: Display, document: Document, column: Column) -> Row:
    """Return a formula on a line of its own as a row without a reason; it is framed if it is to be remembered."""
    boxes = side_boxes(display.formula.sides, document.style, roles=display.formula.roles)
    whole = formula_box(display.formula, document.style)
    size = min(LARGEST, max(SMALLEST, column.alone / ((width(whole) + 1) * ALLOWANCE)))
    alt = in_line(whole)
    latex = written(whole)
    more: tuple[Written, ...] = ()
    lead = extent(tree(written(boxes[0]))).width if len(boxes) > 1 else 0.0
    if len(boxes) == 2 and width(whole) * size * ALLOWANCE > column.alone:
        first, *rest = rows(boxes[1], column.alone / size / ALLOWANCE - lead - 2.0)
        sign = (display.formula.signs or ("=",))[0]
        latex = f"{written(boxes[0])} {SIGNS[sign].tex} {first}"
        more = tuple(_fitted(each, 0.0, size, column.alone - (lead + INDENT) * size, alt="") for each in rest)
    one = _fitted(latex, lead, size, column.alone, alt=alt)
    return Row(one, one, more, (), beside=False, framed=display.key, name=display.name)


def _lines(lines: Sequence[Line], document: Document) -> list[_Sides]:
    """Return both sides of each line as boxes, the left one even where it is not shown."""
    left: Term | None = None
    done = []
    for line in lines:
        left = line.left if line.left is not None else left
        if left is None:
            raise ValueError("the first line of steps has no left side")
        before, after = side_boxes((left, line.right), document.style, roles=line.roles)
        done.append(_Sides(before, after, line.sign, line.left is not None, line.reason))
    return done


def _lead(line: _Sides) -> float:
    return extent(tree(written(line.left))).width


def _row(line: _Sides, lead: float, size: float, column: Column) -> Row:
    """Return one line: in the column beside the reasons, else over the whole slide, broken if it must be."""
    room = column.alone - lead * size
    first, *rest = rows(line.right, room / size / ALLOWANCE - 1.0)
    tail = f"{SIGNS[line.sign].tex} {first}"
    left, own = written(line.left), _lead(line)
    alt = f"{in_line(line.left)} {SIGNS[line.sign].text} {in_line(line.right)}"
    going_on = _fitted(tail, PAD, size, room, alt=alt)
    whole = _fitted(f"{left} {tail}", own, going_on.size, column.alone, alt=alt)
    more = tuple(_fitted(each, 0.0, size, room - INDENT * size, alt="") for each in rest)
    widest = max([going_on.wide, *(INDENT * size + each.wide for each in more)])
    beside = lead * size + widest <= column.beside
    return Row(whole, whole if line.shows_left else going_on, more, line.reason, beside=beside)


def _fitted(latex: str, lead: float, size: float, room: float, *, alt: str) -> Written:
    """Return an equation in a size, or smaller where the room asks for it."""
    measured = extent(tree(latex))
    return Written(latex, measured, lead, min(size, room / (max(measured.width, 0.1) * ALLOWANCE)), alt)
