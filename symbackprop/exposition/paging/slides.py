"""Document, sheet -> slides: what stands on each, in which order it comes, and what the speaker says meanwhile.

Heading, Prose, Steps(5 lines), Display  ->  Slide(topic, (sentence, line, line)), Slide(topic, (line, …, result))

Prose is shortened to a sentence or two before mathematics and told in full by the speaker. Lines of a derivation come
one by one, its last one with the result; a calculation, whose lines have no reasons, goes on where there is room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import TypeAlias

from symbackprop.exposition.document import (
    Block,
    Code,
    Display,
    Document,
    Emphasis,
    Figure,
    Heading,
    Line,
    Note,
    Prose,
    Steps,
    Table,
    Text,
    lefts_of,
)
from symbackprop.exposition.figures.layout import ChainPicture, stages
from symbackprop.exposition.paging.cutting import Piece, cut
from symbackprop.exposition.paging.measuring import HEADER, Measure, Sheet
from symbackprop.exposition.paging.topics import LINE, ROOM, Topic, gist, is_written, opening, topics
from symbackprop.frozen import dataclass

SHEETS: Mapping[str, Sheet] = MappingProxyType({"16:9": Sheet(41.0, 18.4), "4:3": Sheet(31.0, 18.6)})
PICTURE, CHAIN = 14.0, 9.0  # em, for what is scaled to the room it gets
FULLER = 1.2  # how much more than its room a slide may hold, to be set a little smaller
WRITTEN = 1.35  # the same of a topic whose words were written for one slide
SMALLER_TABLE = 1.25  # how much more than its room a table may hold


@dataclass(frozen=True, slots=True)
class Part:
    """What stands on a slide in one piece: a block, a part of a table, or one line of the steps `source`.

    It is `height` em high and comes with a click, 0 for what is there at once; a picture then takes as many more as it
    has stages. A line says its left side; `below` is what it says below the one before where both have the same."""

    block: Block
    height: float
    click: int = 0
    source: Steps | None = None
    below: Line | None = None


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide of a topic: what stands on it, from the top, and the paragraphs that are said while it is shown."""

    topic: Topic
    parts: tuple[Part, ...]
    said: tuple[Text, ...] = ()
    first: bool = True

    @property
    def height(self) -> float:
        """How high everything on it is."""
        return sum(part.height for part in self.parts)

    @property
    def groups(self) -> Iterator[tuple[Steps | None, tuple[Part, ...]]]:
        """The parts, lines of the same steps together."""
        return ((source, tuple(parts)) for source, parts in groupby(self.parts, key=lambda part: part.source))

    def asked(self, part: Part) -> int:
        """Return the click with which the left side of a first line comes: one earlier if what is above is there."""
        place = next(place for place, each in enumerate(self.parts) if each is part)
        return max(part.click - 1, self.parts[place - 1].click if place else 0)

    def rest(self, part: Part, room: float) -> float:
        """Return what a room leaves for a part beside all others."""
        return room - self.height + part.height


@dataclass(frozen=True, slots=True)
class Opening:
    """The first slide: the question below the title, and what is said with it."""

    question: Text = ()
    said: tuple[Text, ...] = ()


def opened(document: Document) -> Opening:
    """Return what stands below the title, and what is said while it is shown."""
    told = [block for block in opening(document) if isinstance(block, Prose)]
    return Opening(gist(told[0], document), tuple(block.text for block in told)) if told else Opening()


def shown_lines(parts: Sequence[Part]) -> tuple[Line, ...]:
    """Return lines of steps that stand below one another on one slide, the first of them with its left side."""
    lines = [line for part in parts if isinstance(part.block, Steps) for line in part.block.lines]
    return tuple((place and part.below) or line for place, (part, line) in enumerate(zip(parts, lines, strict=True)))


@dataclass(frozen=True, slots=True)
class _Content:
    """A part, what is said of it, and whether it comes with a click of its own."""

    part: Part
    said: tuple[Text, ...] = ()
    reveal: bool = False


_Piece: TypeAlias = Piece[_Content]


def paged(document: Document, sheet: Sheet) -> tuple[Slide, ...]:
    """Return the slides after the title, in order."""
    done: list[Slide] = []
    pager = _Pager(document, sheet)
    for topic in topics(document):
        fuller = WRITTEN if any(map(is_written, topic.blocks)) else FULLER
        said, first = topic.before, True
        for share in cut(pager.pieces(topic.blocks), fuller * sheet.height):
            said += tuple(text for piece in share for text in piece.content.said)
            if parts := tuple(_parts(share)):
                done.append(Slide(topic, parts, said, first))
                said, first = (), False
            elif done:  # only something to say: it is said on the slide before
                done[-1] = replace(done[-1], said=(*done[-1].said, *said))
                said = ()
    return tuple(done)


def _parts(pieces: Sequence[_Piece]) -> Iterator[Part]:
    """Yield what is seen of pieces, each with the click with which it comes."""
    click = 0
    for place, piece in enumerate(piece for piece in pieces if piece.height):
        click += piece.content.reveal and place > 0
        yield replace(piece.content.part, click=click)
        block = piece.content.part.block
        click += stages(block.picture) if isinstance(block, Figure) else 0


