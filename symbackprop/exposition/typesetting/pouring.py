"""Blocks -> frames: what stands on each slide of a talk, by an estimate of how high everything is.

Prose, Steps(5 lines), Display, Prose   ->   Frame(gist, 4 lines), Frame(1 line, result, gist)

A step is never torn from its line, a sentence never from what it announces. The estimate is rough: TeX measures again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from symbackprop.exposition.document import (
    Block,
    Code,
    Display,
    Document,
    Figure,
    Formula,
    Heading,
    Line,
    Note,
    Prose,
    Steps,
    Table,
    Term,
    Text,
    lefts_of,
)
from symbackprop.exposition.formulas import formula_latex, side_boxes
from symbackprop.exposition.linebreaking import rows
from symbackprop.exposition.mathtext.extents import extent
from symbackprop.exposition.slides.digest import gist
from symbackprop.exposition.slides.outline import is_written
from symbackprop.exposition.slides.richtext import plain
from symbackprop.exposition.typesetting.blocks import Typesetter, row_height

__all__ = ["LINE", "REASON", "RIGHT", "Frame", "Paper", "Piece", "poured", "shown_lines"]

RIGHT = 0.84  # of the width of a slide, for the right side of a step
LETTERS = 2.2  # in one em of a line of words
LINE, PARAGRAPH = 1.25, 0.7  # em, from line to line, and between paragraphs
TALLER = 2.0, 0.6  # em, from which height on a formula in a line of words asks for more room, and for how much
HEIGHT = 0.88  # how high a formula is, beside what is expected with other fonts
AROUND = 1.4  # em, above and below displayed mathematics together
BETWEEN = 0.75  # em, from step to step
REASON = 30  # letters of a reason in a line
ROWS = (1.3, 1.75, 2.7, 3.2)  # em, of a table: with words, with scripts, with fractions, with sums
PICTURE = 14.0  # em, for what is scaled to the room it gets
SHORT = 3  # lines of steps that may go on on the slide of what is before them, where there is room
WRITTEN = 1.35  # how much more than its room a slide may hold whose words were written for one
FEW = 0.4  # of the height, for sentences that stay with what comes next


@dataclass(frozen=True, slots=True)
class Paper:
    """The room below the title of a slide, in em of its letters.

    `shrink` is how much more than that a slide may hold, to be set a little smaller; `tables` the same for tables. A
    table is made as large as the room that is left, unless there is something `around` what stands in a row, in em."""

    width: float
    height: float
    shrink: float = 1.1
    tables: float = 1.35
    around: float = 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A block, or one line of the steps `source`, and how it may be placed.

    `goes_on`: a line that has the left side of the line before, shown again only where it begins a slide; `breaks`: it
    begins a slide; `held`: it stays with what comes next; `optional`: left to the notes if there is no room; `joined`:
    it comes with what is before it, without a click of its own."""

    block: Block
    height: float
    source: Steps | None = None
    goes_on: bool = False
    breaks: bool = False
    held: bool = False
    optional: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """One slide: what stands on it, from the top, and the paragraphs that are said while it is shown."""

    pieces: tuple[Piece, ...]
    said: tuple[Text, ...] = ()


def poured(blocks: Sequence[Block], document: Document, paper: Paper) -> tuple[Frame, ...]:
    """Return the slides of what stands under one heading."""
    if paper.shrink > 1 and any(map(is_written, blocks)):  # what was written for one slide is set smaller, not parted
        paper = replace(paper, shrink=WRITTEN)
    pouring = _Pouring(document, paper)
    for before, block, following in zip((None, *blocks), blocks, (*blocks[1:], None), strict=False):
        repeats = isinstance(before, Steps) and isinstance(block, Display) and block.key
        pouring.put(block, following, joined=repeats or (isinstance(block, Steps) and is_written(before)))
    return pouring.finished()


def shown_lines(pieces: Sequence[Piece]) -> tuple[Line, ...]:
    """Return lines of steps that stand on one slide, the first of them with its left side in any case."""
    lines = [line for piece in pieces if isinstance(piece.block, Steps) for line in piece.block.lines]
    hidden = [place > 0 and piece.goes_on for place, piece in enumerate(pieces)]
    return tuple(replace(line, left=None) if each else line for line, each in zip(lines, hidden, strict=True))


