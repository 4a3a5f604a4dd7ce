"""Every kind of block as Typst."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import singledispatchmethod

from symbackprop.exposition.document import (
    Block,
    Code,
    Display,
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
from symbackprop.exposition.figures.svg import svg
from symbackprop.exposition.mathtext.typst import literal
from symbackprop.exposition.typst.wording import Wording

__all__ = ["Blocks"]

POINTS = 0.68  # of one pixel of a picture, so that its letters are as large as those of the text
MOST_TOGETHER = 16  # rows of a table that no page break parts
_SIDES = {"l": "left", "r": "right", "c": "center", "p": "left"}
_WIDTH = re.compile(r'width="([\d.]+)"')


@dataclass(frozen=True)
class Blocks:
    """Writes the blocks of one document."""

    wording: Wording
    scale: float = POINTS

    @singledispatchmethod
    def block(self, block: Block) -> str:
        """Return a block as markup; raises TypeError for what is none."""
        raise TypeError(f"no Typst for the block {type(block).__name__}")

    @block.register
    def _(self, block: Heading) -> str:
        text = self.wording.content(block.text)
        if block.level > 1:
            return f"#heading(level: {block.level}, numbering: none, {text})"
        return f"#heading(level: 1, {text})#label({literal(f'sec:{block.key}')})"

    @block.register
    def _(self, block: Prose) -> str:
        return self.wording.text(block.text)

    @block.register
    def _(self, block: Display) -> str:
        name = f", name: {literal(block.name)}" if block.name else ""
        key = ", key: true" if block.key else ""
        return f"#shown({self.wording.displayed(block.formula)}{name}{key})"

    @block.register
    def _(self, block: Steps) -> str:
        return self.steps(block)

    def steps(self, block: Steps, *, kept: bool = False) -> str:
        """Return steps as markup; they are `kept` with what follows where that is their result."""
        lefts, lines = self.lines(block)
        end = "), kept: true)" if kept else "))"
        return f"#steps({lefts}, (\n" + "".join(f"  {line},\n" for line in lines) + end

    def lines(self, block: Steps) -> tuple[str, tuple[str, ...]]:
        """Return the left sides of steps as one array, and each line, as arguments of `step`."""
        pairs = [self.wording.line(line, left) for line, left in zip(block.lines, lefts_of(block), strict=True)]
        widest = dict.fromkeys(left for left, _ in pairs)
        return "(" + "".join(f"{left}, " for left in widest) + ")", tuple(line for _, line in pairs)

    @block.register
    def _(self, block: Figure) -> str:
        caption = self.wording.content(block.caption)
        supplement = literal(self.wording.document.words["figure"])
        return f"#figure({self.picture(block)}, caption: {caption}, supplement: {supplement}, kind: image)"

    def picture(self, block: Figure, *, natural: bool = False) -> str:
        """Return a picture as code, as large as it is drawn; no wider than the line, unless `natural`."""
        drawn = svg(block.picture, self.wording.document, block.alt)
        found = _WIDTH.search(drawn)
        assert found is not None
        width = f"{self.scale * float(found[1]):.1f}pt"
        image = f'image(bytes({literal(drawn)}), format: "svg", alt: {literal(block.alt)}, width: '
        return f"{image}{width})" if natural else f"layout(size => {image}calc.min(size.width, {width})))"

    @block.register
    def _(self, block: Table) -> str:
        whole = f"align(center, {self.table(block)})"
        if block.caption:
            supplement = literal(self.wording.document.words["table"])
            caption = self.wording.content(block.caption)
            whole = f"figure({self.table(block)}, caption: {caption}, supplement: {supplement}, kind: table)"
        together = len(block.rows) <= MOST_TOGETHER
        return (
            f"#block(width: 100%, above: 1.6em, below: 1.6em, breakable: false, {whole})" if together else f"#{whole}"
        )

    def table(self, block: Table, *, natural: bool = False) -> str:
        """Return a table as code: sentences are wrapped, and what cannot be is made smaller, unless `natural`."""
        columns = ", ".join("1fr" if side == "p" else "auto" for side in block.align)
        align = ", ".join(f"{_SIDES[side]} + horizon" for side in block.align)
        header = "".join(f"{self.wording.content(cell)}, " for cell in block.header)
        rows = ",\n  ".join(self._cell(cell) for row in block.rows for cell in row)
        table = f"ruled(({columns},), ({align},), ({header}), (\n  {rows},\n))"
        return table if natural or "p" in block.align else f"fitted({table})"

    def _cell(self, cell: Text) -> str:
        """Return a cell; an equation alone is set as large as on a line of its own."""
        if len(cell) == 1 and isinstance(cell[0], Formula):
            return f"alone({self.wording.inline(cell[0], display=len(cell[0].sides) > 1)})"
        return self.wording.content(cell)

    @block.register
    def _(self, block: Code) -> str:
        language = f", lang: {literal(block.language)}" if block.language else ""
        return f"#raw({literal(block.text)}, block: true{language})"

    @block.register
    def _(self, block: Note) -> str:
        return f"#remark({self.wording.content(block.title)}, {self.wording.content(block.text)})"