@dataclass(frozen=True)
class _Pager:
    """Makes pieces of the blocks of one document."""

    document: Document
    sheet: Sheet

    @property
    def measure(self) -> Measure:
        return Measure(self.document, self.sheet)

    def pieces(self, blocks: Sequence[Block]) -> list[_Piece]:
        """Return the pieces of the blocks below one heading."""
        done: list[_Piece] = []
        around = zip((None, *blocks), blocks, (*blocks[1:], None), (*blocks[2:], None, None), strict=False)
        for before, block, following, then in around:
            pieces = list(self._block(block, following))
            if not pieces:
                continue
            if isinstance(following, Table) and len(done) == 1 and isinstance(before, Prose) and done[0].height:
                done[0], pieces[0] = replace(done[0], held=True), replace(pieces[0], breaks=False)
            if isinstance(block, Steps):
                pieces[0] = replace(pieces[0], breaks=_is_result(before))  # after a result, something new begins
                result = _is_result(following)  # it stays with its line, or goes along with what is said of its signs
                pieces[-1] = replace(pieces[-1], held=result and not isinstance(then, Prose))
                if not _reasoned(block):
                    pieces = _together(pieces, self.sheet.height)
            if (isinstance(block, Steps) and is_written(before)) or (_is_result(block) and isinstance(before, Steps)):
                # the first line comes with the sentence that leads to it, a result with the last line, which it repeats
                pieces[0] = replace(pieces[0], content=replace(pieces[0].content, reveal=False))
            done += pieces
        return done

    def _block(self, block: Block, following: Block | None) -> Iterator[_Piece]:
        match block:
            case Prose():
                yield self._prose(block, following)
            case Steps():
                yield from self._steps(block)
            case Table():
                yield from self._table(block)
            case Figure(picture):
                yield _piece(Part(block, CHAIN if isinstance(picture, ChainPicture) else PICTURE))
            case Display():
                yield _piece(Part(block, self.measure.display(block)), reveal=True)
            case Note():
                yield _piece(Part(block, self.measure.note(block)), reveal=True)
            case Code():
                yield _piece(Part(block, self.measure.code(block)), reveal=True)
            case Heading():
                return

    def _prose(self, block: Prose, following: Block | None) -> _Piece:
        """Return the gist of a paragraph, before what it leads to or after what it closes."""
        shown = gist(block, self.document, LINE if isinstance(following, Table) else ROOM)
        leads = isinstance(following, Display | Steps | Figure | Table)
        written = is_written(block)  # a topic whose slides are written out is cut only where it has no room
        opens = isinstance(following, Figure | Table) or (isinstance(following, Steps) and _reasoned(following))
        part = Part(Prose(shown), self.measure.prose(shown))
        content = _Content(part, (block.text,), reveal=not leads and not written)
        breaks = opens and not written
        return Piece(content, part.height, breaks=breaks, held=leads, optional=bool(shown) and not leads)

    def _steps(self, block: Steps) -> Iterator[_Piece]:
        """Yield the lines; those with one left side are better not torn."""
        lefts, sign = lefts_of(block), "="
        for place, (left, line, after) in enumerate(zip(lefts, block.lines, (*lefts[1:], None), strict=True)):
            sign = sign if line.left is None else line.sign
            again = "<-" if sign == "<-" else line.sign  # 'w <- b, = c' says 'w <- c', but 'd := b, = c' says 'd = c'
            height = self.measure.line(left, line, first=not place)
            whole, below = replace(line, left=left, sign=again), None if line.left is not None else line
            part = Part(Steps((whole,)), height, source=block, below=below)
            yield replace(_piece(part, reveal=True), chained=left == after)

    def _table(self, block: Table) -> Iterator[_Piece]:
        """Yield a table, or parts of it, each with the header, where it is higher than a slide.

        A name over some of its rows, such as that of a layer, begins a part and does not end one."""
        heights = self.measure.rows(block)
        parts = -int(-sum(heights) // (SMALLER_TABLE * self.sheet.height))
        each = -(-len(block.rows) // max(1, parts))
        starts = {start - _is_name(block.rows[start - 1]) for start in range(each, len(block.rows), each)}
        for start, end in pairwise(sorted({0, *starts, len(block.rows)})):
            part = replace(block, rows=block.rows[start:end])
            yield replace(_piece(Part(part, HEADER + sum(heights[start:end]))), breaks=start > 0)


def _piece(part: Part, *, reveal: bool = False) -> _Piece:
    """Return a part as a piece; a table takes no more room than a picture, as it is made smaller."""
    height = min(part.height, PICTURE) if isinstance(part.block, Table) else part.height
    return Piece(_Content(part, reveal=reveal), height)


def _is_name(row: tuple[Text, ...]) -> bool:
    """Tell whether a row of a table is the name of those below it."""
    return not any(row[1:]) and any(isinstance(segment, Emphasis) for segment in row[0])


def _is_result(block: Block | None) -> bool:
    return isinstance(block, Display) and block.key


def _reasoned(block: Steps) -> bool:
    """Tell whether steps are those of a derivation, which has a slide of its own; a calculation gives no reasons."""
    return any(line.reason for line in block.lines)


def _together(pieces: Sequence[_Piece], room: float) -> list[_Piece]:
    """Return the lines of a calculation, none of which is alone on a slide if two have room."""
    done = list(pieces)
    for place in {0, len(pieces) - 2} & set(range(len(pieces) - 1)):
        chain = pieces[place if place > 1 else 0 : place + 2]
        done[place] = replace(pieces[place], held=sum(piece.height for piece in chain) <= room)
    return done
