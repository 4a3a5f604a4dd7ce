"""Every kind of block as LaTeX; a further format that is set by TeX uses the same functions, or replaces one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from symbackprop.exposition.document import (
    Block,
    Display,
    Figure,
    Formula,
    Heading,
    Prose,
    Steps,
    Table,
    Text,
    lone_equation,
)
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.tikz import tikz
from symbackprop.exposition.typesetting.escaping import escaped
from symbackprop.exposition.typesetting.formulas import display, inline, steps
from symbackprop.exposition.writing import TextWriter

__all__ = ["STRUTS", "Typesetter", "row_height"]

NEVER = 10000  # TeX's penalty for a page that may not end at a place
WRAPPED = "0.7"  # of the line, for a column of sentences
ROWS = (16.4, 21.3, 31.3, 36.9)  # points: how high a row is, by its `row_height`, its strut in it
WIDEST_PICTURE = 15.9  # centimetres of a line, but for the edges of boxes
HIGHEST_TABLE = 620.0  # points, of a page of 688, with the caption and the header
STRUTS = {3: r"\rule[-3.4ex]{0pt}{7.8ex}", 2: r"\rule[-2.6ex]{0pt}{6.6ex}", 1: r"\rule[-1.6ex]{0pt}{4.5ex}", 0: ""}


_LAYER = re.compile(r"\^\{[\[(lL\d]")  # the number of a layer above a letter


@dataclass(frozen=True)
class Typesetter(TextWriter):
    """Writes the blocks of one document."""

    FORMAT = "LaTeX"

    @property
    def struts(self) -> Mapping[int, str]:
        """What makes a row of a table as high as what it holds."""
        return STRUTS

    def blocks(self) -> str:
        """Return all blocks; a formula belongs to the paragraph before it, so no empty line parts the two."""
        text = ""
        for before, block, after in self.around():
            attached = isinstance(block, Display | Steps) and isinstance(before, Prose | Display | Steps)
            text += ("\n" if attached else "\n\n") + _kept_together(before, block, after) + self.block(block)
        return text

    def _inline(self, formula: Formula) -> str:
        return inline(formula, self.style)

    def _emphasis(self, words: str) -> str:
        return rf"\emph{{{escaped(words)}}}"

    def _reference(self, key: str) -> str:
        return rf"\ref{{sec:{key}}}"

    def _words(self, words: str) -> str:
        return escaped(words)

    def _heading(self, block: Heading) -> str:
        if block.level > 1:
            return rf"\{'sub' * (block.level - 1)}section*{{{self.text(block.text)}}}"
        return rf"\section{{{self.text(block.text)}}}\label{{sec:{block.key}}}"

    def _prose(self, text: Text) -> str:
        return self.text(text)

    def _display(self, block: Display) -> str:
        return display(block, self.style)

    def _steps(self, block: Steps) -> str:
        return steps(block, self.style, [self.text(line.reason) for line in block.lines])

    def _figure(self, block: Figure) -> str:
        picture = tikz(block.picture, self.document)
        caption = self._caption("picture", "figure", block.caption)
        if isinstance(block.picture, GraphPicture) and block.picture.width > WIDEST_PICTURE:
            picture = rf"\fittable{{{picture}}}"
        return f"\\begin{{together}}\n{picture}\n\n{caption}\n\\end{{together}}"

    def _table(self, block: Table) -> str:
        """Return a table; one that is higher than a page in parts, each with the header."""
        caption = self._caption("tabular", "table", block.caption) + "\n\n" if block.caption else ""
        fitted = [rf"\fittable{{{self.tabular(part)}}}" for part in self.parted(block)]
        between = "\n\\end{together}\n\n\\announced{0}\n\\begin{together}\n"
        return f"\\begin{{together}}\n{caption}{between.join(fitted)}\n\\end{{together}}"

    def parted(self, block: Table) -> list[Table]:
        """Return a table in as many parts as it needs pages."""
        heights = [ROWS[max(row_height(self.text(cell)) for cell in row)] for row in block.rows]
        each = -(-len(block.rows) // -int(-sum(heights) // HIGHEST_TABLE))
        return [replace(block, rows=block.rows[start : start + each]) for start in range(0, len(block.rows), each)]

    def tabular(self, block: Table) -> str:
        """Return a table without its caption."""
        columns = block.align.replace("p", rf"p{{{WRAPPED}\linewidth}}")
        lines = [self._row(block.header, header=True) + r" \midrule"]
        lines += [self._row(row) for row in block.rows]
        body = "\n  ".join(lines)
        return f"\\begin{{tabular}}{{{columns}}} \\toprule\n  {body} \\bottomrule\n\\end{{tabular}}"

    def _code(self, text: str, language: str) -> str:
        lines = r"\\".join(escaped(line).replace(" ", r"\ ") or r"\mbox{}" for line in text.splitlines())
        return rf"{{\ttfamily\small\raggedright {lines}\par}}"

    def _note(self, title: Text, text: Text) -> str:
        return rf"\remark{{{self.text(title)}}}{{{self.text(text)}}}"

    def _caption(self, counter: str, word: str, text: Text) -> str:
        name = escaped(self.document.words[word])
        return rf"\stepcounter{{{counter}}}\captiontext{{{name} \arabic{{{counter}}}}}{{{self.text(text)}}}"

    def _row(self, cells: tuple[Text, ...], *, header: bool = False) -> str:
        """Return a row of a table, as high as what it holds; an equation is set as large as on a line of its own."""
        written = [rf"\textbf{{{self.text(cell)}}}" if header else self._cell(cell) for cell in cells]
        return self.struts[max(map(row_height, written))] + " & ".join(written) + r" \\"

    def _cell(self, cell: Text) -> str:
        latex = self.text(cell)
        return latex.replace("$", r"$\displaystyle ", 1) if lone_equation(cell) else latex


def _kept_together(before: Block | None, block: Block, after: Block | None) -> str:
    """Return where the page may end: not between steps and their result, nor before what a paragraph announces."""
    match block:
        case Display() | Steps():
            result = isinstance(block, Steps) and isinstance(after, Display)
            return rf"\displayends{{{NEVER if result else 0}}}" + "\n"
        case Figure() | Table():
            alone = isinstance(block, Table) and block.caption and not _announces(before)
            return rf"\announced{{{0 if alone else NEVER}}}" + "\n"
    return ""


def _announces(block: Block | None) -> bool:
    """Tell whether a paragraph ends with a colon."""
    last = block.text[-1] if isinstance(block, Prose) else ""
    return isinstance(last, str) and last.endswith(":")


def row_height(cell: str) -> int:
    """Return how tall a cell is, as a key of STRUTS: words 0, scripts and parentheses 1, fractions 2, sums 3."""
    if r"\sum" in cell or r"\begin{cases}" in cell or (r"\displaystyle" in cell and r"\frac" in cell):
        return 3
    return 2 if r"\frac" in cell else int(r"\left" in cell or _LAYER.search(cell) is not None)
