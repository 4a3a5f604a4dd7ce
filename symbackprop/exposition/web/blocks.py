"""Every kind of block as HTML, for the page and for the deck, which differ in what is around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, singledispatchmethod
from itertools import count
from typing import Any

from symbackprop.exposition.document import (
    Block,
    Code,
    Display,
    Document,
    Emphasis,
    Figure,
    Formula,
    Note,
    Prose,
    Reference,
    Segment,
    Steps,
    Table,
    Text,
    lone_equation,
)
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture
from symbackprop.exposition.figures.svg import Drawing, svg
from symbackprop.exposition.languages import Language, language_of
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.mathml import html_math
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.web.chain import chain_html
from symbackprop.exposition.web.formulas import Room, Row, display_rows, inline, lone, step_rows
from symbackprop.exposition.web.markup import NOTHING, Attributes, element, joined, text
from symbackprop.exposition.web.markup import words as literal

__all__ = ["BlockWriter"]

FEW_ROWS = 5  # of equations that a slide shows as large as its sentences, or larger
ALIGNED = {"l": "left", "r": "right", "c": "centre", "p": "left"}


@dataclass(frozen=True)
class BlockWriter:
    """Writes the blocks of one document; `room` is that of its lines.

    On a page pictures and tables are counted, and each line has a button for who wants to copy it; what refers to a
    section leads to `link` and the name of the section."""

    document: Document
    room: Room
    page: bool = True
    link: str = "#section-"
    numbers: dict[str, Any] = field(default_factory=lambda: {name: count(1) for name in ("figure", "table", "graph")})

    @cached_property
    def language(self) -> Language:
        """The language of the document, whose names of things are put in once."""
        return language_of(self.document)

    @property
    def style(self) -> Style:
        """How formulas look."""
        return self.document.style

    def text(self, words: Text) -> str:
        """Return a sentence."""
        return "".join(map(self._segment, words))

    def _segment(self, segment: Segment) -> str:
        match segment:
            case Formula():
                return inline(segment, self.style)
            case Emphasis(words):
                return element("em", literal(words))
            case Reference(key):
                return element("a", str(self.document.sections[key]), {"href": self.link + key})
            case str():
                return literal(segment)

    @singledispatchmethod
    def block(self, block: Block) -> str:
        """Return a block; raises TypeError for what is none."""
        raise TypeError(f"no HTML for the block {type(block).__name__}")

    @block.register
    def _(self, block: Prose) -> str:
        return element("p", self.text(block.text))

    @block.register
    def _(self, block: Display) -> str:
        rows = display_rows(block, self.style, self.room)
        lines = "".join(self.line(row, "") for row in rows)
        name = element("span", f"({text(block.name)})", {"class": "name"}) if block.name else ""
        kind = "display" + " key" * block.key + " single" * (len(rows) == 1)
        return element("div", element("div", lines, {"class": "lines"}) + name, {"class": kind})

    @block.register
    def _(self, block: Steps) -> str:
        rows = step_rows(block, self.style, self.room)
        items = [
            element("li", self.line(row, self.text(line.reason)), {"class": "line" + " wide" * row.wide})
            for row, line in zip(rows, block.lines, strict=True)
        ]
        return element("ol", "\n".join(items), {"class": "steps"})

    def line(self, row: Row, reason: str, later: Attributes = NOTHING) -> str:
        """Return the parts of one line, each in its column; `later` is said of all but its left side."""
        first, *others = row.right
        further = (element("div", html_math(written(other)), {"class": "more"}) for other in others)
        broken = element("div", row.with_sign(first)) + "".join(further)
        whole = element("template", row.with_sign(row.whole)) if row.whole else ""
        parts = [
            element("div", html_math(written(row.left)) if row.left else "", {"class": "left"}),
            element("div", broken + whole, joined({"class": "right scroll"}, later)),
            element("div", reason, joined({"class": "reason"}, later)) if reason else "",
            self._copy_button() if self.page else "",
        ]
        return "".join(parts)

    def _copy_button(self) -> str:
        label = self.language.words("page.copy")
        return element("button", "", {"type": "button", "class": "copy", "aria-label": label, "title": label})

    @block.register
    def _(self, block: Figure) -> str:
        return self.captioned(self._picture(block), block)

    def captioned(self, picture: str, figure: Figure) -> str:
        """Return a picture with the number and the caption of a figure."""
        return element("figure", picture + element("figcaption", self._caption("figure", figure.caption)))

    def _picture(self, figure: Figure) -> str:
        if isinstance(figure.picture, ChainPicture):
            drawn = chain_html(figure.picture, self.style, figure.alt)
            return element("div", drawn, {"class": "scroll drawing"})
        lights = self.page and isinstance(figure.picture, GraphPicture) and not figure.picture.cells
        parts = f"graph{next(self.numbers['graph'])}-" if lights else None
        drawn = svg(figure.picture, self.document, figure.alt, Drawing(letters="text", parts=parts))
        return element("div", drawn, {"class": "scroll drawing graph" if lights else "scroll drawing"})

    @block.register
    def _(self, block: Table) -> str:
        kinds = [ALIGNED[column] for column in block.align]
        head = [
            element("th", self.text(c), {"scope": "col", "class": k}) for c, k in zip(block.header, kinds, strict=True)
        ]
        body = "\n".join(self._table_row(row, kinds) for row in block.rows)
        caption = element("caption", self._caption("table", block.caption)) if block.caption else ""
        rows = element("thead", element("tr", "".join(head))) + "\n" + element("tbody", body)
        kind = {"class": "equations"} if block.has_equations and len(block.rows) <= FEW_ROWS else NOTHING
        return element("div", element("table", caption + rows, kind), {"class": "table scroll"})

    def _table_row(self, cells: Sequence[Text], kinds: Sequence[str]) -> str:
        """Return a row; words at its beginning are its header, a formula is none, as not every reader says it."""
        parts = []
        for place, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
            heads = not place and any(not isinstance(segment, Formula) for segment in cell)
            head = {"scope": "row", "class": kind} if heads else {"class": kind}
            parts.append(element("th" if heads else "td", self._cell(cell), head))
        return element("tr", "".join(parts))

    def _cell(self, cell: Text) -> str:
        """Return a cell; an equation that stands alone is set as large as on a line of its own."""
        equation = lone_equation(cell)
        return self.text(cell) if equation is None else lone(equation, self.style)

    def _caption(self, word: str, words: Text) -> str:
        if not self.page:
            return self.text(words)
        name = f"{self.document.words[word]} {next(self.numbers[word])}."
        return f"{element('b', text(name))} {self.text(words)}"

    @block.register
    def _(self, block: Code) -> str:
        return element("pre", element("code", text(block.text)), {"class": "scroll"})

    @block.register
    def _(self, block: Note) -> str:
        title = element("b", self.text(block.title) + ".")
        return element("aside", element("p", f"{title} {self.text(block.text)}"), {"class": "note"})
