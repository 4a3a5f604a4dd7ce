"""Slides: what stands under each heading, shortened to what is shown, one page a step.

A page is filled by Typst, which knows how high everything is. What comes with the next click is there already and
hidden, so that nothing moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice, takewhile

from symbackprop.exposition.document import Block, Display, Document, Figure, Prose, Steps, Table
from symbackprop.exposition.mathtext.typst import literal
from symbackprop.exposition.slides.digest import LINE, ROOM, gist
from symbackprop.exposition.slides.outline import Topic, is_written, opening, topics
from symbackprop.exposition.slides.richtext import plain
from symbackprop.exposition.typst.article import properties
from symbackprop.exposition.typst.blocks import Blocks
from symbackprop.exposition.typst.preamble import FUNCTIONS, SLIDES
from symbackprop.exposition.typst.wording import Wording, worded

__all__ = ["slides"]

SHEETS = {"16:9": (720.0, 405.0), "4:3": (720.0, 540.0)}  # points
MARGINS = 84.0, 60.0  # points of `edge`, left and right together, and above and below
TITLED = 46.0  # points that the title takes
LETTER, LINE_HEIGHT, GAP = 8.8, 23.0, 13.0  # points, of a letter and a line of words, and below a paragraph
DISPLAY_EM, STEP_EM = 36.0, 29.0  # where a line of mathematics is broken
LARGER = 1.25  # points for a pixel of a picture, where there is room
MOST_BELOW = 10  # rows of a table that stands below a sentence; a longer one has a slide to itself


@dataclass(frozen=True, slots=True)
class _Item:
    """What stands on a slide in one piece: whether it comes with a click of its own, and stays with what follows."""

    body: str
    reveal: bool = True
    held: bool = False

    def __str__(self) -> str:
        """Return the item as an argument of `topic`."""
        return f"(body: {self.body}, reveal: {str(self.reveal).lower()}, held: {str(self.held).lower()})"


def slides(document: Document, aspect: str) -> str:
    """Return the slides as the source of Typst; `aspect` is one of the choices of the options."""
    writer = _Slides(document, Blocks(Wording(document, DISPLAY_EM, STEP_EM, linked=False), LARGER))
    width, height = SHEETS[aspect]
    room = (width - MARGINS[0], height - MARGINS[1])
    page = (
        f"#set page(width: {width:g}pt, height: {height:g}pt, margin: edge, footer: context pdf.artifact(align(right,"
    )
    page += " text(size: 10pt, fill: quiet, counter(page).display()))))\n"
    told = list(topics(document))
    levels = accumulate((topic.heading.level for topic in told), lambda above, own: min(own, above + 1), initial=0)
    bodies = [writer.topic(topic, level, room) for topic, level in zip(told, islice(levels, 1, None), strict=True)]
    return f"{properties(document)}{FUNCTIONS}{SLIDES}{page}{writer.title()}{''.join(bodies)}"


@dataclass(frozen=True)
class _Slides:
    """Writes the slides of one document."""

    document: Document
    blocks: Blocks

    def title(self) -> str:
        """Return the first slide: the title, the author, the date, and the gist of what it is about."""
        below = [f"#text(size: 20pt)[{worded(text)}]" for text in (self.document.author, self.document.date) if text]
        first = next((block for block in opening(self.document) if isinstance(block, Prose)), None)
        below_title = self.blocks.wording.text(gist(first, self.document)) if first else ""
        lines = "\n\n".join(
            [f"#title[{worded(self.document.title)}]", *below, f"#v(1em)\n#text(fill: quiet)[{below_title}]"]
        )
        return f"#align(center + horizon)[\n#set par(justify: false)\n{lines}\n]\n"

    def topic(self, topic: Topic, level: int, room: tuple[float, float]) -> str:
        """Return the slides of one topic; a file for everybody has no heading of `level` 2 before one of level 1."""
        items = [item for place in range(len(topic.blocks)) for item in self._items(topic.blocks, place, room)]
        wording, number = self.blocks.wording, literal(f"{self.document.sections[topic.section.key]}\u2002")
        section = f"[#{number};{wording.text(topic.section.text)}]"
        title = section if topic.own else wording.content(topic.title)
        body = "".join(f"  {item},\n" for item in items)
        above = "none" if topic.own else section
        return f"#topic({_room(*room)}, {above}, {title}, {level}, (\n{body}))\n"

    def _items(self, blocks: Sequence[Block], place: int, room: tuple[float, float]) -> Iterator[_Item]:
        block, rest = blocks[place], blocks[place + 1 :]
        match block:
            case Prose():
                leads = next((other for other in rest if not isinstance(other, Prose)), None)
                below = _stands_below(leads)
                held = below or (bool(rest) and isinstance(rest[0], Display | Steps))
                if words := gist(block, self.document, LINE if below else ROOM):
                    body = f"par({self.blocks.wording.content(words)})"
                    yield _Item(body, reveal=block.slide is None, held=held)
            case Steps():
                first, *lines = self._steps(block, bool(rest) and isinstance(rest[0], Display))
                yield from (replace(first, reveal=not is_written(blocks[place - 1])), *lines)
            case Figure() | Table():
                shown = self._natural(block)
                before = takewhile(lambda other: isinstance(other, Prose), reversed(blocks[:place]))
                after = takewhile(is_written, rest)
                others = sum(self._height(other, room[0]) for other in (*before, *after))
                left = _room(room[0], room[1] - TITLED - others * _stands_below(block))
                caption = self.blocks.wording.content(block.caption) if isinstance(block, Figure) else "none"
                yield _Item(f"captioned({left}, {shown}, {caption})", reveal=False)
            case _:
                repeats = isinstance(block, Display) and block.key and isinstance(blocks[place - 1], Steps)
                yield _Item(f"[{self.blocks.block(block)}]", reveal=not repeats)

    def _height(self, block: Block, width: float) -> float:
        """Return about how high the sentences of a paragraph are, with the gap below them."""
        assert isinstance(block, Prose)
        letters = len(plain(gist(block, self.document), self.document))
        return -(-letters // (width / LETTER)) * LINE_HEIGHT + GAP if letters else 0.0

    def _natural(self, block: Figure | Table) -> str:
        """Return a picture or a table as large as it is; what holds it makes it smaller."""
        if isinstance(block, Figure):
            return self.blocks.picture(block, natural=True)
        return self.blocks.table(block, natural=True)

    def _steps(self, block: Steps, result: bool) -> Iterator[_Item]:  # noqa: FBT001 - what follows the steps
        """Yield each line, the last one together with its result; no line of a calculation is alone on a page."""
        lefts, lines = self.blocks.lines(block)
        calculation = not any(line.reason for line in block.lines)
        for place, line in enumerate(lines):
            last = place == len(lines) - 1
            held = (result and last) or (calculation and not last and place in (0, len(lines) - 2))
            step = f"again => pad(left: 1em, step({lefts}, {line}, reasons: 6.2cm, again: again))"
            yield _Item(step, held=held)


def _stands_below(block: Block | None) -> bool:
    """Tell whether a block is shown below the sentences that lead to it, in the room that they leave."""
    return isinstance(block, Figure) or (isinstance(block, Table) and len(block.rows) <= MOST_BELOW)


def _room(width: float, height: float) -> str:
    return f"(width: {width:g}pt, height: {height:g}pt)"
