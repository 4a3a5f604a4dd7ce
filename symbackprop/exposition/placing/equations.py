"""Formulas and steps, measured and, where they are long, broken: what a slide needs to know to place them.

    z = Σ w a + b   ->   Written(box, lead = width of 'z', extent, size in points)

All lines of one block have one size and their signs stand under one another; a line too long even for the whole slide
is broken as in the article, and what cannot be broken is made smaller.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from symbackprop.exposition.document import Display, Document, Formula, Line, Steps, Text
from symbackprop.exposition.formulas import SIGNS, formula_box, signed_sides, step_sides
from symbackprop.exposition.linebreaking import continued, rows, width
from symbackprop.exposition.mathtext.boxes import Box, Relation
from symbackprop.exposition.mathtext.extents import PAD, Extent, extent
from symbackprop.exposition.mathtext.spoken import spoken
from symbackprop.exposition.paging.richtext import Run, box_runs, plain, runs
from symbackprop.exposition.placing.looks import LOOKS, text_height
from symbackprop.exposition.placing.pages import Area, Band, Placed, PlacedEquation, PlacedFrame, PlacedText
from symbackprop.frozen import dataclass

LARGEST, SMALLEST = 28.0, 16.0  # points
RESULT = 24.0  # points, an equation in a frame
UNBROKEN = 20.0  # points: a line is broken rather than smaller than this, if there is room for its rows
SPARE = 1.0  # em that are left free in a row
ALLOWANCE = 1.06  # how much larger than estimated an equation may come out
LOWEST = 1.15  # em, a line of letters without scripts, with what a typeface has above and below them
INDENT = 1.2  # em, of the second row of a broken line behind its sign
FRAME = 10.0  # points between an equation to be remembered and its frame
NAME = 64.0  # points, for the name of an equation at its right, or at that of its frame
CLOSE = 3.0  # points between the rows of one line
APART = 40.0  # points between equations and the reasons beside them


@dataclass(frozen=True, slots=True)
class Written:
    """One equation: its box, its size in points, how large it is in em, and where its sign stands (`lead`).

    `said` is what is read aloud of it; that of the further rows of a line is said with the first."""

    box: Box
    extent: Extent
    lead: float
    size: float
    said: Box

    def alt(self, document: Document) -> str:
        """Return what is read aloud."""
        return spoken(self.said, document.words)

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
    """One line of steps, the further rows of a broken one, and why it holds."""

    first: Written
    more: tuple[Written, ...]
    reason: Text
    beside: bool = False  # whether the reason has room beside the equation
    framed: bool = False
    name: str = ""

    @property
    def widest(self) -> float:
        """How far it reaches to the right of where its sign begins, in points."""
        beyond = self.first.wide - self.first.lead * self.first.size
        return max([beyond, *(INDENT * self.first.size + each.wide for each in self.more)])

    @property
    def high(self) -> float:
        """How high all of its rows are, in points."""
        return self.first.high + sum(CLOSE + each.high for each in self.more)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one block: how far from the left edge their signs stand, and where the reasons beside them begin."""

    rows: tuple[Row, ...]
    sign: float
    reasons: float


@dataclass(frozen=True, slots=True)
class Room:
    """How much room there is for mathematics, in points: in width, for reasons at least; and its size at most."""

    width: float
    reasons: float
    largest: float = LARGEST


def largest_size(high: Callable[[float], float], room: float, smallest: float = SMALLEST) -> float | None:
    """Return the largest size of mathematics in which what is so `high` has room, or None if there is none."""
    sizes = [LARGEST - step / 2 for step in range(round(2 * (LARGEST - smallest)) + 1)]  # nobody sees half a point
    place = 0 if high(LARGEST) <= room else bisect_left(sizes, 1, lo=1, key=lambda size: high(size) <= room)
    return sizes[place] if place < len(sizes) else None


def lone(formula: Formula, document: Document, *, room: float, largest: float = LARGEST) -> Written:
    """Return one formula as large as it may be, and small enough for the room, which is in points."""
    box = formula_box(formula, document.style)
    return _fitted(box, 0.0, largest, room, said=box)


def step_lines(lines: Sequence[Line], whole: Steps, document: Document, room: Room) -> Lines:
    """Return lines that stand on one slide, their signs under one another and where those of the `whole` steps are."""
    lead = max(_wide(left) for _, left, _, _ in step_sides(whole, document.style, coloured=False))
    rights = [right for _, _, _, right in step_sides(Steps(tuple(lines)), document.style, coloured=False)]
    longest = (lead + max(map(width, rights)) + SPARE) * ALLOWANCE
    beside = room.width - (room.reasons + APART) * any(line.reason for line in whole.lines)
    unbroken = max(UNBROKEN, beside / longest)  # that in which no line is, if large enough
    size = min(room.largest, unbroken)
    done = tuple(_rows(lines, document, (lead, size), room.width))
    widest = max((right for row in done if (right := lead * size + row.widest) <= beside), default=0.0)
    reasons = min(max(widest + APART, 0.55 * room.width), room.width - room.reasons)
    return Lines(tuple(replace(row, beside=lead * size + row.widest <= beside) for row in done), lead * size, reasons)


