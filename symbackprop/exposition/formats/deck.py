"""A deck: a presentation with reveal.js in one file, which needs no network. It opens in any browser.

slides.html              arrow keys go on, S opens what the speaker says, O the overview, T turns light into dark
slides.html?print-pdf    the same for printing, a slide on each page

    <section> <div class="frame"> <header> … <div class="body"> … </div> <aside class="notes"> … </aside> </section>

Lines of a derivation come one by one, the left side of the first before its right side; a path lights up part by part.
What is still to come has its room already, so nothing moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from math import inf

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Code, Display, Document, Figure, Formula, Note, Prose, Steps, Text, lefts_of
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture, stages, told_after
from symbackprop.exposition.formats import FORMATS, LABELS, Files, Format
from symbackprop.exposition.linebreaking import width
from symbackprop.exposition.mathtext.layout import lay_out
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.measuring import Sheet
from symbackprop.exposition.paging.slides import SHEETS, Part, Slide, opened, paged, shown_lines
from symbackprop.exposition.web.assets import asset, font_face, policy, reveal, style
from symbackprop.exposition.web.blocks import BlockWriter
from symbackprop.exposition.web.chain import chain_html
from symbackprop.exposition.web.controls import offer, theme_button
from symbackprop.exposition.web.drawing import drawn
from symbackprop.exposition.web.formulas import Room, lone, step_rows
from symbackprop.exposition.web.markup import NOTHING, Attributes, element, joined, text, words
from symbackprop.frozen import dataclass

# the size of a slide in pixels, and the room for a line of mathematics in em
SIZES = {"16:9": ((1280, 720), Room(beside=24.0, whole=34.0)), "4:3": ((960, 720), Room(beside=15.0, whole=24.0))}
SCRIPTS = ("theme.js", "copy.js", "speaker.js", "deck.js")
LAST = inf  # after any layer
PARTS = "path"  # what the ids of the parts of the network begin with, or the name of the numbers in it

_ON_PATH = re.compile(r'<g class="([a-z-]+ on-path)" id="[a-z]+-([A-Za-z]+)_(\d+)')


def write(derivation: Derivation | None, document: Document, options: Options) -> Files:
    """Return the presentation."""
    size, room = SIZES[options.aspect]
    deck = Deck(document.slides, room, sheet=SHEETS[options.aspect])
    language = deck.language
    library, script = reveal("reveal.js"), "".join(map(asset, SCRIPTS))
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{text(policy(library, script))}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="author" content="{text(document.author)}">' if document.author else "",
        element("title", text(document.title)),
        element("style", "\n".join((reveal("reset.css"), reveal("reveal.css"), font_face()))),
        element("style", "\n" + style("deck.css")),
    ]
    slides = element("div", "\n".join(deck.slides()), {"class": "slides"})
    wishes = {
        "class": "reveal",
        "role": "main",
        "data-width": str(size[0]),
        "data-height": str(size[1]),
        "data-pages": options.steps,
        "data-notes": language.words("deck.notes"),
        "data-next": language.words("deck.next"),
        "data-blocked": language.words("deck.blocked"),
    }
    body = [
        element("div", slides, wishes),
        theme_button(language),
        offer(language),
        element("script", library),
        element("script", script, {"type": "module"}),
    ]
    lines = ["<!DOCTYPE html>", f'<html lang="{document.language}">', "<head>", *filter(None, head), "</head>"]
    return {"slides.html": "\n".join([*lines, "<body>", *body, "</body>", "</html>", ""])}


def at(click: int) -> Attributes:
    """Return what makes an element appear with a click; those of click 0 are there at once."""
    return {"class": "fragment", "data-fragment-index": str(click)} if click else NOTHING


@dataclass(frozen=True)
class Deck(BlockWriter):
    """Writes the slides of one document."""

    sheet: Sheet = field(kw_only=True)
    page: bool = False
    link: str = "#/section-"

    def slides(self) -> Iterator[str]:
        """Yield the title, then the slides of each topic."""
        first = opened(self.document)
        question = element("p", self.text(first.question), {"class": "question"}) if first.said else ""
        byline = [element("p", words(part)) for part in (self.document.author, self.document.date) if part]
        title = element("h1", words(self.document.title)) + question + "".join(byline)
        whole = element("div", title, {"class": "title"}) + self._notes(first.said)
        yield element("section", whole, {"class": "opening"})
        yield from map(self._slide, paged(self.document, self.sheet))

    def _slide(self, slide: Slide) -> str:
        topic = slide.topic
        number = str(self.document.sections[topic.section.key])
        section = text(number) if topic.own else f"{text(number)} · {self.text(topic.section.text)}"
        head = element("p", section, {"class": "section"}) + element("h2", self.text(topic.title))
        content = element("div", "\n".join(self._parts(slide)), {"class": "content"})
        body = element("div", content, {"class": "body"})
        name = {"id": f"section-{topic.section.key}"} if topic.begins and slide.first else NOTHING
        shown = element("div", element("header", head) + "\n" + body, {"class": "frame"})
        return element("section", shown + self._notes(slide.said), name)

    def _notes(self, said: Sequence[Text]) -> str:
        paragraphs = "".join(element("p", self.text(words)) for words in said)
        return element("aside", paragraphs, {"class": "notes"}) if paragraphs else ""

    def _parts(self, slide: Slide) -> Iterator[str]:
        """Yield what stands on a slide."""
        for source, parts in slide.groups:
            if source is not None:
                yield self._revealed(source, parts, slide.asked(parts[0]))
            else:
                yield from map(self._part, parts)

    def _part(self, part: Part) -> str:
        block, comes = part.block, at(part.click)
        match block:
            case Prose(words):
                return element("p", self.text(words), comes)
            case Display() | Note() | Code():
                return element("div", self.block(block), comes)
            case Figure():
                waits = told_after(block.picture)
                picture = element("div", self._drawn(block, part.click), {"class": "drawing"})
                return self.captioned(picture, block, at(waits and part.click + waits))
        return self.block(block)

    def _drawn(self, figure: Figure, click: int) -> str:
        """Return a picture, there from the beginning, and what it shows later, click by click."""
        picture = figure.picture
        if isinstance(picture, ChainPicture):
            return chain_html(picture, self.style, figure.alt, step=lambda place: at(click + place))
        parts = f"{picture.numbers or PARTS}-" if isinstance(picture, NetworkPicture) else ""
        whole = drawn(figure, self.document, parts)
        return _lit(whole, picture, click) if isinstance(picture, NetworkPicture) else whole

    def _revealed(self, source: Steps, parts: Sequence[Part], asked: int) -> str:
        """Return lines that come one by one; the left side of the first is `asked` for before its right side."""
        again = shown_lines(parts)
        items: list[str] = []
        for row, line, part in zip(step_rows(Steps(again), self.style, self.room), again, parts, strict=True):
            kind, reason = {"class": "line" + " wide" * row.wide}, self.text(line.reason)
            if items or asked == part.click:
                items.append(element("li", self.line(row, reason), joined(kind, at(part.click))))
            else:
                items.append(element("li", self.line(row, reason, at(part.click)), joined(kind, at(asked))))
        if len(again) < len(source.lines):
            items.append(self._ghost(source))
        return element("ol", "\n".join(items), {"class": "steps"})

    def _ghost(self, source: Steps) -> str:
        """Return the widest left side of steps that go on elsewhere, so that their signs stand where they stood."""
        widest = max(dict.fromkeys(lefts_of(source)), key=lambda left: width(lay_out(left, self.style)))
        left = element("div", lone(Formula((widest,)), self.style), {"class": "left"})
        return element("li", left, {"class": "line ghost", "aria-hidden": "true"})


def _lit(drawn: str, picture: NetworkPicture, click: int) -> str:
    """Return a network whose path is lit from layer to layer, each stage with a click after the given one."""
    starts = sorted({_start(letter, int(number)) for _, letter, number in _ON_PATH.findall(drawn) if letter != "a"})
    back = picture.numbers == "back"
    assert len(starts) == stages(picture)

    def lit(found: re.Match[str]) -> str:
        place = _start(found[2], int(found[3]))
        stage = sum(start >= place if back else start <= place for start in starts)
        return found[0].replace(found[1], f'{found[1]} fragment custom" data-fragment-index="{click + stage}', 1)

    return _ON_PATH.sub(lit, drawn)


def _start(letter: str, number: int) -> float:
    """Return where an edge of the path begins, counted in layers; what it leads to is just before its own place."""
    return number + {"w": -1.0, "in": -0.5, "a": -0.1, "out": 0.0, "C": LAST}[letter]


FORMATS.add("deck", Format("deck", "slides.html", write, follows=LABELS | {"aspect", "steps"}, alone=True))
