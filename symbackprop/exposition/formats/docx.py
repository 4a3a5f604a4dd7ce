"""Word: the article with native equations that can be edited, sections and pictures numbered by Word itself.

derivation.docx     python -m pip install '.[export]'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TypeGuard
from xml.etree.ElementTree import Element

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import (
    Display,
    Document,
    Figure,
    Formula,
    Heading,
    Steps,
    Table,
    Text,
    lone_equation,
)
from symbackprop.exposition.formats import FORMATS, Files, Format
from symbackprop.exposition.formulas import formula_box
from symbackprop.exposition.mathtext.extents import extent
from symbackprop.exposition.office import lines, words
from symbackprop.exposition.office.words import SIZE, Look, bookmark, cell, kept, paragraph, row, run, sentence, table
from symbackprop.exposition.options import Options
from symbackprop.exposition.paging.richtext import plain
from symbackprop.exposition.paging.topics import leads
from symbackprop.exposition.placing.looks import text_width
from symbackprop.exposition.writing import DocumentWriter
from symbackprop.frozen import dataclass

PIXEL = 0.75  # points, of a picture in SVG
PAPER = "white"  # the edge of a halo on transparent ground is grey where a program makes the picture smaller
CELL = 12.0  # points beside the words of a cell, both sides together
NARROWEST = 36.0
BOLD = 1.2  # how much wider the letters of a header are
TOGETHER = 14  # rows that stay on one page
ALIGNED = {"l": "left", "p": "left", "c": "center", "r": "right"}
HEADER_LINE, ROW_LINE = "#5A6673", "#C9CED4"


def write(derivation: Derivation | None, document: Document, options: Options) -> Files:
    """Return the article."""
    from symbackprop.exposition.figures.layout import SHARE_OF_PAGE
    from symbackprop.exposition.figures.svg import svg
    from symbackprop.exposition.formats.docx import Article
    from symbackprop.exposition.formats.png import ZOOM, png
    from symbackprop.exposition.office.package import describe, frozen
    from symbackprop.exposition.office.pagesetup import HEIGHT, WIDTH, sheet, word_element
    from symbackprop.exposition.office.words import paragraph, run

    file = sheet(document.language)
    describe(file.core_properties, document)

    def shown(figure: Figure) -> tuple[str, tuple[float, float]]:
        drawn = png(svg(figure.picture, document, figure.alt), paper=PAPER)
        relation, image = file.part.get_or_add_image(BytesIO(drawn))
        return relation, (image.px_width / ZOOM * PIXEL, image.px_height / ZOOM * PIXEL)

    body = file.element.body
    head = [paragraph([run(document.title)], "Title")]
    credits = " · ".join(each for each in (document.author, document.date) if each)
    head += [paragraph([run(credits)], "Subtitle")] if credits else []
    for element in (*head, *Article(document, WIDTH, SHARE_OF_PAGE * HEIGHT, shown).blocks()):
        body.insert_element_before(word_element(element), "w:sectPr")
    content = BytesIO()
    file.save(content)
    return {"derivation.docx": frozen(content.getvalue())}


@dataclass(frozen=True)
class Article(DocumentWriter[list[Element]]):
    """Writes the blocks of one document.

    `width` is that of a line and `height` the largest of a picture, in points; `shown` gives the relation of a picture
    and its size in points."""

    FORMAT = "paragraph"

    width: float
    height: float
    shown: Callable[[Figure], tuple[str, tuple[float, float]]]

    def blocks(self) -> list[Element]:
        """Return all blocks; what announces something stays on its page, and a result with its steps."""
        done: list[Element] = []
        for before, block, after in self.around():
            parts = [part for each in self.block(block) for part in _apart(each)]
            if leads(before, block, after):
                kept(parts[-1])
            if isinstance(block, Steps) and isinstance(after, Display) and after.key:
                kept(parts[0][-1])
                kept(parts[-1])
            done += parts
        return done

    def text(self, text: Text) -> list[Element]:
        """Return a sentence."""
        return sentence(text, self.document)

    def _heading(self, block: Heading) -> list[Element]:
        inside = self.text(block.text)
        if block.level == 1:
            inside = bookmark(f"section_{block.key}", next(self.numbers["id"]), *inside)
        return [paragraph(inside, f"Heading{block.level}")]

    def _prose(self, text: Text) -> list[Element]:
        return [paragraph(self.text(text))]

    def _display(self, block: Display) -> list[Element]:
        return [lines.display(block, self.document, self.width)]

    def _steps(self, block: Steps) -> list[Element]:
        return [lines.steps(block, self.document, self.width)]

    def _figure(self, block: Figure) -> list[Element]:
        relation, (wide, high) = self.shown(block)
        scale = min(1.0, self.width / wide, self.height / high)
        drawn = words.picture(relation, next(self.numbers["id"]), (wide * scale, high * scale), block.alt)
        return [kept(paragraph([drawn], "Picture")), self._caption("figure", block.caption)]

    def _table(self, block: Table) -> list[Element]:
        caption = [kept(self._caption("table", block.caption))] if block.caption else []
        widths = self._widths(block)
        body = [self._row(r, block, widths, header=place == 0) for place, r in enumerate((block.header, *block.rows))]
        if len(body) <= TOGETHER:
            body = [*map(kept, body[:-1]), body[-1]]
        return [*caption, table(widths, body, align="center", pad=CELL / 2)]

    def _code(self, text: str, language: str) -> list[Element]:
        return [paragraph([run(line)], "Code") for line in text.splitlines()]

    def _note(self, title: Text, text: Text) -> list[Element]:
        name = [*sentence(title, self.document, Look(bold=True)), run(". ", Look(bold=True))]
        return [paragraph([*name, *self.text(text)], "Note")]

    def _caption(self, kind: str, text: Text) -> Element:
        """Return what stands below a picture or above a table, with a number that Word keeps up to date."""
        name, number = self.counted(kind)
        bold = Look(bold=True)
        counted = words.field(rf"SEQ {kind.title()} \* ARABIC", str(number), bold)
        return paragraph([run(f"{name} ", bold), counted, run(". ", bold), *self.text(text)], "Caption")

    def _row(self, cells: tuple[Text, ...], block: Table, widths: tuple[float, ...], *, header: bool) -> Element:
        """Return a row of a table, with a line below it."""
        borders = {"bottom": HEADER_LINE if header or cells is block.rows[-1] else ROW_LINE}
        borders |= {"top": HEADER_LINE} if header else {}
        done = []
        for text, width, align in zip(cells, widths, block.align, strict=True):
            inside = self._cell(text) if not header else sentence(text, self.document, Look(bold=True))
            done.append(cell(width, [paragraph(inside, "Cell", align=ALIGNED[align])], borders=borders))
        return row(done, header=header)

    def _cell(self, text: Text) -> list[Element]:
        """Return what stands in a cell; an equation that has it to itself is as large as on a line of its own."""
        equation = lone_equation(text)
        if equation is None:
            return self.text(text)
        return [words.inline(formula_box(equation, self.document.style), display=True)]

    def _widths(self, block: Table) -> tuple[float, ...]:
        """Return how wide the columns are: as wide as what they hold; with little room, words are broken first."""
        columns = list(zip(block.header, *block.rows, strict=True))
        wanted = [
            max(NARROWEST, BOLD * self._wide(header) + CELL, *(self._wide(text) + CELL for text in column))
            for header, *column in columns
        ]
        if (excess := sum(wanted) - self.width) > 0:
            places = range(len(wanted))
            words = [place for place in places if not any(map(_is_formula, columns[place]))]
            widest = max(words or places, key=wanted.__getitem__)
            wanted[widest] = max(wanted[widest] - excess, self._narrow(columns[widest]))
            scale = min(1.0, self.width / sum(wanted))
            wanted = [each * scale for each in wanted]
        return tuple(wanted)

    def _wide(self, text: Text) -> float:
        """Return about how wide a cell is in one line, in points."""
        if _is_formula(text):
            return extent(formula_box(text[0], self.document.style)).width * SIZE * lines.ALLOWANCE + 4
        return _words_wide(plain(text, self.document))

    def _narrow(self, column: Sequence[Text]) -> float:
        """Return how wide a column is at least, lest a word of it is torn apart."""
        longest = max((word for text in column for word in plain(text, self.document).split()), key=len)
        return max(NARROWEST, _words_wide(longest) + CELL)


def _words_wide(words: str) -> float:
    return text_width(words, SIZE) * 1.08 + SIZE / 2


def _is_formula(text: Text) -> TypeGuard[tuple[Formula]]:
    """Tell whether a cell holds a formula and nothing else."""
    return len(text) == 1 and isinstance(text[0], Formula)


def _apart(part: Element) -> list[Element]:
    """Return a paragraph, or a table with an empty paragraph after it, lest the next one grows together with it."""
    return [part, paragraph([], "Between")] if part.tag == "w:tbl" else [part]


FORMATS.add("docx", Format("docx", "derivation.docx", write, packages=("docx", "resvg_py"), alone=True))
