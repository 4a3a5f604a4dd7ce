"""Formulas and steps, measured and, where they are long, broken: what a slide needs to know to place them.

    z = Σ w a + b   ->   Written(latex, lead = width of 'z', extent, size in points)

All lines of one block have one size and their signs stand under one another; a line too long even for the whole slide
is broken as in the article, and what cannot be broken is made smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symbackprop.exposition.document import Display, Document, Formula, Line, Steps, Term, Text
from symbackprop.exposition.formulas import SIGNS, formula_box, side_boxes
from symbackprop.exposition.linebreaking import rows, width
from symbackprop.exposition.mathtext.boxes import Box, Relation
from symbackprop.exposition.mathtext.extents import PAD, Extent, extent
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.spoken import spoken

__all__ = ["CLOSE", "FRAME", "INDENT", "Lines", "Room", "Row", "Written", "display_lines", "lone", "step_lines"]

LARGEST, SMALLEST = 28.0, 16.0  # points; below the smallest, lines go on on another slide, or are broken
RESULT = 24.0  # points, an equation in a frame
SPLIT = 23.0  # the size of lines that need more than one slide anyway
UNBROKEN = 20.0  # lines of a calculation, which has no reasons, are broken rather than smaller than this
SPARE = 1.0  # em that are left free in a row
ALLOWANCE = 1.06  # how much larger than estimated an equation may come out
LOWEST = 1.15  # em, a line of letters without scripts, with what a typeface has above and below them
INDENT = 1.2  # em, of the second row of a broken line behind its sign
FRAME = 10.0  # points between an equation to be remembered and its frame
NAME = 64.0  # points, for the name of an equation at the right of its frame
CLOSE = 3.0  # points between the rows of one line
APART = 40.0  # points between equations and the reasons beside them


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
        return max(self.extent.height, LOWEST) * self.size * ALLOWANCE


@dataclass(frozen=True, slots=True)
class Row:
    """One line of steps: how it stands in the middle of a slide, how at the top of one, and why it holds.

    `whole` shows the left side, `going_on` leaves it out where that of the line before holds on; `more` are the further
    rows of a broken line."""

    whole: Written
    going_on: Written
    more: tuple[Written, ...]
    reason: Text
    beside: bool = False  # whether the reason has room beside the equation
    framed: bool = False
    name: str = ""

    @property
    def widest(self) -> float:
        """How far it reaches to the right of where its sign begins, in points."""
        beyond = self.whole.wide - self.whole.lead * self.whole.size
        return max([beyond, *(INDENT * self.whole.size + each.wide for each in self.more)])

    @property
    def high(self) -> float:
        """How high all of its rows are, in points."""
        return self.whole.high + sum(CLOSE + each.high for each in self.more)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one block: how far from the left edge their signs stand, and where the reasons beside them begin."""

    rows: tuple[Row, ...]
    sign: float
    reasons: float


@dataclass(frozen=True, slots=True)
class Room:
    """How much room there is, in points: over the whole width, in height, for reasons at least, and between lines.

    Below the size `smallest`, lines go on on another slide."""

    width: float
    height: float
    reasons: float
    gap: float
    smallest: float = SMALLEST


@dataclass(frozen=True, slots=True)
class _Sides:
    left: Box
    right: Box
    sign: str
    first: str  # the sign that the left side stood before when it was shown
    shows_left: bool
    reason: Text
    said: str  # what is read aloud for the line

    @property
    def lead(self) -> float:
        """How wide the left side is, in em."""
        return extent(written(self.left)).width

    @property
    def high(self) -> float:
        """How high the line is where it is not broken, in em."""
        left = f"{written(self.left)} = " if self.shows_left else "= "
        return extent(left + written(self.right)).height


def lone(formula: Formula, document: Document, *, room: float, largest: float = LARGEST) -> Written:
    """Return one formula as large as it may be, and small enough for the room, which is in points."""
    box = formula_box(formula, document.style)
    return _fitted(written(box), 0.0, largest, room, alt=spoken(box, document.words))


