"""A document as Typst: words are strings, so that nothing in them is markup or code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symbackprop.exposition.document import Display, Figure, Formula, Heading, Line, Steps, Table, Text
from symbackprop.exposition.figures.layout import SHARE_OF_PAGE
from symbackprop.exposition.figures.svg import svg
from symbackprop.exposition.formulas import formula_box, signed_sides, step_sides
from symbackprop.exposition.linebreaking import rows
from symbackprop.exposition.mathtext.boxes import Box, Leaf, Relation
from symbackprop.exposition.mathtext.spoken import spoken
from symbackprop.exposition.mathtext.typst import literal, typst_math
from symbackprop.exposition.unbroken import pieces
from symbackprop.exposition.writing import TextWriter
from symbackprop.frozen import dataclass

POINTS = 0.68  # of one pixel of a picture, so that its letters are as large as those of the text
MOST_TOGETHER = 16  # rows of a table that no page break parts
_SIDES = {"l": "left", "r": "right", "c": "center", "p": "left"}
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')


def worded(text: str) -> str:
    """Return words as content, no shape of them broken."""
    return "".join(f"#box({literal(each)});" if whole else f"#{literal(each)};" for each, whole in pieces(text))


@dataclass(frozen=True)
class TypstWriter(TextWriter):
    """Writes the blocks of one document; `scale` is how many points a pixel of a picture takes.

    `display_em` and `step_em` say where lines are broken, those with a reason beside them earlier; the number of a
    section is a link to it if `linked`."""

    FORMAT = "Typst"

    display_em: float = 38.0
    step_em: float = 34.0
    linked: bool = True
    scale: float = POINTS

    def content(self, text: Text) -> str:
        """Return a sentence as an argument; `none` if there is none."""
        return f"[{self.text(text)}]" if text else "none"

    def _inline(self, formula: Formula) -> str:
        return f"#{self.formula(formula)};"

    def _emphasis(self, words: str) -> str:
        return f"#emph[{worded(words)}];"

    def _reference(self, key: str) -> str:
        number = literal(str(self.document.sections[key]))
        return f"#link(label({literal(f'sec:{key}')}), {number});" if self.linked else f"#{number};"

    def _words(self, words: str) -> str:
        return worded(words)

    def formula(self, formula: Formula, *, display: bool = False) -> str:
        """Return a formula within a sentence, as code; `display` sets it as large as on a line of its own."""
        box = formula_box(formula, self.style)
        body = self.math(box, display=display)
        return f"eq({self._said(box)}, ${f'display({body})' if display else body}$)"

    def _said(self, box: Box) -> str:
        """Return what is read aloud for a box, as a string."""
        return literal(spoken(box, self.document.words))

    def math(self, box: Box, *, display: bool = True) -> str:
        """Return what stands between dollar signs for a box."""
        return typst_math(box, tall=display)

    def displayed(self, formula: Formula) -> str:
        """Return a formula of its own as code, broken where it is long: what is read aloud, and the formula."""
        box = formula_box(formula, self.style)
        first, others = signed_sides(formula, self.style)
        parts = [self.math(first)]
        for sign, other in others:
            parts += [f"& {self.math(sign)} " if len(parts) == 1 else self.math(sign)]
            parts[-1] += " \\\n & quad ".join(self._rows(other, self.display_em))
        return f"{self._said(box)}, $ {' '.join(parts)} $"

    def _line(self, line: Line, left: Box, sign: Leaf, right: Box) -> tuple[str, str]:
        """Return the left side of a line of steps, and the line, as arguments of `step`."""
        alt = self._said(Relation((left, right), (sign,)))
        lhs = f"$display({self.math(left)})$"
        first, *others = self._rows(right, self.step_em if line.reason else self.display_em)
        body = f"#lhs(w, {'none' if line.left is None else lhs}) & {self.math(sign)} {first}"
        body += "".join(f" \\\n & quad {other}" for other in others)
        return lhs, f"(body: w => $ {body} $, alt: {alt}, reason: {self.content(line.reason)})"

    def _rows(self, box: Box, limit: float) -> Sequence[str]:
        return [self.math(row) for row in rows(box, limit)]

    def _heading(self, block: Heading) -> str:
        text = self.content(block.text)
        if block.level > 1:
            return f"#heading(level: {block.level}, numbering: none, {text})"
        return f"#heading(level: 1, {text})#label({literal(f'sec:{block.key}')})"

    def _prose(self, text: Text) -> str:
        return self.text(text)

    def _display(self, block: Display) -> str:
        name = f", name: {literal(block.name)}" if block.name else ""
        key = ", key: true" if block.key else ""
        return f"#shown({self.displayed(block.formula)}{name}{key})"

    def _steps(self, block: Steps) -> str:
        return self.steps(block)

    def steps(self, block: Steps, *, kept: bool = False) -> str:
        """Return steps as markup; they are `kept` with what follows where that is their result."""
        lefts, lines = self.lines(block)
        end = "), kept: true)" if kept else "))"
        return f"#steps({lefts}, (\n" + "".join(f"  {line},\n" for line in lines) + end

    def lines(self, block: Steps) -> tuple[str, tuple[str, ...]]:
        """Return the left sides of steps as one array, and each line, as arguments of `step`."""
        pairs = [self._line(*sides) for sides in step_sides(block, self.style)]
        widest = dict.fromkeys(left for left, _ in pairs)
        return "(" + "".join(f"{left}, " for left in widest) + ")", tuple(line for _, line in pairs)

    def _figure(self, block: Figure) -> str:
        caption = self.content(block.caption)
        supplement = literal(self.document.words["figure"])
        return f"#figure({self.picture(block)}, caption: {caption}, supplement: {supplement}, kind: image)"

    def picture(self, block: Figure, *, natural: bool = False) -> str:
        """Return a picture as code, as large as it is drawn; unless `natural` no wider than the line, nor too high."""
        drawn = svg(block.picture, self.document, block.alt)
        found = _SIZE.search(drawn)
        assert found is not None
        wide, high = map(float, found.groups())
        width = f"{self.scale * wide:.1f}pt"
        most = f"calc.min(size.width, {SHARE_OF_PAGE * wide / high:.3f} * size.height, {width})"
        image = f'image(bytes({literal(drawn)}), format: "svg", alt: {literal(block.alt)}, width: '
        return f"{image}{width})" if natural else f"layout(size => {image}{most}))"

    def _table(self, block: Table) -> str:
        whole = f"align(center, {self.table(block)})"
        if block.caption:
            supplement = literal(self.document.words["table"])
            caption = self.content(block.caption)
            whole = f"figure({self.table(block)}, caption: {caption}, supplement: {supplement}, kind: table)"
        together = len(block.rows) <= MOST_TOGETHER
        return (
            f"#block(width: 100%, above: 1.6em, below: 1.6em, breakable: false, {whole})" if together else f"#{whole}"
        )

    def table(self, block: Table, *, natural: bool = False) -> str:
        """Return a table as code: sentences are wrapped, and what cannot be is made smaller, unless `natural`."""
        columns = ", ".join("1fr" if side == "p" else "auto" for side in block.align)
        align = ", ".join(f"{_SIDES[side]} + horizon" for side in block.align)
        header = "".join(f"{self.content(cell)}, " for cell in block.header)
        rows = ",\n  ".join(self._cell(cell) for row in block.rows for cell in row)
        table = f"ruled(({columns},), ({align},), ({header}), (\n  {rows},\n))"
        return table if natural or "p" in block.align else f"fitted({table})"

    def _cell(self, cell: Text) -> str:
        """Return a cell; an equation alone is set as large as on a line of its own."""
        if len(cell) == 1 and isinstance(cell[0], Formula):
            return f"alone({self.formula(cell[0], display=len(cell[0].sides) > 1)})"
        return self.content(cell)

    def _code(self, text: str, language: str) -> str:
        named = f", lang: {literal(language)}" if language else ""
        return f"#raw({literal(text)}, block: true{named})"

    def _note(self, title: Text, text: Text) -> str:
        return f"#remark({self.content(title)}, {self.content(text)})"
