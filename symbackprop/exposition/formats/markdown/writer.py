"""Every kind of block as Markdown, in any flavour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil
from textwrap import wrap

from symbackprop.exposition.document import Display, Figure, Formula, Heading, Steps, Table, Text, lone_equation
from symbackprop.exposition.figures.mermaid import mermaid
from symbackprop.exposition.formats.markdown.flavours import Flavour, fenced
from symbackprop.exposition.formulas import formula_box, formula_latex, step_sides
from symbackprop.exposition.linebreaking import rows, width
from symbackprop.exposition.mathtext.latex import in_colours, written
from symbackprop.exposition.paging.richtext import plain
from symbackprop.exposition.writing import TextWriter
from symbackprop.frozen import dataclass

WIDEST = 44.0  # em of a row of mathematics in a column of text
COLUMN, NARROW = 50.0, 30.0  # em of a line and its reason in a column of text, and of one beside reasons in lines
LETTER, REASON = 0.5, 32  # em, and letters in a line of a reason that is broken
TEX_ROW = r" \\ "
_PARTS = re.compile(r"([\ue000-\ue0ff])\1*|[^\ue000-\ue0ff]+")  # a formula, as a sign of no script says it; or words
_ALIGNED = {"l": ":--", "r": "--:", "c": ":-:", "p": ":--"}
_SIGNS_OF_TEX = re.compile(r"([\\{}$&#%_^~])")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of aligned mathematics: the left side, the sign with the right side, and the reason."""

    left: str
    right: str
    reason: str = ""

    @property
    def latex(self) -> str:
        """The row with its marks of alignment."""
        return f"{self.left} &{self.right}" + (f" && {self.reason}" if self.reason else "")


