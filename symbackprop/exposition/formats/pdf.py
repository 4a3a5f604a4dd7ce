"""PDF without TeX: the article and the slides, set by Typst, tagged, with what is read aloud for every formula.

    article.pdf    the article; not derivation.pdf, which pdflatex makes of derivation.tex in the same folder
    talk.pdf       slides, one page a step; nothing moves from one to the next

Typst brings its fonts along and reads nothing from this computer or from the network, so that a file is the same
wherever it is made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import accumulate
from typing import Literal

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.errors import SpecError
from symbackprop.exposition.document import Display, Document, Figure, Steps, Table
from symbackprop.exposition.formats import FORMATS, LABELS, Files, Format
from symbackprop.exposition.mathtext.typst import literal
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.measuring import RIGHT
from symbackprop.exposition.paging.slides import SHEETS, Part, Slide, opened, paged, shown_lines
from symbackprop.exposition.paging.topics import leads
from symbackprop.exposition.typst.preamble import ARTICLE, FUNCTIONS, SLIDES
from symbackprop.exposition.typst.writer import TypstWriter, worded
from symbackprop.frozen import dataclass

STANDARD: Literal["ua-1"] = (
    "ua-1"  # tagged, for readers of the screen; no letter without a font, no formula without words
)

_NO_FONT = re.compile(r"text `\"(.*)\"` could not be displayed")
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
SIZES = {"16:9": (720.0, 405.0), "4:3": (720.0, 540.0)}  # points
MARGINS = 84.0, 60.0  # points of `edge`, left and right together, and above and below
TITLED = 46.0  # points that the title takes
LARGER = 1.25  # points for a pixel of a picture, where there is room


def write(derivation: Derivation | None, document: Document, options: Options) -> Files:
    """Return the article and the slides.

    Raises SpecError for a title, an author or a date with a character that is in none of the fonts."""
    sources = {"article.pdf": article(document), "talk.pdf": slides(document.slides, options.aspect)}
    return {name: compiled(source, document) for name, source in sources.items()}


def compiled(source: str, document: Document) -> bytes:
    """Return what Typst makes of a source; raises SpecError for text of the user's that it cannot show."""
    import typst

    try:
        return bytes(typst.compile(source.encode(), ignore_system_fonts=True, pdf_standards=STANDARD))
    except typst.TypstError as error:
        if refusal := _refusal(error.message, document):
            raise refusal from None
        raise


def _refusal(message: str, document: Document) -> SpecError | None:
    """Return what is wrong with a title, an author or a date, if the message is about a letter in one of them."""
    found = _NO_FONT.search(message)
    shown = _ESCAPE.sub(lambda code: chr(int(code[1], 16)), found[1]) if found else ""
    for what in ("title", "author", "date"):
        text = getattr(document, what) or ""
        if shown and shown in text:
            place, letter = text.index(shown) + 1, shown[0]
            name = unicodedata.name(letter, "a character without a name")
            return SpecError(
                f"{what} {text[:40]!a}, character {place}: U+{ord(letter):04X} ({name}) is in none of the fonts that "
                "Typst brings along; write it in Latin letters, or take html, docx, pptx or markdown"
            )
    return None


def properties(document: Document) -> str:
    """Return what a file says of itself: its title and author, its language, and no date of its own."""
    author = f", author: {literal(document.author)}" if document.author else ""
    return (
        f"#set document(title: {literal(document.title)}{author}, date: none)\n"
        f"#set text(lang: {literal(document.language)})\n"
    )


def article(document: Document) -> str:
    """Return the whole document as the source of Typst."""
    writer = TypstWriter(document)
    body = []
    for before, block, following in writer.around():
        if isinstance(block, Steps):
            body.append(writer.steps(block, kept=isinstance(following, Display)))
        elif leads(before, block, following):
            body.append(f"#lead[{writer.block(block)}]")
        else:
            body.append(writer.block(block))
    return f"{properties(document)}{FUNCTIONS}{ARTICLE}\n{_title(document)}" + "\n\n".join(body) + "\n"


def _title(document: Document) -> str:
    below = [worded(text) for text in (document.author, document.date) if text]
    lines = "".join(f"  #v(0.5em, weak: true)\n  {text}\n" for text in below)
    return f"#align(center)[\n  #set par(justify: false)\n  #title[{worded(document.title)}]\n{lines}]\n#v(1.2em)\n"


def slides(document: Document, aspect: str) -> str:
    """Return the slides as the source of Typst; `aspect` is one of the choices of the options."""
    sheet, (width, height) = SHEETS[aspect], SIZES[aspect]
    room = (width - MARGINS[0], height - MARGINS[1] - TITLED)
    most = RIGHT * sheet.width
    writer = _Slides(document, most, most, linked=False, scale=LARGER, room=room, size=room[0] / sheet.width)
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
class _Slides(TypstWriter):
    """Writes the slides of one document; `room` is what is below a title, and `size` that of letters, in points."""

    room: tuple[float, float] = field(kw_only=True)
    size: float = field(kw_only=True)

    def title(self) -> str:
        """Return the first slide: the title, the author, the date, and the gist of what it is about."""
        below = [f"#text(size: 20pt)[{worded(text)}]" for text in (self.document.author, self.document.date) if text]
        question = self.text(opened(self.document).question)
        lines = "\n\n".join(
            [f"#title[{worded(self.document.title)}]", *below, f"#v(1em)\n#text(fill: quiet)[{question}]"]
        )
        return f"#align(center + horizon)[\n#set par(justify: false)\n{lines}\n]\n"

    def slide(self, slide: Slide, level: int) -> str:
        """Return the pages of one slide; the first one of a topic has a heading of the `level`, not 0.

        A file for everybody has no heading of level 2 before one of level 1."""
        topic = slide.topic
        number = literal(f"{self.document.sections[topic.section.key]}\u2002")
        section = f"[#{number};{self.text(topic.section.text)}]"
        title = section if topic.own else self.content(topic.title)
        above = "none" if topic.own else section
        items = "".join(f"  (click: {click}, body: {body}),\n" for click, body in self._items(slide))
        return f"#slide({_room(*self.room)}, {above}, {title}, {level}, (\n{items}))\n"

    def _items(self, slide: Slide) -> Iterator[tuple[int, str]]:
        """Yield what stands on a slide, with the clicks."""
        for source, parts in slide.groups:
            if source is not None:
                yield from zip((part.click for part in parts), self._revealed(source, parts), strict=True)
            else:
                yield from ((part.click, self._part(part, slide)) for part in parts)

    def _part(self, part: Part, slide: Slide) -> str:
        block = part.block
        if not isinstance(block, Figure | Table):
            return f"[{self.block(block)}]"
        left = _room(self.room[0], slide.rest(part, self.room[1] / self.size) * self.size)
        if isinstance(block, Figure):
            caption = self.content(block.caption)
            return f"captioned({left}, {self.picture(block, natural=True)}, {caption})"
        return f"captioned({left}, {self.table(block, natural=True)}, none)"

    def _revealed(self, source: Steps, parts: Sequence[Part]) -> Iterator[str]:
        lefts, _ = self.lines(source)
        _, lines = self.lines(Steps(shown_lines(parts)))
        return (f"pad(left: 1em, step({lefts}, {line}, reasons: 6.2cm))" for line in lines)


def _room(width: float, height: float) -> str:
    return f"(width: {width:g}pt, height: {height:g}pt)"


FORMATS.add("pdf", Format("pdf", "article.pdf", write, packages=("typst",), follows=LABELS | {"aspect"}, alone=True))
