"""Steps and results of an article: a table without lines, so that signs stand under one another, reasons beside them.

    ∂C/∂a  | = ∂/∂a (½ Σ …)  |  the cost is put in
           | = a − y         |  only the term where the bracket is 1 remains

Word has an alignment of its own for equations, which other programs show as question marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element

from symbackprop.exposition.document import Display, Document, Steps, Text
from symbackprop.exposition.formulas import formula_box, signed_sides, step_sides
from symbackprop.exposition.linebreaking import continued, rows, width
from symbackprop.exposition.mathtext.boxes import (
    Box,
    Call,
    Coloured,
    Fence,
    Fraction,
    Grid,
    Product,
    Relation,
    Scripts,
    Summation,
    Terms,
)
from symbackprop.exposition.mathtext.extents import extent
from symbackprop.exposition.office.words import SIZE, Look, cell, equation, kept, paragraph, row, run, sentence, table
from symbackprop.exposition.palette import COLOURS
from symbackprop.frozen import dataclass

REASON, APART = 120.0, 10.0  # points, for reasons beside equations at least, and between the two
PAD = 4.0  # points beside the words of a cell
ALLOWANCE = 1.16  # how much wider than estimated an equation may come out, in LibreOffice and its typeface
LONGER = 1.3  # how much longer than thought a row may be where it is broken off: the estimate is generous
SPARE = 3.5  # em that are left free in a row, as programs without Cambria set cases and words wider still
NAME = 48.0  # points, for the name of an equation
FRAME = ("top", "bottom"), ("left",), ("right",)  # the sides of all cells of a frame, of its first and of its last one
TOGETHER = 6  # rows that stay on one page
BEYOND = 24.0  # points that the second row of a broken line is moved to the right


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: its left side, empty where it goes on, and its right side in one row or more."""

    left: Box | None
    right: tuple[Box, ...]
    reason: Text

    @property
    def wide(self) -> float:
        """How wide its right side is, in points."""
        return max(_wide(part) + BEYOND * (place > 0) for place, part in enumerate(self.right))


def _wide(box: Box | None) -> float:
    return extent(box).width * SIZE * ALLOWANCE + 2 * PAD if box else 0.0


def _broken_off(box: Box, room: float) -> tuple[Box, ...]:
    """Return the rows of a box, also where one of them stays a little too wide: Word makes no equation smaller."""
    done = rows(box, room)
    return done if len(done) > 1 else rows(box, LONGER * room)


def _room(width: float, lead: Box | None) -> float:
    """Return how much room a line of a width has after its left side, in em; what is broken is measured generously."""
    return (width - _wide(lead)) / SIZE - SPARE


def steps(block: Steps, document: Document, width: float) -> Element:
    """Return the lines of a derivation; the reason of a line too long for it stands below."""
    lines = list(_lines(block, document, width))
    lead = max(_wide(line.left) for line in lines)
    beside = width - lead - REASON - APART
    middle = max((line.wide for line in lines if line.wide <= beside), default=beside - APART) + APART
    widths = (lead, middle, width - lead - middle)
    done = [part for line in lines for part in _rows(line, widths, document)]
    torn = len(done) > TOGETHER  # but never after the first line, nor before the last
    for place, each in enumerate(done[:-1], start=1):
        if not torn or place in (1, len(done) - 1):
            kept(each)
    return table(widths, done, pad=PAD)


def _lines(block: Steps, document: Document, width: float) -> Iterator[_Line]:
    for line, left, sign, right in step_sides(block, document.style):
        first, *more = _broken_off(right, _room(width, left))
        shown = None if line.left is None else left
        yield _Line(shown, (continued(sign, first), *more), line.reason)


def _rows(line: _Line, widths: Sequence[float], document: Document) -> Iterator[Element]:
    """Yield the rows of a line, which stay together, and one for its reason if that has no room beside it."""
    lead, middle, last = widths
    beside = line.wide <= middle
    done = []
    for place, part in enumerate(line.right):
        left = paragraph([equation(line.left, "right")] if line.left and not place else [], "Step", align="right")
        right = _step(part, further=place > 0)
        if beside:
            reason = [] if place else sentence(line.reason, document, Look(quiet=True))
            done.append(row([cell(lead, [left]), cell(middle, [right]), cell(last, [paragraph(reason, "Reason")])]))
        else:
            done.append(row([cell(lead, [left]), cell(middle + last, [right], span=2)]))
    if line.reason and not beside:
        reason = [paragraph(sentence(line.reason, document, Look(quiet=True)), "Reason")]
        done.append(row([cell(lead, [paragraph([], "Step")]), cell(middle + last, reason, span=2)]))
    yield from (*map(kept, done[:-1]), done[-1])


def _step(box: Box, *, further: bool) -> Element:
    return paragraph([equation(box)], "Further" if further else "Step")


def display(block: Display, document: Document, width: float) -> Element:
    """Return a formula on a line of its own, with its name beside it; in a frame if it is to be remembered."""
    outer = NAME if block.key else 0.0  # left of it: as much as its name takes at the right
    if not (block.key or block.name):
        broken = _broken(block, document, width)
        if len(broken) == 1:
            return paragraph([equation(broken[0], "center")], "Formula", align="center")
        parts = [_step(part, further=place > 0) for place, part in enumerate(broken)]
        return table((width,), [row([cell(width, parts)])])
    parts = [
        paragraph([equation(part, "center")], "Step", align="center")
        for part in _broken(block, document, width - outer - NAME)
    ]
    name = [paragraph([run(f"({block.name})" if block.name else "")], "Step", align="right")]
    above, left, right = (dict.fromkeys(sides if block.key else (), COLOURS["cost"]) for sides in FRAME)
    cells = [cell(width - outer - NAME, parts, borders=above), cell(NAME, name, borders=above | right)]
    if not outer:
        return table((width - NAME, NAME), [row(cells)], align="center")
    cells.insert(0, cell(outer, [paragraph([], "Step")], borders=above | left))
    return table((outer, width - outer - NAME, NAME), [row(cells)], align="center")


def _broken(block: Display, document: Document, width: float) -> tuple[Box, ...]:
    """Return a formula in the rows that the width asks for, and rows in its fractions where these are too wide."""
    whole = formula_box(block.formula, document.style)
    if len(block.formula.sides) == 1:
        return tuple(rows(whole, _room(width, None)))
    if _wide(whole) <= width or len(block.formula.sides) != 2:
        return (whole,)
    left, ((sign, right),) = signed_sides(block.formula, document.style)
    room = _room(width, left)
    first, *more = rows(right, room)
    if _wide(Relation((left, first), (sign,))) > width:
        first, *more = rows(narrowed(right, room), 2 * room)
    return (Relation((left, first), (sign,)), *more)


def narrowed(box: Box, limit: float) -> Box:
    """Return a box with rows inside its widest fraction, so that it is about `limit` em wide where that can be.

    A fraction has no place at which a line could end: its upper and its lower part get several rows."""
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
