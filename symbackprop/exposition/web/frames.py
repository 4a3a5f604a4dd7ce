"""Slides in HTML: what stands on each, what appears with which click, and what the speaker says.

    <section> <div class="frame"> <header> … <div class="body"> … </div> <aside class="notes"> … </aside> </section>

Lines of a derivation come one by one, the left side of the first before its right side; a path lights up part by part.
What is still to come has its room already, so nothing moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from symbackprop.exposition.document import (
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
    lefts_of,
)
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture
from symbackprop.exposition.figures.svg import Drawing, svg
from symbackprop.exposition.linebreaking import width
from symbackprop.exposition.mathtext.layout import lay_out
from symbackprop.exposition.slides.digest import gist
from symbackprop.exposition.slides.outline import Topic, opening, topics
from symbackprop.exposition.typesetting.pouring import Frame, Paper, Piece, poured, shown_lines
from symbackprop.exposition.web.blocks import BlockWriter
from symbackprop.exposition.web.chain import chain_html
from symbackprop.exposition.web.fitting import Fitter
from symbackprop.exposition.web.formulas import Room, lone, step_rows
from symbackprop.exposition.web.markup import NOTHING, Attributes, element, joined, text, words

__all__ = ["Deck"]

HEIGHT = 19.4  # em below the title of a slide, as the style sheet has it
LAST = 10**6  # after any layer
PARTS = "path-"  # what the ids of the parts of the network begin with

_ON_PATH = re.compile(rf'<g class="([a-z-]+ on-path)" id="{PARTS}([A-Za-z]+)_(\d+)')


def at(click: int) -> Attributes:
    """Return what makes an element appear with a click; those of click 0 are there at once."""
    return {"class": "fragment", "data-fragment-index": str(click)} if click else NOTHING


@dataclass(frozen=True)
class Deck:
    """Writes the slides of one document."""

    document: Document
    paper: Paper
    room: Room

    @property
    def writer(self) -> BlockWriter:
        """What writes sentences and blocks."""
        return BlockWriter(self.document, self.room, page=False, link="#/section-")

    def slides(self) -> Iterator[str]:
        """Yield the title, then the slides of each topic."""
        openers = [block for block in opening(self.document) if isinstance(block, Prose)]
        said = [block.text for block in openers]
        question = (
            element("p", self.writer.text(gist(openers[0], self.document)), {"class": "question"}) if openers else ""
        )
        byline = [element("p", words(part)) for part in (self.document.author, self.document.date) if part]
        title = element("h1", words(self.document.title)) + question + "".join(byline)
        yield element("section", element("div", title, {"class": "title"}) + self._notes(said), {"class": "opening"})
        for topic in topics(self.document):
            frames = Fitter(self.document, self.room, HEIGHT).fitted(poured(topic.blocks, self.document, self.paper))
            for place, frame in enumerate(frames):
                told = frame if place else replace(frame, said=(*topic.before, *frame.said))
                yield self._slide(topic, told, first=not place)

    def _slide(self, topic: Topic, frame: Frame, *, first: bool) -> str:
        number = str(self.document.sections[topic.section.key])
        section = text(number) if topic.own else f"{text(number)} · {self.writer.text(topic.section.text)}"
        head = element("p", section, {"class": "section"}) + element("h2", self.writer.text(topic.title))
        content = element("div", "\n".join(_Filling(self, frame).parts()), {"class": "content"})
        body = element("div", content, {"class": "body"})
        name = {"id": f"section-{topic.section.key}"} if topic.begins and first else NOTHING
        shown = element("div", element("header", head) + "\n" + body, {"class": "frame"})
        return element("section", shown + self._notes(frame.said), name)

    def _notes(self, said: Sequence[Text]) -> str:
        paragraphs = "".join(element("p", self.writer.text(words)) for words in said)
        return element("aside", paragraphs, {"class": "notes"}) if paragraphs else ""


@dataclass
class _Filling:
    """One slide that is being written; `clicks` is the last click that shows something, -1 before anything is there."""

    deck: Deck
    frame: Frame
    clicks: int = -1

    def parts(self) -> Iterator[str]:
        """Yield what stands on the slide."""
        for source, group in groupby(self.frame.pieces, key=lambda piece: piece.source):
            pieces = list(group)
            if source is not None:
                yield self._steps(source, pieces)
            else:
                yield from map(self._piece, pieces)

    def _next(self, piece: Piece | None = None) -> Attributes:
        """Return what makes the next thing appear: nothing if it is the first one, or comes with what is there."""
        self.clicks = max(0, self.clicks) if piece and piece.joined else self.clicks + 1
        return at(self.clicks)

    def _piece(self, piece: Piece) -> str:
        writer, block = self.deck.writer, piece.block
        match block:
            case Prose(words):
                return element("p", writer.text(words), self._next(piece)) if words else ""
            case Display() | Note() | Code():
                return element("div", writer.block(block), self._next(piece))
            case Figure():
                return self._figure(block)
            case Table():
                self.clicks = max(self.clicks, 0)
                return writer.block(block)
            case Steps() | Heading():
                return ""

    def _figure(self, figure: Figure) -> str:
        """Return a picture, there from the beginning, and what it shows later, click by click."""
        start, writer, picture = max(self.clicks, 0), self.deck.writer, figure.picture
        if isinstance(picture, ChainPicture):
            drawn = chain_html(picture, writer.style, figure.alt, step=lambda place: at(start + place))
            self.clicks = start + len(picture.links) + (picture.named is not None)
        elif isinstance(picture, GraphPicture):
            drawn = svg(picture, self.deck.document, figure.alt, Drawing(letters="text"))
        else:
            drawn, clicks = self._network(picture, figure.alt, start)
            self.clicks = start + clicks
        return writer.captioned(element("div", drawn, {"class": "drawing"}), figure)

    def _network(self, picture: NetworkPicture, alt: str, start: int) -> tuple[str, int]:
        """Return the network, its path lit from layer to layer, and how many clicks that takes."""
        drawn = svg(picture, self.deck.document, alt, Drawing(letters="text", parts=PARTS))
        found = {_stage(letter, int(number)) for _, letter, number in _ON_PATH.findall(drawn)}
        stages = sorted(found, reverse=picture.numbers == "back")  # the errors come from the cost
        clicks = {stage: start + place for place, stage in enumerate(stages, start=1)}

        def lit(found: re.Match[str]) -> str:
            click = clicks[_stage(found[2], int(found[3]))]
            return found[0].replace(found[1], f'{found[1]} fragment custom" data-fragment-index="{click}', 1)

        return _ON_PATH.sub(lit, drawn), len(stages)

    def _steps(self, source: Steps, pieces: Sequence[Piece]) -> str:
        """Return lines that come one by one; the left side of the first is there before its right side."""
        writer = self.deck.writer
        again = shown_lines(pieces)
        items: list[str] = []
        for row, line in zip(step_rows(Steps(again), writer.style, self.deck.room), again, strict=True):
            kind, reason = {"class": "line" + " wide" * row.wide}, writer.text(line.reason)
            comes = self._next(pieces[len(items)])
            if items or self.clicks < 1:
                items.append(element("li", writer.line(row, reason), joined(kind, comes)))
            else:
                items.append(element("li", writer.line(row, reason, comes), kind))
        if len(again) < len(source.lines):
            items.append(self._ghost(source))
        return element("ol", "\n".join(items), {"class": "steps"})

    def _ghost(self, source: Steps) -> str:
        """Return the widest left side of steps that go on elsewhere, so that their signs stand where they stood."""
        style = self.deck.document.style
        widest = max(dict.fromkeys(lefts_of(source)), key=lambda left: width(lay_out(left, style)))
        left = element("div", lone(Formula((widest,)), style), {"class": "left"})
        return element("li", left, {"class": "line ghost", "aria-hidden": "true"})


def _stage(letter: str, number: int) -> int:
    """Return when a part of a path is reached: a weight before its neuron, the way to the cost after all layers."""
    if letter == "C":
        return LAST
    return 2 * number + {"in": -1, "w": -1, "a": 0, "out": 1}[letter]
