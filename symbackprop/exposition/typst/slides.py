"""Slides, one page a click: what comes with the next one is there already and hidden, so that nothing moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from symbackprop.exposition.document import Document, Figure, Steps, Table
from symbackprop.exposition.mathtext.typst import literal
from symbackprop.exposition.paging.measuring import RIGHT
from symbackprop.exposition.paging.slides import SHEETS, Part, Slide, opened, paged, shown_lines
from symbackprop.exposition.typst.article import properties
from symbackprop.exposition.typst.blocks import Blocks
from symbackprop.exposition.typst.preamble import FUNCTIONS, SLIDES
from symbackprop.exposition.typst.wording import Wording, worded

__all__ = ["slides"]

SIZES = {"16:9": (720.0, 405.0), "4:3": (720.0, 540.0)}  # points
MARGINS = 84.0, 60.0  # points of `edge`, left and right together, and above and below
TITLED = 46.0  # points that the title takes
LARGER = 1.25  # points for a pixel of a picture, where there is room


def slides(document: Document, aspect: str) -> str:
    """Return the slides as the source of Typst; `aspect` is one of the choices of the options."""
    sheet, (width, height) = SHEETS[aspect], SIZES[aspect]
    wording = Wording(document, RIGHT * sheet.width, RIGHT * sheet.width, linked=False)
    room = (width - MARGINS[0], height - MARGINS[1] - TITLED)
    writer = _Slides(document, Blocks(wording, LARGER), room, room[0] / sheet.width)
    page = (
        f"#set page(width: {width:g}pt, height: {height:g}pt, margin: edge, footer: context pdf.artifact(align(right,"
        " text(size: 10pt, fill: quiet, counter(page).display()))))\n"
        f"#set text(size: {writer.size:.1f}pt)\n"
    )
    told = paged(document, sheet)
    firsts = (slide.topic.heading.level if slide.first else 0 for slide in told)
    levels = list(accumulate(firsts, lambda above, own: min(own or above, above + 1), initial=0))[1:]
    bodies = (writer.slide(slide, level if slide.first else 0) for slide, level in zip(told, levels, strict=True))
    return f"{properties(document)}{FUNCTIONS}{SLIDES}{page}{writer.title()}{''.join(bodies)}"


@dataclass(frozen=True)
class _Slides:
    """Writes the slides of one document; `room` is what is below a title, and `size` that of letters, in points."""

    document: Document
    blocks: Blocks
    room: tuple[float, float]
    size: float

    def title(self) -> str:
        """Return the first slide: the title, the author, the date, and the gist of what it is about."""
        below = [f"#text(size: 20pt)[{worded(text)}]" for text in (self.document.author, self.document.date) if text]
        question = self.blocks.wording.text(opened(self.document).question)
        lines = "\n\n".join(
            [f"#title[{worded(self.document.title)}]", *below, f"#v(1em)\n#text(fill: quiet)[{question}]"]
        )
        return f"#align(center + horizon)[\n#set par(justify: false)\n{lines}\n]\n"

    def slide(self, slide: Slide, level: int) -> str:
        """Return the pages of one slide; the first one of a topic has a heading of the `level`, not 0.

        A file for everybody has no heading of level 2 before one of level 1."""
        topic, wording = slide.topic, self.blocks.wording
        number = literal(f"{self.document.sections[topic.section.key]}\u2002")
        section = f"[#{number};{wording.text(topic.section.text)}]"
        title = section if topic.own else wording.content(topic.title)
        above = "none" if topic.own else section
        items = "".join(f"  (click: {click}, body: {body}),\n" for click, body in self._items(slide))
        return f"#slide({_room(*self.room)}, {above}, {title}, {level}, (\n{items}))\n"

    def _items(self, slide: Slide) -> Iterator[tuple[int, str]]:
        """Yield what stands on a slide, with the clicks."""
        for source, parts in slide.groups:
            if source is not None:
                yield from zip((part.click for part in parts), self._steps(source, parts), strict=True)
            else:
                yield from ((part.click, self._part(part, slide)) for part in parts)

    def _part(self, part: Part, slide: Slide) -> str:
        block = part.block
        if not isinstance(block, Figure | Table):
            return f"[{self.blocks.block(block)}]"
        left = _room(self.room[0], slide.rest(part, self.room[1] / self.size) * self.size)
        if isinstance(block, Figure):
            caption = self.blocks.wording.content(block.caption)
            return f"captioned({left}, {self.blocks.picture(block, natural=True)}, {caption})"
        return f"captioned({left}, {self.blocks.table(block, natural=True)}, none)"

    def _steps(self, source: Steps, parts: Sequence[Part]) -> Iterator[str]:
        lefts, _ = self.blocks.lines(source)
        _, lines = self.blocks.lines(Steps(shown_lines(parts)))
        return (f"pad(left: 1em, step({lefts}, {line}, reasons: 6.2cm))" for line in lines)


def _room(width: float, height: float) -> str:
    return f"(width: {width:g}pt, height: {height:g}pt)"
