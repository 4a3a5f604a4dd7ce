"""Every kind of block as HTML, for the page and for the deck, which differ in what is around them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from symbackprop.exposition.document import Display, Figure, Formula, Heading, Steps, Table, Text, lone_equation
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture
from symbackprop.exposition.languages import Language, language_of
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.mathml import html_math
from symbackprop.exposition.web.chain import chain_html
from symbackprop.exposition.web.drawing import drawn
from symbackprop.exposition.web.formulas import Room, Row, display_rows, inline, lone, step_rows
from symbackprop.exposition.web.markup import NOTHING, Attributes, element, joined
from symbackprop.exposition.web.markup import text as safe
from symbackprop.exposition.web.markup import words as literal
from symbackprop.exposition.writing import TextWriter
from symbackprop.frozen import dataclass

FEW_ROWS = 5  # of equations that a slide shows as large as its sentences, or larger
ALIGNED = {"l": "left", "r": "right", "c": "centre", "p": "left"}


@dataclass(frozen=True)
class BlockWriter(TextWriter):
    """Writes the blocks of one document; `room` is that of its lines.

    On a page pictures and tables are counted, and each line has a button for who wants to copy it; what refers to a
    section leads to `link` and the name of the section."""

    FORMAT = "HTML"

    room: Room
    page: bool = True
    link: str = "#section-"

    @cached_property
    def language(self) -> Language:
        """The language of the document, whose names of things are put in once."""
        return language_of(self.document)

    def _inline(self, formula: Formula) -> str:
        return inline(formula, self.style)

    def _emphasis(self, words: str) -> str:
        return element("em", literal(words))

    def _reference(self, key: str) -> str:
        return element("a", str(self.document.sections[key]), {"href": self.link + key})

    def _words(self, words: str) -> str:
        return literal(words)

    def title(self, heading: Heading) -> str:
        """Return the words of a heading, with the number of a section."""
        number = f"{self.document.sections[heading.key]}. " if heading.level == 1 else ""
        return number + self.text(heading.text)

    def _heading(self, block: Heading) -> str:
        return element(f"h{block.level + 1}", self.title(block))

    def _prose(self, text: Text) -> str:
        return element("p", self.text(text))

    def _display(self, block: Display) -> str:
        rows = display_rows(block, self.style, self.room)
        lines = "".join(self.line(row, "") for row in rows)
        name = element("span", f"({safe(block.name)})", {"class": "name"}) if block.name else ""
        kind = "display" + " key" * block.key + " single" * (len(rows) == 1)
        return element("div", element("div", lines, {"class": "lines"}) + name, {"class": kind})

    def _steps(self, block: Steps) -> str:
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

    def _figure(self, block: Figure) -> str:
        return self.captioned(self._picture(block), block)

    def captioned(self, picture: str, figure: Figure, later: Attributes = NOTHING) -> str:
        """Return a picture with the number and the caption of a figure; `later` is said of the caption."""
        return element("figure", picture + element("figcaption", self._caption("figure", figure.caption), later))

    def _picture(self, figure: Figure) -> str:
        if isinstance(figure.picture, ChainPicture):
            return element("div", chain_html(figure.picture, self.style, figure.alt), {"class": "scroll drawing"})
        cells = isinstance(figure.picture, GraphPicture) and bool(figure.picture.cells)
        lights = self.page and isinstance(figure.picture, GraphPicture) and not cells
        parts = f"graph{next(self.numbers['graph'])}-" if lights else None
        return element(
            "div",
            drawn(figure, self.document, parts),
            {"class": "scroll drawing" + " graph" * lights + " cells" * cells},
        )

    def _table(self, block: Table) -> str:
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

    def _caption(self, kind: str, words: Text) -> str:
        if not self.page:
            return self.text(words)
        name, number = self.counted(kind)
        return f"{element('b', safe(f'{name} {number}.'))} {self.text(words)}"

    def _code(self, text: str, language: str) -> str:
        return element("pre", element("code", safe(text)), {"class": "scroll"})

    def _note(self, title: Text, text: Text) -> str:
        name = element("b", self.text(title) + ".")
        return element("aside", element("p", f"{name} {self.text(text)}"), {"class": "note"})