def step_lines(steps: Steps, document: Document, room: Room) -> Lines:
    """Return the lines of steps, their signs under one another, all on one slide where they are large enough there."""
    sides = _sides(steps.lines, document)
    lead = max(line.lead for line in sides)
    longest = max(lead + width(line.right) for line in sides)
    reasoned = any(line.reason for line in sides)
    beside = room.width - (room.reasons + APART) * reasoned
    if reasoned:
        size = min(LARGEST, max(SMALLEST, beside / (longest * ALLOWANCE)))
    else:
        whole = beside / ((longest + SPARE) * ALLOWANCE)  # the size in which no line is broken
        size = min(LARGEST, whole if whole >= UNBROKEN else SPLIT)
    high = sum(line.high for line in sides) * ALLOWANCE
    together = (room.height - room.gap * (len(sides) - 1)) / high
    size = min(size, together if together >= room.smallest else SPLIT)
    tallest = max(_row(line, lead, size, room).high for line in sides)
    size *= min(1.0, (room.height - 1) / tallest)  # a line of several rows has room below its sentence
    done = tuple(_row(line, lead, size, room) for line in sides)
    widest = max((right for row in done if (right := lead * size + row.widest) <= beside), default=0.0)
    reasons = min(max(widest + APART, 0.55 * room.width), room.width - room.reasons)
    return Lines(tuple(replace(row, beside=lead * size + row.widest <= beside) for row in done), lead * size, reasons)


def display_lines(display: Display, document: Document, room: Room) -> Lines:
    """Return a formula on a line of its own; it is framed if it is to be remembered."""
    boxes = side_boxes(display.formula.sides, document.style, roles=display.formula.roles)
    whole = formula_box(display.formula, document.style)
    free = room.width - (2 * FRAME + NAME) * display.key
    size = min(RESULT if display.key else LARGEST, max(SMALLEST, free / ((width(whole) + SPARE) * ALLOWANCE)))
    latex = written(whole)
    more: tuple[Written, ...] = ()
    lead = extent(written(boxes[0])).width if len(boxes) > 1 else 0.0
    if len(boxes) == 2 and width(whole) * size * ALLOWANCE > free:
        first, *rest = rows(boxes[1], free / size / ALLOWANCE - lead - 2.0)
        sign = (display.formula.signs or ("=",))[0]
        latex = f"{written(boxes[0])} {SIGNS[sign].tex} {first}"
        more = tuple(_fitted(each, 0.0, size, free - (lead + INDENT) * size, alt="") for each in rest)
    one = _fitted(latex, lead, size, free, alt=spoken(whole, document.words))
    row = Row(one, one, more, (), framed=display.key, name=display.name)
    return Lines((row,), lead * one.size, room.width)


def _sides(lines: Sequence[Line], document: Document) -> list[_Sides]:
    """Return both sides of each line as boxes, the left one even where it is not shown."""
    left: Term | None = None
    sign = "="
    done = []
    for line in lines:
        if line.left is not None:
            left, sign = line.left, line.sign
        if left is None:
            raise ValueError("the first line of steps has no left side")
        before, after = side_boxes((left, line.right), document.style, roles=line.roles)
        again = "<-" if sign == "<-" else line.sign  # 'w <- b, = c' says 'w <- c', but 'd := b, = c' says 'd = c'
        said = spoken(Relation((before, after), (SIGNS[again],)), document.words)
        done.append(_Sides(before, after, line.sign, again, line.left is not None, line.reason, said))
    return done


def _row(line: _Sides, lead: float, size: float, room: Room) -> Row:
    """Return one line, broken if it is too long for the whole slide."""
    free = room.width - lead * size
    first, *rest = rows(line.right, free / size / ALLOWANCE - SPARE)
    going_on = _fitted(f"{SIGNS[line.sign].tex} {first}", PAD, size, free, alt=line.said)
    shown = f"{written(line.left)} {SIGNS[line.first].tex} {first}"
    whole = _fitted(shown, line.lead, going_on.size, room.width, alt=line.said)
    more = tuple(_fitted(each, 0.0, size, free - INDENT * size, alt="") for each in rest)
    return Row(whole, whole if line.shows_left else going_on, more, line.reason)


def _fitted(latex: str, lead: float, size: float, room: float, *, alt: str) -> Written:
    """Return an equation in a size, or smaller where the room asks for it."""
    measured = extent(latex)
    return Written(latex, measured, lead, min(size, room / (max(measured.width, 0.1) * ALLOWANCE)), alt)
