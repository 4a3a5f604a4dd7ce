"""Blocks -> strips: one line of a slide each, measured, with what the speaker says while it is shown.

Prose is shortened to a sentence or two before mathematics and told in full in the notes. Steps come one by one, their
signs under one another, the reasons beside them in a column, or below where an equation needs the whole width.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

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
from symbackprop.exposition.slides.digest import LINE, ROOM, gist
from symbackprop.exposition.slides.equations import Room, display_lines, lone, step_lines
from symbackprop.exposition.slides.lines import line_strips
from symbackprop.exposition.slides.measures import GAP, LOOKS, text_height
from symbackprop.exposition.slides.networks import canvas
from symbackprop.exposition.slides.outline import is_written
from symbackprop.exposition.slides.pages import Area, Placed, PlacedEquation, PlacedFigure, PlacedText, Strip
from symbackprop.exposition.slides.richtext import plain, runs
from symbackprop.exposition.slides.tables import table_strips

__all__ = ["Stripper"]

REASONS = 200.0  # points for the reasons beside the steps, at least
RATE = 24.0  # points, the size of what stands below an arrow
CAPTION = 10.0  # points between a picture and what is written below it


@dataclass(frozen=True)
class Stripper:
    """Makes strips for one document and the area below the titles."""

    document: Document
    body: Area

    def strips(self, blocks: Sequence[Block]) -> list[Strip]:
        """Return the strips of the blocks below one heading."""
        done: list[Strip] = []
        for place, block in enumerate(blocks):
            before, following = (
                blocks[place - 1] if place else None,
                blocks[place + 1] if place + 1 < len(blocks) else None,
            )
            lead = sum(strip.height + GAP for strip in takewhile(lambda strip: strip.held, reversed(done)))
            rest = self.body.height - lead - 1 - self._below(block, blocks[place + 1 :])
            strips = list(self._block(block, following, rest))
            if isinstance(following, Table) and len(done) == 1 and isinstance(before, Prose) and done[0].parts:
                done[0], strips[0] = replace(done[0], held=True), replace(strips[0], breaks=False)
            if isinstance(block, Steps):
                opens, closes = strips[0].breaks or _is_result(before), _is_result(following)
                strips[0] = replace(strips[0], breaks=opens)  # after a result, something new begins
                strips[-1] = replace(strips[-1], held=closes)
                if is_written(before):  # the first line comes with the sentence that leads to it
                    strips[0] = replace(strips[0], reveal=False)
                if not _reasoned(block):
                    strips = _together(strips, rest)
            if _is_result(block) and isinstance(before, Steps):
                strips[0] = replace(strips[0], reveal=False)  # it comes with the last line, which it repeats
            done += strips
        return done

    def _below(self, block: Block, others: Sequence[Block]) -> float:
        """Return the height to be left below a picture, a table or steps for what was written to stand there."""
        if not isinstance(block, Figure | Table | Steps):
            return 0.0
        written = takewhile(lambda other: isinstance(other, Display) or is_written(other), others)
        strips = [strip for other in written for strip in self._block(other, None, self.body.height) if strip.parts]
        return sum(strip.height + GAP for strip in strips)

    def _block(self, block: Block, following: Block | None, rest: float) -> Iterable[Strip]:
        """Return the strips of one block; `rest` is the height that a sentence before it leaves on a slide."""
        match block:
            case Prose():
                return self._prose(block, following)
            case Display():
                return line_strips(display_lines(block, self.document, self._room(rest)), self.document, self.body)
            case Steps():
                return line_strips(step_lines(block, self.document, self._room(rest)), self.document, self.body)
            case Note():
                return [self._words((*block.title, ". ", *block.text), "small", reveal=True)]
            case Code():
                return [self._words((block.text,), "small")]
            case Figure():
                return self._figure(block, rest)
            case Table():
                return table_strips(block, self.document, self.body, rest)
            case Heading():
                return []

    def _prose(self, block: Prose, following: Block | None) -> Iterator[Strip]:
        """Yield the gist of a paragraph, before what it leads to or after what it closes; the notes have all of it."""
        leads = isinstance(following, Display | Steps | Figure | Table)
        shown = gist(block, self.document, LINE if isinstance(following, Table) else ROOM)
        notes = (plain(block.text, self.document),)
        written = is_written(block)  # a topic whose slides are written out is cut only where it has no room
        if not shown:
            opens = isinstance(following, Steps | Figure | Table) and not written
            yield Strip(0, (), notes=notes, breaks=opens, held=leads)
            return
        strip = self._words(shown, "body", reveal=not leads and not written)
        opens = isinstance(following, Figure | Table) or (isinstance(following, Steps) and _reasoned(following))
        yield replace(strip, notes=notes, breaks=opens and not written, held=leads, optional=not leads)

    def _words(self, text: Text, look: str, *, reveal: bool = False) -> Strip:
        """Return a paragraph over the full width."""
        said = plain(text, self.document)
        height = text_height(len(said), self.body.width, LOOKS[look].size)
        part = PlacedText(Area(self.body.left, 0, self.body.width, height), runs(text, self.document), look)
        return Strip(height, (part,), notes=() if look == "body" else (said,), reveal=reveal)

    def _figure(self, block: Figure, rest: float) -> Iterator[Strip]:
        """Yield a picture with its caption right below it."""
        caption = runs(block.caption, self.document)
        below = text_height(sum(len(run.text) for run in caption), self.body.width, LOOKS["caption"].size)
        picture = Area(self.body.left, 0, self.body.width, rest - below - CAPTION)
        if isinstance(block.picture, ChainPicture):
            places = chain_places(block.picture, picture)
            bottom = max(area.bottom for area in (*places.rates, places.name or places.rates[0]))
        else:
            bottom = canvas(block.picture, picture).area.bottom
        words = PlacedText(Area(self.body.left, bottom + CAPTION, self.body.width, below), caption, "caption")
        parts = (PlacedFigure(picture, block), words, *self._rates(block, picture))
        yield Strip(words.area.bottom, parts, notes=(block.alt,))

    def _room(self, height: float) -> Room:
        return Room(self.body.width, height, REASONS, GAP)

    def _rates(self, block: Figure, area: Area) -> Iterator[Placed]:
        """Yield what is written below the arrows of a chain, one click after the other, and at last below its brace."""
        chain = block.picture
        if not isinstance(chain, ChainPicture):
            return
        places = chain_places(chain, area)
        rates = (Formula((link.rate,), roles=((link.rate, link.role),)) for link in chain.links)
        below = [*zip(rates, places.rates, strict=True)]
        if chain.name is not None and places.name is not None:
            below.append((Formula((chain.name,), roles=((chain.name, "error"),)), places.name))
        for click, (formula, place) in enumerate(below, start=1):
            shown = lone(formula, self.document, room=place.width, largest=RATE)
            left, top = place.left + (place.width - shown.wide) / 2, place.top + (place.height - shown.high) / 2
            yield PlacedEquation(Area(left, top, shown.wide, shown.high), shown.latex, shown.size, shown.alt, click)


def _is_result(block: Block | None) -> bool:
    return isinstance(block, Display) and block.key


def _together(strips: Sequence[Strip], rest: float) -> list[Strip]:
    """Return the lines of a calculation, none of which is alone on a slide if two have room in the height `rest`."""
    done = list(strips)
    for place in range(len(strips) - 1):
        chain = strips[place if place > 1 else 0 : place + 2]
        fits = sum(max(strip.height, strip.first) + GAP for strip in chain) - GAP <= rest
        done[place] = replace(strips[place], held=fits and place in (0, len(strips) - 2))
    return done


def _reasoned(block: Steps) -> bool:
    """Tell whether steps are those of a derivation, which has a slide of its own; a calculation gives no reasons."""
    return any(line.reason for line in block.lines)