def display_lines(display: Display, document: Document, room: Room) -> Lines:
    """Return a formula on a line of its own; it is framed if it is to be remembered."""
    left, others = signed_sides(display.formula, document.style)
    whole = formula_box(display.formula, document.style)
    free = room.width - 2 * FRAME * display.key - NAME * (display.key or bool(display.name))
    size = min(
        room.largest, RESULT if display.key else LARGEST, max(UNBROKEN, free / ((width(whole) + SPARE) * ALLOWANCE))
    )
    shown = whole
    more: tuple[Written, ...] = ()
    lead = _wide(left) if others else 0.0
    if len(others) == 1 and width(whole) * size * ALLOWANCE > free:
        ((sign, right),) = others
        first, *rest = rows(right, free / size / ALLOWANCE - lead - 2.0)
        shown = Relation((left, first), (sign,))
        more = tuple(_fitted(each, 0.0, size, free - (lead + INDENT) * size, said=whole) for each in rest)
    one = _fitted(shown, lead, size, free, said=whole)
    row = Row(one, more, (), framed=display.key, name=display.name)
    return Lines((row,), lead * one.size, room.width)


def _wide(box: Box) -> float:
    return extent(box).width


def _rows(lines: Sequence[Line], document: Document, where: tuple[float, float], room: float) -> Iterator[Row]:
    """Yield lines whose signs stand so many em from the left, in a size; they are broken where they are too long."""
    lead, size = where
    free, arrow = room - lead * size, False
    for line, before, sign, after in step_sides(Steps(tuple(lines)), document.style):
        arrow = line.sign == "<-" if line.left is not None else arrow
        said = SIGNS["<-"] if arrow else sign  # 'w <- b, = c' says 'w becomes c'
        first, *rest = rows(after, free / size / ALLOWANCE - SPARE)
        whole = Relation((before, after), (said,))
        shown = _fitted(continued(sign, first), PAD, size, free, said=whole)
        if line.left is not None:
            shown = _fitted(Relation((before, first), (sign,)), _wide(before), shown.size, room, said=whole)
        more = tuple(_fitted(each, 0.0, size, free - INDENT * size, said=whole) for each in rest)
        yield Row(shown, more, line.reason)


def _fitted(box: Box, lead: float, size: float, room: float, *, said: Box) -> Written:
    """Return an equation in a size, or smaller where the room asks for it."""
    measured = extent(box)
    return Written(box, measured, lead, min(size, room / (max(measured.width, 0.1) * ALLOWANCE)), said)


def line_bands(lines: Lines, document: Document, body: Area) -> Iterator[Band]:
    """Yield a band for each line."""
    setter = _Setter(lines, document, body)
    return (Band(setter.height(row), partial(setter.parts, row)) for row in lines.rows)


@dataclass(frozen=True)
class _Setter:
    """Places the lines of one block, their signs under one another."""

    lines: Lines
    document: Document
    body: Area

    @property
    def sign(self) -> float:
        return self.body.left + self.lines.sign

    def parts(self, row: Row) -> tuple[Placed, ...]:
        """Return an equation, its further rows, its reason and its frame."""
        margin, shown = FRAME if row.framed else 0.0, row.first
        height = self.height(row)
        top = (height - row.high) / 2 if row.beside else margin
        left = self.sign - shown.lead * shown.size + margin
        done: list[Placed] = [_equation(shown, left, top, self._alt(row))]
        y = top + shown.high
        for each in row.more:
            further = self.sign + margin + INDENT * shown.size
            done.append(_equation(each, further, y + CLOSE, _spelt(each)))
            y += CLOSE + each.high
        if row.reason:
            area = self._reason_area(row, y)
            area = Area(area.left, 0, area.width, height) if row.beside else area
            done.append(PlacedText(area, runs(row.reason, self.document), "reason"))
        if row.framed:
            right = max(part.area.right for part in done) + margin
            done.insert(0, PlacedFrame(Area(left - margin, 0, right - left + margin, height)))
            if row.name:
                name = Area(right + 14, 0, self.body.right - right - 14, height)
                done.append(PlacedText(name, (Run(row.name, bold=True),), "name"))
        elif row.name:
            name = Area(self.body.right - NAME, 0, NAME, height)
            done.append(PlacedText(name, (Run(f"({row.name})"),), "name"))
        return tuple(done)

    def height(self, row: Row) -> float:
        """Return how high a line is, in points."""
        reason = self._reason_area(row, 0).height if row.reason else 0.0
        return max(row.high, reason) if row.beside else row.high + reason + 2 * FRAME * row.framed

    def _reason_area(self, row: Row, top: float) -> Area:
        """Return where the reason of a line stands: in the column of reasons, or below what it is the reason of."""
        left = self.body.left + self.lines.reasons if row.beside else self.sign + INDENT * row.first.size
        width = self.body.right - left
        said = plain(row.reason, self.document)
        return Area(left, top, width, text_height(said, width, LOOKS["reason"].size))

    def _alt(self, row: Row) -> str:
        said, alt = plain(row.reason, self.document) or row.name, row.first.alt(self.document)
        return f"{said}: {alt}" if said else alt


def _spelt(row: Written) -> str:
    """Return a further row of a broken line in characters."""
    return "".join(run.text for run in box_runs(row.box))


def _equation(shown: Written, left: float, top: float, alt: str) -> PlacedEquation:
    return PlacedEquation(Area(left, top, shown.wide, shown.high), shown.box, shown.size, alt)
