"""Every kind of block as LaTeX: long formulas are broken at their signs, and shrunk where that is not enough."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace

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
    announces,
    lone_equation,
)
from symbackprop.exposition.figures.tikz import tikz
from symbackprop.exposition.formulas import formula_box, signed_sides, step_sides
from symbackprop.exposition.linebreaking import rows
from symbackprop.exposition.mathtext.boxes import Box
from symbackprop.exposition.mathtext.latex import written
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.typesetting.escaping import escaped
from symbackprop.exposition.writing import TextWriter
from symbackprop.frozen import dataclass

NEVER = 10000  # TeX's penalty for a page that may not end at a place
WRAPPED = "0.7"  # of the line, for a column of sentences
ROWS = (16.4, 21.3, 31.3, 36.9)  # points: how high a row is, by its `row_height`, its strut in it
HIGHEST_TABLE = 620.0  # points, of a page of 688, with the caption and the header
STRUTS = {3: r"\rule[-3.4ex]{0pt}{7.8ex}", 2: r"\rule[-2.6ex]{0pt}{6.6ex}", 1: r"\rule[-1.6ex]{0pt}{4.5ex}", 0: ""}


_LAYER = re.compile(r"\^\{[\[(lL\d]")  # the number of a layer above a letter
DISPLAY_EM = 38.0  # the width of a line of text
STEP_EM = 34.0  # that of the right side of a step
LONE_EM = 44.0  # that of one without a reason, which has the whole line; the estimate is generous to digits
MOST_TOGETHER, MOST_ROWS = 4, 12  # lines that are never torn apart, and how many rows of cases and of sums these have


@dataclass(frozen=True)
class Typesetter(TextWriter):
    """Writes the blocks of one document; the `room` is how much of a line of text there is."""

    FORMAT = "LaTeX"

    room: float = field(default=1.0, kw_only=True)

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
        return display(block, self.style, limit=DISPLAY_EM * self.room)

    def _steps(self, block: Steps) -> str:
        return steps(block, self.style, [self.text(line.reason) for line in block.lines], room=self.room)

    def _figure(self, block: Figure) -> str:
        picture = rf"\fittable{{{tikz(block.picture, self.document)}}}"
        caption = self._caption("picture", "figure", block.caption)
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
        return rf"\par{{\noindent\ttfamily\small\raggedright {lines}\par}}"

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
            alone = isinstance(block, Table) and block.caption and not announces(before)
            return rf"\announced{{{0 if alone else NEVER}}}" + "\n"
        case Prose() if announces(before):
            return "\\nopagebreak\n"
    return ""


def row_height(cell: str) -> int:
    """Return how tall a cell is, as a key of STRUTS: words 0, scripts and parentheses 1, fractions 2, sums 3."""
    if r"\sum" in cell or r"\begin{cases}" in cell or (r"\displaystyle" in cell and r"\frac" in cell):
        return 3
    return 2 if r"\frac" in cell else int(r"\left" in cell or _LAYER.search(cell) is not None)


def inline(formula: Formula, style: Style) -> str:
    """Return a formula within a sentence."""
    return f"${written(formula_box(formula, style))}$"


def aligned_rows(box: Box, limit: float) -> str:
    """Return the LaTeX of a box, in several rows where it is longer than the limit."""
    broken = [written(row) for row in rows(box, limit)]
    if len(broken) == 1:
        return broken[0]
    return r"\begin{aligned}[t]& " + r" \\ & \quad ".join(broken) + r"\end{aligned}"


def display(block: Display, style: Style, *, limit: float = DISPLAY_EM) -> str:
    """Return a formula on a line of its own, with its name, in a frame if it is to be remembered."""
    first, others = signed_sides(block.formula, style)
    text = written(first) + "".join(f" {sign.tex} {aligned_rows(other, limit)}" for sign, other in others)
    text = rf"\fit{{{text}}}"
    text = rf"\boxed{{\;{text}\;}}" if block.key else text
    tag = rf" \tag{{{block.name}}}" if block.name else ""
    return f"\\begin{{equation*}}\n  {text}{tag}\n\\end{{equation*}}"


def steps(block: Steps, style: Style, reasons: Sequence[str], *, room: float = 1.0) -> str:
    """Return aligned lines, each with its reason, which is LaTeX already.

    A page may end among them, but not after the first line nor before the last."""
    lines = step_lines(block, style, reasons, room * (STEP_EM if any(reasons) else LONE_EM))
    rows = sum(1 + line.rest.count(r"\\") for line in lines)
    body, few = "", len(lines) <= MOST_TOGETHER and rows <= MOST_ROWS
    for place, line in enumerate(lines):
        together = few or place in (1, len(lines) - 1)
        between = "" if not place else " \\\\*\n" if together else " \\\\\n"
        body += f"{between}  {line.left if line.shows_left else ''} &{line.rest}"
    return f"{measured(lines)}\n\\begin{{align*}}\n{body}\\laststep\n\\end{{align*}}"


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of steps as LaTeX: its left side, whether that is shown, and the sign, the right side and the reason."""

    left: str
    shows_left: bool
    rest: str


def step_lines(block: Steps, style: Style, reasons: Sequence[str], limit: float) -> list[StepLine]:
    """Return the lines of steps as LaTeX, their right sides broken where they are longer than `limit`, in em."""
    lines = []
    for (line, left, sign, right), reason in zip(step_sides(block, style), reasons, strict=True):
        step = aligned_rows(right, limit)
        right_side = f"\\step{{{step}}}{{{reason}}}" if reason else f"\\lonestep{{{step}}}"
        lines.append(StepLine(written(left), line.left is not None, f"\\stepsign{{{sign.tex}}} {right_side}"))
    return lines


def measured(lines: Sequence[StepLine]) -> str:
    """Return what makes TeX measure the left sides before it sets the lines."""
    first, *others = dict.fromkeys(line.left for line in lines)
    return rf"\stepsfor{{{first}}}" + "".join(rf"\stepsalso{{{left}}}" for left in others)