@dataclass(frozen=True)
class Writer(TextWriter):
    """Writes the blocks of one document, counting pictures and tables."""

    FORMAT = "Markdown"

    flavour: Flavour

    def _inline(self, formula: Formula) -> str:
        return self._formula(formula).join(self.flavour.inline)

    def _emphasis(self, words: str) -> str:
        return f"*{self.flavour.words(words)}*"

    def _reference(self, key: str) -> str:
        number = str(self.document.sections[key])
        return number if self.flavour.numbered else f"[{number}](#sec-{key})"

    def _words(self, words: str) -> str:
        return self.flavour.words(words)

    def _formula(self, formula: Formula) -> str:
        """Return a formula, without its colours where the flavour does not know any."""
        roles = formula.roles if self.flavour.coloured else ()
        return self.flavour.latex(formula_latex(Formula(formula.sides, formula.signs, roles), self.document.style))

    def _heading(self, block: Heading) -> str:
        if not self.flavour.numbered:
            attributes = f"{{#sec-{block.key}}}" if block.level == 1 else "{.unnumbered}"
            return f"{'#' * block.level} {self.text(block.text)} {attributes}"
        number = f"{self.document.sections[block.key]}. " if block.level == 1 else ""
        return f"{'#' * (block.level + 1)} {number}{self.text(block.text)}"

    def _prose(self, text: Text) -> str:
        return self.text(text)

    def _display(self, block: Display) -> str:
        formula = self._formula(block.formula)
        formula = rf"\boxed{{{formula}}}" if block.key else formula
        tag = rf"\tag{{{block.name}}}" if self.flavour.tag else rf"\qquad \text{{({block.name})}}"
        return self.flavour.display(f"{formula} {tag}" if block.name else formula)

    def _steps(self, block: Steps) -> str:
        """Return steps; where a line and its reason are too wide together, the reasons are broken, and such lines."""
        rights = [right for *_, right in step_sides(block, self.style)]
        widest = max(width(row) for right in rights for row in rows(right, WIDEST))
        longest = LETTER * max(len(plain(line.reason, self.document)) for line in block.lines)
        if not longest or widest + longest <= COLUMN:
            return self.flavour.display(self.aligned(block, WIDEST))
        return self.flavour.display(self.aligned(block, NARROW, reasons=REASON))

    def aligned(self, block: Steps, limit: float, *, shown: int | None = None, reasons: int = 0) -> str:
        r"""Return steps as one aligned environment, their rows at most about `limit` em wide.

        Of the lines from the one that `shown` counts to on, only the room is there: \phantom{…}. A reason is broken
        into lines of so many letters as `reasons` says, where it says any."""
        shown = len(block.lines) if shown is None else shown
        rows = [
            row
            for n, line in enumerate(self._lines(block, limit, reasons))
            for row in (line if n < shown else _hidden(line))
        ]
        body = " \\\\\n".join(self.flavour.latex(in_colours(row.latex)) for row in rows)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def _lines(self, block: Steps, limit: float, reasons: int) -> list[Sequence[_Row]]:
        """Return the rows of each line: left side, right side with its sign, reason."""
        lines: list[Sequence[_Row]] = []
        for line, left, sign, right in step_sides(block, self.style, coloured=self.flavour.coloured):
            first, *others = rows(right, limit)
            row = _Row(
                "" if line.left is None else written(left),
                f"{sign.tex} {written(first)}",
                self._reason(line.reason, reasons),
            )
            lines.append([row, *(_Row("", rf"\quad {written(other)}") for other in others)])
        return lines

    def _reason(self, reason: Text, most: int) -> str:
        """Return a reason within mathematics, in lines of about so many letters, or in one."""
        signs = {part: chr(0xE000 + place) for place, part in enumerate(reason) if isinstance(part, Formula)}
        shown = {sign: self._formula(part) for part, sign in signs.items()}
        wide = {part: ceil(width(formula_box(part, self.style)) / LETTER) for part in signs}
        said = "".join(signs[part] * wide[part] if isinstance(part, Formula) else str(part) for part in reason)
        lines = [
            "".join(shown[part[1]] if part[1] else _words_of_tex(part[0]) for part in _PARTS.finditer(line))
            for line in (wrap(said, most, break_long_words=False) if most else [said])
        ]
        return rf"\begin{{array}}{{l}}{TEX_ROW.join(lines)}\end{{array}}" if len(lines) > 1 else "".join(lines)

    def _figure(self, block: Figure) -> str:
        picture = fenced(self.flavour.mermaid, mermaid(block.picture, self.document, block.alt))
        return f"{picture}\n\n{self.caption('figure', block.caption)}"

    def _table(self, block: Table) -> str:
        table = self.table(block)
        return f"{self.caption('table', block.caption)}\n\n{table}" if block.caption else table

    def table(self, block: Table) -> str:
        """Return a table without its caption."""
        lines = [self._row(block.header), f"| {' | '.join(_ALIGNED[column] for column in block.align)} |"]
        return "\n".join([*lines, *(self._row(row) for row in block.rows)])

    def _row(self, cells: tuple[Text, ...]) -> str:
        return f"| {' | '.join(map(self._cell, cells))} |"

    def _cell(self, cell: Text) -> str:
        """Return a cell; on a slide an equation is as large as on a line of its own."""
        equation = lone_equation(cell) if self.flavour.slides else None
        return self.text(cell) if equation is None else self._formula(equation).join((r"$\displaystyle ", "$"))

    def caption(self, word: str, text: Text) -> str:
        """Return what is said of the next figure, or the next table."""
        if not self.flavour.counted:
            return f"*{self.text(text)}*"
        name, number = self.counted(word)
        return f"**{name} {number}.** {self.text(text)}"

    def _code(self, text: str, language: str) -> str:
        longest = max((len(run) for run in re.findall("`+", text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}{language}\n{text}\n{fence}"

    def _note(self, title: Text, text: Text) -> str:
        return self.flavour.note(self.text(title), self.text(text))


def _words_of_tex(words: str) -> str:
    return rf"\text{{{_SIGNS_OF_TEX.sub('', words)}}}"


def _hidden(line: Sequence[_Row]) -> Sequence[_Row]:
    """Return the rows of a line as the room that they take."""
    return [_Row(*(cell and rf"\phantom{{{{}}{cell}}}" for cell in (row.left, row.right, row.reason))) for row in line]
