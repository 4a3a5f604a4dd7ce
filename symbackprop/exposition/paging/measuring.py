"""How large blocks are on a slide, in em of its letters: estimates, the same for every format.

What is measured here is set by programs with fonts of their own, so a slide may come out a little fuller than thought;
each format makes smaller what is too high. Formulas are measured by `mathtext.extents`, words by its letters.
"""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.exposition.document import (
    Code,
    Display,
    Document,
    Formula,
    Line,
    Note,
    Table,
    Term,
    Text,
    lone_equation,
)
from symbackprop.exposition.formulas import formula_box, side_boxes
from symbackprop.exposition.linebreaking import rows, width
from symbackprop.exposition.mathtext.boxes import Box, Relation
from symbackprop.exposition.mathtext.caladea import words_width
from symbackprop.exposition.mathtext.extents import extent
from symbackprop.exposition.mathtext.layout import EQUALS
from symbackprop.exposition.paging.richtext import plain
from symbackprop.frozen import dataclass

LINE, PARAGRAPH = 1.25, 0.7  # em, from line to line, and between paragraphs
WIDER = 1.3  # how much wider letters of other typefaces are, with what is left free at the end of a line
TALLER = 2.0, 0.6  # em, from which height on a formula in a line of words asks for more room, and for how much
HEIGHT = 0.92  # how high a formula comes out, beside what is expected of the highest font
AROUND, BETWEEN = 1.4, 0.75  # em, above and below displayed mathematics together, and from step to step
ROW = 0.35  # em, between the rows of a line that is broken
REASON, SMALLER = 10.5, 0.72  # em, the column of reasons, and how large their letters are
RIGHT, BESIDE = 0.83, 0.58  # of the width: for the right side of a step, and for one that has its reason beside it
CELL, HEADER = 0.55, 1.75  # em, above and below what stands in a cell together, and the header of a table
SENTENCES = 0.55  # of the width, for a column of sentences


@dataclass(frozen=True, slots=True)
class Sheet:
    """The room below the title of a slide, in em of its letters.

    Of the width, the right side of a step may take so much as `right` says, and `beside` where its reason stands beside
    it; what is wider has its reason below it."""

    width: float
    height: float
    right: float = RIGHT
    beside: float = BESIDE


def words_height(words: str, width: float, *, size: float = 1.0) -> float:
    """Return how high words are in lines of a width; `size` is that of their letters."""
    lines = max(1, -int(-size * WIDER * words_width(words) // width))
    return lines * LINE * size


@dataclass(frozen=True)
class Measure:
    """Measures the blocks of one document for one sheet; every height includes the gap around a block."""

    document: Document
    sheet: Sheet

    def prose(self, text: Text) -> float:
        """Return how high a paragraph is, nothing for an empty one."""
        return self._words(text, self.sheet.width) + PARAGRAPH if text else 0.0

    def display(self, block: Display) -> float:
        """Return how high a formula on a line of its own is, and its frame if it is to be remembered."""
        return self.formula(block.formula) + AROUND + block.key

    def note(self, block: Note) -> float:
        """Return how high a remark is."""
        return 0.9 * self._words((*block.title, *block.text), self.sheet.width) + AROUND

    def code(self, block: Code) -> float:
        """Return how high lines of a program are."""
        return LINE * len(block.text.splitlines()) + PARAGRAPH

    def line(self, left: Term, line: Line, *, first: bool) -> float:
        """Return how high a line of steps is: its rows where it is broken, and its reason beside or below them."""
        before, right = side_boxes((left, line.right), self.document.style)
        broken = rows(right, self.sheet.right * self.sheet.width)
        heights = [self._box(row) for row in (Relation((before, broken[0]), (EQUALS,)), *broken[1:])]
        high = sum(heights) + ROW * (len(heights) - 1)
        if line.reason:
            wide = width(right) > self.sheet.beside * self.sheet.width
            room = self.sheet.right * self.sheet.width if wide else REASON
            reason = words_height(plain(line.reason, self.document), room, size=SMALLER)
            high = high + reason if wide else max(high, reason)
        return high + (AROUND if first else BETWEEN)

    def rows(self, block: Table) -> tuple[float, ...]:
        """Return how high the rows of a table are."""
        return tuple(max(map(self._cell, row, block.align)) + CELL for row in block.rows)

    def formula(self, formula: Formula) -> float:
        """Return how high a formula is."""
        return self._box(formula_box(formula, self.document.style))

    def _box(self, box: Box) -> float:
        return HEIGHT * extent(box).height

    def _cell(self, cell: Text, align: str) -> float:
        if equation := lone_equation(cell):
            return self.formula(equation)
        return self._words(cell, SENTENCES * self.sheet.width) if align == "p" else self._one_line((cell,))

    def _words(self, text: Text, width: float) -> float:
        """Return how high words are in lines of a width, those with a high formula in them a little higher."""
        return words_height(plain(text, self.document), width) + self._one_line((text,)) - LINE

    def _one_line(self, texts: Iterable[Text]) -> float:
        tall, more = TALLER
        formulas = (part for text in texts for part in text if isinstance(part, Formula))
        return LINE + more * any(self.formula(formula) > tall for formula in formulas)
