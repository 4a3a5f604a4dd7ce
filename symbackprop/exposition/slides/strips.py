"""Blocks -> strips: one line of a slide each, measured, with what the speaker says while it is shown.

Prose is shortened to a sentence or two before mathematics and told in full in the notes. Steps come one by one, their
signs under one another, the reasons beside them in a column, or below where an equation needs the whole width.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from symbackprop.exposition.document import (
    Block,
    Code,
    Display,
    Document,
    Figure,
    Formula,
    Heading,
    Note,
    Prose,
    Steps,
    Table,
    Text,
)
from symbackprop.exposition.figures.layout import ChainPicture
from symbackprop.exposition.slides.chains import chain_places
from symbackprop.exposition.slides.digest import digest
from symbackprop.exposition.slides.equations import (
    INDENT,
    Column,
    Row,
    Written,
    display_row,
    lone,
    sign_place,
    step_rows,
)
from symbackprop.exposition.slides.measures import LOOKS, text_height
from symbackprop.exposition.slides.pages import (
    Area,
    Placed,
    PlacedEquation,
    PlacedFigure,
    PlacedFrame,
    PlacedText,
    Strip,
)
from symbackprop.exposition.slides.richtext import latex_runs, plain, runs
from symbackprop.exposition.slides.tables import table_strips

__all__ = ["Stripper"]

REASONS = 0.25  # of the width, for the reasons beside the steps
FRAME = 9.0  # points between a framed equation and its frame
CLOSE = 3.0  # points between the rows of one line


@dataclass(frozen=True)
class Stripper:
    """Makes strips for one document and the area below the titles."""

    document: Document
    body: Area

    def strips(self, blocks: Sequence[Block]) -> list[Strip]:
        """Return the strips of the blocks below one heading."""
        pairs = zip(blocks, [*blocks[1:], None], strict=True)
        return [strip for block, following in pairs for strip in self._block(block, following)]

    def _block(self, block: Block, following: Block | None) -> Iterable[Strip]:
        match block:
            case Prose():
                return self._prose(block, following)
            case Display():
                return self._rows([display_row(block, self.document, self._column)])
            case Steps():
                return self._rows(step_rows(block, self.document, self._column))
            case Note():
                return [self._words((*block.title, ". ", *block.text), "small", reveal=True)]
            case Code():
                return [self._words((block.text,), "small")]
            case Figure():
                return self._figure(block)
            case Table():
                return table_strips(block, self.document, self.body)
            case Heading():
                return []

    @property
    def _column(self) -> Column:
        return Column((1 - REASONS) * self.body.width - 14, self.body.width)

    def _prose(self, block: Prose, following: Block | None) -> Iterator[Strip]:
        """Yield the gist of a paragraph, before what it leads to or after what it closes; the notes have all of it."""
        leads = isinstance(following, Display | Steps | Figure | Table)
        gist = digest(block.text, self.document)
        notes = (plain(block.text, self.document),)
        if not gist:
            yield Strip(0, (), notes=notes, breaks=isinstance(following, Steps | Figure | Table), held=leads)
            return
        strip = self._words(gist, "body", reveal=not leads)
        opens = isinstance(following, Steps | Figure | Table)
        yield replace(strip, notes=notes, breaks=opens, held=leads, optional=not leads)

    def _words(self, text: Text, look: str, *, reveal: bool = False) -> Strip:
        """Return a paragraph over the full width."""
        said = plain(text, self.document)
        height = text_height(len(said), self.body.width, LOOKS[look].size)
        part = PlacedText(Area(self.body.left, 0, self.body.width, height), runs(text, self.document), look)
        return Strip(height, (part,), notes=() if look == "body" else (said,), reveal=reveal)

    def _figure(self, block: Figure) -> Iterator[Strip]:
        """Yield a picture with its caption; it takes the height that a sentence before it leaves."""
        caption = runs(block.caption, self.document)
        below = text_height(sum(len(run.text) for run in caption), self.body.width, LOOKS["caption"].size)
        height = self.body.height - 2 * LOOKS["body"].size * 1.25 - 22
        picture = Area(self.body.left, 0, self.body.width, height - below - 8)
        words = Area(self.body.left, height - below, self.body.width, below)
        parts = (PlacedFigure(picture, block), PlacedText(words, caption, "caption"), *self._rates(block, picture))
        yield Strip(height, parts, notes=(block.alt,))

    def _rates(self, block: Figure, area: Area) -> Iterator[Placed]:
        """Yield what is written below the arrows of a chain, one click after the other, and at last below its brace."""
        chain = block.picture
        if not isinstance(chain, ChainPicture):
            return
        places = chain_places(chain, area)
        below = [*zip((Formula((link.derivative,)) for link in chain.links), places.rates, strict=True)]
        if chain.name is not None and places.name is not None:
            below.append((Formula((chain.name,)), places.name))
        for click, (formula, place) in enumerate(below, start=1):
            shown = lone(formula, self.document, room=place.width)
            left, top = place.left + (place.width - shown.wide) / 2, place.top + (place.height - shown.high) / 2
            yield PlacedEquation(Area(left, top, shown.wide, shown.high), shown.latex, shown.size, shown.alt, click)

    def _rows(self, rows: Sequence[Row]) -> Iterator[Strip]:
        """Yield the lines of mathematics of one block; the first is there at once, if nothing is there before it."""
        sign = self.body.left + sign_place(rows)
        for row in rows:
            again = self._line(row, row.whole, sign)
            going_on = again if row.whole == row.going_on else self._line(row, row.going_on, sign)
            reasons = (plain(row.reason, self.document),) if row.reason else ()
            yield Strip(self._height(row), going_on, again=again, notes=reasons, reveal=True)

    def _line(self, row: Row, shown: Written, sign: float) -> tuple[Placed, ...]:
        """Return an equation, its further rows, its reason and its frame, its sign at its place."""
        margin = FRAME if row.framed else 0.0
        height = self._height(row)
        room = shown.high + sum(CLOSE + each.high for each in row.more)
        top = (height - room) / 2 if row.beside else margin
        left = sign - shown.lead * shown.size + margin
        alt = self._alt(row, shown)
        parts: list[Placed] = [_equation(shown, left, top, alt)]
        y = top + shown.high
        for each in row.more:
            parts.append(_equation(each, sign + INDENT * shown.size, y + CLOSE, _spelt(each)))
            y += CLOSE + each.high
        if row.reason:
            parts.append(self._reason(row, sign, y))
        if row.framed:
            frame = Area(left - margin, 0, max(shown.wide, *(0, *(e.wide for e in row.more))) + 2 * margin, height)
            parts.insert(0, PlacedFrame(frame, row.name))
        return tuple(parts)

    def _reason(self, row: Row, sign: float, below: float) -> PlacedText:
        body, words = self.body, runs(row.reason, self.document)
        if row.beside:
            left = body.left + (1 - REASONS) * body.width
            return PlacedText(Area(left, 0, body.right - left, self._height(row)), words, "reason")
        left = sign + INDENT * row.whole.size
        return PlacedText(Area(left, below, body.right - left, self._reason_height(row)), words, "reason")

    def _reason_height(self, row: Row) -> float:
        width = REASONS * self.body.width if row.beside else 0.75 * self.body.width
        return text_height(len(plain(row.reason, self.document)), width, LOOKS["reason"].size) if row.reason else 0.0

    def _height(self, row: Row) -> float:
        shown = max(row.whole.high, row.going_on.high) + sum(CLOSE + each.high for each in row.more)
        reason = self._reason_height(row)
        return max(shown, reason) if row.beside else shown + reason + 2 * FRAME * row.framed

    def _alt(self, row: Row, shown: Written) -> str:
        said = plain(row.reason, self.document) or row.name
        return f"{said}: {shown.alt}" if said else shown.alt


def _spelt(row: Written) -> str:
    """Return a further row of a broken line in characters."""
    return "".join(run.text for run in latex_runs(row.latex))


def _equation(shown: Written, left: float, top: float, alt: str) -> PlacedEquation:
    return PlacedEquation(Area(left, top, shown.wide, shown.high), shown.latex, shown.size, alt)