@dataclass
class _Pouring:
    """Slides that are being filled."""

    document: Document
    paper: Paper
    frames: list[Frame] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    said: list[Text] = field(default_factory=list)

    def put(self, block: Block, following: Block | None, *, joined: bool) -> None:
        """Put a block on the slide, or on the next one, or on as many as it needs.

        `joined`: its first piece comes with what is before it: with its sentence, or the line that it repeats."""
        said: tuple[Text, ...] = (block.text,) if isinstance(block, Prose) else ()
        for piece in self._pieces(block, following):
            height = self._height + piece.height
            if piece.optional and height > self.paper.height:
                break
            if piece.breaks or height > self.paper.shrink * self.paper.height:
                self._turn()
            self.pieces.append(replace(piece, joined=True) if joined else piece)
            joined = False
        self.said += said

    @property
    def _height(self) -> float:
        return sum(piece.height for piece in self.pieces)

    def _turn(self) -> None:
        """Begin a slide with what is held to what comes next; a few sentences alone are no slide."""
        held = self._held
        if left := self.pieces[: len(self.pieces) - len(held)]:
            said = self.said[:-1] if held else self.said
            self.frames.append(Frame(tuple(left), tuple(said)))
            self.said = self.said[-1:] if held else []
        self.pieces = held

    @property
    def _held(self) -> list[Piece]:
        """What goes to the slide of what comes next."""
        if all(isinstance(piece.block, Prose) for piece in self.pieces) and self._height < FEW * self.paper.height:
            return self.pieces
        last = self.pieces[-1:]
        return last if last and last[0].held else []

    def finished(self) -> tuple[Frame, ...]:
        """Return all slides; what is only said, at the end, is said on the last one."""
        if self.frames and not any(piece.height for piece in self.pieces):
            self.frames[-1] = replace(self.frames[-1], said=(*self.frames[-1].said, *self.said))
        elif self.pieces or self.said:
            self.frames.append(Frame(tuple(self.pieces), tuple(self.said)))
        return tuple(self.frames)

    def _pieces(self, block: Block, following: Block | None) -> Iterable[Piece]:
        match block:
            case Prose():
                return self._prose(block, following)
            case Steps():
                return self._steps(block, following)
            case Display(formula):
                return [Piece(block, self._formula(formula) + AROUND + block.key)]
            case Figure():
                return [Piece(block, PICTURE, breaks=True)]
            case Table():
                return self._table(block)
            case Note(title, text):
                return [Piece(block, self._words((*title, *text)) * 0.9 + AROUND)]
            case Code(text):
                return [Piece(block, LINE * len(text.splitlines()))]
            case Heading():
                return []

    def _prose(self, block: Prose, following: Block | None) -> Iterator[Piece]:
        """Yield the gist of a paragraph: before what it leads to, or after what it closes, where there is room."""
        shown = gist(block, self.document)
        leads = isinstance(following, Display | Steps | Figure | Table)
        height = self._words(shown) + PARAGRAPH if shown else 0.0
        yield Piece(Prose(shown), height, held=leads, optional=not leads, joined=block.slide is not None)

    def _words(self, text: Text) -> float:
        lines = -int(-len(plain(text, self.document)) // (LETTERS * self.paper.width))
        tall, more = TALLER
        return lines * LINE + more * any(isinstance(part, Formula) and self._formula(part) > tall for part in text)

    def _formula(self, formula: Formula) -> float:
        return HEIGHT * extent(formula_latex(formula, self.document.style)).height

    def _steps(self, block: Steps, following: Block | None) -> Iterator[Piece]:
        """Yield the lines, the last ones on the slide of the result or the remark that follows.

        A chain that has no room left begins a slide; one that is too long for a slide is cut evenly."""
        closing = isinstance(following, Display | Note)
        result = sum(piece.height for piece in self._pieces(following, None)) if closing and following else 0.0
        lines = list(zip(lefts_of(block), self._lines(block), strict=True))
        needed = sum(piece.height for _, piece in lines) + result
        goes_on = len(lines) <= SHORT and self._height + needed <= self.paper.height
        place, start = self._height if goes_on else sum(piece.height for piece in self._held), 0.0
        even = cut = self._share(place + needed)
        chains = [[piece for _, piece in chain] for _, chain in groupby(lines, key=lambda pair: pair[0])]
        for chain in chains:
            whole = sum(piece.height for piece in chain) + (result if chain is chains[-1] else 0.0)
            begins = chain is chains[0] and not goes_on
            if chain is not chains[0] and place + whole / 2 > cut:
                begins, start, cut = True, place, cut + even
            fits = place - start + whole <= self.paper.shrink * self.paper.height
            for piece in chain:
                if not fits and place + piece.height / 2 > cut:
                    begins, start, cut = True, place, cut + even
                place += piece.height
                yield replace(piece, breaks=begins)
                begins = False

    def _share(self, height: float) -> float:
        """Return how much of a height goes on each of the slides that it needs."""
        return height / -int(-height // (self.paper.shrink * self.paper.height))

    def _lines(self, block: Steps) -> Iterator[Piece]:
        for place, (left, line) in enumerate(zip(lefts_of(block), block.lines, strict=True)):
            reason = LINE * -int(-len(plain(line.reason, self.document)) // REASON)
            height = max(self._line(left, line), reason)
            shown = Steps((replace(line, left=left),))
            yield Piece(shown, height + (BETWEEN if place else AROUND), source=block, goes_on=line.left is None)

    def _line(self, left: Term, line: Line) -> float:
        """Return how high a line is: as its rows, where it is broken."""
        style = self.document.style
        _, right = side_boxes((left, line.right), style)
        broken = rows(right, RIGHT * self.paper.width)
        if len(broken) == 1:
            return self._formula(Formula((left, line.right), (line.sign,)))
        return sum(HEIGHT * extent(row).height + BETWEEN / 2 for row in broken)

    def _table(self, block: Table) -> Iterator[Piece]:
        """Yield a table, or parts of it, each with the header, where it is higher than a slide."""
        typesetter = Typesetter(self.document)
        heights = [ROWS[max(row_height(typesetter.text(cell)) for cell in row)] for row in block.rows]
        room = self.paper.height - sum(piece.height for piece in self._held)
        parts = -int(-sum(heights) // (self.paper.tables * room))
        each = -(-len(block.rows) // parts)
        for start in range(0, len(block.rows), each):
            part, high = block.rows[start : start + each], sum(heights[start : start + each]) + ROWS[1]
            around = self.paper.around * (1 + len(part))
            high = high + around if around else min(high, PICTURE)
            yield Piece(replace(block, rows=part), high, breaks=True)
